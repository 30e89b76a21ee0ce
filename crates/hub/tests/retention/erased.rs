//! What goes, what stays, and when.

use leaseline_core::call::CallState;
use leaseline_core::expiry::TermUnit;
use leaseline_core::history::Then;
use leaseline_core::money::Credits;
use leaseline_core::retention::RetentionTerms;
use leaseline_core::search::LeaseSearch;
use leaseline_hub::insight::Place;
use leaseline_hub::records::RecordState;
use leaseline_hub::retention::Retained;
use leaseline_testkit::{Kind, databases, term};

use crate::scene::{ALL, CALLER, DAY, DRIVER, Scene, UNSETTLED, contents, found, sums};

const HOUR: std::time::Duration = std::time::Duration::from_secs(3_600);
const YOUNG: &str = "0112223334";
const LIVE: &str = "0134445556";
const NOTHING: Retained = Retained { users: 0, records: 0, decisions: 0, answers: 0 };

#[tokio::test]
async fn what_is_past_its_term_is_nowhere_and_sums_stay() {
    for database in databases() {
        let scene = Scene::on(&database).await;
        let Scene { clock, world, .. } = &scene;
        assert_eq!(found(&contents(&database), &ALL), ALL, "all of it is there to be found");
        let before = sums(&database);

        // The term of phones has not passed yet; those of answers and decisions have.
        clock.advance(DAY * 400);
        let gone = Retained { decisions: 2, answers: 1, records: 3, ..NOTHING };
        assert_eq!(scene.retain().await, gone, "leases and holds ended later");
        assert_eq!(scene.retain().await, NOTHING);
        clock.advance(HOUR * 3);
        assert_eq!(scene.retain().await, Retained { users: 4, decisions: 1, ..NOTHING });
        assert_eq!(scene.retain().await, NOTHING);

        assert_eq!(found(&contents(&database), &ALL), [""; 0]);
        assert_eq!(sums(&database), before);
        world.hub.close().await;
        database.assert_sound();
        if database.kind() == Kind::Sqlite {
            let file = database.url().strip_prefix("sqlite://").unwrap();
            assert_eq!(found(&std::fs::read(file).unwrap(), &ALL), [""; 0], "in free pages");
        }
    }
}

#[tokio::test]
async fn what_is_within_its_term_stays() {
    for database in databases() {
        let scene = Scene::on(&database).await;
        scene.clock.advance(DAY * 7 - HOUR);
        assert_eq!(scene.retain().await, Retained { answers: 1, ..NOTHING });
        scene.clock.advance(HOUR);
        assert_eq!(scene.retain().await, Retained { decisions: 2, ..NOTHING });
        scene.clock.advance(DAY * 392);
        assert_eq!(scene.retain().await, NOTHING);
        let kept = found(&contents(&database), &ALL);
        assert_eq!(kept.len(), ALL.len() - 1, "all but the answer: {kept:?}");
        scene.world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_live_lease_and_a_young_one_are_not_touched() {
    for database in databases() {
        let scene = Scene::on(&database).await;
        let Scene { clock, world, customer, .. } = &scene;
        let mut long = world.single(*customer, LIVE);
        long.term = term(3, TermUnit::Years);
        let live = world.lease(long).await.unwrap().lease;
        clock.advance(DAY * 300);
        world.lease(world.single(*customer, YOUNG)).await.unwrap();
        clock.advance(DAY * 101);
        scene.retain().await;

        assert_eq!(found(&contents(&database), &[LIVE, YOUNG, DRIVER]), [LIVE, YOUNG]);
        let kind = live.kind;
        assert_eq!(world.hub.live_lease(&world.admin, live.id, kind).await, Ok(live));
        // The run that erases the long one walks past what was erased long ago.
        clock.advance(DAY * 1_100);
        assert_eq!(scene.retain().await, Retained { users: 2, ..NOTHING });
        assert_eq!(found(&contents(&database), &[LIVE, YOUNG]), [""; 0]);
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn who_held_a_number_is_known_without_the_phone() {
    for database in databases() {
        let scene = Scene::on(&database).await;
        let Scene { clock, world, number, lease, .. } = &scene;
        let granted_at = lease.lease.granted_at;
        clock.advance(DAY * 401);
        scene.retain().await;

        let who = world.hub.who_held(number.e164(), granted_at).await.unwrap().unwrap();
        assert_eq!(who.then, Then::Held);
        let turn = &who.holders[0];
        assert_eq!((turn.lease, turn.customer.id), (lease.lease.id, scene.customer));
        assert_eq!((&turn.user, turn.until()), (&None, lease.lease.expires_at));
        let line = world.hub.lease(lease.lease.id).await.unwrap().unwrap().lease;
        assert_eq!(line.members[0].user, None);
        assert_eq!(line.members[0].number, *number);
        let all = LeaseSearch::default();
        let listed = world.hub.find_leases(all, Place::Newest, 10).await.unwrap().lines;
        assert!(listed.iter().all(|line| line.lease.members.iter().all(|it| it.user.is_none())));
        world.hub.close().await;
    }
}

#[tokio::test]
async fn records_keep_what_they_cost_without_who_took_part() {
    for database in databases() {
        let scene = Scene::on(&database).await;
        let Scene { clock, world, .. } = &scene;
        let before = world.hub.records(None, None, 9).await.unwrap();
        clock.advance(DAY * 401);
        scene.retain().await;
        let after = world.hub.records(None, None, 9).await.unwrap();
        assert_eq!(after.len(), 3);
        for (before, after) in before.iter().zip(&after) {
            assert_eq!((&after.from[..], &after.to[..]), ("", ""));
            let kept = |line: &leaseline_hub::records::RecordLine| {
                (line.id, line.key.clone(), line.at, line.charge, line.flags.clone())
            };
            assert_eq!(kept(after), kept(before));
        }
        let conflict = world.hub.records(Some(RecordState::Conflict), None, 9).await.unwrap();
        let conflict = world.hub.record(conflict[0].id).await.unwrap().unwrap();
        assert_eq!(conflict.line.charge, Some(Credits::new(4)));
        let contents: Vec<_> = conflict.conflicts.iter().map(|it| it.content.as_str()).collect();
        assert_eq!(contents, ["", ""]);
        world.hub.close().await;
    }
}

#[tokio::test]
async fn a_hold_whose_record_never_came_is_let_go_before_its_decision_goes() {
    for database in databases() {
        let scene = Scene::on(&database).await;
        let Scene { clock, world, .. } = &scene;
        clock.advance(DAY * 30);
        scene.retain().await;
        let unsettled = world.hub.unsettled_calls(None, 9).await.unwrap();
        let states: Vec<_> = unsettled.iter().map(|call| (&call.from[..], call.state)).collect();
        assert_eq!(states, [(UNSETTLED, CallState::Open)]);
        clock.advance(DAY * 371);
        scene.retain().await;
        assert_eq!(world.hub.unsettled_calls(None, 9).await.unwrap(), []);
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn other_terms_have_other_horizons() {
    for database in databases() {
        let scene = Scene::on(&database).await;
        let Scene { clock, world, .. } = &scene;
        clock.advance(HOUR * 5);
        let terms = RetentionTerms { phones: HOUR * 2, ..RetentionTerms::default() };
        let gone = world.hub.retain(terms, &mut |_| ()).await.unwrap();
        // The refused call may be asked about again, and hear the same answer, for a day.
        assert_eq!(gone, Retained { users: 4, records: 3, decisions: 2, answers: 1 });
        assert_eq!(found(&contents(&database), &[DRIVER, CALLER]), [""; 0]);
        world.hub.close().await;
        database.assert_sound();
    }
}
