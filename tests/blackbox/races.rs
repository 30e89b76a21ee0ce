//! Many clients, two processes, one database.

use std::collections::HashSet;
use std::sync::Barrier;
use std::thread;

use leaseline_testkit::databases;

use crate::client::{Client, Heard, world_of};
use crate::program::{Program, token};

/// Has 64 clients, half of them at either process, do the same at the same moment.
fn race(
    database_url: &str,
    customer: &str,
    act: impl Fn(&Client, u64) -> Heard + Sync,
) -> Vec<Heard> {
    let processes = [Program::apigate(database_url), Program::apigate(database_url)];
    let start = Barrier::new(64);
    thread::scope(|scope| {
        let runners: Vec<_> = (0..64_u64)
            .zip(processes.iter().cycle())
            .map(|(nth, process)| {
                let (address, token) = (process.address, token());
                let client = Client { address, token, customer: customer.to_owned() };
                let (start, act) = (&start, &act);
                scope.spawn(move || {
                    start.wait();
                    act(&client, nth)
                })
            })
            .collect();
        runners.into_iter().map(|runner| runner.join().expect("no panic")).collect()
    })
}

fn count(heard: &[Heard], status: i64) -> usize {
    heard.iter().filter(|heard| heard.status == status).count()
}

#[test]
fn ten_of_sixty_four_clients_get_the_last_ten_numbers() {
    for database in databases() {
        let customer = world_of(&database, 10);
        let heard = race(database.url(), &customer, |client, nth| {
            client.lease(195_730_000 + nth).expect("the server answers")
        });
        let granted: Vec<_> = heard.iter().filter(|heard| heard.status == 0).collect();
        let numbers: HashSet<_> = granted.iter().map(|heard| heard.number()).collect();
        assert_eq!((granted.len(), numbers.len()), (10, 10));
        assert_eq!(count(&heard, 11) + count(&heard, 38), 54, "{heard:#?}");
        database.assert_sound();
    }
}

#[test]
fn one_of_sixty_four_clients_gives_a_lease_back() {
    for database in databases() {
        let customer = world_of(&database, 1);
        let first = Program::apigate(database.url());
        let client = Client { address: first.address, token: token(), customer: customer.clone() };
        let reference = client.lease(195_730_424).expect("the server answers").reference();
        drop(first);
        let heard = race(database.url(), &customer, |client, _| {
            client.release(&reference).expect("the server answers")
        });
        assert_eq!((count(&heard, 0), count(&heard, 10)), (1, 63), "{heard:#?}");
        database.assert_sound();
    }
}

#[test]
fn sixty_four_top_ups_are_booked_once_each() {
    for database in databases() {
        let customer = world_of(&database, 0);
        let heard = race(database.url(), &customer, |client, nth| {
            client.top_up(i64::try_from(nth).unwrap() + 1).expect("the server answers")
        });
        assert_eq!(count(&heard, 0), 64, "{heard:#?}");
        let process = Program::apigate(database.url());
        let client = Client { address: process.address, token: token(), customer };
        assert_eq!(client.balance(), (1..=64).sum::<i64>());
        database.assert_sound();
    }
}
