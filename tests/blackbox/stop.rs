//! An orderly stop.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use leaseline_testkit::databases;

use crate::client::{Client, world_of};
use crate::program::{Program, token};

#[test]
fn a_stop_under_load_loses_no_accepted_request() {
    for database in databases() {
        let customer = world_of(&database, 20_000);
        let process = Program::apigate(database.url());
        let client = Client { address: process.address, token: token(), customer };
        let answers = AtomicUsize::new(0);
        let ended = thread::scope(|scope| {
            let workers: Vec<_> = (0..16_u64)
                .map(|nth| {
                    let (client, answers) = (client.clone(), &answers);
                    scope.spawn(move || lease_until_refused(&client, nth, answers))
                })
                .collect();
            while answers.load(Ordering::Acquire) < 200 {
                thread::yield_now();
            }
            process.terminate();
            let ended = process.end();
            workers.into_iter().for_each(|worker| worker.join().expect("no lost answer"));
            ended
        });
        assert_eq!(ended.code(), Some(0));
        database.assert_sound();
        let after = Program::apigate(database.url());
        let leases = answers.into_inner();
        let client = Client { address: after.address, ..client };
        // Each answer was a lease: so many numbers are gone, and the next one is the one after.
        let next = client.lease(180_000_000).expect("the server answers");
        assert_eq!(next.number(), format!("0{}", 388_880_000 + leases));
    }
}

/// Leases until the server takes no more connections. A connection that was taken is answered.
fn lease_until_refused(client: &Client, nth: u64, answers: &AtomicUsize) {
    for turn in 0.. {
        match client.lease(190_000_000 + 100_000 * nth + turn) {
            Ok(leased) => {
                assert_eq!(leased.status, 0, "{leased:?}");
                answers.fetch_add(1, Ordering::AcqRel);
            }
            Err(_) => return,
        }
    }
}
