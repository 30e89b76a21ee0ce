//! Ninety days that went before, lived through by the hub with a clock that is moved: leases, calls,
//! top-ups and samples of the pools, all by the product's own rules.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use leaseline_core::Timestamp;
use leaseline_core::api_user::Caller;
use leaseline_core::call::{AuthoriseRequest, CallDecided, CallOrigin, Dialled, SingleCallerId};
use leaseline_core::expiry::{LeaseTerm, TermUnit};
use leaseline_core::ids::{CustomerId, LeaseId};
use leaseline_core::ivr::Direction;
use leaseline_core::lease::{LeaseKind, LeaseRequest, Party};
use leaseline_core::ledger::TopUpRequest;
use leaseline_core::money::Credits;
use leaseline_core::phone::PhoneNumber;
use leaseline_core::record::{
    self, CallReport, CallResult, NewRecord, PartyText, RecordKey, RecordKind, RecordName, Report,
};
use leaseline_core::region::Region;
use leaseline_core::release::ReleaseRequest;
use leaseline_core::switch::Switch;
use leaseline_core::timestamp::Utc;
use leaseline_hub::records::TakeInRecords;
use leaseline_hub::{Failure, Hub};

use super::clock::{Chance, StillClock};
use super::world::{Made, SWITCH, World, low_pool, subscriber};

const DAY: Duration = Duration::from_secs(86_400);
const HOUR: Duration = Duration::from_secs(3_600);

/// So long the past is.
pub(super) const PAST: Duration = Duration::from_secs(90 * 86_400);

/// So many days ago the pool was filled that runs low now.
const LOW_POOL_DAYS: u32 = 12;

/// So often a day something happens, and so many leases it takes at most.
const HAPPENINGS: u32 = 16;
const MOST_LEASES: u64 = 4;

/// The last day is sampled each five minutes, the week each hour, what was before each four hours.
const SAMPLES: [(u32, Duration); 3] =
    [(1, Duration::from_secs(300)), (7, HOUR), (90, Duration::from_secs(4 * 3_600))];

/// A lease of the past that a call may come in on.
struct Leased {
    id: LeaseId,
    customer: CustomerId,
    kind: LeaseKind,
    number: PhoneNumber,
    until: Timestamp,
}

/// The past while it is lived.
struct Past<'a> {
    hub: &'a Hub,
    clock: &'a StillClock,
    region: &'a Region,
    chance: Chance,
    admin: Caller,
    customers: Vec<CustomerId>,
    switch: Arc<Switch>,
    leased: Vec<Leased>,
    calls: u64,
    sampled: Timestamp,
}

/// Lives through the past of a world that was just made, up to an instant.
pub(super) async fn live(
    hub: &Hub,
    clock: &StillClock,
    region: &Region,
    world: &World,
    (seed, now): (u64, Timestamp),
) -> Made<()> {
    let switch = hub.switch(SWITCH).await?.ok_or("the switch was made")?;
    let mut past = Past {
        hub,
        clock,
        region,
        chance: Chance::of(seed),
        admin: world.admin.clone(),
        customers: vec![world.customer, world.postpaid, world.poor],
        switch,
        leased: Vec::new(),
        calls: 0,
        sampled: Timestamp::EPOCH,
    };
    for days_left in (1..=90).rev() {
        let midnight = now.saturating_sub(DAY * days_left);
        if days_left == LOW_POOL_DAYS {
            clock.set(midnight);
            low_pool(hub, region).await?;
        }
        past.day(midnight, days_left).await?;
    }
    clock.set(now);
    past.sample(now, 1).await?;
    past.make_room(world.postpaid, now).await
}

