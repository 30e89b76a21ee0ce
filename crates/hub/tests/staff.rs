//! The operator's people, on both databases.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use leaseline_core::staff::{StaffName, StaffRole};
use leaseline_hub::Hub;
use leaseline_hub::staff::{
    AddStaff, ChangeStaff, EndSession, MakeLink, NoSuchStaff, SetPassword, StaffExists, StaffToken,
};
use leaseline_testkit::{Database, Kind, ManualClock, databases};

const PASSWORD: &str = "correct horse battery";
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const HOUR: Duration = Duration::from_secs(3_600);

fn add(name: &str, role: StaffRole) -> AddStaff {
    AddStaff { name: StaffName::parse(name).unwrap(), role, by: "command line".into() }
}

async fn link(hub: &Hub, name: &str) -> StaffToken {
    let token = StaffToken::fresh().unwrap();
    let make = MakeLink { name: name.into(), token: token.clone(), by: "command line".into() };
    hub.ask(make).await.unwrap().unwrap();
    token
}

async fn set_password(hub: &Hub, link: &StaffToken) -> bool {
    let password = hub.hash_password(PASSWORD).await.unwrap();
    hub.ask(SetPassword { link: link.clone(), password }).await.unwrap().is_some()
}

async fn log_in(hub: &Hub, replaces: Option<&StaffToken>) -> Option<StaffToken> {
    hub.log_in_staff("anna", PASSWORD, HERE, replaces.cloned()).await.unwrap()
}

async fn is_in(hub: &Hub, token: &StaffToken) -> bool {
    hub.staff_session(token).await.unwrap().is_some()
}

/// Runs a test with a hub that has an operator, called anna, with a password.
async fn with_anna(test: impl AsyncFn(&Hub, &ManualClock, &Database)) {
    for database in databases() {
        let clock = ManualClock::new();
        let hub = database.hub(&clock);
        hub.ask(add("anna", StaffRole::Operator)).await.unwrap().unwrap();
        let link = link(&hub, "anna").await;
        assert!(set_password(&hub, &link).await);
        test(&hub, &clock, &database).await;
        hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_name_is_had_once() {
    with_anna(async |hub, _, _| {
        let again = hub.ask(add("anna", StaffRole::Viewer)).await.unwrap();
        assert_eq!(again, Err(StaffExists));
        assert_eq!(hub.staff().await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_link_is_good_once_and_for_a_quarter_of_an_hour() {
    with_anna(async |hub, clock, _| {
        let first = link(hub, "anna").await;
        let second = link(hub, "anna").await;
        assert!(hub.staff_link(&first).await.unwrap().is_none(), "the second took its place");
        assert!(!set_password(hub, &first).await);
        assert!(set_password(hub, &second).await);
        assert!(!set_password(hub, &second).await);

        let late = link(hub, "anna").await;
        clock.advance(Duration::from_secs(15 * 60));
        assert!(hub.staff_link(&late).await.unwrap().is_none());
        assert!(!set_password(hub, &late).await);
        let nobody = MakeLink { name: "bob".into(), token: late, by: "anna".into() };
        assert_eq!(hub.ask(nobody).await.unwrap(), Err(NoSuchStaff));
    })
    .await;
}

#[tokio::test]
async fn a_session_begins_anew_at_each_log_in_and_ends_at_log_out() {
    with_anna(async |hub, _, database| {
        let first = log_in(hub, None).await.unwrap();
        let second = log_in(hub, Some(&first)).await.unwrap();
        assert!(!is_in(hub, &first).await && is_in(hub, &second).await);
        let elsewhere = database.hub(&ManualClock::new());
        assert!(is_in(&elsewhere, &second).await);
        hub.ask(EndSession { token: second.clone() }).await.unwrap();
        assert!(!is_in(&elsewhere, &second).await);
        elsewhere.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_idle_session_is_over() {
    with_anna(async |hub, clock, _| {
        let session = log_in(hub, None).await.unwrap();
        clock.advance(11 * HOUR);
        assert!(is_in(hub, &session).await);
        clock.advance(11 * HOUR);
        assert!(is_in(hub, &session).await, "it was used meanwhile");
        clock.advance(12 * HOUR);
        assert!(!is_in(hub, &session).await);
    })
    .await;
}

#[tokio::test]
async fn another_role_or_password_and_shutting_out_end_every_session() {
    with_anna(async |hub, _, _| {
        let change = |role, enabled| ChangeStaff {
            name: "anna".into(),
            role,
            enabled,
            by: "command line".into(),
        };
        let session = log_in(hub, None).await.unwrap();
        hub.ask(change(Some(StaffRole::Viewer), None)).await.unwrap().unwrap();
        assert!(!is_in(hub, &session).await);

        let session = log_in(hub, None).await.unwrap();
        let role = hub.staff_session(&session).await.unwrap().map(|member| member.role);
        assert_eq!(role, Some(StaffRole::Viewer));
        let link = link(hub, "anna").await;
        assert!(set_password(hub, &link).await);
        assert!(!is_in(hub, &session).await);

        let session = log_in(hub, None).await.unwrap();
        hub.ask(change(None, Some(false))).await.unwrap().unwrap();
        assert!(!is_in(hub, &session).await);
        assert_eq!(log_in(hub, None).await, None);
    })
    .await;
}

#[tokio::test]
async fn failed_logins_slow_down() {
    with_anna(async |hub, clock, _| {
        for _ in 0..10 {
            let wrong = hub.log_in_staff("anna", "wrong", HERE, None).await.unwrap();
            assert_eq!(wrong, None);
        }
        assert_eq!(log_in(hub, None).await, None, "the right one fails too");
        clock.advance(Duration::from_secs(15 * 60));
        assert!(log_in(hub, None).await.is_some());
    })
    .await;
}

#[tokio::test]
async fn the_audit_log_tells_what_was_done_and_only_grows() {
    with_anna(async |hub, _, database| {
        let session = log_in(hub, None).await.unwrap();
        hub.ask(EndSession { token: session }).await.unwrap();
        let entries = hub.audit(None, 10).await.unwrap();
        let told: Vec<_> = entries
            .iter()
            .rev()
            .map(|entry| format!("{} {}", entry.entry.who, entry.entry.action.name()))
            .collect();
        assert_eq!(
            told,
            [
                "command line add user",
                "command line make link",
                "anna set password",
                "anna log in",
                "anna log out"
            ]
        );
        let older = hub.audit(Some(entries[1].id), 2).await.unwrap();
        assert_eq!(older, entries[2..4]);
        if database.kind() == Kind::Postgres {
            let outcome = database.psql(
                "DO $$ BEGIN DELETE FROM audit_entries; RAISE NOTICE 'gone';
                 EXCEPTION WHEN raise_exception THEN NULL; END $$;
                 SELECT count(*) FROM audit_entries",
            );
            assert!(outcome.ends_with('5'), "{outcome}");
        }
    })
    .await;
}
