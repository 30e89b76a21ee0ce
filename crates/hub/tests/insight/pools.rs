//! How pools stand and stood.

use std::time::Duration;

use leaseline_core::look_back::LookBack;
use leaseline_core::stock::{Stock, StockSample, slot};
use leaseline_hub::Clock;
use leaseline_hub::insight::{PoolNow, PoolsNow};
use leaseline_testkit::{ManualClock, World, databases, profile};

const PHONE: &str = "0195730424";
const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn a_pool_that_shrinks_is_told_when_it_will_be_empty() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        let kl = world.pool("kl", Duration::from_secs(90)).await;
        let spare = world.pool("spare", Duration::ZERO).await;
        let names = [(kl, "kl"), (spare, "spare")];
        let pools = |at, stocks: [(Stock, Option<Duration>); 2]| {
            let pool = |((id, name), (stock, empty_in)): ((_, &str), _)| PoolNow {
                id,
                name: name.to_owned(),
                stock,
                empty_in,
            };
            let pools = names.into_iter().zip(stocks).map(pool).collect();
            Ok(PoolsNow { counted_at: at, pools })
        };
        let none = Stock::default();
        assert_eq!(world.hub.pools_now().await, pools(None, [(none, None), (none, None)]));

        world.numbers_in(kl, 10).await;
        world.numbers_in(spare, 2).await;
        let began = clock.now();
        world.hub.count_pools().await.unwrap();
        clock.advance(HOUR * 12);
        let customer = world.customer(profile()).await;
        let other = world.customer(profile()).await;
        world.reserve(other, 1).await.unwrap();
        for _ in 0..3 {
            world.lease(world.single(customer, PHONE)).await.unwrap();
        }
        let given_back = world.lease(world.single(customer, PHONE)).await.unwrap();
        world.release(&given_back).await.unwrap();
        let now = clock.now();
        world.hub.count_pools().await.unwrap();

        let of_kl = Stock { free: 5, reserved: 1, leased: 3, resting: 1, ..Stock::default() };
        let of_spare = Stock { free: 2, ..none };
        // Five of ten are gone in twelve hours.
        let expected = pools(Some(now), [(of_kl, Some(HOUR * 12)), (of_spare, None)]);
        assert_eq!(world.hub.pools_now().await, expected);
        // Another process, which has not counted, knows the same but for the very instant.
        let beside = database.hub(&clock);
        let expected = pools(Some(slot(now)), [(of_kl, Some(HOUR * 12)), (of_spare, None)]);
        assert_eq!(beside.pools_now().await, expected);

        let sample = |at, stock| StockSample { at: slot(at), stock };
        let before = Stock { free: 10, ..none };
        let over = async |pool| beside.stock_over(pool, LookBack::Day).await.unwrap();
        assert_eq!(over(Some(kl)).await, [sample(began, before), sample(now, of_kl)]);
        let all = [sample(began, before.and(of_spare)), sample(now, of_kl.and(of_spare))];
        assert_eq!(over(None).await, all);
        let quarter = beside.stock_over(Some(kl), LookBack::Quarter).await.unwrap();
        assert_eq!(quarter, [sample(began, before), sample(now, of_kl)]);
        beside.close().await;
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn the_first_who_counts_in_five_minutes_is_the_one() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        let kl = world.pool("kl", Duration::ZERO).await;
        world.numbers_in(kl, 3).await;
        let beside = database.hub(&clock);
        world.hub.count_pools().await.unwrap();
        world.numbers_in(kl, 3).await;
        beside.count_pools().await.unwrap();
        let over = async |hub: &leaseline_hub::Hub| {
            let samples = hub.stock_over(None, LookBack::Day).await.unwrap();
            samples.into_iter().map(|sample| sample.stock.total()).collect::<Vec<_>>()
        };
        assert_eq!(over(&beside).await, [3]);
        clock.advance(Duration::from_secs(300));
        beside.count_pools().await.unwrap();
        assert_eq!(over(&world.hub).await, [3, 6]);
        beside.close().await;
        world.hub.close().await;
    }
}
