//! Calls that were let through and whose records did not come in time.

use std::fmt;

use leaseline_hub::records::UnsettledCall;
use leaseline_service::rfc3339;
use serde::Serialize;

use crate::table::{Table, cell};

#[derive(Serialize)]
pub(super) struct Unsettled {
    calls: Vec<Shown>,
}

/// A call; `hold` is in credits, and no longer set aside.
#[derive(Serialize)]
struct Shown {
    #[serde(rename = "ref")]
    reference: String,
    switch: String,
    call_id: String,
    customer: Option<i64>,
    from: String,
    to: String,
    decided: String,
    held_until: String,
    hold: i64,
}

impl From<&[UnsettledCall]> for Unsettled {
    fn from(calls: &[UnsettledCall]) -> Self {
        Self { calls: calls.iter().map(Shown::from).collect() }
    }
}

impl From<&UnsettledCall> for Shown {
    fn from(call: &UnsettledCall) -> Self {
        Self {
            reference: call.id.to_string(),
            switch: call.call.reporter.as_str().to_owned(),
            call_id: call.call.name.as_str().to_owned(),
            customer: call.customer.map(|customer| customer.get()),
            from: call.from.clone(),
            to: call.to.clone(),
            decided: rfc3339::format(call.decided_at),
            held_until: rfc3339::format(call.held_until),
            hold: call.hold.get(),
        }
    }
}

impl fmt::Display for Unsettled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headings =
            ["decided", "switch", "call", "customer", "from", "to", "hold", "held until"];
        let rows = self.calls.iter().map(|call| {
            [
                call.decided.clone(),
                call.switch.clone(),
                call.call_id.clone(),
                cell(call.customer),
                call.from.clone(),
                call.to.clone(),
                call.hold.to_string(),
                call.held_until.clone(),
            ]
        });
        Table::new(headings).rows(rows).fmt(f)
    }
}
