//! The ground under other tests.

use std::path::Path;
use std::time::Duration;

use leaseline_hub::{Clock, Hub, Schema};
use leaseline_testkit::{
    Cluster, Database, Kind, ManualClock, StopMode, World, databases, profile,
};

#[test]
fn a_database_is_of_this_version_and_gone_after_its_test() {
    for database in databases() {
        let url = database.url().to_owned();
        assert_eq!(Hub::schema(&url).ok(), Some(Schema::Current));
        if database.kind() == Kind::Sqlite {
            let file = Path::new(url.strip_prefix("sqlite://").unwrap()).to_owned();
            assert!(file.exists());
            drop(database);
            assert!(!file.exists());
        } else {
            drop(database);
            assert!(Hub::schema(&url).is_err());
        }
    }
}

#[test]
fn a_database_without_tables_is_empty() {
    for database in Database::without_tables() {
        assert_eq!(Hub::schema(database.url()).ok(), Some(Schema::Empty));
    }
}

#[tokio::test]
async fn a_stopped_cluster_comes_back_with_what_was_committed() {
    let Some(cluster) = Cluster::start() else { return };
    let database = cluster.database();
    let world = World::new(database.hub(&ManualClock::new())).await;
    let customer = world.customer_with(profile(), 7).await;
    for mode in [StopMode::Fast, StopMode::Immediate] {
        cluster.stop(mode);
        cluster.start_again();
        assert_eq!(world.balance(customer).await, 7);
    }
    database.assert_sound();
}

#[test]
fn whoever_asks_a_held_clock_waits() {
    let clock = ManualClock::new();
    let start = clock.now();
    std::thread::scope(|threads| {
        let held = clock.hold();
        let asking = threads.spawn(|| clock.now());
        held.wait_for_askers(1);
        clock.advance(Duration::from_secs(1));
        drop(held);
        assert_eq!(asking.join().unwrap(), start.saturating_add(Duration::from_secs(1)));
    });
}
