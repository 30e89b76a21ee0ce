//! One run: the same commands to a hub and to the model.

use std::fmt::Debug;
use std::num::NonZeroU32;
use std::time::Duration;

use leaseline_core::api_user::Caller;
use leaseline_core::customer::{
    CustomerChange, CustomerProfile, CustomerStatus, CustomerUpdate, NewCustomer, ServiceChange,
};
use leaseline_core::expiry::TermUnit;
use leaseline_core::ids::{CustomerId, LeaseId, SourceId};
use leaseline_core::lease::{LeaseKind, LeaseRequest};
use leaseline_core::ledger::TopUpRequest;
use leaseline_core::money::Credits;
use leaseline_core::phone::Prefix;
use leaseline_core::release::ReleaseRequest;
use leaseline_core::reservation::ReserveRequest;
use leaseline_core::{Refusal, Timestamp};
use leaseline_hub::{Clock, Failure, Hub, Idempotency, Request, Settings, Settled};
use leaseline_testkit::{
    CountingIds, Database, ManualClock, Model, Once, World, limit, profile, term,
};

use crate::command::{By, Command, Kind, Length, PHONES, Phones, Wait};

/// Half of them rest after a lease.
const NUMBERS: usize = 6;
const QUARANTINE: Duration = Duration::from_secs(90);

pub(crate) struct Run {
    clock: ManualClock,
    world: World,
    client: Caller,
    model: Model,
}

impl Run {
    /// Three numbers that rest and three that do not; three customers on different terms.
    pub(crate) async fn start(database: &Database) -> Self {
        let clock = ManualClock::new();
        let max_leases_per_phone = limit(2);
        let settings = Settings { max_leases_per_phone, ..database.settings(&clock) };
        let world = World::new(Hub::open(settings).unwrap()).await;
        let mut model = Model::new(max_leases_per_phone);
        for quarantine in [Duration::ZERO, QUARANTINE] {
            let numbers = world.numbers_with_quarantine(NUMBERS / 2, quarantine).await;
            model.import(&numbers, quarantine);
        }
        let mut customers = Vec::new();
        for (profile, credits) in profiles() {
            let id = world.customer_with(profile.clone(), credits).await;
            let opening_balance = Credits::new(credits);
            model.create(&NewCustomer { profile, opening_balance }, id, clock.now());
            customers.push(id);
        }
        let client = world.client("client", &customers[1..2]).await;
        Self { clock, world, client, model }
    }

    pub(crate) async fn step(&mut self, command: &Command) {
        match *command {
            Command::Lease { by, customer, phones, length, key } => {
                let mut request = self.lease_request(customer, phones);
                request.caller = self.caller(by);
                request.term = match length {
                    Length::Minutes(minutes) => term(minutes, TermUnit::Minutes),
                    Length::TooLong => term(101, TermUnit::Years),
                };
                self.lease(request, key).await;
            }
            Command::Release { by, lease, kind, key } => {
                let (lease, kind) = self.lease_named(lease, kind);
                self.release(ReleaseRequest { caller: self.caller(by), lease, kind }, key).await;
            }
            Command::Query { by, lease, kind } => {
                let (lease, kind) = self.lease_named(lease, kind);
                self.query(&self.caller(by), lease, kind).await;
            }
            Command::Reserve { by, customer, quantity, key } => {
                let quantity = NonZeroU32::new(quantity).unwrap();
                let (caller, customer) = (self.caller(by), self.customer_named(customer));
                self.reserve(ReserveRequest { caller, customer, quantity }, key).await;
            }
            Command::TopUp { by, customer, credits, key } => {
                let (caller, customer) = (self.caller(by), self.customer_named(customer));
                let amount = Credits::new(credits);
                self.top_up(TopUpRequest { caller, customer, amount }, key).await;
            }
            Command::Create { status, credits, key } => {
                let profile = CustomerProfile { status, ..profile() };
                let opening_balance = Credits::new(credits);
                self.create(NewCustomer { profile, opening_balance }, key).await;
            }
            Command::Update { by, customer, ref change, key } => {
                let (caller, customer) = (self.caller(by), self.customer_named(customer));
                self.update(CustomerUpdate { caller, customer, change: change.clone() }, key).await;
            }
            Command::View { by, customer } => {
                self.view(&self.caller(by), self.customer_named(customer)).await;
            }
            Command::Wait(wait) => self.wait(wait),
        }
    }

