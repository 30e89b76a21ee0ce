//! Customers: made, viewed, changed, suspended, topped up.

use std::time::Duration;

use crate::harness::{Api, DONE, error, on_both};

/// All that a new customer needs.
const NEW: &str = "first_name=Ada&last_name=Lim&charge_method=2&enable_single_service=1\
                   &charge_block_single=30&charge_rate_single=0&enable_group_service=0\
                   &charge_block_group=60&charge_rate_group=7";

fn view(api: &Api, customer: &str) -> serde_json::Value {
    let body = api.post("customer/view", &format!("customer_id={customer}"));
    serde_json::from_str(&body).expect("JSON")
}

/// `NEW` with one parameter replaced or left out.
fn new_with(name: &str, value: Option<&str>) -> String {
    let kept = NEW.split('&').filter(|pair| pair.split_once('=').unwrap().0 != name);
    let changed = value.map(|value| format!("{name}={value}"));
    kept.map(str::to_owned).chain(changed).collect::<Vec<_>>().join("&")
}

#[test]
fn a_new_customer_has_the_documents_defaults() {
    on_both(|api| {
        let created = r#"{"status":0,"description":"Success","customer_id":"1"}"#;
        api.check("customer/create", NEW, created);
        assert_eq!(
            view(api, "1"),
            serde_json::json!({
                "status": 0, "description": "Success", "customer_id": "1",
                "first_name": "Ada", "last_name": "Lim", "account_status": "1",
                "account_credit": "0", "charge_method": "2",
                "enable_single_service": "1", "charge_block_single": "30",
                "charge_rate_single": "0", "enable_group_service": "0",
                "charge_block_group": "60", "charge_rate_group": "7",
                "max_lease_single": "0", "max_lease_group": "0", "has_reserved_number": "0",
                "date_created": "2020-01-31 12:00:00", "date_suspend": "0000-00-00 00:00:00",
            })
        );
    });
}

#[test]
fn every_parameter_of_a_new_customer_is_judged_with_its_own_code() {
    let flags: &[Option<&str>] = &[None, Some(""), Some("2"), Some("true"), Some("01")];
    let blocks: &[Option<&str>] = &[None, Some("0"), Some("-1"), Some("1.5"), Some("+20")];
    let rates: &[Option<&str>] = &[None, Some("-1"), Some("x"), Some("9223372036854775808")];
    let limits: &[Option<&str>] = &[Some("-1"), Some("x"), Some("%201")];
    let long = "x".repeat(101);
    let names: &[Option<&str>] = &[None, Some(""), Some(&long), Some("a%0Ab"), Some("%7F")];
    let codes: &[(&str, u8, &str, &[Option<&str>])] = &[
        ("first_name", 20, "Invalid first name parameter.", names),
        ("last_name", 21, "Invalid last name parameter.", names),
        ("account_status", 22, "Invalid account status parameter.", &[Some("0"), Some("3")]),
        ("account_credit", 23, "Invalid account credit parameter.", &[Some("1.5"), Some("-")]),
        ("charge_method", 24, "Invalid charge method parameter.", &[None, Some("0"), Some("3")]),
        ("enable_single_service", 25, "Invalid 'enable single service' parameter.", flags),
        ("charge_block_single", 26, "Invalid 'charge block single' parameter.", blocks),
        ("charge_rate_single", 27, "Invalid 'charge rate single' parameter.", rates),
        ("enable_group_service", 28, "Invalid 'enable group service' parameter.", flags),
        ("charge_block_group", 29, "Invalid 'charge block group' parameter.", blocks),
        ("charge_rate_group", 30, "Invalid 'charge rate group' parameter.", rates),
        ("max_lease_single", 31, "Invalid 'max lease single' parameter.", limits),
        ("max_lease_group", 32, "Invalid 'max lease group' parameter.", limits),
    ];
    on_both(|api| {
        for (name, code, text, values) in codes {
            for value in *values {
                api.check("customer/create", &new_with(name, *value), &error(*code, text));
            }
        }
        // Nobody was made on the way.
        let created = r#"{"status":0,"description":"Success","customer_id":"1"}"#;
        api.check("customer/create", NEW, created);
    });
}

#[test]
fn an_update_changes_what_it_names_and_nothing_else() {
    on_both(|api| {
        api.post("customer/create", NEW);
        let before = view(api, "1");
        api.check("customer/update", "customer_id=1", DONE);
        api.check("customer/update", "customer_id=1&first_name=&max_lease_single=", DONE);
        // account_credit is no parameter of an update.
        api.check("customer/update", "customer_id=1&account_credit=nonsense", DONE);
        assert_eq!(view(api, "1"), before);
        let change = "customer_id=1&last_name=Wong&charge_method=1&enable_group_service=1\
                      &charge_rate_group=9&max_lease_group=3";
        api.check("customer/update", change, DONE);
        let mut after = before;
        for (name, value) in [
            ("last_name", "Wong"),
            ("charge_method", "1"),
            ("enable_group_service", "1"),
            ("charge_rate_group", "9"),
            ("max_lease_group", "3"),
        ] {
            after[name] = value.into();
        }
        assert_eq!(view(api, "1"), after);
    });
}

