//! What is asked without changing anything, and which of it is looked up together.

use std::collections::HashMap;
use std::sync::Arc;

use leaseline_core::Refusal;
use leaseline_core::api_user::Caller;
use leaseline_core::customer::CustomerView;
use leaseline_core::ids::{AccountId, CardGroupId, CustomerId, LeaseId};
use leaseline_core::lease::{Lease, LeaseKind};
use leaseline_core::money::Credits;
use leaseline_core::mor_user::MorCaller;
use leaseline_store::load::cards::CardGroupLine;
use leaseline_store::{StoreError, Tx, load};

use crate::cards::MOST_SHOWN;
use crate::failure::Failure;
use crate::hub::Hub;
use crate::operator::TokenRecord;
use crate::readers::{Lane, Lookup};

/// The small questions that are asked most.
#[derive(Default)]
pub(crate) struct Lanes {
    pub(crate) leases: Arc<Lane<Leases>>,
    pub(crate) customers: Arc<Lane<Customers>>,
    pub(crate) balances: Arc<Lane<Balances>>,
    pub(crate) card_groups: Arc<Lane<CardGroups>>,
}

impl Lanes {
    /// How many questions wait.
    pub(crate) fn waiting(&self) -> usize {
        let Self { leases, customers, balances, card_groups } = self;
        leases.waiting() + customers.waiting() + balances.waiting() + card_groups.waiting()
    }
}

/// Leases by their references.
pub(crate) struct Leases;

impl Lookup for Leases {
    type Key = LeaseId;
    type Found = Lease;

    fn look_up(tx: &mut Tx<'_>, ids: &[LeaseId]) -> Result<HashMap<LeaseId, Lease>, StoreError> {
        load::leases::leases(tx, ids)
    }
}

/// Customers by their ids.
pub(crate) struct Customers;

impl Lookup for Customers {
    type Key = CustomerId;
    type Found = CustomerView;

    fn look_up(
        tx: &mut Tx<'_>,
        ids: &[CustomerId],
    ) -> Result<HashMap<CustomerId, CustomerView>, StoreError> {
        load::customers::customers(tx, ids)
    }
}

/// What accounts spend, by their ids.
pub(crate) struct Balances;

impl Lookup for Balances {
    type Key = AccountId;
    type Found = Credits;

    fn look_up(
        tx: &mut Tx<'_>,
        accounts: &[AccountId],
    ) -> Result<HashMap<AccountId, Credits>, StoreError> {
        load::accounts::balances(tx, accounts)
    }
}

/// The groups of cards that somebody sees, or the one of these with an id.
pub(crate) struct CardGroups;

impl Lookup for CardGroups {
    type Key = (MorCaller, Option<CardGroupId>);
    type Found = Arc<[CardGroupLine]>;

    fn look_up(
        tx: &mut Tx<'_>,
        asked: &[Self::Key],
    ) -> Result<HashMap<Self::Key, Self::Found>, StoreError> {
        let groups = |asked: &Self::Key| {
            let (caller, only) = asked;
            Ok((*asked, load::cards::groups(tx, caller, *only, MOST_SHOWN)?.into()))
        };
        asked.iter().map(groups).collect()
    }
}

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
        let found = self.look_up(|lanes| &lanes.leases, id).await?;
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
        let found = self.look_up(|lanes| &lanes.customers, id).await?;
        Ok(caller.customer(id, found)?)
    }

    /// All tokens that were issued here or revoked, the oldest first.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn tokens(&self) -> Result<Vec<TokenRecord>, Failure> {
        self.read(load::users::tokens).await
    }
}
