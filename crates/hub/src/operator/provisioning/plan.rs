//! First half: what there is, and what has to be done about it. Nothing is written here.

use std::collections::{HashMap, HashSet};

use leaseline_core::Timestamp;
use leaseline_core::api_user::ApiUser;
use leaseline_core::customer::{
    Customer, CustomerProfile, CustomerView, MissingField, NewCustomer,
};
use leaseline_core::ids::{CustomerId, PoolId, RateDeckId};
use leaseline_core::pool::{Pool, PoolTerms};
use leaseline_core::rating::RateDeck;
use leaseline_store::{StoreError, Tx, load, record};

use super::accounts::{self, AccountStep, FoundAccount};
use super::{
    CustomerEntry, CustomerRef, EntryIndex, Misfit, PoolEntry, Provisioning, Unfit, UserEntry,
};

/// What there is already of what the entries name.
pub(super) struct Found {
    pools: Vec<Option<Pool>>,
    ids_by_key: HashMap<String, CustomerId>,
    customers: HashMap<CustomerId, CustomerView>,
    users: Vec<Option<ApiUser>>,
    accounts: Vec<FoundAccount>,
    rate_decks: Vec<Option<RateDeck>>,
}

/// What is to be done, in the order of the entries.
pub(super) struct Plan<'a> {
    pub(super) pools: Vec<PoolStep<'a>>,
    pub(super) customers: Vec<CustomerStep<'a>>,
    pub(super) users: Vec<UserStep<'a>>,
    pub(super) accounts: Vec<AccountStep<'a>>,
    pub(super) rate_decks: Vec<RateDeckStep<'a>>,
}

pub(super) enum PoolStep<'a> {
    Make(&'a str, PoolTerms),
    Change(Pool),
    Keep(PoolId),
}

pub(super) enum CustomerStep<'a> {
    Make(&'a str, NewCustomer),
    Change(Customer),
    Keep(CustomerId),
}

pub(super) enum RateDeckStep<'a> {
    Make(&'a str),
    Keep(RateDeckId),
}

/// What becomes of a user depends on the ids of customers that are not made yet.
pub(super) struct UserStep<'a> {
    pub(super) entry: &'a UserEntry,
    pub(super) found: Option<ApiUser>,
    pub(super) customers: Option<Vec<Grantee>>,
}

/// A customer that a user may act for, or whose balance an account spends.
#[derive(Clone, Copy)]
pub(super) enum Grantee {
    Known(CustomerId),
    /// The customer of this entry.
    Entry(usize),
}

/// Loads what the entries name, held until the transaction ends.
pub(super) fn load(tx: &mut Tx<'_>, entries: &Provisioning) -> Result<Found, StoreError> {
    record::provision_alone(tx)?;
    let pools = entries.pools.iter().map(|entry| load::pools::pool(tx, &entry.name));
    let pools = pools.collect::<Result<_, _>>()?;
    let users = entries.users.iter().map(|entry| load::users::api_user(tx, &entry.name));
    let users = users.collect::<Result<_, _>>()?;
    let rate_decks = entries.rate_decks.iter().map(|name| load::rates::deck(tx, name));
    let rate_decks = rate_decks.collect::<Result<_, _>>()?;
    let ids_by_key = load::customers::ids_by_key(tx, &keys(entries))?;
    let named = references(entries).filter_map(|reference| match reference {
        CustomerRef::Id(id) => Some(*id),
        CustomerRef::Key(_) => None,
    });
    let ids: HashSet<_> = ids_by_key.values().copied().chain(named).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    let customers = load::customers::customers_for_change(tx, &ids)?;
    let accounts = entries.accounts.iter().map(|entry| accounts::load(tx, entry));
    let accounts = accounts.collect::<Result<_, _>>()?;
    Ok(Found { pools, ids_by_key, customers, users, accounts, rate_decks })
}

fn references(entries: &Provisioning) -> impl Iterator<Item = &CustomerRef> {
    let of_users = entries.users.iter().flat_map(|user| user.customers.iter().flatten());
    of_users.chain(entries.accounts.iter().filter_map(|account| account.customer.as_ref()))
}

fn keys(entries: &Provisioning) -> Vec<&str> {
    let named = references(entries).filter_map(|reference| match reference {
        CustomerRef::Key(key) => Some(key.as_str()),
        CustomerRef::Id(_) => None,
    });
    let keys: HashSet<_> =
        entries.customers.iter().map(|it| it.key.as_str()).chain(named).collect();
    keys.into_iter().collect()
}