    /// Every lease there ever was and every customer.
    pub(crate) async fn look_at_everything(&self) {
        for lease in self.model.leases() {
            self.query(&self.world.admin, lease.id, lease.kind).await;
        }
        for customer in self.model.customers() {
            self.view(&self.world.admin, customer).await;
        }
    }

    /// What no answer shows, such as until when a number rests, shows in what can be leased: now,
    /// and at each instant at which a number is free again.
    pub(crate) async fn lease_all_that_is_left(&mut self) {
        // Somebody without a reserve, so that the general pool can be emptied too.
        let nobody = NewCustomer { profile: profile(), opening_balance: Credits::ZERO };
        self.create(nobody, None).await;
        for customer in self.model.customers() {
            let caller = self.world.admin.clone();
            self.update(CustomerUpdate { caller, customer, change: anything_goes() }, None).await;
        }
        let before = self.model.leases().len();
        while self.model.leases().len() < before + NUMBERS {
            for customer in self.model.customers() {
                self.lease_for_a_month(customer).await;
            }
            self.wait(Wait::NextEnd);
        }
    }

    /// To a phone that leases nothing else.
    async fn lease_for_a_month(&mut self, customer: CustomerId) {
        let phone = format!("01957{:04}", self.model.leases().len());
        let mut request = self.world.single(customer, &phone);
        request.term = term(1, TermUnit::Months);
        self.lease(request, None).await;
    }

    pub(crate) async fn end(self) {
        self.world.hub.close().await;
    }

    async fn lease(&mut self, request: LeaseRequest, key: Option<u8>) {
        let now = self.now();
        let asked = request.clone();
        self.ask(request, "lease", key, |model, granted| {
            let id = granted.map_or(unmade(), |granted| granted.lease.id);
            model.lease(&asked, id, now)
        })
        .await;
    }

    async fn release(&mut self, request: ReleaseRequest, key: Option<u8>) {
        let now = self.now();
        let asked = request.clone();
        self.ask(request, "release", key, |model, _| model.release(&asked, now)).await;
    }

    async fn reserve(&mut self, request: ReserveRequest, key: Option<u8>) {
        let now = self.now();
        let asked = request.clone();
        self.ask(request, "reserve", key, |model, _| model.reserve(&asked, now)).await;
    }

    async fn top_up(&mut self, request: TopUpRequest, key: Option<u8>) {
        let now = self.now();
        let asked = request.clone();
        self.ask(request, "top up", key, |model, topped_up| {
            let unmade = SourceId::new(unmade().uuid());
            model.top_up(&asked, topped_up.map_or(unmade, |topped_up| topped_up.entry.source), now)
        })
        .await;
    }

    async fn create(&mut self, new: NewCustomer, key: Option<u8>) {
        let now = self.now();
        let asked = new.clone();
        self.ask(new, "create", key, |model, created| {
            let id = *created.expect("nothing refuses a new customer");
            model.create(&asked, id, now);
            Ok(id)
        })
        .await;
    }

    async fn update(&mut self, request: CustomerUpdate, key: Option<u8>) {
        let now = self.now();
        let asked = request.clone();
        self.ask(request, "update", key, |model, _| model.update(&asked, now)).await;
    }

    async fn query(&self, caller: &Caller, lease: LeaseId, kind: LeaseKind) {
        let heard = self.world.hub.live_lease(caller, lease, kind).await;
        let expected = self.model.query(caller, lease, kind, self.now());
        assert_eq!(heard, expected.map_err(Failure::Refused));
    }

    async fn view(&self, caller: &Caller, customer: CustomerId) {
        let heard = self.world.hub.customer(caller, customer).await;
        assert_eq!(heard, self.model.view(caller, customer).map_err(Failure::Refused));
    }

