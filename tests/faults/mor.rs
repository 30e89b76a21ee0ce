//! The methods of MOR.

use leaseline_mor::{Method, hash};
use leaseline_testkit::SHOP_SECRET;
use leaseline_testkit::http::{Answer, Call};

use crate::api::Api;
use crate::each_call::{Operation, nothing};

/// Come again.
pub(crate) fn is_away(answer: &Answer) -> bool {
    answer.status == 503 && answer.body.contains("<error>Service temporarily unavailable</error>")
}

macro_rules! operation {
    ($method:literal, $before:expr, $form:expr, $success:literal) => {
        Operation {
            name: $method,
            before: $before,
            call: |prepared, nth| {
                let form: fn(&str, usize) -> String = $form;
                signed($method, &form(prepared, nth))
            },
            success: $success,
        }
    };
}

// A macro so that the table is written once, as a table.
pub(crate) const OPERATIONS: &[Operation] = &[
    operation!(
        "cc_group_create",
        nothing,
        |_, nth| format!("name=group{nth}&price_with_vat=5"),
        "<success>Card Group was successfully created</success>"
    ),
    operation!("cc_groups_get", nothing, |_, _| String::new(), "<group_name>plain</group_name>"),
    operation!(
        "calling_cards_create",
        nothing,
        |_, nth| { format!("card_group_id=1&cards_from=1{nth:08}1&cards_till=1{nth:08}2") },
        "<success>Cards were successfully created</success>"
    ),
    operation!("calling_cards_get", cards, |_, nth| format!("number=2{nth:08}1"), "<card_pin>"),
    operation!(
        "card_from_group_sell",
        cards,
        |_, _| "id=1&quantity=1&email=a@b.example".into(),
        "<pin>"
    ),
    operation!("user_balance_get", nothing, |_, _| "user_id=1".into(), "<balance>"),
    operation!("system_version_get", nothing, |_, _| String::new(), "<version>"),
];

fn cards(api: &Api, nth: usize) -> String {
    let form = format!("card_group_id=1&cards_from=2{nth:08}1&cards_till=2{nth:08}2");
    let made = api.send(&signed("calling_cards_create", &form));
    assert!(made.body.contains("<success>"), "{made:?}");
    String::new()
}

fn signed(method: &str, form: &str) -> Call {
    let hashed = Method::by_name(method).map_or(&[][..], Method::hashed);
    let value = |name: &&str| {
        let pairs = form.split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(known, _)| known == name).map(|(_, value)| value.as_bytes()).next_back()
    };
    let hash = hash::hex(hashed.iter().filter_map(value), SHOP_SECRET.as_bytes());
    Call::form(&format!("/api/{method}"), &format!("u=admin&hash={hash}&{form}"))
}
