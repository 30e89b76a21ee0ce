//! How requests come in.

use leaseline_testkit::http::Call;
use leaseline_web::Limits;

use crate::harness::{error, on_both, on_both_with, signed, success};

const RIGHT: &str = "u=admin&name=card_group_test&hash=756ad8cf62a832f27a12bb670aeeaf8fca3c7782";

#[test]
fn both_families_of_paths_lead_here() {
    on_both(|api| {
        let made = success("Card Group was successfully created");
        for path in ["/api/", "/billing/api/"] {
            for end in ["", "/"] {
                let path = format!("{path}cc_group_create{end}");
                assert_eq!(api.body_of(&Call::form(&path, RIGHT)), made, "{path}");
            }
            let escaped = path.replace("api", "%61pi").replace('b', "%62");
            let escaped = Call::form(&format!("{escaped}cc%5Fgroup_create"), RIGHT);
            assert_eq!(api.body_of(&escaped), made, "{escaped:?}");
            let unknown = api.body_of(&Call::form(&format!("{path}cc_group_erase"), RIGHT));
            assert_eq!(unknown, error("Unknown API method"));
        }
        for path in ["/cc_group_create", "/api/v1", "/api/a/b", "/api/"] {
            assert_eq!(api.send(&Call::form(path, RIGHT)).status, 404, "{path}");
        }
    });
}

#[test]
fn parameters_come_in_the_query_a_form_or_json() {
    on_both(|api| {
        let made = success("Card Group was successfully created");
        let check = |call: &Call| assert_eq!(api.body_of(call), made);
        check(&Call::new("POST", &format!("/api/cc_group_create?{RIGHT}")));
        check(&Call::form("/api/cc_group_create?u=nobody&name=other", RIGHT));
        check(&Call::new("POST", "/api/cc_group_create").body(RIGHT));
        let json = r#"{"u":"admin","name":"card_group_test","solo_pinless":true,
            "hash":"756AD8CF62A832F27A12BB670AEEAF8FCA3C7782","tariff_id":1,"lcr_id":null}"#;
        let call = Call::new("POST", "/api/cc_group_create?u=nobody");
        check(&call.header("Content-Type", "application/json; charset=utf-8").body(json));
    });
}

#[test]
fn bytes_are_hashed_before_they_are_read() {
    on_both(|api| {
        let made = success("Card Group was successfully created");
        for (name, hash) in [
            ("Caf%C3%A9+%E2%82%AC5", "073f562084e82c0bc3e1b493e62462624eff76f1"),
            ("Caf%E9", "c11814de492dbd0051f65481485710c8dfd0e34d"),
        ] {
            let form = format!("u=admin&name={name}&hash={hash}");
            assert_eq!(api.post("cc_group_create", &form), made, "{name}");
        }
        let groups = api.ask_as("admin", "cc_groups_get", "");
        assert!(groups.contains("<group_name>Café €5</group_name>"), "{groups}");
        assert!(groups.contains("<group_name>Café</group_name>"), "{groups}");
    });
}

#[test]
fn get_is_served_only_where_it_is_allowed() {
    let call = Call::new("GET", &format!("/api/cc_group_create?{RIGHT}"));
    on_both(|api| {
        assert_eq!(api.body_of(&call), error("GET Requests are disabled"));
        let put = Call::new("PUT", &format!("/api/cc_group_create?{RIGHT}"));
        assert_eq!(api.body_of(&put), error("Unknown API method"));
    });
    on_both_with(
        |settings| settings.allow_get = true,
        |api| assert_eq!(api.body_of(&call), success("Card Group was successfully created")),
    );
}

#[test]
fn an_interface_that_is_off_says_so_first() {
    on_both_with(
        |settings| settings.allow_api = false,
        |api| {
            let off = error("API Requests are disabled");
            assert_eq!(api.post("cc_group_create", RIGHT), off);
            assert_eq!(api.body_of(&Call::new("GET", "/api/nothing?u=x")), off);
        },
    );
}

#[test]
fn a_body_that_is_too_large_is_refused() {
    on_both_with(
        |settings| settings.limits = Limits { body_bytes: 100, ..Limits::default() },
        |api| {
            let large = Call::form("/api/cc_group_create", &"x".repeat(101));
            let answer = api.send(&large);
            assert_eq!((answer.status, answer.body), (413, error("Request is too large")));
        },
    );
}

#[test]
fn a_store_that_is_away_is_told_as_such() {
    on_both(|api| {
        api.block_on(api.shop.hub.close());
        let form = signed("admin", "cc_groups_get", "");
        let answer = api.send(&Call::form("/api/cc_groups_get", &form));
        assert_eq!(answer.header("retry-after"), Some("1"));
        assert_eq!((answer.status, answer.body), (503, error("Service temporarily unavailable")));
    });
}
