//! Leases: what may be leased, from where, until when.

use std::time::Duration;

use leaseline_core::customer::{CustomerProfile, CustomerStatus, ServiceTerms};
use leaseline_core::phone::Prefix;
use leaseline_testkit::{limit, profile};

use crate::harness::{Api, DONE, Wanted, error, lease_error, on_both, on_both_with, reference};

const SINGLE: &str = "leasesingle/request";
const GROUP: &str = "leasegroup/request";

fn single(customer: &str, phone: &str) -> String {
    format!("customer_id={customer}&phone={phone}&expiry_value=1&expiry_unit=hours")
}

fn group(customer: &str, phone1: &str, phone2: &str) -> String {
    format!(
        "customer_id={customer}&phone1={phone1}&phone2={phone2}&expiry_value=1&expiry_unit=hours"
    )
}

fn no_numbers() -> String {
    lease_error(11, "Insufficient resources.")
}

fn unknown_reference() -> String {
    error(10, "Invalid reference id.")
}

fn query(api: &Api, operation: &str, reference: &str) -> String {
    api.post(operation, &format!("reference_id={reference}"))
}

#[test]
fn numbers_run_out_and_come_back() {
    on_both(|api| {
        api.numbers(3);
        let customer = api.plain_customer();
        let first = api.lease(&customer, "0195730001");
        api.lease(&customer, "0195730002");
        // A group takes both or none.
        api.check(GROUP, &group(&customer, "0195730003", "0195730004"), &no_numbers());
        api.lease(&customer, "0195730003");
        api.check(SINGLE, &single(&customer, "0195730004"), &no_numbers());
        assert_eq!(query(api, "leasesingle/release", &first), DONE);
        api.lease(&customer, "0195730004");
    });
}

#[test]
fn a_lease_is_over_at_its_expiry_and_its_numbers_are_free() {
    on_both(|api| {
        api.numbers(1);
        let customer = api.plain_customer();
        let lease = api.lease(&customer, "0195730001");
        api.clock.advance(Duration::from_micros(3_599_999_999));
        assert_eq!(reference(&query(api, "leasesingle/query", &lease)), lease);
        api.check(SINGLE, &single(&customer, "0195730002"), &no_numbers());
        api.clock.advance(Duration::from_micros(1));
        assert_eq!(query(api, "leasesingle/query", &lease), unknown_reference());
        assert_eq!(query(api, "leasesingle/release", &lease), unknown_reference());
        api.lease(&customer, "0195730002");
    });
}

#[test]
fn a_released_number_rests_for_its_pools_quarantine() {
    on_both(|api| {
        let rest = Duration::from_secs(90);
        api.block_on(api.world.numbers_with_quarantine(1, rest));
        let customer = api.plain_customer();
        let lease = api.lease(&customer, "0195730001");
        assert_eq!(query(api, "leasesingle/release", &lease), DONE);
        api.clock.advance(rest - Duration::from_micros(1));
        api.check(SINGLE, &single(&customer, "0195730002"), &no_numbers());
        api.clock.advance(Duration::from_micros(1));
        api.lease(&customer, "0195730002");
    });
}

#[test]
fn a_reference_is_known_once_and_by_its_kind() {
    on_both(|api| {
        api.numbers(3);
        let customer = api.plain_customer();
        let one = api.lease(&customer, "0195730001");
        let two = reference(&api.post(GROUP, &group(&customer, "0195730002", "0195730003")));
        for operation in ["leasegroup/query", "leasegroup/release"] {
            assert_eq!(query(api, operation, &one), unknown_reference());
        }
        for operation in ["leasesingle/query", "leasesingle/release"] {
            assert_eq!(query(api, operation, &two), unknown_reference());
        }
        assert_eq!(query(api, "leasesingle/release", &one.to_uppercase()), DONE);
        assert_eq!(query(api, "leasesingle/release", &one), unknown_reference());
        assert_eq!(query(api, "leasesingle/query", &one), unknown_reference());
        let nobodys = "00000000-0000-4000-8000-000000000000";
        assert_eq!(query(api, "leasesingle/query", nobodys), unknown_reference());
        assert_eq!(query(api, "leasegroup/release", &two), DONE);
    });
}

#[test]
fn a_suspended_customer_cannot_lease_but_can_query_and_release() {
    on_both(|api| {
        api.numbers(2);
        let customer = api.plain_customer();
        let lease = api.lease(&customer, "0195730001");
        api.check("customer/deactivate", &format!("customer_id={customer}"), DONE);
        let refused = "Account status does not permit the requested operation.";
        api.check(SINGLE, &single(&customer, "0195730002"), &lease_error(37, refused));
        let both = group(&customer, "0195730002", "0195730003");
        api.check(GROUP, &both, &lease_error(37, refused));
        assert_eq!(reference(&query(api, "leasesingle/query", &lease)), lease);
        assert_eq!(query(api, "leasesingle/release", &lease), DONE);
    });
}

