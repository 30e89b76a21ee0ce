//! Leases, live and past.

use leaseline_core::ids::LeaseId;
use leaseline_store::load;
use leaseline_store::load::leases::LeaseLine;

use crate::failure::Failure;
use crate::hub::Hub;

impl Hub {
    /// The lease with this reference, of whatever kind and live or not.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn lease(&self, id: LeaseId) -> Result<Option<LeaseLine>, Failure> {
        self.read(move |tx| load::leases::lease_line(tx, id)).await
    }
}
