//! Accounts and numbers to subscribe to, for a [`World`].

use std::collections::BTreeSet;
use std::time::Duration;

use leaseline_core::account::{AccountChange, SubAccountNo, SubAccountProfile};
use leaseline_core::did::{AccountNumber, AssignNo, Assignment, DidPlace, SubscribeNo};
use leaseline_core::ids::{AccountId, CustomerId, SubAccountId};
use leaseline_core::password::PasswordHash;
use leaseline_core::phone::PhoneNumber;
use leaseline_core::pool::{Fee, PoolChange, Purpose, Service};
use leaseline_core::region::RegionCode;
use leaseline_hub::Failure;
use leaseline_hub::accounts::{AddSubAccount, AssignNumber, SubscribeDid};
use leaseline_hub::operator::{AccountEntry, CustomerRef, PoolEntry, Provisioning};

use crate::world::World;

/// Of no password that anybody knows: making one takes longer than most tests.
pub(crate) const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdC4$\
                    Vm9Uc2VnbWVudCBvZiBub3RoaW5nIGF0IGFsbC4uLi4";

/// Numbers to subscribe to.
#[derive(Clone, Copy, Debug)]
pub struct Dids<'a> {
    /// The pool's name.
    pub pool: &'a str,
    /// Country and city.
    pub place: [&'a str; 2],
    /// For which services.
    pub services: &'a [Service],
    /// Credits once and each month.
    pub fees: [i64; 2],
    /// How long one rests.
    pub quarantine: Duration,
}

impl Default for Dids<'_> {
    /// Of Kuala Lumpur, for voice and fax, for 100 credits once and 30 each month, without a rest.
    fn default() -> Self {
        Self {
            pool: "dids",
            place: ["Malaysia", "Kuala Lumpur"],
            services: &[Service::Voice, Service::Fax],
            fees: [100, 30],
            quarantine: Duration::ZERO,
        }
    }
}

/// An account with the IVR service, that spends this customer's balance.
pub fn account_entry(user: &str, customer: CustomerId) -> AccountEntry {
    AccountEntry {
        user: user.into(),
        password: PasswordHash::parse(HASH),
        customer: Some(CustomerRef::Id(customer)),
        change: AccountChange { ivr: Some(true), ..AccountChange::default() },
        enabled: None,
        menus: Vec::new(),
    }
}

impl World {
    /// Makes an account.
    pub async fn account(&self, user: &str, customer: CustomerId) -> AccountId {
        self.account_of(account_entry(user, customer)).await
    }

    /// Makes an account of an entry, or changes it.
    pub async fn account_of(&self, entry: AccountEntry) -> AccountId {
        let entries = Provisioning { accounts: vec![entry], ..Provisioning::default() };
        let provisioned = self.hub.provision(entries).await.expect("the store is there");
        provisioned.expect("it fits").accounts[0].id
    }

    /// So many more numbers to subscribe to, in a pool of their own.
    pub async fn dids(&self, count: usize, dids: Dids<'_>) -> Vec<PhoneNumber> {
        let [country, city] = dids.place.map(|name| Some(name.to_owned()));
        let [setup_fee, monthly_fee] = dids.fees.map(Fee::new);
        let change = PoolChange {
            purpose: Some(Purpose::Did),
            country,
            city,
            region: RegionCode::parse("MY"),
            quarantine: Some(dids.quarantine),
            services: Some(BTreeSet::from_iter(dids.services.iter().copied())),
            setup_fee,
            monthly_fee,
        };
        let pool = PoolEntry { name: dids.pool.into(), change };
        let entries = Provisioning { pools: vec![pool], ..Provisioning::default() };
        let provisioned = self.hub.provision(entries).await.expect("the store is there");
        let pool = provisioned.expect("it fits").pools[0].id;
        self.numbers_in(pool, count).await
    }

    /// Subscribes to a number of Kuala Lumpur for a service.
    ///
    /// # Errors
    /// [`Failure`]; the inner error when it is not to be had.
    pub async fn subscribe(
        &self,
        account: AccountId,
        number: &PhoneNumber,
        service: Service,
    ) -> Result<Result<AccountNumber, SubscribeNo>, Failure> {
        let place = DidPlace { country: "Malaysia".into(), city: "Kuala Lumpur".into() };
        let did = number.sent().to_owned();
        self.hub.ask(SubscribeDid { account, service, place, did }).await
    }

    /// Makes a sub-account.
    ///
    /// # Errors
    /// [`Failure`]; the inner error when something stands against it.
    pub async fn sub_account(
        &self,
        account: AccountId,
        profile: SubAccountProfile,
    ) -> Result<Result<SubAccountId, SubAccountNo>, Failure> {
        self.hub.ask(AddSubAccount { account, profile }).await
    }

    /// Assigns an account's number.
    ///
    /// # Errors
    /// [`Failure`]; the inner error when something stands against it.
    pub async fn assign(
        &self,
        account: AccountId,
        number: &PhoneNumber,
        to: Assignment,
    ) -> Result<Result<(), AssignNo>, Failure> {
        let number = number.sent().to_owned();
        self.hub.ask(AssignNumber { account, number, to }).await
    }
}
