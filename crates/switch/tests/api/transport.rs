//! How requests come in, and what is answered when the store does not.

use leaseline_testkit::http::Call;

use crate::harness::{BASIC, on_both, on_both_with};

#[test]
fn what_is_not_served() {
    on_both(|api| {
        for (method, path, status) in [
            ("GET", "/call/v1/authorise", 405),
            ("DELETE", "/call/v1/cdr", 405),
            ("POST", "/call/v2/cdr", 404),
            ("POST", "/call", 404),
        ] {
            let call = Call::new(method, path).header("Authorization", BASIC);
            assert_eq!(api.send(&call).status, status, "{method} {path}");
        }
    });
}

#[test]
fn a_body_has_its_bounds() {
    on_both_with(
        |settings| settings.limits.body_bytes = 1_000,
        |api| {
            let body =
                format!(r#"{{"call_id":"c1","from":"","to":"1","a":"{}"}}"#, "b".repeat(1_000));
            let error = r#"{"error":"the body is too large"}"#;
            api.check("/call/v1/authorise", &body, 413, error);
        },
    );
}

#[test]
fn without_a_store_nothing_is_decided() {
    on_both(|api| {
        api.lessee(10);
        let (status, _) = api.post("/call/v1/authorise", r#"{"call_id":"c1","from":"","to":"1"}"#);
        assert_eq!(status, 200, "the switch is known");
        api.block_on(api.world.hub.close());
        let call = Call::new("POST", "/call/v1/authorise").header("Authorization", BASIC);
        let answer = api.send(&call.body(r#"{"call_id":"c2","from":"","to":"1"}"#));
        assert_eq!((answer.status, answer.body.as_str()), (503, r#"{"error":"try again"}"#));
        assert_eq!(answer.header("retry-after"), Some("1"));
    });
}
