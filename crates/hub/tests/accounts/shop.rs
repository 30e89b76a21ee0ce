//! A customer with money, an account that spends it, and numbers to be had.

use leaseline_core::account::ShownName;
use leaseline_core::did::{AccountNumber, AccountNumberFilter, DidPlace};
use leaseline_core::ids::{AccountId, CustomerId};
use leaseline_core::phone::PhoneNumber;
use leaseline_testkit::{Database, Dids, ManualClock, World, profile};

pub(crate) struct Shop {
    pub(crate) clock: ManualClock,
    pub(crate) world: World,
    pub(crate) customer: CustomerId,
    pub(crate) account: AccountId,
    pub(crate) numbers: Vec<PhoneNumber>,
}

impl Shop {
    /// A prepaid customer with 1,000 credits and so many numbers in Kuala Lumpur.
    pub(crate) async fn with(database: &Database, numbers: usize) -> Self {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        let customer = world.customer_with(profile(), 1_000).await;
        let account = world.account("demo", customer).await;
        let numbers = world.dids(numbers, Dids::default()).await;
        Self { clock, world, customer, account, numbers }
    }

    pub(crate) async fn has(&self) -> Vec<AccountNumber> {
        let all = AccountNumberFilter::default();
        self.world.hub.account_numbers(self.account, all).await.unwrap()
    }

    pub(crate) async fn balance(&self) -> i64 {
        self.world.hub.account_balance(self.account).await.unwrap().get()
    }

    pub(crate) async fn end(self, database: &Database) {
        self.world.hub.close().await;
        database.assert_sound();
    }
}

pub(crate) fn name(text: &str) -> ShownName {
    ShownName::parse(text).unwrap()
}

pub(crate) fn place(country: &str, city: &str) -> DidPlace {
    DidPlace { country: country.into(), city: city.into() }
}