#[test]
fn an_update_is_judged_in_order_and_changes_nothing_when_wrong() {
    on_both(|api| {
        api.post("customer/create", NEW);
        let before = view(api, "1");
        let check = |form: &str, code, text| api.check("customer/update", form, &error(code, text));
        check("first_name=Eve", 33, "Invalid 'customer id' parameter.");
        check("customer_id=x&first_name=%00", 2, "Invalid request parameter or parameter error.");
        check(
            "customer_id=1&first_name=Eve&charge_block_group=0&enable_single_service=7",
            25,
            "Invalid 'enable single service' parameter.",
        );
        check("customer_id=2&first_name=Eve", 35, "Invalid customer account id parameter.");
        assert_eq!(view(api, "1"), before);
    });
}

#[test]
fn a_suspension_is_dated_once_and_its_date_survives_the_activation() {
    on_both(|api| {
        api.post("customer/create", NEW);
        let dates = |api: &Api| {
            let view = view(api, "1");
            (view["account_status"].clone(), view["date_suspend"].clone())
        };
        let later = || api.clock.advance(Duration::from_secs(60));
        later();
        api.check("customer/deactivate", "customer_id=1", DONE);
        assert_eq!(dates(api), ("2".into(), "2020-01-31 12:01:00".into()));
        later();
        api.check("customer/deactivate", "customer_id=1", DONE);
        assert_eq!(dates(api), ("2".into(), "2020-01-31 12:01:00".into()));
        later();
        api.check("customer/activate", "customer_id=1", DONE);
        assert_eq!(dates(api), ("1".into(), "2020-01-31 12:01:00".into()));
        api.check("customer/activate", "customer_id=1", DONE);
        later();
        api.check("customer/update", "customer_id=1&account_status=2", DONE);
        assert_eq!(dates(api), ("2".into(), "2020-01-31 12:04:00".into()));
        let suspended = new_with("account_status", Some("2"));
        api.post("customer/create", &suspended);
        assert_eq!(view(api, "2")["date_suspend"], "2020-01-31 12:04:00");
    });
}

#[test]
fn balances_are_whole_and_never_overflow() {
    on_both(|api| {
        let credit = format!("{NEW}&account_credit=9223372036854775800");
        api.post("customer/create", &credit);
        let wrong = error(34, "Invalid 'credit' parameter.");
        for amount in ["8", "9223372036854775807", "0", "1.5", "", "-0", "+1", "1e3"] {
            api.check("customer/topup", &format!("customer_id=1&credit={amount}"), &wrong);
        }
        api.check("customer/topup", "customer_id=1", &wrong);
        let balance =
            |credits| format!(r#"{{"status":0,"description":"Success","balance":"{credits}"}}"#);
        let largest = balance(i64::MAX);
        api.check("customer/topup", "customer_id=1&credit=7", &largest);
        api.check("customer/topup", "customer_id=1&credit=-9223372036854775807", &balance(0));
        api.check("customer/topup", "customer_id=1&credit=-5", &balance(-5));
        let unknown = error(35, "Invalid customer account id parameter.");
        api.check("customer/topup", "customer_id=2&credit=5", &unknown);
    });
}

#[test]
fn a_customer_may_owe_from_the_beginning() {
    on_both(|api| {
        api.post("customer/create", &format!("{NEW}&account_credit=-12"));
        assert_eq!(view(api, "1")["account_credit"], "-12");
    });
}

#[test]
fn what_a_client_may_not_do() {
    on_both(|api| {
        let mine = api.plain_customer();
        let client = api.client("apisample", &[&mine], false);
        let refused = error(6, "Authorization failure.");
        // The role is judged before the parameters.
        for operation in ["create", "update", "activate", "deactivate", "topup"] {
            let operation = format!("customer/{operation}");
            assert_eq!(api.post_as(&client, &operation, "customer_id=x"), refused, "{operation}");
        }
        let payer = api.client("payer", &[&mine], true);
        let form = format!("customer_id={mine}&credit=3");
        let paid = r#"{"status":0,"description":"Success","balance":"3"}"#;
        assert_eq!(api.post_as(&payer, "customer/topup", &form), paid);
        assert_eq!(api.post_as(&payer, "customer/topup", "customer_id=99&credit=3"), refused);
    });
}

#[test]
fn names_come_back_as_they_were_sent() {
    on_both(|api| {
        for name in ["Zoë", "李", "O'Neil \"the\" \\ <b>&", "=1+1", "\u{202e}abc", " "] {
            let pair = serde_urlencoded::to_string([("first_name", name)]).unwrap();
            let form = format!("{}&{pair}", new_with("first_name", None));
            let created: serde_json::Value =
                serde_json::from_str(&api.post("customer/create", &form)).unwrap();
            let id = created["customer_id"].as_str().unwrap();
            assert_eq!(view(api, id)["first_name"], name);
        }
    });
}
