//! What leads from a number to a record's charge.

use std::fmt;

use leaseline_core::ledger::LedgerEntry;
use leaseline_hub::insight::{RecordTrail, StoredDecision};
use leaseline_service::rfc3339;
use serde::Serialize;
use serde_json::Value;

/// What led to a record's charge, as far as it was and was not erased.
#[derive(Serialize)]
pub(super) struct Way {
    /// The number of ours that the call came in on.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    /// The lease that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    lease: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<Decision>,
    #[serde(skip_serializing_if = "Option::is_none")]
    routed_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) entry: Option<Entry>,
}

/// What was decided before the call was put through.
#[derive(Serialize)]
struct Decision {
    at: String,
    #[serde(flatten)]
    said: Value,
}

/// The entry by which it was charged.
#[derive(Serialize)]
pub(super) struct Entry {
    pub(super) seq: i64,
    at: String,
    pub(super) amount: i64,
    pub(super) balance_after: i64,
}

impl From<&RecordTrail> for Way {
    fn from(trail: &RecordTrail) -> Self {
        Self {
            number: trail.number.as_ref().map(|number| number.sent().to_owned()),
            lease: trail.lease.as_ref().map(|line| line.lease.id.to_string()),
            decision: trail.decision.as_ref().map(Decision::from),
            routed_to: trail.routed_to.clone(),
            entry: trail.entry.as_ref().map(Entry::from),
        }
    }
}

impl From<&StoredDecision> for Decision {
    fn from(StoredDecision { earlier, .. }: &StoredDecision) -> Self {
        let at = rfc3339::format(earlier.decided.decided_at);
        Self { at, said: leaseline_switch::decision(&earlier.decided) }
    }
}

impl From<&LedgerEntry> for Entry {
    fn from(entry: &LedgerEntry) -> Self {
        Self {
            seq: entry.seq,
            at: rfc3339::format(entry.at),
            amount: entry.amount.get(),
            balance_after: entry.balance_after.get(),
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, lease) = (self.number.as_deref(), self.lease.as_deref());
        if let (Some(number), Some(lease)) = (number, lease) {
            writeln!(f, "number {number}, held by lease {lease}")?;
        }
        if let Some(Decision { at, said }) = &self.decision {
            let word = |name: &str| said.get(name).and_then(Value::as_str);
            let (action, to) = (word("action").unwrap_or("-"), word("to").unwrap_or("nobody"));
            writeln!(f, "decided {at}: {action} to {to}")?;
        }
        self.routed_to.iter().try_for_each(|to| writeln!(f, "put through to {to}"))
    }
}
