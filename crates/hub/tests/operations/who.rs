//! Who held a number, exact to the microsecond.

use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::history::{Then, Turn};
use leaseline_core::ids::CustomerId;
use leaseline_core::phone::PhoneNumber;
use leaseline_hub::Clock;
use leaseline_testkit::{Database, ManualClock, World, databases, phone, profile};

const MICROSECOND: Duration = Duration::from_micros(1);
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);
const QUARANTINE: Duration = Duration::from_secs(90);
const PHONE: &str = "0195730424";

/// A world with one number that rests after a lease, and two customers.
struct Scene {
    clock: ManualClock,
    world: World,
    number: PhoneNumber,
    acme: CustomerId,
    other: CustomerId,
}

impl Scene {
    async fn on(database: &Database) -> Self {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        let number = world.numbers_with_quarantine(1, QUARANTINE).await.remove(0);
        let acme = world.customer(profile()).await;
        let other = world.customer(profile()).await;
        Self { clock, world, number, acme, other }
    }

    /// What the number was, and the turns of all who held it then or near by.
    async fn ask(&self, at: Timestamp) -> (Then, Vec<i64>) {
        let (then, holders) = self.holders(at).await;
        (then, holders.iter().map(|turn| turn.turn).collect())
    }

    async fn holders(&self, at: Timestamp) -> (Then, Vec<Turn>) {
        let who = self.world.hub.who_held(self.number.e164(), at).await.unwrap();
        let who = who.expect("it is a number of the inventory");
        (who.then, who.holders)
    }
}

#[tokio::test]
async fn each_instant_of_a_number_has_its_holder() {
    for database in databases() {
        let scene = Scene::on(&database).await;
        let Scene { clock, world, .. } = &scene;
        let first = clock.now();
        assert_eq!(scene.ask(first).await, (Then::Nobody, vec![]));

        // The first lease is left to expire.
        world.lease(world.single(scene.acme, PHONE)).await.unwrap();
        let expiry = first.saturating_add(HOUR);
        let rested = expiry.saturating_add(QUARANTINE);
        clock.set(rested);
        let second = world.lease(world.single(scene.other, "0195730425")).await.unwrap();
        clock.advance(10 * SECOND);
        let release = clock.now();
        world.release(&second).await.unwrap();
        let free = release.saturating_add(QUARANTINE);

        let resting = |until| Then::Resting { until };
        for (at, then, holders) in [
            (first.saturating_sub(2 * SECOND + MICROSECOND), Then::Nobody, vec![]),
            (first.saturating_sub(2 * SECOND), Then::Nobody, vec![1]),
            (first.saturating_sub(MICROSECOND), Then::Nobody, vec![1]),
            (first, Then::Held, vec![1]),
            (expiry.saturating_sub(MICROSECOND), Then::Held, vec![1]),
            (expiry, resting(rested), vec![1]),
            (expiry.saturating_add(2 * SECOND), resting(rested), vec![1]),
            (expiry.saturating_add(2 * SECOND + MICROSECOND), resting(rested), vec![]),
            (rested.saturating_sub(MICROSECOND), resting(rested), vec![2]),
            (rested, Then::Held, vec![2]),
            (release.saturating_sub(MICROSECOND), Then::Held, vec![2]),
            (release, resting(free), vec![2]),
            (free.saturating_sub(MICROSECOND), resting(free), vec![]),
            (free, Then::Nobody, vec![]),
            (Timestamp::from_micros(i64::MAX), Then::Nobody, vec![]),
        ] {
            assert_eq!(scene.ask(at).await, (then, holders), "{at:?}");
        }

        let (_, holders) = scene.holders(rested).await;
        let [holder] = holders.as_slice() else { panic!("one held it") };
        assert_eq!((holder.lease, holder.customer.id), (second.lease.id, scene.other));
        assert_eq!(holder.customer.first_name.as_str(), "Acme");
        assert_eq!(holder.user.as_ref().unwrap().phone().sent(), "0195730425");
        assert_eq!(holder.granted_by.as_deref(), Some("admin"));
        assert_eq!((holder.from, holder.until()), (rested, release));
        assert_eq!(holder.expires_at, rested.saturating_add(HOUR));
        scene.world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn at_a_change_of_hands_both_are_named_and_the_holder_first() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        let number = world.numbers(1).await.remove(0);
        let customer = world.customer(profile()).await;
        let mut changes = Vec::new();
        for _ in 0..100 {
            changes.push(clock.now());
            let granted = world.lease(world.single(customer, PHONE)).await.unwrap();
            clock.advance(HOUR / 2);
            world.release(&granted).await.unwrap();
        }
        for (turn, change) in (1..).zip(changes).skip(1) {
            let turns = async |at| {
                let who = world.hub.who_held(number.e164(), at).await.unwrap().unwrap();
                assert_eq!(who.then, Then::Held);
                who.holders.iter().map(|holder| holder.turn).collect::<Vec<i64>>()
            };
            assert_eq!(turns(change).await, [turn, turn - 1]);
            assert_eq!(turns(change.saturating_sub(MICROSECOND)).await, [turn - 1, turn]);
            assert_eq!(turns(change.saturating_add(HOUR / 4)).await, [turn]);
        }
        world.hub.close().await;
    }
}

