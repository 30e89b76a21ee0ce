//! A small world to lease in, made through the hub like everything else.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use leaseline_core::api_user::{Caller, Reach, Role};
use leaseline_core::customer::{
    BlockRate, BlockSeconds, ChargeMethod, CustomerChange, CustomerProfile, CustomerStatus,
    CustomerUpdate, CustomerView, Limit, NewCustomer, PersonName, ServiceTerms,
};
use leaseline_core::expiry::{LeaseTerm, TermUnit};
use leaseline_core::ids::{CustomerId, PoolId};
use leaseline_core::lease::{LeaseGranted, LeaseRequest, Party};
use leaseline_core::ledger::{TopUpRequest, ToppedUp};
use leaseline_core::money::Credits;
use leaseline_core::phone::PhoneNumber;
use leaseline_core::region::{Region, RegionCode};
use leaseline_core::release::{LeaseReleased, ReleaseRequest};
use leaseline_core::reservation::{NumbersReserved, ReserveRequest};
use leaseline_core::subscriber::Subscriber;
use leaseline_core::timestamp::Utc;
use leaseline_hub::operator::{NewApiUser, NewNumbers, NewPool};
use leaseline_hub::{Failure, Hub};

/// The first number there is; the others follow it.
const FIRST_NUMBER: i64 = 388_880_000;

/// A hub with an administrator, and short ways to what tests ask of it.
///
/// Everything a test sets up is expected to work; what it is about comes back as a `Result`.
/// Numbers are `0388880000`, `0388880001`, … in Malaysia, wherever they are put.
pub struct World {
    /// The hub.
    pub hub: Hub,
    /// The administrator.
    pub admin: Caller,
    next_number: Arc<AtomicI64>,
}

impl World {
    /// Makes the administrator, called `admin`.
    pub async fn new(hub: Hub) -> Self {
        let new = NewApiUser { name: "admin".into(), role: Role::Admin };
        let user = hub.ask(new).await.expect("the first of this name");
        let admin = Caller::new(user, Reach::Everyone);
        Self { hub, admin, next_number: Arc::new(AtomicI64::new(FIRST_NUMBER)) }
    }

    /// The same world through another hub, as if through another process.
    pub fn through(&self, hub: Hub) -> Self {
        Self { hub, admin: self.admin.clone(), next_number: Arc::clone(&self.next_number) }
    }

    /// So many more numbers, in a pool of their own that knows no quarantine.
    pub async fn numbers(&self, count: usize) -> Vec<PhoneNumber> {
        self.numbers_with_quarantine(count, Duration::ZERO).await
    }

    /// So many more numbers, in a pool of their own with this quarantine.
    pub async fn numbers_with_quarantine(
        &self,
        count: usize,
        quarantine: Duration,
    ) -> Vec<PhoneNumber> {
        let name = format!("pool {}", self.next_number.load(Ordering::Acquire));
        let pool = self.pool(&name, quarantine).await;
        self.numbers_in(pool, count).await
    }

    /// A pool without numbers.
    pub async fn pool(&self, name: &str, quarantine: Duration) -> PoolId {
        let region = RegionCode::parse("MY").expect("in the table");
        let new = NewPool { name: name.to_owned(), region, quarantine };
        self.hub.ask(new).await.expect("the first of this name")
    }

    /// So many more numbers in a pool.
    pub async fn numbers_in(&self, pool: PoolId, count: usize) -> Vec<PhoneNumber> {
        let next = || self.next_number.fetch_add(1, Ordering::AcqRel);
        let numbers: Vec<_> = (0..count).map(|_| phone(&format!("0{}", next()))).collect();
        let new = NewNumbers { pool, numbers: numbers.clone() };
        assert_eq!(self.hub.ask(new).await, Ok(count));
        numbers
    }

    /// A customer without money.
    pub async fn customer(&self, profile: CustomerProfile) -> CustomerId {
        self.customer_with(profile, 0).await
    }

    /// A customer with an opening balance.
    pub async fn customer_with(&self, profile: CustomerProfile, credits: i64) -> CustomerId {
        let new = NewCustomer { profile, opening_balance: Credits::new(credits) };
        self.hub.ask(new).await.expect("nothing refuses a new customer")
    }

    /// A user of the APIs who may act for these customers alone.
    pub async fn client(&self, name: &str, customers: &[CustomerId]) -> Caller {
        let customers = Arc::new(customers.iter().copied().collect());
        let role = Role::Client { customers: Arc::clone(&customers), may_top_up: false };
        let new = NewApiUser { name: name.to_owned(), role };
        let user = self.hub.ask(new).await.expect("the first of this name");
        Caller::new(user, Reach::Only(customers))
    }

