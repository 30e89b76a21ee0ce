//! Reserves: numbers set aside for one customer.

use std::time::Duration;

use leaseline_core::customer::CustomerProfile;
use leaseline_testkit::{limit, profile};

use crate::harness::{DONE, error, lease_error, on_both, reserve_error};

const RESERVE: &str = "customer/reserve";
const SINGLE: &str = "leasesingle/request";

fn single(customer: &str, phone: &str) -> String {
    format!("customer_id={customer}&phone={phone}&expiry_value=1&expiry_unit=hours")
}

fn reserved(numbers: &[&str]) -> String {
    let list: Vec<_> = numbers.iter().map(|number| format!("\"{number}\"")).collect();
    let list = list.join(",");
    format!(r#"{{"status":0,"description":"Success","reserved_numbers":[{list}]}}"#)
}

#[test]
fn whoever_has_a_reserve_leases_from_it_alone_and_nobody_else_does() {
    on_both(|api| {
        api.numbers(3);
        let (holder, other) = (api.plain_customer(), api.plain_customer());
        let form = format!("customer_id={holder}&quantity=1");
        api.check(RESERVE, &form, &reserved(&["0388880000"]));
        let view = api.post("customer/view", &format!("customer_id={holder}"));
        assert!(view.contains(r#""has_reserved_number":"1""#), "{view}");
        let none = lease_error(11, "Insufficient resources.");
        let lease = api.lease(&holder, "0195730001");
        api.check(SINGLE, &single(&holder, "0195730002"), &none);
        api.lease(&other, "0195730003");
        api.lease(&other, "0195730004");
        api.check(SINGLE, &single(&other, "0195730005"), &none);
        // Given back, it is free in the reserve, not for the other.
        api.check("leasesingle/release", &format!("reference_id={lease}"), DONE);
        api.check(SINGLE, &single(&other, "0195730005"), &none);
        api.lease(&holder, "0195730002");
    });
}

#[test]
fn a_reserve_grows_and_is_all_or_none() {
    on_both(|api| {
        api.numbers(4);
        let holder = api.plain_customer();
        let form = |quantity| format!("customer_id={holder}&quantity={quantity}");
        api.check(RESERVE, &form(2), &reserved(&["0388880000", "0388880001"]));
        let none = reserve_error(11, "Insufficient resources.");
        api.check(RESERVE, &form(3), &none);
        api.check(RESERVE, &form(2), &reserved(&["0388880002", "0388880003"]));
        api.check(RESERVE, &form(1), &none);
    });
}

#[test]
fn a_reserve_stays_below_its_maximum() {
    on_both(|api| {
        api.numbers(4);
        let holder = api.customer(CustomerProfile { max_reserved: limit(2), ..profile() });
        let form = |quantity| format!("customer_id={holder}&quantity={quantity}");
        let none = reserve_error(11, "Insufficient resources.");
        api.check(RESERVE, &form(3), &none);
        api.check(RESERVE, &form(2), &reserved(&["0388880000", "0388880001"]));
        api.check(RESERVE, &form(1), &none);
    });
}

#[test]
fn a_leased_number_is_not_reserved_until_it_is_free() {
    on_both(|api| {
        api.numbers(2);
        let (holder, other) = (api.plain_customer(), api.plain_customer());
        api.lease(&other, "0195730001");
        let form = |quantity| format!("customer_id={holder}&quantity={quantity}");
        api.check(RESERVE, &form(2), &reserve_error(11, "Insufficient resources."));
        api.clock.advance(Duration::from_secs(3_600));
        // The one that was never leased rested longest.
        api.check(RESERVE, &form(2), &reserved(&["0388880001", "0388880000"]));
    });
}

#[test]
fn who_may_reserve() {
    on_both(|api| {
        api.numbers(2);
        let (mine, theirs) = (api.plain_customer(), api.plain_customer());
        let client = api.client("apisample", &[&mine], false);
        let form = format!("customer_id={theirs}&quantity=1");
        let refused = reserve_error(6, "Authorization failure.");
        assert_eq!(api.post_as(&client, RESERVE, &form), refused);
        let unknown = reserve_error(35, "Invalid customer account id parameter.");
        api.check(RESERVE, "customer_id=999&quantity=1", &unknown);
        api.check("customer/deactivate", &format!("customer_id={mine}"), DONE);
        let suspended = "Account status does not permit the requested operation.";
        let form = format!("customer_id={mine}&quantity=1");
        assert_eq!(api.post_as(&client, RESERVE, &form), reserve_error(37, suspended));
        for wrong in ["0", "-1", "10001", "x", "1.0", "", "99999999999999999999"] {
            let form = format!("customer_id={mine}&quantity={wrong}");
            let refused = reserve_error(36, "Invalid 'quantity' parameter.");
            api.check(RESERVE, &form, &refused);
        }
        assert_eq!(error(0, "Success"), DONE);
    });
}
