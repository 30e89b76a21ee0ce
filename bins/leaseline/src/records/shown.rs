//! How records are shown.

use std::fmt;

use leaseline_core::account::AccountPart;
use leaseline_core::ivr::Direction;
use leaseline_core::record::{CallResult, RecordFlag, RecordKind, Tracking};
use leaseline_hub::insight::RecordTrail;
use leaseline_hub::records::{ConflictLine, RecordDetail, RecordFound, RecordLine};
use leaseline_service::rfc3339;
use serde::Serialize;

use super::way::{Entry, Way};
use crate::ask::Neighbours;
use crate::table::{Table, cell};

#[derive(Serialize)]
pub(super) struct Records {
    pub(super) records: Vec<Shown>,
    /// None where the list is not paged by places.
    #[serde(flatten)]
    pub(super) neighbours: Option<Neighbours>,
}

/// A record; `sub_id` 0 is the account itself, `charge` is in credits.
#[derive(Serialize)]
pub(super) struct Shown {
    id: i64,
    kind: &'static str,
    switch: String,
    name: String,
    direction: &'static str,
    from: String,
    to: String,
    at: String,
    received: String,
    customer: Option<i64>,
    account: Option<i64>,
    sub_id: Option<i64>,
    charge: Option<i64>,
    billed_seconds: Option<i64>,
    flags: Vec<&'static str>,
    outcome: String,
}

/// A record with all that is known of it.
#[derive(Serialize)]
pub(super) struct Detailed {
    #[serde(flatten)]
    record: Shown,
    #[serde(flatten)]
    way: Way,
    trace: Vec<String>,
    conflicts: Vec<Conflict>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved: Option<Resolved>,
}

/// Somebody has looked at it.
#[derive(Serialize)]
struct Resolved {
    at: String,
    note: String,
}

#[derive(Serialize)]
struct Conflict {
    received: String,
    content: String,
}

impl From<&RecordLine> for Shown {
    fn from(line: &RecordLine) -> Self {
        let part = match line.part {
            AccountPart::Main => 0,
            AccountPart::Sub(id) => id.get(),
        };
        Self {
            id: line.id.get(),
            kind: kind(line.key.kind),
            switch: line.key.reporter.as_str().to_owned(),
            name: line.key.name.as_str().to_owned(),
            direction: direction(line.direction),
            from: line.from.clone(),
            to: line.to.clone(),
            at: rfc3339::format(line.at),
            received: rfc3339::format(line.received_at),
            customer: line.customer.map(|customer| customer.get()),
            account: line.account.map(|account| account.get()),
            sub_id: line.account.map(|_| part),
            charge: line.charge.map(|charge| charge.get()),
            billed_seconds: line.billed_seconds,
            flags: line.flags.iter().copied().map(RecordFlag::name).collect(),
            outcome: outcome(&line.detail),
        }
    }
}

impl From<&RecordTrail> for Detailed {
    fn from(trail: &RecordTrail) -> Self {
        let RecordFound { line, conflicts, review } = &trail.record;
        let trace = line.trace.as_deref();
        let conflict = |line: &ConflictLine| Conflict {
            received: rfc3339::format(line.received_at),
            content: line.content.clone(),
        };
        Self {
            record: Shown::from(line),
            way: Way::from(trail),
            trace: reckoning(trace),
            conflicts: conflicts.iter().map(conflict).collect(),
            resolved: review.as_ref().map(|review| Resolved {
                at: rfc3339::format(review.at),
                note: review.note.as_str().to_owned(),
            }),
        }
    }
}

const fn kind(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Call => "call",
        RecordKind::Fax => "fax",
        RecordKind::Sms => "sms",
    }
}

const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "in",
        Direction::Outbound => "out",
    }
}

/// The steps by which a charge was reckoned.
fn reckoning(trace: Option<&str>) -> Vec<String> {
    trace.into_iter().flat_map(|trace| trace.split("; ")).map(str::to_owned).collect()
}

/// In a few words.
fn outcome(detail: &RecordDetail) -> String {
    match detail {
        RecordDetail::Call { result: CallResult::Answered, duration_seconds } => {
            format!("answered, {duration_seconds} s")
        }
        RecordDetail::Call { result: CallResult::Failed, duration_seconds } => {
            format!("failed after {duration_seconds} s")
        }
        RecordDetail::Fax { pages, outcome, .. } if outcome.is_success() => {
            format!("{pages} pages")
        }
        RecordDetail::Fax { outcome, .. } => format!("error {:03}", outcome.code()),
        RecordDetail::Sms { sent: false, .. } => "not sent".into(),
        RecordDetail::Sms { tracking, .. } => tracking.map_or("sent", Tracking::name).into(),
    }
}

const HEADINGS: [&str; 9] =
    ["ID", "KIND", "DIRECTION", "FROM", "TO", "AT", "OUTCOME", "CHARGE", "FLAGS"];

impl Shown {
    fn cells(&self) -> [String; 9] {
        [
            self.id.to_string(),
            self.kind.into(),
            self.direction.into(),
            self.from.clone(),
            self.to.clone(),
            self.at.clone(),
            self.outcome.clone(),
            cell(self.charge),
            self.flags.join(" "),
        ]
    }
}

impl fmt::Display for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Table::new(HEADINGS).rows(self.records.iter().map(Shown::cells)).fmt(f)?;
        self.neighbours.iter().try_for_each(|neighbours| neighbours.fmt(f))
    }
}

impl fmt::Display for Detailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let record = &self.record;
        Table::new(HEADINGS).rows([record.cells()]).fmt(f)?;
        writeln!(f, "{} of {}, received {}", record.name, record.switch, record.received)?;
        let (customer, account) = (cell(record.customer), cell(record.account));
        writeln!(f, "customer {customer}, account {account}, part {}", cell(record.sub_id))?;
        self.way.fmt(f)?;
        self.trace.iter().try_for_each(|line| writeln!(f, "{line}"))?;
        if let Some(entry) = &self.way.entry {
            let Entry { seq, amount, balance_after, .. } = entry;
            writeln!(f, "booked as entry {seq}: {amount} credits, {balance_after} after it")?;
        }
        self.conflicts.iter().try_for_each(|Conflict { received, content }| {
            writeln!(f, "sent again otherwise, {received}: {content}")
        })?;
        self.resolved.iter().try_for_each(|Resolved { at, note }| {
            writeln!(f, "{}", format!("resolved {at} {note}").trim_end())
        })
    }
}
