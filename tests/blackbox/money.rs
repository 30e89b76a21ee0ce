//! Records of calls, shuffled, sent twice, late and contradictory, through two processes that are
//! killed meanwhile: in the end every customer has paid for every call once, to the credit.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, RwLock};
use std::thread;
use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::api_user::Caller;
use leaseline_core::customer::{BlockRate, BlockSeconds, CustomerProfile, ServiceTerms};
use leaseline_core::ids::CustomerId;
use leaseline_core::phone::PhoneNumber;
use leaseline_core::record::RecordName;
use leaseline_hub::{Clock, Hub, Settings, SystemClock};
use leaseline_testkit::http::Call;
use leaseline_testkit::{Database, ManualClock, World, databases, profile};
use tokio::runtime::Runtime;

use crate::program::Program;

/// So many calls, unless the environment asks for more.
const CALLS: usize = 8_000;
const MORE_CALLS: &str = "LEASELINE_TEST_CALLS";

const NUMBERS: usize = 40;
/// So many records go into one request.
const AT_ONCE: usize = 100;
const SENDERS: usize = 8;
/// Each of the two processes is killed so often.
const KILLS: usize = 3;
/// `edge-1:edge-1-secret`.
const BASIC: &str = "Basic ZWRnZS0xOmVkZ2UtMS1zZWNyZXQ=";
const OPENING: i64 = 1_000_000_000;

/// What a block costs a customer, reckoned here and nowhere else.
#[derive(Clone, Copy)]
struct Tariff {
    block: i64,
    rate: i64,
}

/// A number that one customer had for a while, and then another one.
struct Leased {
    number: PhoneNumber,
    /// The first and the second customer, by their places.
    holders: [usize; 2],
}

/// Customers who leased, and when the first and the second leases began.
struct Past {
    admin: Caller,
    customers: Vec<(CustomerId, Tariff)>,
    numbers: Vec<Leased>,
    began: [Timestamp; 2],
}

/// A call as it will be told of.
#[derive(Clone)]
struct Told {
    json: String,
    contradiction: String,
    /// Who has to pay, by its place, and how much.
    payer: usize,
    cost: i64,
}

/// Numbers that look like chance and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % bound
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for place in (1..all.len()).rev() {
            all.swap(place, self.below(place + 1));
        }
    }
}

#[test]
fn every_call_is_paid_for_once_whatever_happens() {
    let calls = std::env::var(MORE_CALLS).map_or(CALLS, |text| text.parse().unwrap());
    for database in databases() {
        let past = past(&database);
        let mut dice = Dice(7);
        let told: Vec<_> = (0..calls).map(|nth| past.call(nth, &mut dice)).collect();
        let processes = Processes::start(&database);
        // One in ten twice.
        let mut first: Vec<&str> = told.iter().map(|told| told.json.as_str()).collect();
        first.extend(told.iter().step_by(10).map(|told| told.json.as_str()));
        dice.shuffle(&mut first);
        let heard = processes.send_all(&first, KILLS);
        assert_eq!(heard.get("invalid").or(heard.get("orphan")), None, "{heard:?}");
        // One in a hundred contradicts itself, after the first one was acknowledged.
        let mut later: Vec<&str> =
            told.iter().step_by(100).map(|told| told.contradiction.as_str()).collect();
        let contradictions = later.len();
        later.extend(told.iter().step_by(50).map(|told| told.json.as_str()));
        dice.shuffle(&mut later);
        let heard = processes.send_all(&later, 0);
        assert_eq!(heard.get("conflict"), Some(&contradictions), "{heard:?}");
        drop(processes);
        past.check(&database, &told);
        database.assert_sound();
    }
}

/// Forty numbers, leased by twenty customers an hour ago, and by twenty others since half an hour.
fn past(database: &Database) -> Past {
    let clock = ManualClock::new();
    let now = SystemClock.now().seconds();
    let at = |ago: i64| Timestamp::from_seconds(now - ago).unwrap();
    let began = [at(3_000), at(1_500)];
    Runtime::new().unwrap().block_on(async {
        clock.set(began[0]);
        let world = World::new(database.hub(&clock)).await;
        world.switch("edge-1", "edge-1-secret", Default::default()).await;
        let numbers = world.numbers(NUMBERS).await;
        let mut customers = Vec::new();
        for nth in 0..NUMBERS {
            let nth = i64::try_from(nth).unwrap();
            let tariff = Tariff { block: 1 + nth * 7 % 60, rate: nth % 11 };
            let customer = world.customer_with(terms(tariff), OPENING).await;
            customers.push((customer, tariff));
        }
        let mut leases = Vec::new();
        for nth in 0..NUMBERS {
            let (customer, _) = customers[nth / 2];
            leases.push(world.lease(world.single(customer, "0125740183")).await.unwrap());
        }
        clock.set(Timestamp::from_seconds(now - 1_600).unwrap());
        for lease in &leases {
            world.release(lease).await.unwrap();
        }
        clock.set(began[1]);
        let mut second = HashMap::new();
        for nth in 0..NUMBERS {
            let holder = NUMBERS / 2 + nth / 2;
            let request = world.single(customers[holder].0, "0125740183");
            let granted = world.lease(request).await.unwrap();
            second.insert(granted.lease.members[0].number.e164(), holder);
        }
        let first = leases
            .iter()
            .enumerate()
            .map(|(nth, granted)| (granted.lease.members[0].number.e164(), nth / 2));
        let first: HashMap<_, _> = first.collect();
        let leased = numbers.into_iter().map(|number| {
            let e164 = number.e164();
            Leased { number, holders: [first[&e164], second[&e164]] }
        });
        let numbers = leased.collect();
        world.hub.close().await;
        Past { admin: world.admin, customers, numbers, began }
    })
}

