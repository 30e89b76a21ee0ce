//! `accounts` and `dids`, by their whole answers.

use std::io::Write;
use std::process::Stdio;

use leaseline_core::pool::Service;
use leaseline_hub::{Hub, Settings};
use leaseline_testkit::{Dids, ManualClock, World, profile};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::place::{Done, Place};

/// What was so on 31 January 2020: the account `demo` had the first of two numbers for voice.
fn place() -> Place {
    let place = Place::empty();
    let url = url(&place);
    Runtime::new().unwrap().block_on(async {
        Hub::migrate(&url).unwrap();
        let clock = Box::new(ManualClock::new());
        let settings = Settings { clock, ..Settings::new(&url) };
        let world = World::new(Hub::open(settings).unwrap()).await;
        let customer = world.customer_with(profile(), 1_000).await;
        let account = world.account("demo", customer).await;
        let numbers = world.dids(2, Dids::default()).await;
        world.subscribe(account, &numbers[0], Service::Voice).await.unwrap().unwrap();
        world.hub.close().await;
    });
    place
}

fn url(place: &Place) -> String {
    format!("sqlite://{}", place.path().join("leaseline.db").display())
}

fn json(done: Done) -> Value {
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    serde_json::from_str(&done.stdout).unwrap()
}

fn check(place: &Place, arguments: &[&str], expected: &Value) {
    let answer = json(place.run(&[arguments, &["--json"]].concat()));
    assert_eq!(&answer, expected, "{arguments:?}");
}

#[test]
fn accounts_are_listed_and_let_in_and_out() {
    let place = place();
    let demo = |enabled| {
        json!({ "accounts": [{
            "id": 1, "user": "demo", "customer": 1, "enabled": enabled, "email": null,
            "first_name": "", "last_name": "", "time_zone": "UTC", "ivr": true, "rate_deck": null,
        }] })
    };
    check(&place, &["accounts", "list"], &demo(true));
    let disabled = json!({ "account": "demo", "enabled": false });
    check(&place, &["accounts", "disable", "demo"], &disabled);
    check(&place, &["accounts", "list"], &demo(false));
    assert_eq!(place.run(&["accounts", "enable", "demo"]).stdout, "demo is enabled\n");
    check(&place, &["accounts", "list", "--after", "1"], &json!({ "accounts": [] }));
    let nobody = place.run(&["accounts", "disable", "nobody"]);
    assert_eq!((nobody.code, nobody.stdout.as_str()), (Some(1), ""));
    assert!(nobody.stderr.contains("there is no such account"), "{}", nobody.stderr);
}

#[test]
fn a_password_is_read_from_standard_input() {
    let place = place();
    let mut command = place.command(&["accounts", "password", "demo", "--json"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"another pass\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer, json!({ "account": "demo", "password": "changed" }));
    Runtime::new().unwrap().block_on(async {
        let hub = Hub::open(Settings::new(&url(&place))).unwrap();
        let login = hub.account_login("demo").await.unwrap().unwrap();
        let matches = hub.password_matches(Some(&login.password), "another pass").await;
        assert_eq!(matches, Ok(true));
        hub.close().await;
    });
    let nothing = place.run(&["accounts", "password", "demo"]);
    assert_eq!(nothing.code, Some(1));
    assert!(nothing.stderr.contains("not 1 to 1024 bytes"), "{}", nothing.stderr);
}

#[test]
fn a_subscription_is_listed_until_it_is_ended() {
    let place = place();
    let expected = json!({ "dids": [{
        "id": 1, "number": "0388880000", "service": "voice", "account": 1, "user": "demo",
        "assigned": null, "assigned_id": null, "setup_fee": 100, "monthly_fee": 30,
        "subscribed": "2020-01-31T12:00:00Z", "next_fee": "2020-02-29T12:00:00Z", "ended": null,
    }] });
    check(&place, &["dids", "list"], &expected);
    check(&place, &["dids", "list", "--account", "2"], &json!({ "dids": [] }));
    let unsubscribe = ["dids", "unsubscribe", "0388880000", "--service", "voice"];
    let ended = json!({ "number": "60388880000", "service": "voice" });
    check(&place, &unsubscribe, &ended);
    check(&place, &["dids", "list"], &json!({ "dids": [] }));
    let all = json(place.run(&["dids", "list", "--ended", "--json"]));
    assert_eq!(all["dids"][0]["next_fee"], Value::Null);
    let again = place.run(&unsubscribe);
    assert_eq!((again.code, again.stdout.as_str()), (Some(1), ""));
    assert!(again.stderr.contains("nobody has this service of it"), "{}", again.stderr);
    assert_eq!(place.run(&["check"]).code, Some(0));
}
