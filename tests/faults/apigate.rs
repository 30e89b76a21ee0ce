//! The operations of Apigate.

use leaseline_testkit::http::{Answer, Call};

use crate::api::{Api, token};
use crate::each_call::{Operation, nothing};

/// 99, as when anything of ours fails.
pub(crate) fn is_away(answer: &Answer) -> bool {
    const AWAY: &str = r#"{"status":99,"description":"Internal/system error.""#;
    answer.status == 200 && answer.body.starts_with(AWAY)
}

const SUCCESS: &str = r#"{"status":0,"description":"Success""#;

const EXPIRY: &str = "expiry_value=1&expiry_unit=hours";

macro_rules! operation {
    ($path:literal, $before:expr, $form:expr) => {
        Operation {
            name: $path,
            before: $before,
            call: |prepared, nth| {
                let form: fn(&str, usize) -> String = $form;
                Call::form(concat!("/api/v1/", $path), &form(prepared, nth)).bearer(&token())
            },
            success: SUCCESS,
        }
    };
}

// A macro so that the table is written once, as a table.
pub(crate) const OPERATIONS: &[Operation] = &[
    operation!("leasesingle/request", nothing, |_, nth| {
        format!("customer_id=2&phone=601957{nth:05}&{EXPIRY}")
    }),
    operation!("leasesingle/release", single, |lease, _| format!("reference_id={lease}")),
    operation!("leasesingle/query", single, |lease, _| format!("reference_id={lease}")),
    operation!("leasegroup/request", nothing, |_, nth| {
        format!("customer_id=2&phone1=601957{nth:05}&phone2=601958{nth:05}&{EXPIRY}")
    }),
    operation!("leasegroup/release", group, |lease, _| format!("reference_id={lease}")),
    operation!("leasegroup/query", group, |lease, _| format!("reference_id={lease}")),
    operation!("customer/reserve", nothing, |_, _| "customer_id=1&quantity=2".into()),
    operation!("customer/topup", nothing, |_, nth| format!("customer_id=1&credit={nth}")),
    operation!("customer/view", nothing, |_, _| "customer_id=1".into()),
    operation!("customer/create", nothing, |_, nth| {
        format!(
            "first_name=A{nth}&last_name=B&charge_method=1&account_credit=5\
             &enable_single_service=1&charge_block_single=1&charge_rate_single=1\
             &enable_group_service=1&charge_block_group=1&charge_rate_group=1"
        )
    }),
    operation!("customer/update", nothing, |_, nth| format!("customer_id=1&first_name=A{nth}")),
    operation!("customer/deactivate", nothing, |_, _| "customer_id=2".into()),
    operation!("customer/activate", nothing, |_, _| "customer_id=2".into()),
];

fn single(api: &Api, _: usize) -> String {
    let request = api.world.single(api.customer(), "0195730424");
    api.block_on(api.world.lease(request)).unwrap().lease.id.to_string()
}

fn group(api: &Api, _: usize) -> String {
    let request = api.world.group(api.customer(), "0195730424", "0195730425");
    api.block_on(api.world.lease(request)).unwrap().lease.id.to_string()
}
