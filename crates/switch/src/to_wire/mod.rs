//! From what the hub answered to what the switch reads.

mod decision;
mod record;

pub(crate) use decision::{json, sip_code, text};
pub(crate) use record::{looked_up, status, status_code};

use leaseline_core::account::AccountPart;

/// The main account is 0.
const fn sub_id(part: AccountPart) -> i64 {
    match part {
        AccountPart::Main => 0,
        AccountPart::Sub(id) => id.get(),
    }
}
