//! A customer's balance over time, and what is set aside for it.

use leaseline_core::Timestamp;
use leaseline_core::ids::{CustomerId, NumberId};
use leaseline_core::look_back::LookBack;
use leaseline_core::money::Credits;
use leaseline_store::load;
use leaseline_store::load::catalogue::NumberLine;
use leaseline_store::load::users::TokenRecord;

use crate::failure::Failure;
use crate::hub::Hub;

/// A balance at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BalancePoint {
    /// Then.
    pub at: Timestamp,
    /// What all entries up to then come to.
    pub balance: Credits,
}

impl Hub {
    /// A customer's balance at each step of a span of time, the last one now; nothing, if there is no
    /// such customer. Between two points it may have been anything.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn balance_over(
        &self,
        customer: CustomerId,
        span: LookBack,
    ) -> Result<Vec<BalancePoint>, Failure> {
        let now = self.now();
        let mut instants: Vec<_> = span.steps(now).into_iter().map(|(from, _)| from).collect();
        instants.push(now);
        let asked = instants.clone();
        let read = self.read(move |tx| load::balances::balances(tx, customer, &asked));
        let balances = read.await?;
        let points = instants.into_iter().zip(balances);
        Ok(points.map(|(at, balance)| BalancePoint { at, balance }).collect())
    }

    /// At most so many tokens of the users of the APIs who may act for a customer, the latest first.
    /// Administrators, who act for everybody, are left out.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn tokens_for(
        &self,
        customer: CustomerId,
        limit: u32,
    ) -> Result<Vec<TokenRecord>, Failure> {
        self.read(move |tx| load::users::tokens_for(tx, customer, limit)).await
    }

    /// At most so many numbers that are set aside for a customer, after one or from the first on, in
    /// the order of import.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn reserved_numbers(
        &self,
        customer: CustomerId,
        after: Option<NumberId>,
        limit: u32,
    ) -> Result<Vec<NumberLine>, Failure> {
        let now = self.now();
        self.read(move |tx| load::catalogue::reserved(tx, customer, after, limit, now)).await
    }
}
