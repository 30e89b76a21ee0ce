//! A customer's balance over time, and what is set aside for it.

use std::time::Duration;

use leaseline_core::look_back::LookBack;
use leaseline_hub::Clock;
use leaseline_testkit::{ManualClock, World, databases, profile};

#[tokio::test]
async fn a_balance_is_followed_over_a_day() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        clock.advance(Duration::from_secs(60));
        let customer = world.customer_with(profile(), 100).await;
        let began = clock.now();
        for credits in [10, -30, 5] {
            clock.advance(Duration::from_secs(600));
            world.top_up(customer, credits).await.unwrap();
        }
        let points = world.hub.balance_over(customer, LookBack::Day).await.unwrap();
        assert_eq!(points.len(), 290);
        assert_eq!(points.last().unwrap().at, clock.now());
        let since = |point: &&leaseline_hub::insight::BalancePoint| point.at > began;
        let seen: Vec<_> = points.iter().filter(since).map(|it| it.balance.get()).collect();
        // Each five minutes, and now.
        assert_eq!(seen, [100, 100, 110, 110, 80, 80, 85]);
        assert!(points[..283].iter().all(|point| point.balance.get() == 0));
        let nobody = leaseline_core::ids::CustomerId::new(99).unwrap();
        assert_eq!(world.hub.balance_over(nobody, LookBack::Week).await, Ok(Vec::new()));
        world.hub.close().await;
    }
}

#[tokio::test]
async fn numbers_in_reserve_are_listed() {
    for database in databases() {
        let world = World::new(database.hub(&ManualClock::new())).await;
        let numbers = world.numbers(4).await;
        let customer = world.customer(profile()).await;
        let other = world.customer(profile()).await;
        world.reserve(customer, 3).await.unwrap();
        world.reserve(other, 1).await.unwrap();
        let list = async |after, limit| {
            let listed = world.hub.reserved_numbers(customer, after, limit).await.unwrap();
            listed.into_iter().map(|line| line.number).collect::<Vec<_>>()
        };
        assert_eq!(list(None, 10).await, numbers[..3]);
        let first = world.hub.reserved_numbers(customer, None, 1).await.unwrap()[0].id;
        assert_eq!(list(Some(first), 1).await, numbers[1..2]);
        world.hub.close().await;
    }
}
