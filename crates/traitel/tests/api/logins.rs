//! Who is let in, and who is held off.

use std::time::Duration;

use leaseline_core::throttle::Throttle;
use leaseline_hub::hash_password;
use leaseline_hub::operator::{EnableAccount, SetAccountPassword};
use leaseline_testkit::http::{Answer, Call};

use crate::harness::{AUTHENTICATION, Api, PATH, on_both, on_both_with};

const BALANCE: &str = "Ok\n14.0000\n";

/// What a try is answered that comes from another address, through a proxy.
fn try_from(api: &Api, source: &str, user: &str, pass: &str) -> String {
    let form = format!("user={user}&pass={pass}&mode=querybalance");
    api.body_of(&Call::form(PATH, &form).header("X-Forwarded-For", source))
}

#[test]
fn only_a_users_own_password_lets_in() {
    on_both(|api| {
        let post =
            |form: &str| api.body_of(&Call::form(PATH, &format!("{form}&mode=querybalance")));
        assert_eq!(post("user=demo&pass=demo-pass"), BALANCE);
        for wrong in [
            "",
            "user=demo",
            "pass=demo-pass",
            "user=demo&pass=",
            "user=&pass=demo-pass",
            "user=demo&pass=plain-pass",
            "user=demo&pass=Demo-pass",
            "user=Demo&pass=demo-pass",
            "user=nobody&pass=demo-pass",
        ] {
            assert_eq!(post(wrong), AUTHENTICATION, "{wrong}");
        }
    });
}

#[test]
fn failures_hold_off_a_user_from_one_source_for_a_while() {
    let throttle = Throttle { failures: 3, ..Throttle::default() };
    on_both_with(throttle, |api| {
        for pass in ["a", "b", ""] {
            assert_eq!(try_from(api, "192.0.2.1", "demo", pass), AUTHENTICATION);
        }
        // One without a password is none.
        assert_eq!(try_from(api, "192.0.2.1", "demo", "demo-pass"), BALANCE);
        assert_eq!(try_from(api, "192.0.2.1", "demo", "c"), AUTHENTICATION);
        assert_eq!(try_from(api, "192.0.2.1", "demo", "demo-pass"), AUTHENTICATION);
        assert_eq!(try_from(api, "192.0.2.2", "demo", "demo-pass"), BALANCE);
        assert_eq!(try_from(api, "192.0.2.1", "plain", "plain-pass"), BALANCE);
        api.clock.advance(Duration::from_secs(15 * 60));
        assert_eq!(try_from(api, "192.0.2.1", "demo", "demo-pass"), BALANCE);
    });
}

#[test]
fn every_failure_reads_the_same_to_the_last_header() {
    let throttle = Throttle { failures: 3, ..Throttle::default() };
    on_both_with(throttle, |api| {
        let disabled = EnableAccount { user: "plain".into(), enabled: false };
        assert_eq!(api.block_on(api.hub.ask(disabled)), Ok(true));
        let failed = |user: &str, pass: &str| whole_answer(api, "192.0.2.1", user, pass);
        let wrong = failed("demo", "a");
        assert_eq!((wrong.status, wrong.body.as_str()), (200, AUTHENTICATION));
        assert_eq!(failed("nobody", "a"), wrong, "a user whom nobody knows");
        assert_eq!(failed("plain", "plain-pass"), wrong, "a user who is disabled");
        (0..3).for_each(|_| drop(failed("demo", "b")));
        assert_eq!(failed("demo", "demo-pass"), wrong, "a user who is held off");
    });
}

/// All that an answer says but for when it was given and to which request.
fn whole_answer(api: &Api, source: &str, user: &str, pass: &str) -> Answer {
    let form = format!("user={user}&pass={pass}&mode=querybalance");
    let mut answer = api.send(&Call::form(PATH, &form).header("X-Forwarded-For", source));
    answer.headers.retain(|(name, _)| name != "date" && name != "request-id");
    answer
}

#[test]
fn a_remembered_password_ends_with_a_change_and_with_a_disabling() {
    on_both(|api| {
        assert_eq!(api.ask("querybalance", ""), BALANCE);
        let password = hash_password("another").unwrap();
        let set = SetAccountPassword { user: "demo".into(), password };
        assert_eq!(api.block_on(api.hub.ask(set)), Ok(true));
        until(|| api.ask("querybalance", "") == AUTHENTICATION);
        let disabled = EnableAccount { user: "plain".into(), enabled: false };
        assert_eq!(api.ask_as("plain", "querybalance", ""), BALANCE);
        assert_eq!(api.block_on(api.hub.ask(disabled)), Ok(true));
        until(|| api.ask_as("plain", "querybalance", "") == AUTHENTICATION);
    });
}

/// Waits for what comes true within a second: what accounts there are is remembered for less.
fn until(mut holds: impl FnMut() -> bool) {
    let began = std::time::Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(2), "not within a second");
    }
}
