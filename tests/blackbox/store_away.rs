//! The store goes away and comes back.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use leaseline_testkit::{Cluster, Database, StopMode};

use crate::client::{Client, world_of};
use crate::program::{Program, token};

/// Within this every request has its answer.
const PROMPT: Duration = Duration::from_secs(2);

#[test]
fn a_store_that_is_away_is_said_within_two_seconds_and_all_is_well_when_it_is_back() {
    let Some(cluster) = Cluster::start() else { return };
    let database = cluster.database();
    let customer = world_of(&database, 20_000);
    let process = Program::apigate(database.url());
    let client = Client { address: process.address, token: token(), customer };
    let (granted, away) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for nth in 0..16_u64 {
            let (client, granted, away, done) = (&client, &granted, &away, &done);
            scope.spawn(move || work(client, nth, granted, away, done));
        }
        wait_for(&granted, 100);
        cluster.stop(StopMode::Immediate);
        assert!(!process.is_ready());
        wait_for(&away, 32);
        cluster.start_again();
        process.wait_until_ready(Duration::from_secs(5));
        let before = granted.load(Ordering::Acquire);
        wait_for(&granted, before + 100);
        done.store(true, Ordering::Release);
    });
    process.kill();
    database.assert_sound();
}

#[test]
fn a_server_that_takes_nothing_is_told_and_got_over() {
    let Some(database) = Database::postgres() else { return };
    let customer = world_of(&database, 10);
    let process = Program::apigate(database.url());
    let client = Client { address: process.address, token: token(), customer };
    assert_eq!(client.top_up(1).unwrap().status, 0);
    alter(&database, "SET default_transaction_read_only = on");
    for _ in 0..3 {
        assert_eq!(client.top_up(1).unwrap().status, 99);
        assert_eq!(client.lease(195_730_424).unwrap().status, 99);
        assert!(!process.is_ready());
        // Of several servers it would not be the primary, and nobody knows how old what it says is.
        let form = format!("customer_id={}", client.customer);
        assert_eq!(client.post("customer/view", &form).unwrap().status, 99);
    }
    alter(&database, "RESET default_transaction_read_only");
    process.wait_until_ready(Duration::from_secs(5));
    assert_eq!(client.top_up(1).unwrap().status, 0);
    assert_eq!(client.balance(), 2);
    process.kill();
    database.assert_sound();
}

/// Changes a setting of the database, for those who connect from now on; all others have to.
fn alter(database: &Database, how: &str) {
    database.psql(&format!(
        "BEGIN READ WRITE;
         DO $$ BEGIN EXECUTE format('ALTER DATABASE %I {how}', current_database()); END $$;
         COMMIT;
         SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()"
    ));
}

fn wait_for(counter: &AtomicUsize, least: usize) {
    while counter.load(Ordering::Acquire) < least {
        thread::yield_now();
    }
}

/// Every answer is prompt, and one that the document knows.
fn work(client: &Client, nth: u64, granted: &AtomicUsize, away: &AtomicUsize, done: &AtomicBool) {
    for turn in 0.. {
        if done.load(Ordering::Acquire) {
            return;
        }
        let asked = Instant::now();
        let heard = client.lease(190_000_000 + 100_000 * nth + turn).expect("the server answers");
        assert!(asked.elapsed() < PROMPT, "answered after {:?}", asked.elapsed());
        match (heard.http, heard.status) {
            (200, 0) => granted.fetch_add(1, Ordering::AcqRel),
            (200, 99 | 38) | (503, 38) => away.fetch_add(1, Ordering::AcqRel),
            _ => panic!("{heard:?}"),
        };
    }
}
