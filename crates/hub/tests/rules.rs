//! Rules that are exact to the number and to the microsecond, on both databases.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

use std::time::Duration;

use leaseline_core::Refusal;
use leaseline_core::customer::{CustomerProfile, CustomerStatus};
use leaseline_core::ids::NumberId;
use leaseline_core::lease::{LeaseGranted, LeaseKind};
use leaseline_core::phone::PhoneNumber;
use leaseline_core::release::LeaseReleased;
use leaseline_hub::{Clock, Failure};
use leaseline_testkit::{ManualClock, World, databases, limit, profile};

const MICROSECOND: Duration = Duration::from_micros(1);
const QUARANTINE: Duration = Duration::from_secs(90);
const PHONE: &str = "0195730424";
const NONE_FREE: Failure = Failure::Refused(Refusal::NoFreeNumber);
const UNKNOWN: Failure = Failure::Refused(Refusal::LeaseUnknown);

fn leased(granted: &LeaseGranted) -> Vec<PhoneNumber> {
    granted.lease.members.iter().map(|member| member.number.clone()).collect()
}

#[tokio::test]
async fn a_group_takes_two_numbers_or_none() {
    for database in databases() {
        let world = World::new(database.hub(&ManualClock::new())).await;
        let numbers = world.numbers(3).await;
        let customer = world.customer(profile()).await;

        let group = world.lease(world.group(customer, PHONE, "0195730425")).await.unwrap();
        assert_eq!(leased(&group), numbers[..2]);
        let second = world.lease(world.group(customer, PHONE, "0195730425")).await;
        assert_eq!(second, Err(NONE_FREE));

        let single = world.lease(world.single(customer, PHONE)).await.unwrap();
        assert_eq!(leased(&single), numbers[2..]);
        assert_eq!(single.lease.members[0].turn, 1);
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn whoever_holds_a_reserve_leases_from_it_alone_and_nobody_else_does() {
    for database in databases() {
        let world = World::new(database.hub(&ManualClock::new())).await;
        let numbers = world.numbers(4).await;
        let holder = world.customer(profile()).await;
        let other = world.customer(profile()).await;

        let reserved = world.reserve(holder, 2).await.unwrap();
        let reserved: Vec<_> = reserved.numbers.into_iter().map(|free| free.number).collect();
        assert_eq!(reserved, numbers[..2]);
        assert!(world.view(holder).await.customer.has_reserve);

        for expected in numbers[2..].chunks(1) {
            let granted = world.lease(world.single(other, PHONE)).await.unwrap();
            assert_eq!(leased(&granted), expected);
        }
        assert_eq!(world.lease(world.single(other, PHONE)).await, Err(NONE_FREE));

        for expected in numbers[..2].chunks(1) {
            let granted = world.lease(world.single(holder, PHONE)).await.unwrap();
            assert_eq!(leased(&granted), expected);
        }
        assert_eq!(world.lease(world.single(holder, PHONE)).await, Err(NONE_FREE));
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_reserve_is_filled_whole_or_not_at_all() {
    for database in databases() {
        let world = World::new(database.hub(&ManualClock::new())).await;
        world.numbers(5).await;
        let customer =
            world.customer(CustomerProfile { max_reserved: limit(4), ..profile() }).await;

        assert_eq!(world.reserve(customer, 3).await.unwrap().numbers.len(), 3);
        let too_many = Failure::Refused(Refusal::ReserveLimitReached);
        assert_eq!(world.reserve(customer, 2).await, Err(too_many));
        let unlimited = world.customer(profile()).await;
        assert_eq!(world.reserve(unlimited, 3).await, Err(NONE_FREE));
        assert!(!world.view(unlimited).await.customer.has_reserve);
        assert_eq!(world.reserve(unlimited, 2).await.unwrap().numbers.len(), 2);
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_lease_is_over_at_its_expiry_and_its_number_free_a_quarantine_later() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        world.numbers_with_quarantine(1, QUARANTINE).await;
        let customer = world.customer(profile()).await;
        let granted = world.lease(world.single(customer, PHONE)).await.unwrap();
        let (id, expiry) = (granted.lease.id, granted.lease.expires_at);
        let query = || world.hub.live_lease(&world.admin, id, LeaseKind::Single);

        clock.set(expiry.saturating_sub(MICROSECOND));
        assert_eq!(query().await, Ok(granted.lease.clone()));
        clock.set(expiry);
        assert_eq!(query().await, Err(UNKNOWN));
        assert_eq!(world.release(&granted).await, Err(UNKNOWN));

        let free_from = expiry.saturating_add(QUARANTINE);
        assert_eq!(granted.free_from, [free_from]);
        clock.set(free_from.saturating_sub(MICROSECOND));
        assert_eq!(world.lease(world.single(customer, PHONE)).await, Err(NONE_FREE));
        clock.set(free_from);
        let next = world.lease(world.single(customer, PHONE)).await.unwrap();
        assert_eq!(next.lease.members[0].turn, 2);
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_released_number_rests_from_its_release_on() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        world.numbers_with_quarantine(1, QUARANTINE).await;
        let customer = world.customer(profile()).await;
        let granted = world.lease(world.single(customer, PHONE)).await.unwrap();

        clock.advance(MICROSECOND);
        let released_at = clock.now();
        let free_from = released_at.saturating_add(QUARANTINE);
        let expected = LeaseReleased {
            lease: granted.lease.id,
            customer,
            kind: LeaseKind::Single,
            released_at,
            numbers: vec![(NumberId::new(1).unwrap(), free_from)],
        };
        assert_eq!(world.release(&granted).await, Ok(expected));
        assert_eq!(world.release(&granted).await, Err(UNKNOWN));

        clock.set(free_from.saturating_sub(MICROSECOND));
        assert_eq!(world.lease(world.single(customer, PHONE)).await, Err(NONE_FREE));
        clock.set(free_from);
        assert!(world.lease(world.single(customer, PHONE)).await.is_ok());
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn the_number_that_rested_longest_goes_first() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        let numbers = world.numbers(3).await;
        let customer = world.customer(profile()).await;
        let mut granted = Vec::new();
        for _ in &numbers {
            granted.push(world.lease(world.single(customer, PHONE)).await.unwrap());
        }
        for place in [1, 2, 0] {
            clock.advance(MICROSECOND);
            world.release(&granted[place]).await.unwrap();
        }
        for place in [1, 2, 0] {
            let again = world.lease(world.single(customer, PHONE)).await.unwrap();
            assert_eq!(leased(&again), [numbers[place].clone()]);
        }
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_suspended_customer_neither_leases_nor_reserves_but_gives_back() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        world.numbers(2).await;
        let customer = world.customer(profile()).await;
        let granted = world.lease(world.single(customer, PHONE)).await.unwrap();
        let suspended_at = clock.now();
        world.set_status(customer, CustomerStatus::Suspended).await.unwrap();

        let suspended = Failure::Refused(Refusal::CustomerSuspended);
        assert_eq!(world.lease(world.single(customer, PHONE)).await, Err(suspended));
        assert_eq!(world.reserve(customer, 1).await, Err(suspended));
        assert_eq!(world.top_up(customer, 5).await.unwrap().entry.balance_after.get(), 5);
        assert!(world.release(&granted).await.is_ok());

        clock.advance(MICROSECOND);
        world.set_status(customer, CustomerStatus::Suspended).await.unwrap();
        world.set_status(customer, CustomerStatus::Active).await.unwrap();
        assert_eq!(world.view(customer).await.customer.suspended_at, Some(suspended_at));
        assert!(world.lease(world.single(customer, PHONE)).await.is_ok());
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn what_becomes_of_a_customer_holds_for_its_next_lease_whoever_did_it() {
    for database in databases() {
        let clock = ManualClock::new();
        let one = World::new(database.hub(&clock)).await;
        let two = one.through(database.hub(&clock));
        one.numbers(9).await;
        let customer = one.customer(profile()).await;
        let lease = || one.lease(one.single(customer, PHONE));
        let suspended = Err(Failure::Refused(Refusal::CustomerSuspended));
        for who in [&one, &two] {
            lease().await.unwrap();
            lease().await.unwrap();
            who.set_status(customer, CustomerStatus::Suspended).await.unwrap();
            assert_eq!(lease().await, suspended);
            assert_eq!(lease().await, suspended);
            who.set_status(customer, CustomerStatus::Active).await.unwrap();
        }
        lease().await.unwrap();
        let reserved = two.reserve(customer, 1).await.unwrap();
        let reserved: Vec<_> = reserved.numbers.into_iter().map(|free| free.number).collect();
        assert_eq!(leased(&lease().await.unwrap()), reserved);
        assert_eq!(lease().await, Err(NONE_FREE), "who has a reserve leases from nowhere else");
        for world in [one, two] {
            world.hub.close().await;
        }
        database.assert_sound();
    }
}

#[tokio::test]
async fn now_does_not_go_back_when_the_clock_was_set_back_before_a_restart() {
    for database in databases() {
        let clock = ManualClock::new();
        let first = World::new(database.hub(&clock)).await;
        first.numbers(1).await;
        let customer = first.customer(profile()).await;
        let granted = first.lease(first.single(customer, PHONE)).await.unwrap();
        clock.set(granted.lease.expires_at);
        assert_eq!(first.top_up(customer, 1).await.unwrap().entry.at, granted.lease.expires_at);
        first.hub.close().await;

        clock.set(granted.lease.granted_at);
        let second = first.through(database.hub(&clock));
        assert_eq!(second.hub.now(), granted.lease.expires_at);
        assert_eq!(second.release(&granted).await, Err(UNKNOWN));
        let next = second.lease(second.single(customer, PHONE)).await.unwrap();
        assert_eq!(next.lease.granted_at, granted.lease.expires_at);
        second.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn now_does_not_go_back_while_running() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        let customer = world.customer(profile()).await;
        let latest = clock.now();
        assert_eq!(world.top_up(customer, 1).await.unwrap().entry.at, latest);
        clock.set(latest.saturating_sub(Duration::from_secs(3_600)));
        assert_eq!(world.top_up(customer, 1).await.unwrap().entry.at, latest);
        world.hub.close().await;
    }
}
