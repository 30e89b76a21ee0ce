//! A lock that somebody else holds for long: all who wait for it hear so in time, whether it was their
//! own request that met it or one before it, and what they asked for is not done.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

use std::time::Duration;

use futures_util::future::{join, join_all};
use leaseline_core::customer::CustomerStatus;
use leaseline_core::ids::CustomerId;
use leaseline_hub::Failure;
use leaseline_testkit::{ManualClock, World, databases, profile};
use tokio::time::timeout;

/// Within this a caller hears something, whatever the store does (operator.md, "When things go
/// wrong").
const AT_MOST: Duration = Duration::from_secs(2);

/// The changes of customers are made after the others: they wait for a writer that waits for a lock.
async fn ask(world: &World, customer: CustomerId, which: usize) -> Failure {
    let failed = async {
        match which % 3 {
            0 => world.top_up(customer, 1).await.map(|_| ()),
            1 => world.lease(world.single(customer, "0195730424")).await.map(|_| ()),
            _ => world.set_status(customer, CustomerStatus::Suspended).await.map(|_| ()),
        }
    };
    timeout(AT_MOST, failed).await.expect("in time").expect_err("locked")
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_a_lock_is_told_so_and_nothing_is_done() {
    for database in databases() {
        let world = World::new(database.hub(&ManualClock::new())).await;
        world.numbers(9).await;
        let customer = world.customer(profile()).await;
        let tables = ["ledger_entries", "leases", "customers", "numbers"].map(str::to_owned);
        let before = database.contents(&tables);

        let lock = database.lock();
        let told = join_all((0..12).map(|which| ask(&world, customer, which))).await;
        assert_eq!(told, vec![Failure::Locked; 12], "{database}");
        drop(lock);

        let (top_up, lease) =
            join(world.top_up(customer, 5), world.lease(world.single(customer, "0195730424")))
                .await;
        assert_eq!(top_up.unwrap().entry.balance_after.get(), 5);
        world.release(&lease.unwrap()).await.unwrap();
        world.hub.close().await;
        database.assert_sound();
        let after = database.contents(&tables);
        assert_eq!(after.len(), before.len() + 2, "{after:#?}");
    }
}
