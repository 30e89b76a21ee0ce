//! Requests that share a transaction, and an inbox that has an end. The clock holds the writer
//! at the beginning of a batch until all that shall share the next one is in the inbox.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

use std::sync::Arc;

use futures_util::future::{join, join_all};
use leaseline_core::Refusal;
use leaseline_core::customer::{CustomerProfile, NewCustomer, PersonName};
use leaseline_core::ids::CustomerId;
use leaseline_core::lease::LeaseGranted;
use leaseline_core::money::Credits;
use leaseline_hub::{Failure, Hub, Settings};
use leaseline_testkit::{CountingIds, Database, Kind, ManualClock, World, databases, profile};

const PHONE: &str = "0195730424";

/// A world whose writer waits for the clock, with a top-up in its hands.
struct Held<'a> {
    world: &'a World,
    clock: &'a ManualClock,
}

impl Held<'_> {
    /// Has the writer wait, asks `requests`, lets it go, and returns the answers.
    ///
    /// The first poll of each request puts it into the inbox; they are polled in order, and what
    /// lets the writer go is polled last.
    async fn together<T>(&self, requests: Vec<impl Future<Output = T>>) -> Vec<T> {
        let customer = self.world.customer(profile()).await;
        let held = self.clock.hold();
        let first = self.world.top_up(customer, 1);
        let rest = async {
            held.wait_for_askers(1);
            let let_go = async { drop(held) };
            join(join_all(requests), let_go).await.0
        };
        let (first, rest) = join(first, rest).await;
        assert!(first.is_ok());
        rest
    }
}

async fn world(database: &Database, clock: &ManualClock, ids: &CountingIds) -> World {
    let settings = Settings { ids: Arc::new(ids.clone()), ..database.settings(clock) };
    World::new(Hub::open(settings).unwrap()).await
}