impl Past<'_> {
    async fn day(&mut self, midnight: Timestamp, days_left: u32) -> Made<()> {
        let mut instants: Vec<_> =
            (0..HAPPENINGS).map(|_| midnight.saturating_add(self.chance.seconds(85_000))).collect();
        instants.sort();
        for at in instants {
            self.sample(at, days_left).await?;
            self.clock.set(at);
            self.give_back(at).await?;
            self.lease(at).await?;
            self.call(at).await?;
        }
        self.top_up().await
    }

    /// Samples the pools as often as one was due since the last time.
    async fn sample(&mut self, until: Timestamp, days_left: u32) -> Made<()> {
        let every = SAMPLES.into_iter().find(|(days, _)| days_left <= *days).map(|(_, step)| step);
        let every = every.unwrap_or(DAY);
        let step = i64::try_from(every.as_micros())?;
        let first = Timestamp::from_micros(until.micros().div_euclid(step) * step);
        let mut due = if self.sampled == Timestamp::EPOCH {
            first
        } else {
            let next = self.sampled.micros().div_euclid(step) * step;
            Timestamp::from_micros(next).saturating_add(every)
        };
        while due <= until {
            self.clock.set(due);
            self.hub.count_pools().await?;
            self.sampled = due;
            due = due.saturating_add(every);
        }
        Ok(())
    }

    /// Forgets what is over, and gives some leases back before their time.
    async fn give_back(&mut self, now: Timestamp) -> Made<()> {
        self.leased.retain(|leased| leased.until > now);
        if self.leased.len() < 30 || !self.chance.percent(40) {
            return Ok(());
        }
        let count = u64::try_from(self.leased.len())?;
        let leased = self.leased.swap_remove(usize::try_from(self.chance.below(count))?);
        let caller = self.admin.clone();
        self.hub.ask(ReleaseRequest { caller, lease: leased.id, kind: leased.kind }).await?;
        Ok(())
    }

    /// Gives two leases of a customer back, so that its past leaves free what its present needs.
    async fn make_room(&self, customer: CustomerId, now: Timestamp) -> Made<()> {
        let own = |leased: &&Leased| leased.customer == customer && leased.until > now;
        for leased in self.leased.iter().filter(own).take(2) {
            let (caller, lease, kind) = (self.admin.clone(), leased.id, leased.kind);
            self.hub.ask(ReleaseRequest { caller, lease, kind }).await?;
        }
        Ok(())
    }

    async fn lease(&mut self, now: Timestamp) -> Made<()> {
        let requests: Vec<_> =
            (0..=self.chance.below(MOST_LEASES)).map(|_| self.request()).collect::<Made<_>>()?;
        // In one batch, and in this order.
        let answers = join_all(requests.into_iter().map(|request| self.hub.ask(request))).await;
        let mut granted = Vec::new();
        for answer in answers {
            match answer {
                Ok(lease) => granted.push(lease.lease),
                // No number is free, or a customer may not: that is life.
                Err(Failure::Refused(_)) => {}
                Err(failure) => return Err(failure.into()),
            }
        }
        for lease in granted {
            let Some(first) = lease.members.first() else { continue };
            let (number, until) = (first.number.clone(), lease.expires_at.max(now));
            let (id, customer, kind) = (lease.id, lease.customer, lease.kind);
            self.leased.push(Leased { id, customer, kind, number, until });
        }
        Ok(())
    }

    fn request(&mut self) -> Made<LeaseRequest> {
        let customer = *self.chance.one_of(&self.customers).ok_or("there are customers")?;
        let party = if self.chance.percent(30) {
            let first = self.chance.below(4_000);
            Party::group(self.user(first)?, self.user(first + 4_001)?)?
        } else {
            let user = self.chance.below(8_000);
            Party::single(self.user(user)?)
        };
        let (value, unit) = match self.chance.below(10) {
            0..=4 => (1 + self.chance.below(12), TermUnit::Hours),
            5..=8 => (1 + self.chance.below(4), TermUnit::Days),
            _ => (5 + self.chance.below(20), TermUnit::Days),
        };
        let term = LeaseTerm::new(i64::try_from(value)?, unit).ok_or("at least one")?;
        let caller = self.admin.clone();
        Ok(LeaseRequest { caller, customer, party, term, zone: Arc::new(Utc) })
    }

    fn user(&self, nth: u64) -> Made<leaseline_core::subscriber::Subscriber> {
        subscriber(&format!("6012{:07}", 5_000_000 + nth), self.region)
    }

    /// A call to a leased number, or now and then to one that nobody has.
    async fn call(&mut self, now: Timestamp) -> Made<()> {
        let called = self.chance.one_of(&self.leased).map(|leased| leased.number.sent().to_owned());
        let called = called.filter(|_| !self.chance.percent(5));
        let to = called.unwrap_or_else(|| format!("03888800{:02}", self.chance.below(100)));
        let from = format!("+60195{:06}", self.chance.below(1_000_000));
        self.calls += 1;
        let name = format!("call-{:06}", self.calls);
        let question = self.question(&name, &from, &to)?;
        let decided = self.hub.ask(question).await?.decided().clone();
        let seconds = 5 + i64::try_from(self.chance.below(600))?;
        self.clock.set(now.saturating_add(Duration::from_secs(seconds.unsigned_abs())));
        let is_told = decided.outcome.is_ok() || self.chance.percent(10);
        if is_told {
            let record = self.record(&decided, &from, &to, (now, seconds))?;
            self.hub.ask(TakeInRecords::new(vec![record]).map_err(|_| "one record")?).await?;
        }
        Ok(())
    }

    fn question(&self, name: &str, from: &str, to: &str) -> Made<AuthoriseRequest> {
        let name_of = |text: &str| RecordName::parse(text).ok_or("a name");
        Ok(AuthoriseRequest {
            terms: Arc::clone(&self.switch.terms),
            call: RecordKey {
                kind: RecordKind::Call,
                reporter: name_of(SWITCH)?,
                name: name_of(name)?,
            },
            dialled: Dialled {
                from: self.party(from)?,
                is_hidden: false,
                to: self.party(to)?,
                hops: 0,
            },
            origin: CallOrigin::Number,
            single: SingleCallerId::Caller,
            longest_seconds: Some(7_200),
        })
    }

    fn record(
        &self,
        decided: &CallDecided,
        from: &str,
        to: &str,
        (at, seconds): (Timestamp, i64),
    ) -> Made<NewRecord> {
        let RecordKey { reporter, name, .. } = decided.call.clone();
        let ended_at = at.saturating_add(Duration::from_secs(seconds.unsigned_abs()));
        Ok(NewRecord {
            reporter,
            name,
            account: None,
            part: None,
            direction: Direction::Inbound,
            from: self.party(from)?,
            to: self.party(to)?,
            at,
            report: Report::Call(CallReport {
                reference: Some(decided.id.to_string()),
                routed_to: None,
                answered_at: Some(at.saturating_add(Duration::from_secs(3))),
                ended_at,
                duration_ms: Some(seconds * 1_000),
                bill_ms: (seconds - 3) * 1_000,
                result: CallResult::Answered,
                sip_code: Some(200),
                hangup_by: None,
            }),
        })
    }

    fn party(&self, text: &str) -> Made<record::Party> {
        let number = PhoneNumber::parse(text, self.region).ok().map(|number| number.e164());
        Ok(record::Party { text: PartyText::parse(text).ok_or("what a switch may send")?, number })
    }

    /// Now and then somebody pays.
    async fn top_up(&mut self) -> Made<()> {
        if self.chance.percent(60) {
            return Ok(());
        }
        let customer = *self.chance.one_of(&self.customers).ok_or("there are customers")?;
        let amount = Credits::new(50 * (1 + i64::try_from(self.chance.below(6))?));
        self.hub.ask(TopUpRequest { caller: self.admin.clone(), customer, amount }).await?;
        Ok(())
    }
}
