//! Customers, what they hold, and their ledgers.

use leaseline_core::customer::CustomerView;
use leaseline_core::ids::CustomerId;
use leaseline_core::ledger::LedgerEntry;
use leaseline_store::load;
use leaseline_store::load::customers::Holdings;
use leaseline_store::load::ledgers::Lines;

use crate::failure::Failure;
use crate::hub::Hub;

impl Hub {
    /// At most so many customers after one (or from the first on), in the order of their ids.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn customers(
        &self,
        after: Option<CustomerId>,
        limit: u32,
    ) -> Result<Vec<CustomerView>, Failure> {
        self.read(move |tx| load::customers::customers_after(tx, after, limit)).await
    }

    /// What a customer holds now; nothing, if there is no such customer.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn holdings(&self, customer: CustomerId) -> Result<Holdings, Failure> {
        let now = self.now();
        self.read(move |tx| load::customers::holdings(tx, customer, now)).await
    }

    /// At most so many lines of a customer's ledger; none, if there is no such customer.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn ledger(
        &self,
        customer: CustomerId,
        lines: Lines,
        limit: u32,
    ) -> Result<Vec<LedgerEntry>, Failure> {
        self.read(move |tx| load::ledgers::entries(tx, customer, lines, limit)).await
    }
}
