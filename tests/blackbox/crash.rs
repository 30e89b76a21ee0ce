//! Killed in the middle of load: everything acknowledged is there, nothing is half done.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use leaseline_testkit::{Database, databases};

use crate::client::{Client, world_of};
use crate::program::{Program, token};

const ROUNDS: usize = 5;
const CLIENTS: u64 = 16;
/// So many answers are heard before the kill.
const ANSWERS: usize = 300;

/// What the clients of one round know.
#[derive(Default)]
struct Known {
    /// References of leases that were granted and never asked to be released.
    live: Vec<String>,
    /// References of leases whose release was acknowledged.
    released: Vec<String>,
    /// Credits whose booking was acknowledged.
    credits: i64,
    /// Top-ups of one credit that were sent and not answered.
    unknown_credits: i64,
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    for database in databases() {
        let customer = world_of(&database, 20_000);
        let mut balance = 0..=0;
        for _ in 0..ROUNDS {
            let known = round(&database, &customer);
            let process = Program::apigate(database.url());
            process.wait_until_ready(Duration::from_secs(2));
            let client =
                Client { address: process.address, token: token(), customer: customer.clone() };
            check_leases(&client, &known);
            let least = balance.start() + known.credits;
            balance = least..=(balance.end() + known.credits + known.unknown_credits);
            let booked = client.balance();
            assert!(balance.contains(&booked), "{booked} is not within {balance:?}");
            balance = booked..=booked;
            process.kill();
            database.assert_sound();
        }
    }
}

fn check_leases(client: &Client, known: &Known) {
    assert!(!known.live.is_empty() && !known.released.is_empty() && known.credits > 0);
    for reference in &known.live {
        let heard = client.query(reference).expect("the server answers");
        assert_eq!(heard.status, 0, "{reference} was acknowledged");
    }
    for reference in &known.released {
        let heard = client.query(reference).expect("the server answers");
        assert_eq!(heard.status, 10, "{reference} was given back");
    }
}

/// Has clients work until enough was answered, then kills the process under them.
fn round(database: &Database, customer: &str) -> Known {
    let process = Program::apigate(database.url());
    let client = Client { address: process.address, token: token(), customer: customer.to_owned() };
    let known = Mutex::new(Known::default());
    let answers = AtomicUsize::new(0);
    thread::scope(|scope| {
        for nth in 0..CLIENTS {
            let (client, known, answers) = (client.clone(), &known, &answers);
            scope.spawn(move || work(&client, nth, known, answers));
        }
        while answers.load(Ordering::Acquire) < ANSWERS {
            thread::yield_now();
        }
        process.kill();
    });
    known.into_inner().expect("no panic")
}

/// Leases, gives every second lease back, tops up, until the server is gone.
fn work(client: &Client, nth: u64, known: &Mutex<Known>, answers: &AtomicUsize) {
    for turn in 0.. {
        let Ok(leased) = client.lease(190_000_000 + 100_000 * nth + turn) else { return };
        assert_eq!(leased.status, 0, "{leased:?}");
        answers.fetch_add(1, Ordering::AcqRel);
        if turn % 2 == 0 {
            known.lock().unwrap().live.push(leased.reference());
        } else {
            // Asked for and not answered: nobody knows whether it was given back.
            let Ok(released) = client.release(&leased.reference()) else { return };
            assert_eq!(released.status, 0, "{released:?}");
            known.lock().unwrap().released.push(leased.reference());
        }
        known.lock().unwrap().unknown_credits += 1;
        let Ok(paid) = client.top_up(1) else { return };
        assert_eq!(paid.status, 0, "{paid:?}");
        let mut known = known.lock().unwrap();
        known.unknown_credits -= 1;
        known.credits += 1;
    }
}
