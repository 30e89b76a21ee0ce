//! What is asked without changing anything.

use leaseline_core::Refusal;
use leaseline_core::api_user::Caller;
use leaseline_core::customer::CustomerView;
use leaseline_core::ids::{CustomerId, LeaseId};
use leaseline_core::lease::{Lease, LeaseKind};
use leaseline_store::load;

use crate::failure::Failure;
use crate::hub::Hub;
use crate::operator::TokenRecord;

impl Hub {
    /// The live lease of this kind with this reference, if the caller may see it.
    ///
    /// # Errors
    /// [`Refusal::LeaseUnknown`] otherwise; [`Failure`] when the store does not answer.
    pub async fn live_lease(
        &self,
        caller: &Caller,
        id: LeaseId,
        kind: LeaseKind,
    ) -> Result<Lease, Failure> {
        let found = self.read(move |tx| load::leases::lease(tx, id)).await?;
        let now = self.now();
        let visible = |lease: &Lease| {
            lease.kind == kind && lease.is_live(now) && caller.reaches(lease.customer)
        };
        found.filter(visible).ok_or(Failure::Refused(Refusal::LeaseUnknown))
    }

    /// A customer with its balance.
    ///
    /// # Errors
    /// [`Refusal::NotYourCustomer`] or [`Refusal::CustomerUnknown`]; [`Failure`] when the store
    /// does not answer.
    pub async fn customer(&self, caller: &Caller, id: CustomerId) -> Result<CustomerView, Failure> {
        if !caller.reaches(id) {
            return Err(Failure::Refused(Refusal::NotYourCustomer));
        }
        let found = self.read(move |tx| load::customers::customers(tx, &[id])).await?;
        Ok(caller.customer(id, found.into_values().next())?)
    }

    /// All tokens that were issued here or revoked, the oldest first.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn tokens(&self) -> Result<Vec<TokenRecord>, Failure> {
        self.read(load::users::tokens).await
    }
}
