//! The primary is lost and its standby takes over, as `docs/how-to/high-availability.md` has it:
//! our processes go on by themselves, and what was acknowledged is there, once.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use leaseline_testkit::http::Call;
use leaseline_testkit::{Database, Pair, Step, Which};

use crate::client::{Client, Heard, world_of};
use crate::program::{Program, token};

const CLIENTS: u64 = 8;
/// So many leases are granted before the primary is lost, and after.
const LEASES: usize = 150;
/// So many answers say that it is lost, before its standby takes over.
const NOTICED: usize = 16;
/// Within this every request has its answer.
const PROMPT: Duration = Duration::from_secs(2);
/// So long after the promotion both processes serve again, at the latest.
const BACK_WITHIN: Duration = Duration::from_secs(10);

#[test]
fn what_was_acknowledged_is_there_once_when_the_standby_has_taken_over() {
    let Some(pair) = Pair::start() else { return };
    let database = pair.database();
    let customer = world_of(database, 20_000);
    let processes = [database.url(); 2].map(Program::apigate);
    let clients = [0, 1].map(|nth: usize| client_of(&processes[nth], &customer));
    let first = lose(&pair, Which::A, &processes, &clients);
    pair.step(Step::Follow, Which::A);
    pair.step(Step::Together, Which::B);
    let second = lose(&pair, Which::B, &processes, &clients);
    check(database, &[first, second].concat());
    database.assert_sound();
}

#[test]
fn a_primary_without_its_standby_acknowledges_nothing_until_it_is_told_to_go_on_alone() {
    let Some(pair) = Pair::start() else { return };
    let customer = world_of(pair.database(), 10);
    let process = Program::apigate(pair.database().url());
    let client = client_of(&process, &customer);
    let lease = |phone| client.lease(phone).expect("the server answers");
    let reference = lease(190_000_000).reference();
    // The log of requests is written by the same writer, a moment later: were that what waits for the
    // standby, the next lease would not be begun.
    let logged = Instant::now();
    while pair.database().psql("SELECT count(*) FROM requests").trim() == "0" {
        assert!(logged.elapsed() < BACK_WITHIN, "the request is not remembered");
    }

    pair.step(Step::Stop, Which::B);
    let asked = Instant::now();
    assert_eq!(lease(190_000_001).status, 99);
    assert!(asked.elapsed() < PROMPT, "answered after {:?}", asked.elapsed());
    assert_eq!(client.query(&reference).expect("the server answers").status, 0, "reads go on");
    assert!(process.is_ready());

    pair.step(Step::Alone, Which::A);
    assert_eq!(lease(190_000_002).status, 0);
    pair.step(Step::Start, Which::B);
    pair.step(Step::Together, Which::A);
    assert_eq!(lease(190_000_003).status, 0);
    // What waited was done in the end.
    assert_eq!(leases(pair.database()).len(), 4);
    pair.database().assert_sound();
}

#[test]
fn an_old_primary_that_comes_back_acknowledges_nothing() {
    let Some(pair) = Pair::start() else { return };
    let customer = world_of(pair.database(), 10);
    pair.step(Step::Kill, Which::A);
    pair.step(Step::Promote, Which::B);
    pair.step(Step::Start, Which::A);
    // It comes first in the URL, and takes writes.
    let process = Program::apigate(pair.database().url());
    let client = client_of(&process, &customer);
    assert_eq!(client.lease(190_000_000).expect("the server answers").status, 99);

    pair.step(Step::Stop, Which::A);
    let stopped = Instant::now();
    while client.lease(190_000_001).expect("the server answers").status != 0 {
        assert!(stopped.elapsed() < BACK_WITHIN, "not at the other one");
    }
    assert_eq!(leases(pair.database()).into_keys().collect::<Vec<_>>(), [190_000_001]);
    pair.database().assert_sound();
}

fn client_of(process: &Program, customer: &str) -> Client {
    Client { address: process.address, token: token(), customer: customer.to_owned() }
}

/// What a client knows about the lease that it asked for.
#[derive(Clone, Debug)]
struct Asked {
    phone: u64,
    /// The process it was asked of.
    process: usize,
    answer: Answer,
    at: Instant,
}

#[derive(Clone, Debug, PartialEq)]
enum Answer {
    /// With this reference.
    Granted(String),
    Refused,
    /// It may have been granted.
    Unknown,
}

/// Clients who lease until they are told to end.
struct Load<'a> {
    clients: &'a [Client; 2],
    asked: Mutex<Vec<Asked>>,
    granted: [AtomicUsize; 2],
    unknown: AtomicUsize,
    is_over: AtomicBool,
}

/// Has clients lease, takes the primary away from under them, and has the other take over.
fn lose(
    pair: &Pair,
    primary: Which,
    processes: &[Program; 2],
    clients: &[Client; 2],
) -> Vec<Asked> {
    let load = Load {
        clients,
        asked: Mutex::default(),
        granted: Default::default(),
        unknown: AtomicUsize::new(0),
        is_over: AtomicBool::new(false),
    };
    let promoted = thread::scope(|scope| {
        let _over = SetWhenDropped(&load.is_over);
        for nth in 0..CLIENTS {
            let load = &load;
            scope.spawn(move || load.work(nth, primary));
        }
        load.granted.iter().for_each(|granted| wait_for_more(granted, LEASES));
        let lost = Instant::now();
        pair.step(Step::Kill, primary);
        wait_for_more(&load.unknown, NOTICED);
        let noticed = lost.elapsed();
        pair.step(Step::Promote, primary.other());
        let promoted = Instant::now();
        println!(
            "{primary:?} lost: noticed after {noticed:.2?}, promoted after {:.2?}",
            promoted - lost
        );
        processes.iter().for_each(|process| process.wait_until_ready(BACK_WITHIN));
        load.granted.iter().for_each(|granted| wait_for_more(granted, LEASES));
        promoted
    });
    let asked = load.asked.into_inner().expect("no panic");
    for process in [0, 1] {
        let (gap, back) = without_service(&asked, process, promoted);
        println!("process {process}: no lease for {gap:.2?}, {back:.2?} of it after the promotion");
        assert!(back < BACK_WITHIN, "back after {back:?}");
    }
    asked
}

