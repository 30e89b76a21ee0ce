//! `admin`: who may look at the console.

use leaseline_testkit::http::Call;
use serde_json::{Value, json};

use crate::place::{Done, Place};

fn admin(place: &Place, arguments: &[&str]) -> Done {
    place.run(&[&["admin"], arguments, &["--json"]].concat())
}

fn told(done: &Done) -> Value {
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    serde_json::from_str(&done.stdout).unwrap()
}

#[test]
fn a_user_is_made_once_and_gets_a_link() {
    let place = Place::with_user("ada");
    let made = told(&admin(&place, &["add", "anna", "--role", "support"]));
    assert_eq!(made["user"], "anna");
    let link = made["link"].as_str().unwrap();
    assert!(link.starts_with("http://127.0.0.1:8080/console/set-up?link="), "{link}");

    let again = admin(&place, &["add", "anna", "--role", "admin"]);
    assert!(again.code == Some(1) && again.stderr.contains("of this name"), "{}", again.stderr);
    let elsewhere =
        told(&admin(&place, &["link", "anna", "--url", "https://console.example.com/"]));
    let link = elsewhere["link"].as_str().unwrap();
    assert!(link.starts_with("https://console.example.com/console/set-up?link="), "{link}");
    assert_eq!(admin(&place, &["link", "nobody"]).code, Some(1));
    assert_eq!(admin(&place, &["add", "no blank", "--role", "admin"]).code, Some(2));
    assert_eq!(admin(&place, &["add", "bob", "--role", "root"]).code, Some(2));
}

#[test]
fn users_are_listed_and_changed() {
    let place = Place::with_user("ada");
    told(&admin(&place, &["add", "anna", "--role", "support"]));
    told(&admin(&place, &["role", "anna", "finance"]));
    told(&admin(&place, &["disable", "anna"]));
    let anna = |enabled: bool| {
        json!({ "users": [
            { "name": "anna", "role": "finance", "enabled": enabled, "has_password": false }
        ] })
    };
    assert_eq!(told(&admin(&place, &["list"])), anna(false));
    assert_eq!(admin(&place, &["link", "anna"]).code, Some(1), "a disabled user gets no link");
    assert_eq!(told(&admin(&place, &["enable", "anna"])), anna(true));
}

#[test]
fn a_service_is_not_started_with_a_link_in_its_log() {
    let place = Place::empty();
    let server = place.start(&["serve"]);
    assert_eq!(server.get("/console").status, 303);
    let (_, log) = server.end("-TERM");
    assert!(!log.contains("set-up?link="), "{log}");
    assert_eq!(told(&admin(&place, &["list"])), json!({ "users": [] }));
}

#[test]
fn a_link_leads_into_the_console_that_serves() {
    let place = Place::with_user("ada");
    let made = told(&admin(&place, &["add", "anna", "--role", "viewer"]));
    let link = made["link"].as_str().unwrap().split_once("link=").unwrap().1.to_owned();
    let server = place.start(&["serve"]);
    let page = server.get(&format!("/console/set-up?link={link}"));
    assert!(page.status == 200 && page.body.contains("Set your password"), "{}", page.body);
    let form = format!("link={link}&password=a+quiet+horse&again=a+quiet+horse");
    let set = Call::form("/console/set-up", &form).send(server.address).unwrap();
    assert_eq!(set.status, 303);
    let form = "name=anna&password=a+quiet+horse";
    let let_in = Call::form("/console/log-in", form).send(server.address).unwrap();
    assert_eq!(let_in.status, 303);
}
