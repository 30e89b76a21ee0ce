//! Idempotency keys.

use std::time::Duration;

use leaseline_hub::Clock;
use leaseline_testkit::http::{Answer, Call};

use crate::harness::{Api, error, on_both, signed, success};

fn keyed(api: &Api, keys: &[&str], method: &str, form: &str) -> Answer {
    let call = Call::form(&format!("/api/{method}"), &signed("admin", method, form));
    api.send(&keys.iter().fold(call, |call, key| call.header("Idempotency-Key", key)))
}

#[test]
fn a_repeated_request_is_answered_the_same_and_carried_out_once() {
    on_both(|api| {
        let range = "card_group_id=1&cards_from=0000000001&cards_till=0000000009";
        for (method, form) in [
            ("cc_group_create", "name=x&price_with_vat=5"),
            ("calling_cards_create", range),
            ("card_from_group_sell", "id=1&quantity=2"),
        ] {
            let first = keyed(api, &["k"], method, form);
            let again = keyed(api, &["k"], method, form);
            let told = |answer: &Answer| {
                let group = answer.header("x-card-group-id").map(str::to_owned);
                (answer.status, answer.body.clone(), group)
            };
            assert_eq!(told(&first), told(&again), "{method}");
            assert!(!first.body.contains("<error>"), "{}", first.body);
            let unknown = keyed(api, &["k"], method, &format!("{form}&x=y"));
            assert_eq!(told(&first), told(&unknown), "{method}");
            let more = match method {
                "cc_group_create" => "&tell_cents=1",
                "calling_cards_create" => "&language=ms",
                _ => "&currency=USD",
            };
            let other = keyed(api, &["k"], method, &format!("{form}{more}"));
            assert_eq!(other.body, error("Idempotency key was used with other parameters"));
        }
        let left = keyed(api, &["other"], "card_from_group_sell", "id=1&quantity=7");
        assert!(left.body.contains("<number>0000000009</number>"), "{}", left.body);
    });
}

#[test]
fn what_was_right_then_is_answered_the_same_when_it_would_be_wrong_now() {
    on_both(|api| {
        let till = Clock::now(&api.clock).seconds() + 1;
        let form = format!("name=x&date_till={till}");
        let make = |key| keyed(api, &[key], "cc_group_create", &form);
        let first = make("k");
        assert_eq!(first.body, success("Card Group was successfully created"));
        api.clock.advance(Duration::from_secs(3_600));
        let again = make("k");
        assert_eq!(again.body, first.body);
        assert_eq!(again.header("x-card-group-id"), first.header("x-card-group-id"));
        assert_eq!(make("other").body, error("Date from is greater than date till"));
        api.clock.advance(Duration::from_secs(24 * 3_600));
        assert_eq!(make("k").body, error("Date from is greater than date till"));
    });
}

#[test]
fn a_refusal_is_not_kept() {
    on_both(|api| {
        api.group("name=x");
        let sell = || keyed(api, &["k"], "card_from_group_sell", "id=1").body;
        assert_eq!(sell(), error("Free cards was not found"));
        let range = "card_group_id=1&cards_from=0000000001&cards_till=0000000001";
        api.check("calling_cards_create", range, &success("Cards were successfully created"));
        let sold = sell();
        assert!(sold.contains("<number>0000000001</number>"), "{sold}");
        assert_eq!(sell(), sold);
    });
}

#[test]
fn what_a_key_looks_like() {
    on_both(|api| {
        let wrong = error("Idempotency key is incorrect format");
        let long = "k".repeat(256);
        for key in ["", "a b", &long] {
            assert_eq!(keyed(api, &[key], "cc_group_create", "name=x").body, wrong, "{key:?}");
        }
        assert_eq!(keyed(api, &["a", "a"], "cc_group_create", "name=x").body, wrong);
        // Where nothing is changed a key means nothing, and parameters are judged first.
        let nothing = error("Calling cards groups were not found");
        assert_eq!(keyed(api, &["a b"], "cc_groups_get", "").body, nothing);
        let name = error("Card Group must have name");
        assert_eq!(keyed(api, &["a b"], "cc_group_create", "").body, name);
    });
}
