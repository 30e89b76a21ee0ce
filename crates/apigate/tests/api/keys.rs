//! Idempotency keys.

use std::time::Duration;

use leaseline_testkit::http::{Answer, Call};

use crate::harness::{Api, error, lease_error, on_both, reference};

fn keyed(api: &Api, keys: &[&str], operation: &str, form: &str) -> Answer {
    let call = Call::form(&format!("/api/v1/{operation}"), form).bearer(&api.token("admin"));
    api.send(&keys.iter().fold(call, |call, key| call.header("Idempotency-Key", key)))
}

fn body(api: &Api, key: &str, operation: &str, form: &str) -> String {
    keyed(api, &[key], operation, form).body
}

const LEASE: &str = "customer_id=1&phone=0195730001&expiry_value=1&expiry_unit=hours";
const OTHER: &str = "customer_id=1&phone=0195730002&expiry_value=1&expiry_unit=hours";

#[test]
fn a_repeated_request_is_answered_byte_for_byte_and_carried_out_once() {
    on_both(|api| {
        api.numbers(5);
        api.plain_customer();
        let changes = [
            ("leasesingle/request", LEASE),
            ("customer/topup", "customer_id=1&credit=5"),
            ("customer/reserve", "customer_id=1&quantity=2"),
            ("customer/update", "customer_id=1&first_name=Eve"),
            ("customer/deactivate", "customer_id=1"),
            ("customer/activate", "customer_id=1"),
            (
                "customer/create",
                "first_name=A&last_name=B&charge_method=1&enable_single_service=1\
                 &charge_block_single=1&charge_rate_single=1&enable_group_service=1\
                 &charge_block_group=1&charge_rate_group=1",
            ),
        ];
        for (operation, form) in changes {
            let first = body(api, "same", operation, form);
            assert!(first.starts_with(r#"{"status":0,"#), "{operation}: {first}");
            api.clock.advance(Duration::from_secs(1));
            assert_eq!(body(api, "same", operation, form), first, "{operation}");
        }
        let balance = r#"{"status":0,"description":"Success","balance":"6"}"#;
        api.check("customer/topup", "customer_id=1&credit=1", balance);
    });
}

#[test]
fn a_repeated_release_is_a_success_again() {
    on_both(|api| {
        api.numbers(1);
        api.plain_customer();
        let form = format!("reference_id={}", api.lease("1", "0195730001"));
        let first = body(api, "give-it-back", "leasesingle/release", &form);
        assert_eq!(first, r#"{"status":0,"description":"Success"}"#);
        assert_eq!(body(api, "give-it-back", "leasesingle/release", &form), first);
        let unknown = error(10, "Invalid reference id.");
        assert_eq!(body(api, "another", "leasesingle/release", &form), unknown);
    });
}

#[test]
fn a_key_is_for_the_same_parameters_of_one_operation_of_one_user() {
    on_both(|api| {
        api.numbers(5);
        api.plain_customer();
        let first = reference(&body(api, "k", "leasesingle/request", LEASE));
        let reused = lease_error(2, "Invalid request parameter or parameter error.");
        assert_eq!(body(api, "k", "leasesingle/request", OTHER), reused);
        // Unknown parameters, empty ones and their order take no part.
        let same = "expiry_unit=hours&expiry_value=1&x=y&imsi=&phone=0195730001&customer_id=1";
        assert_eq!(reference(&body(api, "k", "leasesingle/request", same)), first);
        body(api, "k", "customer/topup", "customer_id=1&credit=5");
        let client = api.client("apisample", &["1"], false);
        let call = Call::form("/api/v1/leasesingle/request", OTHER).bearer(&client);
        let others = api.body_of(&call.header("Idempotency-Key", "k"));
        assert_ne!(reference(&others), first);
    });
}

#[test]
fn a_refusal_is_not_kept() {
    on_both(|api| {
        api.plain_customer();
        let none = lease_error(11, "Insufficient resources.");
        assert_eq!(body(api, "k", "leasesingle/request", LEASE), none);
        api.numbers(1);
        let granted = body(api, "k", "leasesingle/request", LEASE);
        reference(&granted);
        assert_eq!(body(api, "k", "leasesingle/request", LEASE), granted);
    });
}

#[test]
fn a_key_is_forgotten_after_a_day() {
    on_both(|api| {
        api.plain_customer();
        let form = "customer_id=1&credit=5";
        let balance =
            |credits| format!(r#"{{"status":0,"description":"Success","balance":"{credits}"}}"#);
        assert_eq!(body(api, "k", "customer/topup", form), balance(5));
        api.clock.advance(Duration::from_micros(24 * 3_600 * 1_000_000 - 1));
        assert_eq!(body(api, "k", "customer/topup", form), balance(5));
        api.clock.advance(Duration::from_micros(1));
        assert_eq!(body(api, "k", "customer/topup", form), balance(10));
        assert_eq!(body(api, "k", "customer/topup", form), balance(10));
    });
}

#[test]
fn what_a_key_looks_like() {
    on_both(|api| {
        api.plain_customer();
        let form = "customer_id=1&credit=5";
        let wrong = error(1, "Invalid HTTP header or HTTP header error.");
        let long = "k".repeat(256);
        for key in ["", "a b", "é", "a\tb", &long] {
            assert_eq!(body(api, key, "customer/topup", form), wrong, "{key:?}");
        }
        assert_eq!(keyed(api, &["a", "a"], "customer/topup", form).body, wrong);
        // Parameters are judged first, and where nothing is changed a key means nothing.
        let credit = error(34, "Invalid 'credit' parameter.");
        assert_eq!(body(api, "a b", "customer/topup", "customer_id=1"), credit);
        let view = body(api, "a b", "customer/view", "customer_id=1");
        assert!(view.starts_with(r#"{"status":0,"#), "{view}");
        let most = "k".repeat(255);
        let paid = r#"{"status":0,"description":"Success","balance":"5"}"#;
        assert_eq!(body(api, &most, "customer/topup", form), paid);
    });
}