#[test]
fn a_service_that_is_not_enabled_is_refused() {
    on_both(|api| {
        api.numbers(2);
        let off = ServiceTerms { enabled: false, ..profile().single };
        let refused = lease_error(6, "Authorization failure.");
        let customer = api.customer(CustomerProfile { single: off, ..profile() });
        api.check(SINGLE, &single(&customer, "0195730002"), &refused);
        let customer = api.customer(CustomerProfile { group: off, ..profile() });
        api.check(GROUP, &group(&customer, "0195730002", "0195730003"), &refused);
        api.lease(&customer, "0195730002");
    });
}

#[test]
fn calls_must_not_loop_and_prefixes_are_held() {
    on_both(|api| {
        api.numbers(3);
        let customer = api.plain_customer();
        let refused = lease_error(8, "Invalid phone number format.");
        for ours in ["0388880000", "60388880001", "%2B60388880002", "0060388880002"] {
            api.check(SINGLE, &single(&customer, ours), &refused);
        }
        api.check(GROUP, &group(&customer, "0195730001", "0388880000"), &refused);
        let malaysia = vec![Prefix::parse("60").expect("digits")];
        let customer = api.customer(CustomerProfile { allowed_prefixes: malaysia, ..profile() });
        api.check(SINGLE, &single(&customer, "%2B61255501234"), &refused);
        api.lease(&customer, "0195730001");
    });
}

#[test]
fn live_leases_of_each_kind_have_a_maximum() {
    on_both(|api| {
        api.numbers(20);
        let one = ServiceTerms { max_leases: limit(1), ..profile().single };
        let customer = api.customer(CustomerProfile { single: one, group: one, ..profile() });
        let lease = api.lease(&customer, "0195730001");
        let refused = lease_error(39, "Reached max allowed single lease.");
        api.check(SINGLE, &single(&customer, "0195730002"), &refused);
        let both = group(&customer, "0195730002", "0195730003");
        reference(&api.post(GROUP, &both));
        let refused = lease_error(40, "Reached max allowed group lease.");
        api.check(GROUP, &both, &refused);
        assert_eq!(query(api, "leasesingle/release", &lease), DONE);
        api.lease(&customer, "0195730002");
        api.clock.advance(Duration::from_secs(3_600));
        reference(&api.post(GROUP, &both));
    });
}

#[test]
fn a_phone_takes_part_in_so_many_leases_and_no_more() {
    let wanted = || Wanted { max_leases_per_phone: limit(2), ..Wanted::default() };
    on_both_with(wanted, |api| {
        api.numbers(20);
        let customer = api.plain_customer();
        let refused = lease_error(12, "Too many leases exist for same user.");
        api.lease(&customer, "0195730001");
        reference(&api.post(GROUP, &group(&customer, "0195730002", "60195730001")));
        api.check(SINGLE, &single(&customer, "%2B60195730001"), &refused);
        api.check(GROUP, &group(&customer, "0195730003", "0195730001"), &refused);
        // The limit is the customer's own.
        api.lease(&api.plain_customer(), "0195730001");
        api.clock.advance(Duration::from_secs(3_600));
        api.lease(&customer, "0195730001");
    });
}

#[test]
fn a_client_sees_its_own_customers_alone() {
    on_both(|api| {
        api.numbers(4);
        let (mine, theirs) = (api.plain_customer(), api.plain_customer());
        let lease = api.lease(&theirs, "0195730001");
        let client = api.client("apisample", &[&mine], false);
        let refused = lease_error(6, "Authorization failure.");
        for other in [theirs.as_str(), "999"] {
            assert_eq!(api.post_as(&client, SINGLE, &single(other, "0195730002")), refused);
            let view = api.post_as(&client, "customer/view", &format!("customer_id={other}"));
            assert_eq!(view, error(6, "Authorization failure."));
        }
        let form = format!("reference_id={lease}");
        for operation in ["leasesingle/query", "leasesingle/release"] {
            assert_eq!(api.post_as(&client, operation, &form), unknown_reference());
        }
        reference(&api.post_as(&client, SINGLE, &single(&mine, "0195730002")));
        // An administrator is told that there is no such customer.
        let unknown = lease_error(35, "Invalid customer account id parameter.");
        api.check(SINGLE, &single("999", "0195730002"), &unknown);
    });
}

#[test]
fn times_are_told_and_counted_in_the_configured_zone() {
    let wanted = || Wanted { zone: "Asia/Kuala_Lumpur", ..Wanted::default() };
    on_both_with(wanted, |api| {
        api.numbers(1);
        // 2020-01-31 20:00:00 there.
        let customer = api.plain_customer();
        let form =
            format!("customer_id={customer}&phone=0195730001&expiry_value=1&expiry_unit=months");
        let granted = api.post(SINGLE, &form);
        assert!(granted.ends_with(r#""expire":"2020-02-29 20:00:00"}"#), "{granted}");
    });
}

#[test]
fn a_suspension_in_between_is_seen() {
    on_both(|api| {
        api.numbers(1);
        let customer =
            api.customer(CustomerProfile { status: CustomerStatus::Suspended, ..profile() });
        api.check("customer/activate", &format!("customer_id={customer}"), DONE);
        api.lease(&customer, "0195730001");
    });
}