#[tokio::test]
async fn a_lease_that_ended_when_it_began_held_nothing_and_is_named() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        let number = world.numbers(1).await.remove(0);
        let customer = world.customer(profile()).await;
        let at_once = world.lease(world.single(customer, PHONE)).await.unwrap();
        world.release(&at_once).await.unwrap();
        world.lease(world.single(customer, PHONE)).await.unwrap();

        let who = world.hub.who_held(number.e164(), clock.now()).await.unwrap().unwrap();
        assert_eq!(who.then, Then::Held);
        assert_eq!(who.holders.iter().map(|turn| turn.turn).collect::<Vec<_>>(), [2, 1]);
        world.hub.close().await;
    }
}

#[tokio::test]
async fn a_number_in_reserve_is_its_customers_while_nobody_leases_it() {
    for database in databases() {
        let scene = Scene::on(&database).await;
        let Scene { clock, world, acme, .. } = &scene;
        let reserved = clock.now();
        world.reserve(*acme, 1).await.unwrap();
        clock.advance(SECOND * 60);
        let granted = world.lease(world.single(*acme, PHONE)).await.unwrap();
        let leased = clock.now();
        clock.advance(SECOND * 60);
        world.release(&granted).await.unwrap();
        let free = clock.now().saturating_add(QUARANTINE);
        clock.set(free.saturating_add(HOUR));
        let given_back = clock.now();
        let given = world.hub.unreserve(*acme, None).await.unwrap().numbers;
        assert_eq!(given, std::slice::from_ref(&scene.number));

        let by_acme = |then: Then| match then {
            Then::Reserved(by) => {
                assert_eq!((by.customer.id, by.from), (*acme, reserved));
                assert_eq!(by.until, Some(given_back));
                true
            }
            _ => false,
        };
        let then = async |at| scene.ask(at).await.0;
        assert_eq!(then(reserved.saturating_sub(MICROSECOND)).await, Then::Nobody);
        assert!(by_acme(then(reserved).await));
        assert!(by_acme(then(leased.saturating_sub(MICROSECOND)).await));
        assert_eq!(then(leased).await, Then::Held);
        assert_eq!(then(free.saturating_sub(MICROSECOND)).await, Then::Resting { until: free });
        assert!(by_acme(then(free).await));
        assert!(by_acme(then(given_back.saturating_sub(MICROSECOND)).await));
        assert_eq!(then(given_back).await, Then::Nobody);
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_number_of_somebody_else_has_no_answer() {
    for database in databases() {
        let scene = Scene::on(&database).await;
        let hub = &scene.world.hub;
        let stranger = phone(PHONE).e164();
        assert_eq!(hub.who_held(stranger, scene.clock.now()).await, Ok(None));
        assert_eq!(hub.number_history(stranger, None, 10).await, Ok(None));
        scene.world.hub.close().await;
    }
}

#[tokio::test]
async fn a_history_comes_in_pages_the_last_turn_first() {
    for database in databases() {
        let scene = Scene::on(&database).await;
        let Scene { clock, world, acme, .. } = &scene;
        for _ in 0..5 {
            let granted = world.lease(world.single(*acme, PHONE)).await.unwrap();
            world.release(&granted).await.unwrap();
            clock.advance(QUARANTINE);
        }
        for _ in 0..2 {
            world.reserve(*acme, 1).await.unwrap();
            clock.advance(SECOND);
            world.hub.unreserve(*acme, None).await.unwrap();
        }
        let page = async |before, limit| {
            let found = world.hub.number_history(scene.number.e164(), before, limit).await;
            let found = found.unwrap().expect("a number of ours");
            let turns: Vec<_> = found.turns.iter().map(|turn| turn.turn).collect();
            (turns, found.next, found.reservations.len())
        };
        assert_eq!(page(None, 100).await, (vec![5, 4, 3, 2, 1], None, 2));
        assert_eq!(page(None, 2).await, (vec![5, 4], Some(4), 2));
        assert_eq!(page(Some(4), 2).await, (vec![3, 2], Some(2), 2));
        assert_eq!(page(Some(2), 2).await, (vec![1], None, 2));
        assert_eq!(page(Some(1), 2).await, (vec![], None, 2));
        assert_eq!(page(Some(99), 1).await, (vec![5], Some(5), 1));
        world.hub.close().await;
    }
}
