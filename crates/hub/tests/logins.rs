//! Failed logins, over sources, users, processes and restarts; and passwords.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

use std::time::Duration;

use leaseline_core::password::PasswordHash;
use leaseline_core::throttle::Throttle;
use leaseline_hub::{Hub, Login, Realm, hash_password};
use leaseline_testkit::{Database, ManualClock, databases};

const QUARTER: Duration = Duration::from_secs(15 * 60);

const HERE: &str = "192.0.2.1";
const THERE: &str = "2001:db8::7";

fn login(user: &str, source: &str) -> Login {
    login_to(Realm::Traitel, user, source)
}

fn login_to(realm: Realm, user: &str, source: &str) -> Login {
    Login::new(realm, user, source.parse().unwrap())
}

async fn check(hub: &Hub, user: &str, source: &str, expected: bool) {
    let may = hub.may_log_in(&login(user, source)).await;
    assert_eq!(may, Ok(expected), "{user} from {source}");
}

async fn fail(hub: &Hub, user: &str, source: &str, times: usize) {
    for _ in 0..times {
        hub.login_failed(&login(user, source)).await.unwrap();
    }
}

#[tokio::test]
async fn ten_failures_hold_off_a_user_from_one_source() {
    for database in databases() {
        let clock = ManualClock::new();
        let hub = database.hub(&clock);
        check(&hub, "ada", HERE, true).await;
        fail(&hub, "ada", HERE, 9).await;
        check(&hub, "ada", HERE, true).await;
        fail(&hub, "ada", HERE, 1).await;
        check(&hub, "ada", HERE, false).await;
        check(&hub, "ada", THERE, true).await;
        check(&hub, "bob", HERE, true).await;
        let elsewhere = login_to(Realm::Console, "ada", HERE);
        assert_eq!(hub.may_log_in(&elsewhere).await, Ok(true));
        clock.advance(QUARTER - Duration::from_secs(1));
        check(&hub, "ada", HERE, false).await;
        clock.advance(Duration::from_secs(1));
        check(&hub, "ada", HERE, true).await;
        hub.close().await;
    }
}

#[tokio::test]
async fn failures_count_in_every_process_and_after_a_restart() {
    for database in databases() {
        let clock = ManualClock::new();
        let [one, two] = [database.hub(&clock), database.hub(&clock)];
        fail(&one, "ada", HERE, 5).await;
        fail(&two, "ada", HERE, 5).await;
        check(&one, "ada", HERE, false).await;
        check(&two, "ada", HERE, false).await;
        one.close().await;
        two.close().await;
        let again = database.hub(&clock);
        check(&again, "ada", HERE, false).await;
        again.close().await;
    }
}

#[tokio::test]
async fn a_source_that_tries_many_users_is_held_off_those_it_never_was() {
    for database in databases() {
        let clock = ManualClock::new();
        let hub = database.hub(&clock);
        hub.login_succeeded(&login("ada", HERE)).await.unwrap();
        hub.login_succeeded(&login("bob", THERE)).await.unwrap();
        for user in 0..100 {
            check(&hub, "bob", HERE, true).await;
            fail(&hub, &format!("user {user}"), HERE, 1).await;
        }
        check(&hub, "ada", HERE, true).await;
        check(&hub, "bob", HERE, false).await;
        check(&hub, "bob", THERE, true).await;
        clock.advance(QUARTER);
        check(&hub, "bob", HERE, true).await;
        hub.close().await;
    }
}

#[tokio::test]
async fn a_password_logs_in_unless_it_is_wrong_or_held_off() {
    for database in databases() {
        let clock = ManualClock::new();
        let hub = strict(&database, &clock);
        let hash = hash_password("demo-pass").unwrap();
        let here = login("ada", HERE);
        let try_out = async |stored: Option<&PasswordHash>, given| {
            hub.log_in(&here, stored, given).await.unwrap()
        };
        assert!(try_out(Some(&hash), "demo-pass").await);
        assert!(!try_out(Some(&hash), "demo-Pass").await);
        assert!(!try_out(None, "demo-pass").await);
        assert!(try_out(Some(&hash), "demo-pass").await, "two failures are none too many");
        assert!(!try_out(Some(&hash), "").await);
        assert!(!try_out(Some(&hash), "demo-pass").await, "a remembered one is held off too");
        assert_eq!(hub.log_in(&login("ada", THERE), Some(&hash), "demo-pass").await, Ok(true));
        clock.advance(QUARTER);
        assert!(try_out(Some(&hash), "demo-pass").await);
        let changed = hash_password("another").unwrap();
        assert!(!try_out(Some(&changed), "demo-pass").await, "a remembered one ends with a change");
        assert!(try_out(Some(&changed), "another").await);
        hub.close().await;
    }
}

#[tokio::test]
async fn guesses_sent_at_once_are_held_off_as_those_sent_in_turn() {
    for database in databases() {
        let clock = ManualClock::new();
        let hub = strict(&database, &clock);
        let hash = hash_password("g11").unwrap();
        let guesses = (0..12).map(|guess| {
            let (hub, hash) = (hub.clone(), hash.clone());
            tokio::spawn(async move {
                let guess = format!("g{guess}");
                hub.log_in(&login("ada", HERE), Some(&hash), &guess).await
            })
        });
        let mut right = 0;
        for guess in guesses.collect::<Vec<_>>() {
            right += usize::from(guess.await.unwrap() == Ok(true));
        }
        assert_eq!(right, 0, "the right one came too late");
        hub.close().await;
    }
}

#[tokio::test]
async fn who_is_held_off_leaves_nothing_behind() {
    for database in databases() {
        let hub = strict(&database, &ManualClock::new());
        fail(&hub, "ada", HERE, 3).await;
        check(&hub, "ada", HERE, false).await;
        hub.login_held_off(&login("ada", HERE)).await.unwrap();
        assert_eq!(database.rows("SELECT count(*) FROM login_failures"), "3");
        hub.close().await;
    }
}

/// Three failures are too many here.
fn strict(database: &Database, clock: &ManualClock) -> Hub {
    let throttle = Throttle { failures: 3, ..Throttle::default() };
    Hub::open(leaseline_hub::Settings { throttle, ..database.settings(clock) }).unwrap()
}
