//! Who is let in.

use leaseline_core::switch::SwitchChange;
use leaseline_testkit::http::{Answer, Call};

use crate::harness::{Api, BASIC, on_both};

const QUESTION: &str = r#"{"call_id":"c1","from":"","to":"0388880000"}"#;

fn ask(api: &Api, authorization: Option<&str>) -> Answer {
    let call = Call::new("POST", "/call/v1/authorise").body(QUESTION);
    let header = |call: Call, value: &str| call.header("Authorization", value);
    api.send(&authorization.map_or(call.clone(), |value| header(call, value)))
}

#[test]
fn whoever_is_no_switch_hears_the_same() {
    on_both(|api| {
        // edge-1:wrong and nobody:edge-1-secret
        let wrong = ["Basic ZWRnZS0xOndyb25n", "Basic bm9ib2R5OmVkZ2UtMS1zZWNyZXQ="];
        let answers = [ask(api, None), ask(api, Some(wrong[0])), ask(api, Some(wrong[1]))];
        for answer in &answers {
            assert_eq!(answer.status, 401);
            assert_eq!(answer.body, r#"{"error":"wrong name or password"}"#);
            let challenge = "Basic realm=\"leaseline\", charset=\"UTF-8\"";
            assert_eq!(answer.header("www-authenticate"), Some(challenge));
        }
        assert_eq!(ask(api, Some(BASIC)).status, 200);
        for path in ["/call/v1/cdr", "/records/v1/sms", "/records/v1/fax", "/call/v1/event"] {
            let answer = api.send(&Call::new("POST", path).body("{}"));
            assert_eq!(answer.status, 401, "{path}");
        }
        assert_eq!(api.send(&Call::new("GET", "/call/v1/cdr")).status, 401);
    });
}

#[test]
fn a_switch_asks_from_where_it_is() {
    on_both(|api| {
        let from = |sources: &[&str]| {
            let sources = sources.iter().map(|&network| network.into()).collect();
            let change = SwitchChange { sources: Some(sources), ..SwitchChange::default() };
            api.block_on(api.world.switch("edge-3", "edge-3-secret", change));
        };
        // edge-3:edge-3-secret; what was read of a switch is remembered for a moment.
        const EDGE_3: &str = "Basic ZWRnZS0zOmVkZ2UtMy1zZWNyZXQ=";
        from(&["192.0.2.0/24"]);
        assert_eq!(ask(api, Some(EDGE_3)).status, 401);
        let soon = std::time::Instant::now() + std::time::Duration::from_secs(1);
        from(&["192.0.2.0/24", "127.0.0.0/8"]);
        while ask(api, Some(EDGE_3)).status == 401 {
            assert!(std::time::Instant::now() < soon, "a change holds within a second");
        }
        from(&["any"]);
        assert_eq!(ask(api, Some(EDGE_3)).status, 200);
    });
}
