//! Several runs at once, runs that are cut off, and other people's requests beside them.

use std::time::Duration;

use leaseline_core::retention::RetentionTerms;
use leaseline_hub::retention::Retained;
use leaseline_testkit::{Database, ManualClock, World, databases, profile};
use tokio::sync::Notify;

use crate::scene::{DAY, contents, found, retain};

const PHONE: &str = "0195730424";
const OTHER: &str = "0125740183";
const MANY: usize = 600;

/// A world with many leases that are over for longer than their term.
async fn world(database: &Database, clock: &ManualClock) -> World {
    let world = World::new(database.hub(clock)).await;
    world.numbers(MANY).await;
    let customer = world.customer(profile()).await;
    let mut leases = tokio::task::JoinSet::new();
    for _ in 0..MANY {
        let (hub, request) = (world.hub.clone(), world.single(customer, PHONE));
        leases.spawn(async move { hub.ask(request).await.unwrap() });
    }
    leases.join_all().await;
    clock.advance(DAY * 401);
    world
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_runs_at_once_do_the_work_of_one() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = world(&database, &clock).await;
        let other = world.through(database.hub(&clock));
        let (one, two) = tokio::join!(retain(&world), retain(&other));
        assert_eq!(one.users + two.users, MANY);
        assert_eq!(retain(&world).await, Retained::default());
        assert_eq!(found(&contents(&database), &[PHONE]), [""; 0]);
        other.hub.close().await;
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_run_that_was_cut_off_is_completed_by_the_next() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = world(&database, &clock).await;
        let cut = Notify::new();
        let mut told = |_| cut.notify_one();
        tokio::select! {
            biased;
            () = cut.notified() => {}
            whole = world.hub.retain(RetentionTerms::default(), &mut told) => {
                panic!("it has several chunks: {whole:?}");
            }
        }
        let rest = retain(&world).await.users;
        assert!((1..MANY).contains(&rest), "{rest}");
        assert_eq!(found(&contents(&database), &[PHONE]), [""; 0]);
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn leases_go_on_beside_it() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = world(&database, &clock).await;
        let other = world.through(database.hub(&clock));
        let customer = other.customer(profile()).await;
        let run = tokio::spawn({
            let hub = world.hub.clone();
            async move { hub.retain(RetentionTerms::default(), &mut |_| ()).await }
        });
        let mut leased = 0;
        while !run.is_finished() || leased == 0 {
            let granted = other.lease(other.single(customer, OTHER)).await.unwrap();
            other.release(&granted).await.unwrap();
            leased += 1;
        }
        assert_eq!(run.await.unwrap().unwrap().users, MANY);
        clock.advance(Duration::from_secs(1));
        assert_eq!(found(&contents(&database), &[PHONE, OTHER]), [OTHER]);
        other.hub.close().await;
        world.hub.close().await;
        database.assert_sound();
    }
}