#[tokio::test]
async fn requests_of_one_batch_see_what_those_before_them_took() {
    for database in databases() {
        let (clock, ids) = (ManualClock::new(), CountingIds::default());
        let world = world(&database, &clock, &ids).await;
        let numbers = world.numbers(3).await;
        let customer = world.customer(profile()).await;
        let ask = |_| world.lease(world.single(customer, PHONE));
        let held = Held { world: &world, clock: &clock };
        let answers = held.together((0..5).map(ask).collect()).await;

        let none = Err(Failure::Refused(Refusal::NoFreeNumber));
        let leased = |answer: &Result<LeaseGranted, Failure>| {
            answer.as_ref().map(|granted| granted.lease.members[0].number.clone()).map_err(|e| *e)
        };
        let expected: Vec<_> = numbers.into_iter().map(Ok).chain([none.clone(), none]).collect();
        assert_eq!(answers.iter().map(leased).collect::<Vec<_>>(), expected);
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_request_that_fails_at_the_database_does_not_disturb_its_neighbours() {
    for database in databases() {
        let (clock, ids) = (ManualClock::new(), CountingIds::default());
        let world = world(&database, &clock, &ids).await;
        let numbers = world.numbers(4).await;
        let customer = world.customer(profile()).await;
        let before_first = ids.made();
        world.lease(world.single(customer, PHONE)).await.unwrap();

        // The second of the three gets the id of the lease there is.
        let ask = |after| {
            let (world, ids) = (&world, &ids);
            async move {
                ids.go_on_after(after);
                world.lease(world.single(customer, PHONE)).await
            }
        };
        let held = Held { world: &world, clock: &clock };
        let answers =
            held.together([1_000, before_first, 2_000].map(ask).into_iter().collect()).await;

        let leased = answers.iter().map(|answer| {
            answer.as_ref().map(|granted| granted.lease.members[0].number.clone()).map_err(|e| *e)
        });
        let expected = [Ok(numbers[1].clone()), Err(Failure::Unavailable), Ok(numbers[2].clone())];
        assert_eq!(leased.collect::<Vec<_>>(), expected);
        let next = world.lease(world.single(customer, PHONE)).await.unwrap();
        assert_eq!(next.lease.members[0].number, numbers[3]);
        world.hub.close().await;
        database.assert_sound();
    }
}

/// Makes a customer of this name, which is an errand.
async fn named(world: &World, name: &str) -> Result<CustomerId, Failure> {
    let profile = CustomerProfile { first_name: PersonName::parse(name).unwrap(), ..profile() };
    world.hub.ask(NewCustomer { profile, opening_balance: Credits::ZERO }).await
}

#[tokio::test]
async fn an_errand_that_fails_at_the_database_does_not_disturb_its_neighbours() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        database
            .rows("CREATE UNIQUE INDEX ones ON customers (first_name) WHERE first_name = 'One'");
        let held = Held { world: &world, clock: &clock };
        let names = ["Other", "One", "One", "Third"];
        let answers =
            held.together(names.map(|name| named(&world, name)).into_iter().collect()).await;

        let made: Vec<_> = answers.iter().map(|answer| answer.as_ref().err().copied()).collect();
        assert_eq!(made, [None, None, Some(Failure::Unavailable), None]);
        let there = "SELECT first_name FROM customers WHERE first_name IN ('Other', 'One', 'Third') ORDER BY id";
        assert_eq!(database.rows(there), "Other\nOne\nThird");
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn leases_are_filed_many_at_a_time() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        world.numbers(1_102).await;
        let customer = world.customer(profile()).await;
        let lease = || world.lease(world.single(customer, PHONE));
        let unfiled = || {
            let count = database.rows("SELECT count(*) FROM leases WHERE unfiled = 1");
            count.parse::<u32>().unwrap()
        };
        // After the first what was left is filed, so with it.
        lease().await.unwrap();
        lease().await.unwrap();
        let later = database.kind() == Kind::Sqlite;
        assert_eq!(unfiled(), u32::from(later));
        assert!(join_all((0..1_099).map(|_| lease())).await.iter().all(Result::is_ok));
        // Whoever comes next waits until they are filed.
        lease().await.unwrap();
        assert!(unfiled() < 80, "{}", unfiled());
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn releases_of_a_batch_come_before_its_leases() {
    for database in databases() {
        let (clock, ids) = (ManualClock::new(), CountingIds::default());
        let world = world(&database, &clock, &ids).await;
        world.numbers(1).await;
        let customer = world.customer(profile()).await;
        let granted = world.lease(world.single(customer, PHONE)).await.unwrap();
        let held = Held { world: &world, clock: &clock };
        let turn = async {
            let again = world.lease(world.single(customer, PHONE));
            let (again, released) = join(again, world.release(&granted)).await;
            assert!(released.is_ok());
            again.unwrap().lease.members[0].turn
        };
        assert_eq!(held.together(vec![turn]).await, [2]);
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_full_inbox_says_so_at_once_and_accepted_requests_are_carried_out() {
    for database in databases() {
        let clock = ManualClock::new();
        let settings = Settings { inbox: 2, ..database.settings(&clock) };
        let world = World::new(Hub::open(settings).unwrap()).await;
        let customer = world.customer(profile()).await;
        let held = Held { world: &world, clock: &clock };
        let ask = |credits| world.top_up(customer, credits);
        let answers = held.together([1, 10, 100, 1_000].map(ask).into_iter().collect()).await;

        let balances = answers.into_iter().map(|answer| Ok(answer?.entry.balance_after.get()));
        let full = Err(Failure::Overloaded);
        assert_eq!(balances.collect::<Vec<_>>(), [Ok(1), Ok(11), full, full]);
        assert_eq!(world.balance(customer).await, 11);
        world.hub.close().await;
    }
}

#[tokio::test]
async fn closing_finishes_what_was_accepted_and_takes_no_more() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        let customer = world.customer(profile()).await;
        let held = clock.hold();
        let accepted = join_all((0..20).map(|_| world.top_up(customer, 1)));
        let closing = async {
            let closing = world.hub.close();
            let late = async {
                assert_eq!(world.top_up(customer, 1).await, Err(Failure::Unavailable));
                drop(held);
            };
            join(closing, late).await
        };
        let (accepted, _) = join(accepted, closing).await;
        assert!(accepted.iter().all(Result::is_ok), "{accepted:?}");

        let next = world.through(database.hub(&clock));
        assert_eq!(next.balance(customer).await, 20);
        next.hub.close().await;
    }
}

#[tokio::test]
async fn a_refused_request_writes_nothing() {
    for database in databases() {
        let world = World::new(database.hub(&ManualClock::new())).await;
        world.numbers(1).await;
        let customer = world.customer_with(profile(), i64::MAX).await;
        let before = world.view(customer).await;
        let refused = [
            world.top_up(customer, 1).await.err(),
            world.reserve(customer, 2).await.err(),
            world.lease(world.group(customer, PHONE, "0195730425")).await.err(),
        ];
        let expected = [Refusal::AmountOverflow, Refusal::NoFreeNumber, Refusal::NoFreeNumber];
        assert_eq!(refused, expected.map(|refusal| Some(Failure::Refused(refusal))));

        assert_eq!(world.view(customer).await, before);
        let next = world.top_up(customer, -1).await.unwrap();
        assert_eq!((next.entry.seq, next.entry.balance_after.get()), (2, i64::MAX - 1));
        let granted = world.lease(world.single(customer, PHONE)).await.unwrap();
        assert_eq!(granted.lease.members[0].turn, 1);
        world.hub.close().await;
        database.assert_sound();
    }
}
