//! A server that stands still: connections are open, and nothing comes back.

use std::time::Duration;

use futures_util::future::join;
use leaseline_hub::Failure;
use leaseline_testkit::{Cluster, ManualClock, World, profile};

/// Within this a caller hears something, whatever the store does (operator.md, "When things go
/// wrong").
const AT_MOST: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_store_is_told_in_time_and_all_goes_on_when_it_thaws() {
    let Some(mut cluster) = Cluster::start() else { return };
    let database = cluster.database();
    let world = World::new(database.hub(&ManualClock::new())).await;
    let customer = world.customer(profile()).await;
    cluster.freeze();

    let write = tokio::time::timeout(AT_MOST, world.top_up(customer, 1));
    let read = tokio::time::timeout(AT_MOST, world.hub.customer(&world.admin, customer));
    let (write, read) = join(write, read).await;
    assert_eq!(write.map(|answer| answer.err()), Ok(Some(Failure::Unavailable)));
    assert_eq!(read.map(|answer| answer.err()), Ok(Some(Failure::Unavailable)));

    cluster.thaw();
    let after = world.top_up(customer, 10).await.unwrap().entry.balance_after.get();
    // The first one may have been carried out: nobody knew.
    assert!([10, 11].contains(&after), "{after}");
    assert_eq!(world.balance(customer).await, after);
    world.hub.close().await;
    database.assert_sound();
}
