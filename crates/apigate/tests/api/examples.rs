//! The requests and answers that the API's document shows, field for field. What the server
//! chooses (references) is taken from the answer; the clock shows 2020-01-31 12:00:00.

use leaseline_testkit::http::Call;

use crate::harness::{Api, DONE, on_both, reference};

/// As the document sends it: under its prefix, with the headers of its client.
fn post(api: &Api, operation: &str, form: &str) -> String {
    let call = Call::form(&format!("/axiata/api/v1/{operation}"), form)
        .bearer(&api.token("admin"))
        .header("Cache-Control", "no-cache")
        .header("Postman-Token", "15a17d38-7e31-7280-6403-8804de70c4fd");
    api.body_of(&call)
}

/// Eight customers, so that the eighth is the document's.
fn eight_customers(api: &Api) {
    for nth in 1..=8 {
        assert_eq!(api.plain_customer(), nth.to_string());
    }
}

#[test]
fn a_single_lease_is_requested_queried_and_released() {
    on_both(|api| {
        api.numbers(4);
        eight_customers(api);
        let granted = post(
            api,
            "leasesingle/request",
            "customer_id=8&phone=0195730424&imsi=502190123456789&mcc=502&mnc=19\
             &expiry_value=1&expiry_unit=months",
        );
        let lease = reference(&granted);
        let expected = |tail: &str| {
            format!(
                "{{\"status\":0,\"description\":\"Success\",\"reference_id\":\"{lease}\",\
                 \"lease_info\":{{\"0388880000\":\"0195730424\"}},\
                 \"expire\":\"2020-02-29 12:00:00\"{tail}}}"
            )
        };
        assert_eq!(granted, expected(""));
        let form = format!("reference_id={lease}");
        let found = post(api, "leasesingle/query", &form);
        assert_eq!(found, expected(r#","customer_id":"8""#));
        assert_eq!(post(api, "leasesingle/release", &form), DONE);
    });
}

#[test]
fn a_group_lease_is_requested_queried_and_released() {
    on_both(|api| {
        api.numbers(4);
        eight_customers(api);
        let granted = post(
            api,
            "leasegroup/request",
            "customer_id=8&phone1=0195730424&imsi1=502190123456789&mcc1=502&mnc1=19\
             &phone2=0125740183&imsi2=502190123456789&mcc2=502&mnc2=19\
             &expiry_value=1&expiry_unit=days",
        );
        let lease = reference(&granted);
        let expected = |tail: &str| {
            format!(
                "{{\"status\":0,\"description\":\"Success\",\"reference_id\":\"{lease}\",\
                 \"lease_info\":{{\"0388880000\":\"0195730424\",\"0388880001\":\"0125740183\"}},\
                 \"expire\":\"2020-02-01 12:00:00\"{tail}}}"
            )
        };
        assert_eq!(granted, expected(""));
        let form = format!("reference_id={lease}");
        assert_eq!(post(api, "leasegroup/query", &form), expected(r#","customer_id":"8""#));
        assert_eq!(post(api, "leasegroup/release", &form), DONE);
    });
}

#[test]
fn two_numbers_are_reserved() {
    on_both(|api| {
        api.numbers(4);
        eight_customers(api);
        assert_eq!(
            post(api, "customer/reserve", "customer_id=1&quantity=2"),
            r#"{"status":0,"description":"Success","reserved_numbers":["0388880000","0388880001"]}"#
        );
    });
}

#[test]
fn credit_is_topped_up() {
    on_both(|api| {
        eight_customers(api);
        post(api, "customer/topup", "customer_id=1&credit=130");
        assert_eq!(
            post(api, "customer/topup", "customer_id=1&credit=10"),
            r#"{"status":0,"description":"Success","balance":"140"}"#
        );
    });
}

#[test]
fn a_customer_is_viewed() {
    on_both(|api| {
        let created = post(
            api,
            "customer/create",
            "first_name=Nizam&last_name=Khairul&account_credit=40&charge_method=1\
             &enable_single_service=1&charge_block_single=20&charge_rate_single=1\
             &enable_group_service=1&charge_block_group=20&charge_rate_group=1",
        );
        assert_eq!(created, r#"{"status":0,"description":"Success","customer_id":"1"}"#);
        assert_eq!(
            post(api, "customer/view", "customer_id=1"),
            concat!(
                r#"{"status":0,"description":"Success","customer_id":"1","first_name":"Nizam","#,
                r#""last_name":"Khairul","account_status":"1","account_credit":"40","#,
                r#""charge_method":"1","enable_single_service":"1","charge_block_single":"20","#,
                r#""charge_rate_single":"1","enable_group_service":"1","charge_block_group":"20","#,
                r#""charge_rate_group":"1","max_lease_single":"0","max_lease_group":"0","#,
                r#""has_reserved_number":"0","date_created":"2020-01-31 12:00:00","#,
                r#""date_suspend":"0000-00-00 00:00:00"}"#
            )
        );
    });
}
