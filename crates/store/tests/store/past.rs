//! Answers about a long past: hundreds of numbers with many turns each, and one with very many.
//!
//! `LEASELINE_TEST_PAST=1000000` makes it as long as that many leases and prints how long the
//! answers take; by default it is short, and only that they are right is looked at.

use std::time::{Duration, Instant};

use leaseline_core::Timestamp;
use leaseline_core::history::Then;
use leaseline_core::ids::CustomerId;
use leaseline_core::phone::PhoneNumber;
use leaseline_core::search::{LeaseSearch, SearchedState};
use leaseline_store::load::page::Place;
use leaseline_testkit::{Kind, ManualClock, World, databases, phone, profile};

use crate::raw::run;

/// Numbers besides the one with very many turns, which has a tenth of all leases.
const NUMBERS: i64 = 900;
const MINUTE: i64 = 60_000_000;
const ROUNDS: i64 = 200;

/// So many leases, each a minute long and a minute after the one before it.
fn leases() -> i64 {
    let wanted = std::env::var("LEASELINE_TEST_PAST").ok();
    wanted.map_or(10_000, |wanted| wanted.parse().expect("it is a number"))
}

/// The first number has a tenth of them; the others share the rest. Ids are those of numbers, from
/// 1 on, and turns count from 1. A lease's id is number and turn.
fn past(kind: Kind, leases: i64) -> String {
    let (long, short) = (leases / 10, leases * 9 / 10 / NUMBERS);
    let (id, series) = match kind {
        Kind::Sqlite => (
            "unhex(printf('%016x%016x', n, t))",
            format!(
                "WITH RECURSIVE turns (t) AS (SELECT 1 UNION ALL SELECT t + 1 FROM turns
                   WHERE t < {long}),
                 n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n <= {NUMBERS}),
                 past (n, t) AS (SELECT n, t FROM n JOIN turns
                   WHERE t <= CASE WHEN n = 1 THEN {long} ELSE {short} END)"
            ),
        ),
        Kind::Postgres => (
            "decode(lpad(to_hex(n), 16, '0') || lpad(to_hex(t), 16, '0'), 'hex')",
            format!(
                "WITH past (n, t) AS (SELECT n, t FROM generate_series(1, {NUMBERS} + 1) n
                   CROSS JOIN LATERAL generate_series(1::bigint,
                     CASE WHEN n = 1 THEN {long} ELSE {short} END) t)"
            ),
        ),
    };
    format!(
        "{series} INSERT INTO leases (id, customer_id, kind, granted_by, granted_at, expires_at)
           SELECT {id}, 1, 1, 1, 2 * t * {MINUTE}, 2 * t * {MINUTE} + {MINUTE} FROM past;
         {series} INSERT INTO lease_members
             (lease_id, position, number_id, turn, phone_e164, phone_sent)
           SELECT {id}, 1, n, t, 60195730424, '0195730424' FROM past;
         {series} UPDATE numbers SET turn = last.t, free_from = 2 * last.t * {MINUTE} + {MINUTE},
             lease_id = last.id
           FROM (SELECT n, t, {id} AS id FROM past WHERE t = CASE WHEN n = 1 THEN {long}
                 ELSE {short} END) last WHERE numbers.id = last.n;"
    )
}

#[tokio::test]
async fn the_turn_at_an_instant_is_found_however_long_the_past_is() {
    let leases = leases();
    for database in databases() {
        let world = World::new(database.hub(&ManualClock::new())).await;
        let numbers = world.numbers(usize::try_from(NUMBERS + 1).unwrap()).await;
        world.customer(profile()).await;
        run(&database, &format!("{} ANALYZE;", past(database.kind(), leases))).unwrap();
        // The first question opens a connection.
        let began = Instant::now();
        assert_eq!(world.hub.number_history(phone("0195730424").e164(), None, 1).await, Ok(None));
        told(&format!("{:?}, a connection", database.kind()), vec![began.elapsed()]);
        let (long, short) = (leases / 10, leases * 9 / 10 / NUMBERS);
        for (name, number, turns) in [("long", &numbers[0], long), ("short", &numbers[7], short)] {
            let mut took = Vec::new();
            for round in 0..ROUNDS {
                let turn = 1 + round * (turns - 1) / (ROUNDS - 1).max(1);
                took.push(ask(&world, number, turn).await);
            }
            told(&format!("{:?}, who, {name} past", database.kind()), took);
            let mut took = Vec::new();
            for round in 0..ROUNDS {
                let before = 101 + round * turns / ROUNDS;
                let began = Instant::now();
                let found = world.hub.number_history(number.e164(), Some(before), 100).await;
                took.push(began.elapsed());
                let expected = (before - 1).min(turns).min(100);
                let found = i64::try_from(found.unwrap().unwrap().turns.len()).unwrap();
                assert_eq!(found, expected);
            }
            told(&format!("{:?}, history, {name} past", database.kind()), took);
        }
        lists(&world, database.kind()).await;
        world.hub.close().await;
    }
}

/// How long the first page of each list of leases takes.
async fn lists(world: &World, kind: Kind) {
    let all = LeaseSearch::default();
    let of = |customer| LeaseSearch { customer: CustomerId::new(customer), ..all.clone() };
    let live = LeaseSearch { state: Some(SearchedState::Active), ..all.clone() };
    for (name, filter, expected) in [
        ("all", all.clone(), 100),
        ("of a customer", of(1), 100),
        ("of one without", of(2), 0),
        ("live", live, 0),
    ] {
        let mut took = Vec::new();
        for _ in 0..10 {
            let began = Instant::now();
            let found = world.hub.find_leases(filter.clone(), Place::Newest, 100).await.unwrap();
            took.push(began.elapsed());
            assert_eq!(found.lines.len(), expected, "{name}");
        }
        told(&format!("{kind:?}, leases, {name}"), took);
    }
}

/// Asks at the last instant of a turn and at the first one after it, and says how long the first
/// answer took.
async fn ask(world: &World, number: &PhoneNumber, turn: i64) -> Duration {
    let end = Timestamp::from_micros(2 * turn * MINUTE + MINUTE);
    let last = end.saturating_sub(Duration::from_micros(1));
    let began = Instant::now();
    let who = world.hub.who_held(number.e164(), last).await;
    let took = began.elapsed();
    let who = who.unwrap().unwrap();
    assert_eq!((who.then, who.holders[0].turn), (Then::Held, turn));
    let who = world.hub.who_held(number.e164(), end).await.unwrap().unwrap();
    assert_eq!(who.then, Then::Nobody);
    took
}

fn told(what: &str, mut took: Vec<Duration>) {
    let first = took[0];
    took.sort();
    let (median, slowest) = (took[took.len() / 2], took[took.len() - 1]);
    println!("{what}: first {first:?}, median {median:?}, slowest {slowest:?}");
}