    /// Asks the hub, then the model, which is told the ids that the hub made.
    async fn ask<R>(
        &mut self,
        request: R,
        operation: &'static str,
        key: Option<u8>,
        decide: impl FnOnce(&mut Model, Option<&R::Outcome>) -> Result<R::Outcome, Refusal>,
    ) where
        R: Request + Debug,
        R::Outcome: Debug + PartialEq,
    {
        let now = self.now();
        let asked = format!("{request:?}");
        let Some(key) = key else {
            let heard = self.world.hub.ask(request).await;
            let expected = decide(&mut self.model, heard.as_ref().ok());
            assert_eq!(heard, expected.map_err(Failure::Refused), "{asked}");
            return;
        };
        let once = Once {
            user: self.world.admin.user().expect("a user of the API"),
            operation,
            key: format!("key {key}"),
        };
        let fingerprint = asked.clone().into_bytes();
        let Once { user, operation, key } = once.clone();
        let key = Idempotency::new(user, operation, key, fingerprint.clone(), written);
        let heard = self.world.hub.ask_once(request, key).await;
        let fresh = match &heard {
            Ok(Settled::Fresh(outcome)) => Some(outcome),
            Ok(Settled::Repeated(_)) | Err(_) => None,
        };
        let decide = |model: &mut Model| decide(model, fresh);
        let expected = self.model.once(&once, &fingerprint, now, written, decide);
        assert_eq!(heard, expected.map_err(Failure::Refused), "{asked} once");
    }

    fn wait(&self, wait: Wait) {
        let next_end = self.model.next_end(self.now());
        match wait {
            Wait::Micros(micros) => self.clock.advance(Duration::from_micros(micros.into())),
            Wait::NextEnd => next_end.into_iter().for_each(|end| self.clock.set(end)),
            Wait::JustBeforeNextEnd => {
                let before = next_end.map(|end| end.saturating_sub(Duration::from_micros(1)));
                before.into_iter().for_each(|before| self.clock.set(before));
            }
            Wait::Day => self.clock.advance(Duration::from_secs(24 * 3_600)),
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn caller(&self, by: By) -> Caller {
        match by {
            By::Admin => self.world.admin.clone(),
            By::Client => self.client.clone(),
        }
    }

    fn customer_named(&self, place: usize) -> CustomerId {
        let known = self.model.customers();
        known.get(place).copied().unwrap_or(CustomerId::new(1_000_000).unwrap())
    }

    fn lease_named(&self, back: usize, kind: Kind) -> (LeaseId, LeaseKind) {
        let named = self.model.leases().iter().rev().nth(back);
        named.map_or((unmade(), LeaseKind::Single), |lease| (lease.id, kind.of(lease.kind)))
    }

    fn lease_request(&self, customer: usize, phones: Phones) -> LeaseRequest {
        let customer = self.customer_named(customer);
        match phones {
            Phones::One(phone) => self.world.single(customer, PHONES[phone]),
            Phones::Two(first, second) => self.world.group(customer, PHONES[first], PHONES[second]),
        }
    }
}

/// Without limits; with limits; for one network only.
fn profiles() -> [(CustomerProfile, i64); 3] {
    let mut limited = CustomerProfile { max_reserved: limit(3), ..profile() };
    limited.single.max_leases = limit(2);
    limited.group.max_leases = limit(1);
    let network = Prefix::parse("60195").unwrap();
    let one_network = CustomerProfile { allowed_prefixes: vec![network], ..profile() };
    [(profile(), 0), (limited, 1_000), (one_network, -1)]
}

fn anything_goes() -> CustomerChange {
    let service = ServiceChange {
        enabled: Some(true),
        max_leases: Some(limit(0)),
        ..ServiceChange::default()
    };
    CustomerChange {
        status: Some(CustomerStatus::Active),
        single: service,
        group: service,
        ..CustomerChange::default()
    }
}

/// How an answer is kept under its key.
fn written(outcome: &impl Debug) -> String {
    format!("{outcome:?}")
}

/// An id that no hub makes.
fn unmade() -> LeaseId {
    LeaseId::new(CountingIds::nth(0))
}