    /// The administrator's request for one number, for an hour.
    pub fn single(&self, customer: CustomerId, sent: &str) -> LeaseRequest {
        self.request(customer, Party::single(user(sent)))
    }

    /// The administrator's request for a number for each of two users, for an hour.
    pub fn group(&self, customer: CustomerId, first: &str, second: &str) -> LeaseRequest {
        let party = Party::group(user(first), user(second)).expect("two phones");
        self.request(customer, party)
    }

    fn request(&self, customer: CustomerId, party: Party) -> LeaseRequest {
        let caller = self.admin.clone();
        LeaseRequest {
            caller,
            customer,
            party,
            term: term(1, TermUnit::Hours),
            zone: Arc::new(Utc),
        }
    }

    /// Asks for a lease.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn lease(&self, request: LeaseRequest) -> Result<LeaseGranted, Failure> {
        self.hub.ask(request).await
    }

    /// The administrator's request to give a lease back.
    pub fn release_of(&self, granted: &LeaseGranted) -> ReleaseRequest {
        let lease = &granted.lease;
        ReleaseRequest { caller: self.admin.clone(), lease: lease.id, kind: lease.kind }
    }

    /// Gives a lease back.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn release(&self, granted: &LeaseGranted) -> Result<LeaseReleased, Failure> {
        self.hub.ask(self.release_of(granted)).await
    }

    /// Sets numbers aside.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn reserve(
        &self,
        customer: CustomerId,
        quantity: u32,
    ) -> Result<NumbersReserved, Failure> {
        let quantity = NonZeroU32::new(quantity).expect("at least one");
        self.hub.ask(ReserveRequest { caller: self.admin.clone(), customer, quantity }).await
    }

    /// The administrator's request to add credit.
    pub fn top_up_of(&self, customer: CustomerId, credits: i64) -> TopUpRequest {
        TopUpRequest { caller: self.admin.clone(), customer, amount: Credits::new(credits) }
    }

    /// Adds credit.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn top_up(&self, customer: CustomerId, credits: i64) -> Result<ToppedUp, Failure> {
        self.hub.ask(self.top_up_of(customer, credits)).await
    }

    /// Suspends or activates a customer.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn set_status(
        &self,
        customer: CustomerId,
        status: CustomerStatus,
    ) -> Result<(), Failure> {
        let change = CustomerChange { status: Some(status), ..CustomerChange::default() };
        let update = CustomerUpdate { caller: self.admin.clone(), customer, change };
        self.hub.ask(update).await.map(drop)
    }

    /// A customer as it is now.
    pub async fn view(&self, customer: CustomerId) -> CustomerView {
        self.hub.customer(&self.admin, customer).await.expect("a customer of this world")
    }

    /// A customer's balance.
    pub async fn balance(&self, customer: CustomerId) -> i64 {
        self.view(customer).await.balance.get()
    }
}

/// An active, prepaid customer who may lease both kinds without limits.
///
/// What a test wants otherwise it says:
/// `CustomerProfile { max_reserved: limit(5), ..profile() }`.
pub fn profile() -> CustomerProfile {
    let terms = ServiceTerms {
        enabled: true,
        charge_block: BlockSeconds::new(20).expect("at least a second"),
        charge_rate: BlockRate::new(1).expect("not negative"),
        max_leases: Limit::NONE,
    };
    CustomerProfile {
        first_name: PersonName::parse("Acme").expect("a name"),
        last_name: PersonName::parse("Rides").expect("a name"),
        status: CustomerStatus::Active,
        charge_method: ChargeMethod::Prepaid,
        single: terms,
        group: terms,
        max_reserved: Limit::NONE,
        allowed_prefixes: Vec::new(),
        credit_limit: None,
        max_calls: Limit::NONE,
        max_spend_per_day: Limit::NONE,
    }
}

/// At most that many; 0 is no limit.
pub fn limit(most: i64) -> Limit {
    Limit::new(most).expect("not negative")
}

/// A number as somebody in Malaysia sends it.
pub fn phone(sent: &str) -> PhoneNumber {
    let malaysia = Region::by_code("MY").expect("in the table");
    PhoneNumber::parse(sent, &malaysia).expect("a number")
}

/// A lease's term.
pub fn term(value: i64, unit: TermUnit) -> LeaseTerm {
    LeaseTerm::new(value, unit).expect("at least one")
}

fn user(sent: &str) -> Subscriber {
    Subscriber::new(phone(sent), None, None).expect("no codes that could contradict")
}
