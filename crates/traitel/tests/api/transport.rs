//! Methods, parameters and bodies, and the order in which they are judged.

use leaseline_testkit::http::Call;

use crate::harness::{AUTHENTICATION, INCOMPLETE, PATH, UNAVAILABLE, on_both};

const LOGIN: &str = "user=demo&pass=demo-pass";
const BALANCE: &str = "Ok\n14.0000\n";

#[test]
fn parameters_come_in_the_query_and_in_the_body() {
    on_both(|api| {
        let get = |query: &str| api.body_of(&Call::new("GET", &format!("{PATH}?{query}")));
        let post =
            |query: &str, body: &str| api.body_of(&Call::form(&format!("{PATH}?{query}"), body));
        assert_eq!(get(&format!("{LOGIN}&mode=querybalance")), BALANCE);
        assert_eq!(get(&format!("{LOGIN}&mode=QueryBalance&whatever=1")), BALANCE);
        assert_eq!(post("", &format!("{LOGIN}&mode=querybalance")), BALANCE);
        assert_eq!(post("mode=querybalance", LOGIN), BALANCE);
        assert_eq!(post("mode=nonsense&pass=x", &format!("{LOGIN}&mode=querybalance")), BALANCE);
        assert_eq!(post("mode=querybalance", &format!("{LOGIN}&mode=")), INCOMPLETE);
        let call = Call::new("GET", &format!("{PATH}?{LOGIN}&mode=querybalance"));
        assert_eq!(api.body_of(&call.body("mode=nonsense")), BALANCE);
        let untyped = Call::new("POST", PATH).body(format!("{LOGIN}&mode=querybalance"));
        assert_eq!(api.body_of(&untyped), BALANCE);
    });
}

#[test]
fn what_cannot_be_read_is_said_before_who_asks() {
    on_both(|api| {
        for query in ["mode=%zz", "a=1&a=1", "user=%FF", "user=%00", "x=%4"] {
            assert_eq!(api.body_of(&Call::new("GET", &format!("{PATH}?{query}"))), INCOMPLETE);
            assert_eq!(api.body_of(&Call::form(PATH, query)), INCOMPLETE, "{query}");
        }
        let json = Call::new("POST", PATH).header("Content-Type", "application/json").body("{}");
        assert_eq!(api.body_of(&json), INCOMPLETE);
        for size in [65_537, 500_000] {
            let large = format!("{LOGIN}&mode=querybalance&x={}", "x".repeat(size));
            assert_eq!(api.body_of(&Call::form(PATH, &large)), INCOMPLETE);
        }
    });
}

#[test]
fn the_first_check_that_fails_answers() {
    on_both(|api| {
        let post = |body: &str| api.body_of(&Call::form(PATH, body));
        assert_eq!(post("mode=nonsense"), AUTHENTICATION);
        assert_eq!(post("user=demo&pass=wrong&mode=nonsense"), AUTHENTICATION);
        assert_eq!(post(LOGIN), INCOMPLETE);
        assert_eq!(post(&format!("{LOGIN}&mode=nonsense")), INCOMPLETE);
        assert_eq!(post(&format!("{LOGIN}&mode=logfaxout&startdate=nonsense")), INCOMPLETE);
    });
}

#[test]
fn a_store_that_is_away_is_said_so() {
    on_both(|api| {
        api.check("querybalance", "", BALANCE);
        api.block_on(api.hub.close());
        api.check("querybalance", "", UNAVAILABLE);
        assert_eq!(api.ask_as("nobody", "querybalance", ""), UNAVAILABLE);
    });
}

#[test]
fn what_is_not_ours_is_not_found() {
    on_both(|api| {
        for path in ["/", "/accountmanager", "/accountmanager.pl/x", "/api/v1/customer/view"] {
            assert_eq!(api.send(&Call::new("GET", path)).status, 404, "{path}");
        }
        assert_eq!(api.send(&Call::new("PUT", PATH)).status, 405);
        let ask = |method| api.send(&Call::new(method, &format!("{PATH}?{LOGIN}&mode=nonsense")));
        let (head, get) = (ask("HEAD"), ask("GET"));
        let length = get.body.len().to_string();
        assert_eq!((head.status, head.body.as_str()), (200, ""));
        assert_eq!(head.header("content-length"), Some(length.as_str()));
        assert_eq!(head.header("content-type"), get.header("content-type"));
    });
}
