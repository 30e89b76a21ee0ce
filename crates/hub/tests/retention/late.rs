//! What comes after its time.

use leaseline_core::record::Intake;
use leaseline_hub::records::RecordState;
use leaseline_testkit::databases;

use crate::scene::{ALL, DAY, Scene, call, contents, found};

const OTHER: &str = "+60155554444";

#[tokio::test]
async fn a_record_that_comes_after_its_lease_was_erased_is_still_its_leases() {
    for database in databases() {
        let scene = Scene::on(&database).await;
        let Scene { clock, world, number, edge, .. } = &scene;
        let then = scene.lease.lease.granted_at;
        clock.advance(DAY * 401);
        scene.retain().await;
        let balance = world.balance(scene.customer).await;

        let late = edge.report(call("late", OTHER, number), None, then, 40_000);
        assert_eq!(world.record(late).await, Ok(Intake::Stored));
        let of_decision = call("unsettled", OTHER, number);
        let of_decision = edge.report(of_decision, Some(&scene.unsettled), then, 20_000);
        assert_eq!(world.record(of_decision).await, Ok(Intake::Stored));
        assert_eq!(world.balance(scene.customer).await, balance - 3, "three blocks of 20 s");
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_record_that_is_sent_again_brings_nobody_back() {
    for database in databases() {
        let scene = Scene::on(&database).await;
        let Scene { clock, world, number, edge, .. } = &scene;
        let then = scene.lease.lease.granted_at;
        clock.advance(DAY * 401);
        scene.retain().await;
        let balance = world.balance(scene.customer).await;
        for from in [crate::scene::CALLER, OTHER] {
            let again = edge.report(call("settled", from, number), None, then, 61_000);
            assert_eq!(world.record(again).await, Ok(Intake::Duplicate));
        }
        assert_eq!(world.balance(scene.customer).await, balance);
        assert_eq!(found(&contents(&database), &[OTHER]), [""; 0]);
        assert_eq!(found(&contents(&database), &ALL), [""; 0]);
        let conflicts = world.hub.records(Some(RecordState::Conflict), None, 9).await.unwrap();
        assert_eq!(conflicts.len(), 1, "the one that was there");
        world.hub.close().await;
        database.assert_sound();
    }
}
