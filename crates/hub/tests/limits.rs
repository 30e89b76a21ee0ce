//! How many leases a customer may have: exact, however they came and went.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

use std::time::Duration;

use leaseline_core::Refusal;
use leaseline_core::customer::{CustomerChange, CustomerUpdate, ServiceChange};
use leaseline_core::ids::CustomerId;
use leaseline_core::lease::{LeaseGranted, LeaseKind};
use leaseline_core::request_log::{Effect, RequestId};
use leaseline_hub::insight::Noted;
use leaseline_hub::{Failure, Hub, Settings};
use leaseline_testkit::{ManualClock, World, databases, limit, profile};
use uuid::Uuid;

const MICROSECOND: Duration = Duration::from_micros(1);
const HALF_AN_HOUR: Duration = Duration::from_secs(1_800);
const PHONE: &str = "0195730424";
const TOO_MANY: Failure = Failure::Refused(Refusal::PhoneLeaseLimitReached);
const REACHED: Failure = Failure::Refused(Refusal::LeaseLimitReached(LeaseKind::Single));

async fn limited(world: &World, most: i64) -> CustomerId {
    let mut limited = profile();
    limited.single.max_leases = limit(most);
    world.customer(limited).await
}

async fn lease(world: &World, customer: CustomerId) -> Result<LeaseGranted, Failure> {
    world.lease(world.single(customer, PHONE)).await
}

fn noted() -> Noted {
    Noted {
        facade: "apigate".into(),
        operation: "leasesingle/request".into(),
        status: "0".into(),
        took: MICROSECOND,
        customer: None,
        user: None,
    }
}

async fn change_limit(world: &World, customer: CustomerId, most: i64) {
    let single = ServiceChange { max_leases: Some(limit(most)), ..ServiceChange::default() };
    let change = CustomerChange { single, ..CustomerChange::default() };
    world.hub.ask(CustomerUpdate { caller: world.admin.clone(), customer, change }).await.unwrap();
}

#[tokio::test]
async fn leases_count_until_they_are_given_back_or_expire() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        world.numbers(9).await;
        let customer = limited(&world, 3).await;
        let first = lease(&world, customer).await.unwrap();
        clock.advance(HALF_AN_HOUR);
        let second = lease(&world, customer).await.unwrap();
        lease(&world, customer).await.unwrap();
        assert_eq!(lease(&world, customer).await, Err(REACHED));

        world.release(&second).await.unwrap();
        lease(&world, customer).await.unwrap();
        assert_eq!(lease(&world, customer).await, Err(REACHED));

        clock.set(first.lease.expires_at.saturating_sub(MICROSECOND));
        assert_eq!(lease(&world, customer).await, Err(REACHED));
        clock.set(first.lease.expires_at);
        lease(&world, customer).await.unwrap();
        assert_eq!(lease(&world, customer).await, Err(REACHED));

        clock.advance(HALF_AN_HOUR);
        for _ in 0..2 {
            lease(&world, customer).await.unwrap();
        }
        assert_eq!(lease(&world, customer).await, Err(REACHED));
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn what_another_process_did_counts() {
    for database in databases() {
        let clock = ManualClock::new();
        let one = World::new(database.hub(&clock)).await;
        let two = one.through(database.hub(&clock));
        one.numbers(9).await;
        let customer = limited(&one, 2).await;
        let first = lease(&one, customer).await.unwrap();
        let second = lease(&one, customer).await.unwrap();
        assert_eq!(lease(&one, customer).await, Err(REACHED));

        two.release(&first).await.unwrap();
        lease(&one, customer).await.unwrap();
        assert_eq!(lease(&two, customer).await, Err(REACHED));
        one.release(&second).await.unwrap();
        lease(&two, customer).await.unwrap();
        assert_eq!(lease(&one, customer).await, Err(REACHED));

        clock.advance(HALF_AN_HOUR + HALF_AN_HOUR);
        lease(&two, customer).await.unwrap();
        lease(&one, customer).await.unwrap();
        for world in [&two, &one] {
            assert_eq!(lease(world, customer).await, Err(REACHED));
        }
        one.hub.close().await;
        two.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_limit_that_comes_late_counts_what_there_is() {
    for database in databases() {
        let world = World::new(database.hub(&ManualClock::new())).await;
        world.numbers(9).await;
        let customer = world.customer(profile()).await;
        let first = lease(&world, customer).await.unwrap();
        lease(&world, customer).await.unwrap();

        change_limit(&world, customer, 2).await;
        assert_eq!(lease(&world, customer).await, Err(REACHED));
        world.release(&first).await.unwrap();
        lease(&world, customer).await.unwrap();
        change_limit(&world, customer, 3).await;
        lease(&world, customer).await.unwrap();
        assert_eq!(lease(&world, customer).await, Err(REACHED));
        world.hub.close().await;
        database.assert_sound();
    }
}

/// Behind the product's back all leases become somebody else's, which only a count would notice.
#[tokio::test]
async fn what_has_nothing_to_do_with_leases_has_nobody_counted_again() {
    for database in databases() {
        let world = World::new(database.hub(&ManualClock::new())).await;
        world.numbers(9).await;
        let other = world.customer(profile()).await;
        let customer = limited(&world, 3).await;
        lease(&world, customer).await.unwrap();
        let own =
            format!("UPDATE leases SET customer_id = {} WHERE released_at IS NULL", other.get());
        database.rows(&own);
        lease(&world, customer).await.unwrap();
        world.hub.request_over(RequestId::new(Uuid::from_u128(1)), Effect::Changed, noted);
        assert_eq!(world.hub.flush_requests().await, 1);
        lease(&world, customer).await.unwrap();
        assert_eq!(lease(&world, customer).await, Err(REACHED));

        world.top_up(other, 1).await.unwrap();
        assert_eq!(lease(&world, customer).await, Err(REACHED));
        change_limit(&world, other, 9).await;
        lease(&world, customer).await.unwrap();
        world.hub.close().await;
    }
}

#[tokio::test]
async fn a_limit_for_phones_that_comes_late_counts_what_there_is() {
    for database in databases() {
        let clock = ManualClock::new();
        let before = World::new(database.hub(&clock)).await;
        before.numbers(9).await;
        let customer = before.customer(profile()).await;
        let expires = lease(&before, customer).await.unwrap().lease.expires_at;
        clock.set(expires);
        let first = lease(&before, customer).await.unwrap();
        let second = before.lease(before.group(customer, PHONE, "0195730425")).await.unwrap();
        lease(&before, customer).await.unwrap();
        before.release(&second).await.unwrap();
        before.hub.close().await;

        let settings = Settings { max_leases_per_phone: limit(2), ..database.settings(&clock) };
        let world = before.through(Hub::open(settings).unwrap());
        assert_eq!(lease(&world, customer).await, Err(TOO_MANY));
        world.release(&first).await.unwrap();
        lease(&world, customer).await.unwrap();
        assert_eq!(lease(&world, customer).await, Err(TOO_MANY));
        let other = world.customer(profile()).await;
        lease(&world, other).await.unwrap();
        world.hub.close().await;
        database.assert_sound();
    }
}