impl<'a> Plan<'a> {
    /// Decides on each entry.
    pub(super) fn of(
        entries: &'a Provisioning,
        found: Found,
        now: Timestamp,
    ) -> Result<Self, Misfit> {
        let Found { pools, ids_by_key, mut customers, users, accounts, rate_decks } = found;
        let known = Known { entries, ids_by_key, ids: customers.keys().copied().collect() };
        let pools = entries.pools.iter().zip(pools).enumerate().map(|(index, (entry, found))| {
            PoolStep::of(entry, found).map_err(misfit(EntryIndex::Pool(index)))
        });
        let made = entries.customers.iter().enumerate().map(|(index, entry)| {
            let id = known.ids_by_key.get(&entry.key);
            let found = id.and_then(|id| customers.remove(id));
            let found = found.map(|view| view.customer);
            CustomerStep::of(entry, found, now).map_err(misfit(EntryIndex::Customer(index)))
        });
        let users = entries.users.iter().zip(users).enumerate().map(|(index, (entry, found))| {
            UserStep::of(entry, found, &known).map_err(misfit(EntryIndex::User(index)))
        });
        let mut emails = HashSet::new();
        let accounts = entries.accounts.iter().zip(accounts).enumerate();
        let accounts = accounts.map(|(index, (entry, found))| {
            let step = AccountStep::of(entry, found, &known, &mut emails);
            step.map_err(misfit(EntryIndex::Account(index)))
        });
        let decks = entries.rate_decks.iter().zip(rate_decks);
        Ok(Self {
            rate_decks: decks.map(|(name, found)| RateDeckStep::of(name, found)).collect(),
            pools: pools.collect::<Result<_, _>>()?,
            customers: made.collect::<Result<_, _>>()?,
            users: users.collect::<Result<_, _>>()?,
            accounts: accounts.collect::<Result<_, _>>()?,
        })
    }
}

fn misfit(entry: EntryIndex) -> impl Fn(Unfit) -> Misfit {
    move |reason| Misfit { entry, reason }
}

impl<'a> RateDeckStep<'a> {
    fn of(name: &'a str, found: Option<RateDeck>) -> Self {
        found.map_or(Self::Make(name), |deck| Self::Keep(deck.id))
    }
}

impl<'a> PoolStep<'a> {
    fn of(entry: &'a PoolEntry, found: Option<Pool>) -> Result<Self, Unfit> {
        let Some(pool) = found else {
            return Ok(Self::Make(&entry.name, PoolTerms::of_new(entry.change.clone())?));
        };
        let terms = pool.terms.clone().changed(entry.change.clone())?;
        if terms == pool.terms {
            Ok(Self::Keep(pool.id))
        } else {
            Ok(Self::Change(Pool { terms, ..pool }))
        }
    }
}

impl<'a> CustomerStep<'a> {
    fn of(
        entry: &'a CustomerEntry,
        found: Option<Customer>,
        now: Timestamp,
    ) -> Result<Self, Unfit> {
        let Some(customer) = found else {
            let profile = CustomerProfile::of_new(entry.change.clone())?;
            let new = NewCustomer { profile, opening_balance: entry.opening_balance };
            return Ok(Self::Make(&entry.key, new));
        };
        let changed = customer.clone().changed(entry.change.clone(), now);
        if changed == customer { Ok(Self::Keep(customer.id)) } else { Ok(Self::Change(changed)) }
    }
}

/// The customers that there are or will be, and the rate decks that will be.
pub(super) struct Known<'a> {
    entries: &'a Provisioning,
    ids_by_key: HashMap<String, CustomerId>,
    ids: HashSet<CustomerId>,
}

impl<'a> UserStep<'a> {
    fn of(entry: &'a UserEntry, found: Option<ApiUser>, known: &Known<'_>) -> Result<Self, Unfit> {
        if found.is_none() && entry.role.is_none() {
            return Err(MissingField("role").into());
        }
        let find = |reference: &CustomerRef| known.need(reference);
        let customers = entry.customers.as_ref();
        let customers = customers.map(|all| all.iter().map(find).collect::<Result<_, _>>());
        Ok(Self { entry, found, customers: customers.transpose()? })
    }
}

impl Known<'_> {
    pub(super) fn has_rate_deck(&self, name: &str) -> bool {
        self.entries.rate_decks.iter().any(|entry| entry == name)
    }

    pub(super) fn need(&self, reference: &CustomerRef) -> Result<Grantee, Unfit> {
        self.find(reference).ok_or_else(|| Unfit::NoCustomer(reference.clone()))
    }

    fn find(&self, reference: &CustomerRef) -> Option<Grantee> {
        match reference {
            CustomerRef::Id(id) => self.ids.contains(id).then_some(Grantee::Known(*id)),
            CustomerRef::Key(key) => {
                let known = self.ids_by_key.get(key).copied().map(Grantee::Known);
                let in_file = || self.entries.customers.iter().position(|entry| entry.key == *key);
                known.or_else(|| in_file().map(Grantee::Entry))
            }
        }
    }
}
