//! How long it takes to look at a grown database: each read of the console by itself, then each of its
//! pages as a browser gets it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use leaseline_core::Timestamp;
use leaseline_core::api_user::{Caller, Reach};
use leaseline_core::customer::Limit;
use leaseline_core::expiry::{LeaseTerm, TermUnit};
use leaseline_core::ids::{ApiUserId, CustomerId, RecordId};
use leaseline_core::ivr::Direction;
use leaseline_core::lease::{LeaseRequest, Party};
use leaseline_core::look_back::LookBack;
use leaseline_core::phone::PhoneNumber;
use leaseline_core::record::{
    self, CallReport, CallResult, NewRecord, PartyText, RecordName, Report,
};
use leaseline_core::request_log::{Effect, RequestId, RequestLine};
use leaseline_core::search::{LeaseSearch, RecordSearch, RequestSearch};
use leaseline_core::subscriber::Subscriber;
use leaseline_core::timestamp::Utc;
use leaseline_hub::insight::Place;
use leaseline_hub::records::TakeInRecords;
use leaseline_hub::{Clock, Commits, Hub, Ids, RandomIds, Schema, Settings, SystemClock};
use tokio::runtime;
use tokio::task::JoinSet;

use crate::cli::Look;
use crate::database::Database;
use crate::world::{Size, World, region};
use crate::{Failure, Verdict, pages};

/// So many requests are under way while the database is filled: fewer than wait for the writer.
const AT_ONCE: usize = 2_000;
const RECORDS_AT_ONCE: usize = 1_000;

/// So many numbers are never leased.
const SPARE: usize = 1_000;

/// So often each read, and each page, is measured.
pub(crate) const TIMES: u32 = 20;

/// Between two rounds of leases, each of which lasts for an hour.
const ROUND: Duration = Duration::from_secs(7_200);

#[derive(Clone)]
struct MovedClock(Arc<AtomicI64>);

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Acquire))
    }
}

/// Fills databases that are empty, and says how long each read and each page takes on them.
pub(crate) fn look(arguments: &Look) -> Result<Verdict, Failure> {
    if let Some(url) = &arguments.database_url {
        return look_at(url, arguments, || Ok(()));
    }
    let mut verdict = Verdict::Good;
    for kind in arguments.database.kinds() {
        println!("{}", kind.name());
        let database = Database::fresh(*kind, &arguments.folder)?;
        if look_at(&database.url(), arguments, || database.settle())? == Verdict::Bad {
            verdict = Verdict::Bad;
        }
    }
    Ok(verdict)
}

/// `settle` is done to a database that was just filled.
fn look_at(
    url: &str,
    arguments: &Look,
    settle: impl FnOnce() -> Result<(), Failure>,
) -> Result<Verdict, Failure> {
    let is_new = matches!(Hub::schema(url)?, Schema::Empty);
    if is_new {
        let numbers = arguments.live + SPARE;
        let size = Size { numbers, customers: CUSTOMERS, past: 0, live: 0, limit: Limit::NONE };
        World::prepare(url, &size)?;
    } else {
        Hub::migrate(url)?;
    }
    runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        // A new database was just made by the machine's own clock, and time does not go back.
        let clock = MovedClock(Arc::new(AtomicI64::new(SystemClock.now().micros())));
        let hub = Hub::open(Settings {
            clock: Box::new(clock.clone()),
            commits: Commits::AtOnce,
            batch_limit: 1_024,
            ..Settings::new(url)
        })?;
        if is_new {
            let began = Instant::now();
            fill(&hub, &clock, arguments).await?;
            settle()?;
            println!("filled in {:.0?}", began.elapsed());
        }
        measure(&hub).await?;
        let verdict = pages::measure(&hub, Duration::from_millis(arguments.most_ms)).await?;
        hub.close().await;
        Ok(verdict)
    })
}

/// Rounds of leases that expire by themselves, until the last one, which is live.
async fn fill(hub: &Hub, clock: &MovedClock, arguments: &Look) -> Result<(), Failure> {
    let rounds = arguments.past / arguments.live;
    for round in 0..=rounds {
        lease_all(hub, arguments.live).await?;
        records(hub, round, arguments.records / (rounds + 1), arguments.live).await?;
        hub.count_pools().await?;
        if round < rounds {
            clock.0.fetch_add(i64::try_from(ROUND.as_micros())?, Ordering::AcqRel);
        }
    }
    requests(hub, arguments.requests).await
}

async fn lease_all(hub: &Hub, count: usize) -> Result<(), Failure> {
    let region = region();
    let user = ApiUserId::new(1).ok_or("find the administrator")?;
    let caller = Caller::new(user, Reach::Everyone);
    let term = LeaseTerm::new(1, TermUnit::Hours).ok_or("make a term of an hour")?;
    for first in (0..count).step_by(AT_ONCE) {
        let mut asked = JoinSet::new();
        for nth in first..count.min(first + AT_ONCE) {
            let phone = PhoneNumber::parse(&format!("012{nth:07}"), &region)?;
            let request = LeaseRequest {
                caller: caller.clone(),
                customer: customer(nth)?,
                party: Party::single(Subscriber::new(phone, None, None)?),
                term,
                zone: Arc::new(Utc),
            };
            let hub = hub.clone();
            asked.spawn(async move { hub.ask(request).await.map(drop) });
        }
        while let Some(answer) = asked.join_next().await {
            answer??;
        }
    }
    Ok(())
}

