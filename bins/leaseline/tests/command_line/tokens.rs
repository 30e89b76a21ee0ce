//! `token issue`, `revoke` and `list`.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use leaseline_core::Timestamp;
use leaseline_service::rfc3339;
use leaseline_testkit::http::Call;
use serde_json::{Value, json};

use crate::place::{Place, Running};

const DAY: Duration = Duration::from_secs(86_400);

fn issue(place: &Place, more: &[&str]) -> Value {
    let done = place.run(&[&["token", "issue", "--user", "ada", "--json"], more].concat());
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    serde_json::from_str(&done.stdout).unwrap()
}

fn list(place: &Place) -> Value {
    serde_json::from_str(&place.run(&["token", "list", "--json"]).stdout).unwrap()
}

fn instant(value: &Value) -> Timestamp {
    rfc3339::parse(value.as_str().unwrap()).unwrap()
}

/// The end is rounded up to a second, and the record is made a little after the token.
fn assert_lasts(issued_at: Timestamp, expires: Timestamp, lifetime: Duration) {
    let begin = expires.saturating_sub(lifetime);
    assert!(begin.micros().abs_diff(issued_at.micros()) <= 2_000_000, "{begin:?} {issued_at:?}");
}

#[test]
fn a_token_that_was_issued_is_listed() {
    let place = Place::with_user("ada");
    let issued = issue(&place, &["--expires-in", "12h"]);
    let (token, jti, expires) = (&issued["token"], &issued["jti"], &issued["expires"]);
    assert_eq!(issued, json!({ "token": token, "jti": jti, "user": "ada", "expires": expires }));
    assert_eq!(token.as_str().unwrap().split('.').count(), 3);

    let tokens = list(&place);
    let issued_at = &tokens["tokens"][0]["issued"];
    assert_eq!(
        tokens,
        json!({ "tokens": [
            { "jti": jti, "user": "ada", "issued": issued_at, "expires": expires, "revoked": null }
        ] })
    );
    assert_lasts(instant(issued_at), instant(expires), DAY / 2);
}

#[test]
fn a_token_ends_after_90_days_unless_told_otherwise() {
    let place = Place::with_user("ada");
    let expires = issue(&place, &[])["expires"].clone();
    let issued_at = instant(&list(&place)["tokens"][0]["issued"]);
    assert_lasts(issued_at, instant(&expires), 90 * DAY);
    assert_eq!(issue(&place, &["--no-expiry"])["expires"], Value::Null);
}

#[test]
fn in_text_the_token_stands_alone() {
    let place = Place::with_user("ada");
    let done = place.run(&["token", "issue", "--user", "ada"]);
    let token = done.stdout.strip_suffix('\n').unwrap();
    assert!(token.split('.').count() == 3 && !token.contains(char::is_whitespace), "{token}");
    assert!(done.stderr.contains("jti "), "{}", done.stderr);
}

#[test]
fn an_unknown_user_gets_no_token() {
    let place = Place::with_user("ada");
    issue(&place, &[]);
    let done = place.run(&["token", "issue", "--user", "bob", "--json"]);
    assert_eq!((done.code, done.stdout.as_str()), (Some(1), ""));
    assert_eq!(
        done.stderr,
        "error: failed to issue a token for \"bob\": there is no such API user\n\
         hint: name an API user that exists (users are made by `leaseline apply`)\n"
    );
}

#[test]
fn a_database_that_is_not_there_is_not_made() {
    let place = Place::empty();
    let done = place.run(&["token", "issue", "--user", "ada"]);
    assert_eq!(
        (done.code, done.stderr.as_str()),
        (
            Some(1),
            "error: failed to open the database leaseline.db: there is no such file\n\
             hint: name another one with --database-url, or make it: leaseline migrate\n"
        )
    );
    assert!(place.contents().is_empty());
}

#[test]
fn a_token_that_was_revoked_is_out_in_a_running_server() {
    const UNKNOWN_CUSTOMER: i64 = 35;
    const OUT: i64 = 5;
    let place = Place::with_user("ada");
    let server = place.start(&["serve"]);
    let issued = issue(&place, &[]);
    let (token, jti) = (issued["token"].as_str().unwrap(), issued["jti"].as_str().unwrap());
    assert_eq!(status(&server, token), UNKNOWN_CUSTOMER);

    for wrong in ["", token] {
        let refused = place.run(&["token", "revoke", "--jti", wrong]);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""));
        assert!(refused.stderr.contains("that is no token's id"), "{}", refused.stderr);
        assert!(wrong.is_empty() || !refused.stderr.contains(wrong));
    }
    assert_eq!(status(&server, token), UNKNOWN_CUSTOMER);
    let revoked = place.run(&["token", "revoke", "--jti", jti, "--json"]);
    assert_eq!(revoked.stdout, format!("{{\"jti\":\"{jti}\",\"revoked\":true}}\n"));
    let began = Instant::now();
    while status(&server, token) != OUT {
        assert!(began.elapsed() < Duration::from_secs(2), "it is still let in");
    }
    assert!(list(&place)["tokens"][0]["revoked"].is_string());
}

#[test]
fn a_key_that_is_removed_takes_its_tokens_along_without_a_restart() {
    const UNKNOWN_CUSTOMER: i64 = 35;
    const BAD_TOKEN: i64 = 13;
    let place = Place::with_user("ada");
    for (name, letter) in [("old", "o"), ("new", "n")] {
        let file = place.path().join(name);
        std::fs::write(&file, letter.repeat(32)).unwrap();
        std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    }
    let keys = |ids: &[&str]| {
        let entry = |id: &&str| format!("{{ id = '{id}', secret_file = '{id}' }}");
        let entries: Vec<_> = ids.iter().map(entry).collect();
        let text = format!("[jwt]\nkeys = [{}]\n", entries.join(", "));
        std::fs::write(place.path().join("leaseline.toml"), text).unwrap();
    };
    keys(&["old"]);
    let servers = [place.start(&["serve"]), place.start(&["serve"])];
    let issued = || issue(&place, &[])["token"].as_str().unwrap().to_owned();
    let old = issued();
    let expect = |token: &str, expected: i64| {
        for server in &servers {
            server.signal("-HUP");
            let began = Instant::now();
            while status(server, token) != expected {
                assert!(began.elapsed() < Duration::from_secs(1), "{}", status(server, token));
            }
        }
    };
    expect(&old, UNKNOWN_CUSTOMER);

    // The first one signs; the other one is still good.
    keys(&["new", "old"]);
    let new = issued();
    expect(&new, UNKNOWN_CUSTOMER);
    expect(&old, UNKNOWN_CUSTOMER);

    keys(&["new"]);
    expect(&old, BAD_TOKEN);
    expect(&new, UNKNOWN_CUSTOMER);

    // What cannot be used changes nothing.
    keys(&["new", "gone"]);
    expect(&new, UNKNOWN_CUSTOMER);
    expect(&old, BAD_TOKEN);
}

/// What the server says about a customer that does not exist.
fn status(server: &Running, token: &str) -> i64 {
    let call = Call::form("/api/v1/customer/view", "customer_id=1").bearer(token);
    let answer = call.send(server.address).unwrap();
    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    answer["status"].as_i64().unwrap()
}
