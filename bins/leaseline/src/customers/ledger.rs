//! `customers ledger`.

use std::fmt;

use leaseline_core::api_user::Caller;
use leaseline_core::ids::CustomerId;
use leaseline_core::ledger::{EntryKind, LedgerEntry};
use leaseline_hub::Hub;
use leaseline_hub::operator::Lines;
use leaseline_service::{Problem, rfc3339};
use serde::Serialize;

use crate::ask::{Page, not_done};
use crate::table::Table;

/// Where to begin, and in which direction to go on.
#[derive(clap::Args, Clone, Copy, Debug)]
pub(crate) struct Order {
    /// The oldest line first
    #[arg(long)]
    oldest_first: bool,
    /// Go on from this place, the last one of the page before
    #[arg(long, value_name = "SEQ", value_parser = clap::value_parser!(i64).range(1..))]
    from: Option<i64>,
}

impl Order {
    const fn lines(self) -> Lines {
        if self.oldest_first {
            Lines::OldestFirst(self.from)
        } else {
            Lines::NewestFirst(self.from)
        }
    }
}

#[derive(Serialize)]
pub(crate) struct Ledger {
    customer: i64,
    balance: i64,
    entries: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    seq: i64,
    at: String,
    kind: &'static str,
    amount: i64,
    balance_after: i64,
    source: String,
    reference: Option<String>,
}

impl Ledger {
    pub(super) async fn read(
        hub: &Hub,
        customer: CustomerId,
        order: Order,
        page: Page,
    ) -> Result<Self, Problem> {
        let failed = |failure| not_done(format!("show the ledger of customer {customer}"), failure);
        let view = hub.customer(&Caller::operator(), customer).await.map_err(failed)?;
        let entries = hub.ledger(customer, order.lines(), page.limit).await.map_err(failed)?;
        let entries = entries.iter().map(Entry::from).collect();
        Ok(Self { customer: customer.get(), balance: view.balance.get(), entries })
    }
}

impl From<&LedgerEntry> for Entry {
    fn from(entry: &LedgerEntry) -> Self {
        Self {
            seq: entry.seq,
            at: rfc3339::format(entry.at),
            kind: kind(entry.kind),
            amount: entry.amount.get(),
            balance_after: entry.balance_after.get(),
            source: entry.source.uuid().to_string(),
            reference: entry.reference.as_deref().map(str::to_owned),
        }
    }
}

const fn kind(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Opening => "opening",
        EntryKind::TopUp => "topup",
        EntryKind::Call => "call",
        EntryKind::Subscription => "subscription",
        EntryKind::MonthlyFee => "monthly",
        EntryKind::Sms => "sms",
        EntryKind::Fax => "fax",
        EntryKind::Card => "card",
        EntryKind::Correction => "correction",
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "customer {}, balance {} credits", self.customer, self.balance)?;
        let cells = |entry: &Entry| {
            [
                entry.seq.to_string(),
                entry.at.clone(),
                entry.kind.into(),
                entry.amount.to_string(),
                entry.balance_after.to_string(),
                entry.source.clone(),
                entry.reference.clone().unwrap_or_default(),
            ]
        };
        let headings = ["SEQ", "AT", "KIND", "AMOUNT", "BALANCE", "SOURCE", "REFERENCE"];
        Table::new(headings).rows(self.entries.iter().map(cells)).fmt(f)
    }
}