/// For how long a process granted nothing, and how long after the promotion it did again.
fn without_service(asked: &[Asked], process: usize, promoted: Instant) -> (Duration, Duration) {
    let granted = asked
        .iter()
        .filter(|asked| asked.process == process && matches!(asked.answer, Answer::Granted(_)));
    let mut times: Vec<_> = granted.map(|asked| asked.at).collect();
    times.sort();
    let gap = times.windows(2).map(|pair| pair[1] - pair[0]).max().expect("several");
    let back = times.iter().find_map(|at| at.checked_duration_since(promoted)).expect("one");
    (gap, back)
}

/// However a test ends, its clients end too.
struct SetWhenDropped<'a>(&'a AtomicBool);

impl Drop for SetWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

fn wait_for_more(counter: &AtomicUsize, more: usize) {
    let (began, before) = (Instant::now(), counter.load(Ordering::Acquire));
    while counter.load(Ordering::Acquire) < before + more {
        assert!(began.elapsed() < 6 * BACK_WITHIN, "nothing goes on");
        thread::yield_now();
    }
}

impl Load<'_> {
    /// Asks of one process, for a phone of its own each time. Every fifth is one of our own numbers,
    /// which is refused; of the others every second is asked for again, under its key, until it is granted.
    fn work(&self, nth: u64, primary: Which) {
        let process = usize::from(nth % 2 == 1);
        let round = if primary == Which::A { 0 } else { 50_000 };
        for turn in 0..50_000 {
            let theirs = 190_000_000 + 100_000 * nth + round + turn;
            let is_ours = turn % 5 == 0;
            let phone = if is_ours { 388_880_000 + nth } else { theirs };
            let mut answer = self.ask(process, phone);
            while turn % 2 == 1 && !is_ours && answer == Answer::Unknown && !self.is_over() {
                answer = self.again(process, phone);
            }
            let asked = Asked { phone, process, answer, at: Instant::now() };
            self.asked.lock().unwrap().push(asked);
            if self.is_over() {
                return;
            }
        }
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire)
    }

    /// Asked once more under its key: a refusal says nothing about the time before.
    fn again(&self, process: usize, phone: u64) -> Answer {
        match self.ask(process, phone) {
            Answer::Refused => Answer::Unknown,
            answer => answer,
        }
    }

    fn ask(&self, process: usize, phone: u64) -> Answer {
        let client = &self.clients[process];
        let form = format!(
            "customer_id={}&phone=60{phone}&expiry_value=1&expiry_unit=days",
            client.customer
        );
        let call = Call::form("/api/v1/leasesingle/request", &form);
        let asked = Instant::now();
        let heard = client.send(&call.header("Idempotency-Key", &phone.to_string()));
        let heard = heard.expect("the server answers");
        assert!(asked.elapsed() < PROMPT, "answered after {:?}", asked.elapsed());
        let answer = answer_in(&heard);
        match answer {
            Answer::Granted(_) => self.granted[process].fetch_add(1, Ordering::AcqRel),
            Answer::Unknown => self.unknown.fetch_add(1, Ordering::AcqRel),
            Answer::Refused => 0,
        };
        answer
    }
}

fn answer_in(heard: &Heard) -> Answer {
    match (heard.http, heard.status) {
        (200, 0) => Answer::Granted(heard.reference()),
        (200, 99) => Answer::Unknown,
        (200, 8 | 38) | (503, 38) => Answer::Refused,
        _ => panic!("{heard:?}"),
    }
}

/// What was acknowledged is there once, what was refused is not, and of what nobody knows there is
/// at most one.
fn check(database: &Database, asked: &[Asked]) {
    let mut found = leases(database);
    for Asked { phone, answer, .. } in asked {
        let found = found.remove(phone).unwrap_or_default();
        match answer {
            Answer::Granted(reference) => assert_eq!(&found, &[reference.replace('-', "")]),
            Answer::Refused => assert_eq!(found, [""; 0], "{phone} was refused"),
            Answer::Unknown => assert!(found.len() < 2, "{phone}: {found:?}"),
        }
    }
    assert!(found.is_empty(), "nobody asked for {found:?}");
    let count = |is: fn(&Answer) -> bool| asked.iter().filter(|asked| is(&asked.answer)).count();
    let refused = count(|answer| *answer == Answer::Refused);
    let unknown = count(|answer| *answer == Answer::Unknown);
    println!("{} asked for: {refused} refused, {unknown} unknown", asked.len());
    assert!(refused > 0);
}

/// The references of the leases in the database, by their phones without the country's code.
fn leases(database: &Database) -> HashMap<u64, Vec<String>> {
    let rows = database.psql("SELECT phone_e164, encode(lease_id, 'hex') FROM lease_members");
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows.lines() {
        let (phone, reference) = row.split_once('|').expect("two columns");
        let phone: u64 = phone.strip_prefix("60").expect("in Malaysia").parse().expect("digits");
        found.entry(phone).or_default().push(reference.to_owned());
    }
    found
}