fn terms(tariff: Tariff) -> CustomerProfile {
    let usual = profile();
    let terms = ServiceTerms {
        charge_block: BlockSeconds::new(tariff.block).unwrap(),
        charge_rate: BlockRate::new(tariff.rate).unwrap(),
        ..usual.single
    };
    CustomerProfile { single: terms, ..usual }
}

impl Tariff {
    /// Begun seconds, begun blocks.
    fn cost(self, bill_ms: i64) -> i64 {
        let seconds = (bill_ms + 999) / 1_000;
        (seconds + self.block - 1) / self.block * self.rate
    }
}

impl Past {
    /// One in twenty is told of late: its number is somebody else's by now.
    fn call(&self, nth: usize, dice: &mut Dice) -> Told {
        let generation = usize::from(!nth.is_multiple_of(20));
        let leased = &self.numbers[dice.below(self.numbers.len())];
        let payer = leased.holders[generation];
        let bill_ms = i64::try_from(dice.below(600_000)).unwrap();
        let is_answered = dice.below(10) > 0;
        let cost = if is_answered { self.customers[payer].1.cost(bill_ms) } else { 0 };
        let at = self.began[generation].seconds() + i64::try_from(dice.below(1_000)).unwrap();
        let json = |bill_ms: i64| {
            let result = if is_answered { "answered" } else { "failed" };
            format!(
                r#"{{"call_id":"c{nth}","from":"0195730424","to":"{}","started_at":{at},"ended_at":{},"bill_ms":{bill_ms},"result":"{result}"}}"#,
                leased.number.sent(),
                at + bill_ms / 1_000 + 1,
            )
        };
        Told { json: json(bill_ms), contradiction: json(bill_ms + 60_000), payer, cost }
    }

    /// What is booked is what was reckoned here.
    fn check(&self, database: &Database, told: &[Told]) {
        let mut expected: Vec<i64> = vec![OPENING; self.customers.len()];
        told.iter().for_each(|told| expected[told.payer] -= told.cost);
        Runtime::new().unwrap().block_on(async {
            let hub = Hub::open(Settings::new(database.url())).unwrap();
            let edge = RecordName::parse("edge-1").unwrap();
            let records = hub.call_records(edge, None).await.unwrap();
            assert_eq!(usize::try_from(records.count), Ok(told.len()));
            for ((customer, _), expected) in self.customers.iter().zip(expected) {
                let found = hub.customer(&self.admin, *customer).await.unwrap();
                assert_eq!(found.balance.get(), expected, "of customer {customer}");
            }
            hub.close().await;
        });
    }
}

/// Two processes on one database, started again whenever they are killed.
struct Processes<'a> {
    database: &'a Database,
    running: [RwLock<Option<Program>>; 2],
    heard: Mutex<HashMap<String, usize>>,
    answered: AtomicUsize,
}

impl<'a> Processes<'a> {
    fn start(database: &'a Database) -> Self {
        let start = || RwLock::new(Some(Program::start("leaseline-switch", database.url())));
        let (heard, answered) = (Mutex::default(), AtomicUsize::new(0));
        Self { database, running: [start(), start()], heard, answered }
    }

    /// Sends all of it, again wherever no answer came, while each process is killed so often.
    fn send_all(&self, told: &[&str], kills: usize) -> HashMap<String, usize> {
        self.heard.lock().unwrap().clear();
        self.answered.store(0, Ordering::Release);
        let requests: Vec<&[&str]> = told.chunks(AT_ONCE).collect();
        let next = AtomicUsize::new(0);
        thread::scope(|scope| {
            for sender in 0..SENDERS {
                let (requests, next) = (&requests, &next);
                scope.spawn(move || {
                    while let Some(records) = requests.get(next.fetch_add(1, Ordering::AcqRel)) {
                        self.send(records, sender);
                    }
                });
            }
            for kill in 1..=2 * kills {
                let due = requests.len() * kill / (2 * kills + 1);
                while self.answered.load(Ordering::Acquire) < due {
                    thread::yield_now();
                }
                let mut running = self.running[kill % 2].write().unwrap();
                running.take().unwrap().kill();
                let again = Program::start("leaseline-switch", self.database.url());
                again.wait_until_ready(Duration::from_secs(5));
                *running = Some(again);
            }
        });
        std::mem::take(&mut self.heard.lock().unwrap())
    }

    fn send(&self, records: &[&str], sender: usize) {
        let body = format!("[{}]", records.join(","));
        for attempt in sender.. {
            let address = self.running[attempt % 2].read().unwrap().as_ref().unwrap().address;
            let call = Call::new("POST", "/call/v1/cdr").header("Authorization", BASIC).body(&body);
            let Ok(answer) = call.send(address) else { continue };
            match answer.status {
                200 => return self.note(&answer.body, records.len()),
                503 => {}
                other => panic!("{other}: {}", answer.body),
            }
        }
    }

    fn note(&self, body: &str, records: usize) {
        let statuses: Vec<serde_json::Value> = serde_json::from_str(body).unwrap();
        assert_eq!(statuses.len(), records);
        let mut heard = self.heard.lock().unwrap();
        for status in statuses {
            *heard.entry(status["status"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        self.answered.fetch_add(1, Ordering::AcqRel);
    }
}