pub(crate) fn customer(nth: usize) -> Result<CustomerId, Failure> {
    let id = i64::try_from(nth % usize::from(CUSTOMERS) + 1)?;
    Ok(CustomerId::new(id).ok_or("find the customer")?)
}

/// Calls to the numbers that are leased now.
async fn records(hub: &Hub, round: usize, count: usize, numbers: usize) -> Result<(), Failure> {
    for first in (0..count).step_by(RECORDS_AT_ONCE) {
        let some = first..count.min(first + RECORDS_AT_ONCE);
        let at = hub.now();
        let some = some.map(|nth| call(&format!("{round}-{nth}"), nth % numbers, at));
        let some = some.collect::<Result<Vec<_>, _>>()?;
        hub.ask(TakeInRecords::new(some).map_err(|_| "take in so many records")?).await?;
    }
    Ok(())
}

fn call(name: &str, nth: usize, at: Timestamp) -> Result<NewRecord, Failure> {
    let party = |text: &str| {
        let number = PhoneNumber::parse(text, &region()).ok().map(|number| number.e164());
        let text = PartyText::parse(text).ok_or("write a number")?;
        Ok::<_, Failure>(record::Party { text, number })
    };
    Ok(NewRecord {
        reporter: RecordName::parse("load").ok_or("make a name")?,
        name: RecordName::parse(name).ok_or("make a name")?,
        account: None,
        part: None,
        direction: Direction::Inbound,
        from: party("+60195730424")?,
        to: party(&format!("+6038{nth:07}"))?,
        at,
        report: Report::Call(CallReport {
            reference: None,
            routed_to: None,
            answered_at: None,
            ended_at: at,
            duration_ms: None,
            bill_ms: 21_000,
            result: CallResult::Answered,
            sip_code: None,
            hangup_by: None,
        }),
    })
}

async fn requests(hub: &Hub, count: usize) -> Result<(), Failure> {
    for first in (0..count).step_by(AT_ONCE) {
        let line = |nth: usize| {
            let is_failed = nth.is_multiple_of(20);
            Ok::<_, Failure>(RequestLine {
                id: RequestId::new(RandomIds.next()),
                at: hub.now(),
                facade: "apigate".into(),
                operation: "leasesingle/request".into(),
                status: if is_failed { "11" } else { "0" }.into(),
                effect: if is_failed { Effect::Failed } else { Effect::Changed },
                weight: 1,
                took: Duration::from_micros(900),
                customer: Some(customer(nth)?),
                user: Some("load".into()),
            })
        };
        let lines = (first..count.min(first + AT_ONCE)).map(line).collect::<Result<Vec<_>, _>>()?;
        hub.remember_requests(&lines).await?;
    }
    Ok(())
}

/// Each read, and how long it takes.
async fn measure(hub: &Hub) -> Result<(), Failure> {
    let region = region();
    for words in LEASES {
        let search = LeaseSearch::parse(words, &region)?;
        let read = || hub.find_leases(search.clone(), Place::Newest, PAGE);
        told(&format!("leases {words:?}"), read).await?;
    }
    for words in RECORDS {
        let search = RecordSearch::parse(words)?;
        told(&format!("records {words:?}"), || hub.find_records(search, Place::Newest, PAGE))
            .await?;
    }
    for words in REQUESTS {
        let search = RequestSearch::parse(words)?;
        let read = || hub.find_requests(search.clone(), Place::Newest, PAGE);
        told(&format!("requests {words:?}"), read).await?;
    }
    let first = customer(0)?;
    let number = PhoneNumber::parse("0380000007", &region)?.e164();
    let record = RecordId::new(7).ok_or("find a record")?;
    let (now, quarter) = (hub.now(), Duration::from_secs(900));
    told("a record's trail", || hub.record_trail(record)).await?;
    told("who held a number", || hub.who_held(number, now)).await?;
    told("calls near a complaint", || hub.records_near(number, now, quarter, PAGE)).await?;
    told("a balance over 90 days", || hub.balance_over(first, LookBack::Quarter)).await?;
    told("pools now", || hub.pools_now()).await?;
    told("pools over 90 days", || hub.stock_over(None, LookBack::Quarter)).await?;
    told("the overview", || hub.overview()).await?;
    told("requests per minute", || hub.traffic()).await?;
    told("health", || hub.health()).await
}

async fn told<T>(
    what: &str,
    read: impl AsyncFn() -> Result<T, leaseline_hub::Failure>,
) -> Result<(), Failure> {
    let mut took = Vec::new();
    for _ in 0..TIMES {
        let began = Instant::now();
        read().await?;
        took.push(began.elapsed());
    }
    tell(what, took);
    Ok(())
}

/// Prints the median and the slowest of some, and returns the median.
pub(crate) fn tell(what: &str, mut took: Vec<Duration>) -> Duration {
    took.sort();
    let (median, slowest) = (took[took.len() / 2], took[took.len() - 1]);
    println!("{what}: median {median:.1?}, slowest {slowest:.1?}");
    median
}

/// So many lines has a page.
const PAGE: u32 = 100;

const CUSTOMERS: u16 = 20;

/// None of the leases is of two: that search finds nothing, and goes as far as a page goes.
const LEASES: [&str; 9] = [
    "",
    "state:active",
    "exp:<1h",
    "state:expired",
    "kind:group",
    "customer:8",
    "customer:8 state:active",
    "0380000007",
    "038 state:active",
];

const RECORDS: [&str; 5] = ["", "customer:8", "kind:fax", "customer:8 kind:fax", "state:orphan"];

const REQUESTS: [&str; 5] =
    ["", "customer:8", "effect:failed", "status:999", "customer:8 status:999"];
