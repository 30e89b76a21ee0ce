//! Leases, live and past.

use leaseline_core::ids::LeaseId;
use leaseline_store::load;
use leaseline_store::load::leases::{LeaseFilter, LeaseLine};

use crate::failure::Failure;
use crate::hub::Hub;

impl Hub {
    /// At most so many leases, the latest first.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn leases(&self, filter: LeaseFilter, limit: u32) -> Result<Vec<LeaseLine>, Failure> {
        self.read(move |tx| load::leases::leases(tx, filter, limit)).await
    }

    /// The lease with this reference, of whatever kind and live or not.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn lease(&self, id: LeaseId) -> Result<Option<LeaseLine>, Failure> {
        self.read(move |tx| load::leases::lease_line(tx, id)).await
    }
}
