//! `requests`: what was asked of a server is found afterwards, by the id that its answer had.

use leaseline_testkit::http::Call;
use serde_json::{Value, json};

use crate::place::Place;

fn listed(place: &Place, filter: &str) -> Vec<Value> {
    let done = place.run(&["requests", "list", "--filter", filter, "--json"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let answer: Value = serde_json::from_str(&done.stdout).unwrap();
    answer["requests"].as_array().unwrap().clone()
}

#[test]
fn a_request_is_followed_by_its_id() {
    let place = Place::with_user("admin");
    let server = place.start(&["serve"]);
    let answer = Call::new("POST", "/api/v1/leasesingle/request").send(server.address).unwrap();
    let id = answer.header("request-id").unwrap().to_owned();
    assert_eq!(server.get("/nowhere").status, 404);
    let (status, log) = server.end("-TERM");
    assert_eq!(status.code(), Some(0), "{log}");

    let shown = place.run(&["requests", "show", &id, "--json"]);
    let mut shown: Value = serde_json::from_str(&shown.stdout).unwrap();
    for differs in ["at", "milliseconds"] {
        assert!(!shown[differs].take().is_null());
    }
    let expected = json!({
        "id": id, "at": null, "facade": "apigate", "operation": "leasesingle/request",
        "status": "4", "effect": "failed", "milliseconds": null, "customer": null, "user": null,
        "stands_for": 1,
    });
    assert_eq!(shown, with(expected, &shown));
    assert_eq!(listed(&place, "facade:apigate effect:failed")[0]["id"], json!(id));
    let all = listed(&place, "");
    assert_eq!((all.len(), &all[0]["status"]), (2, &json!("404")));
    assert_eq!(listed(&place, "facade:mor"), Vec::<Value>::new());

    let unknown = "0198c2a4-5f00-7000-8000-000000000001";
    let none = place.run(&["requests", "show", unknown]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(1), ""));
    assert!(none.stderr.contains("it is not remembered"), "{}", none.stderr);
    let wrong = place.run(&["requests", "list", "--filter", "facade:apigate staus:4"]);
    let told = "error: failed to read the filter: \"staus:4\" is no word of this filter";
    assert!(wrong.stderr.starts_with(told), "{}", wrong.stderr);
}

/// The status of a request without a token is the facade's business.
fn with(mut expected: Value, shown: &Value) -> Value {
    expected["status"] = shown["status"].clone();
    expected
}
