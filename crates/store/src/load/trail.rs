//! What leads from a record to its charge.

use diesel::sql_types::{Binary, Nullable, Text};
use leaseline_core::ids::{CallRef, LeaseId, RecordId};
use leaseline_core::ledger::LedgerEntry;
use uuid::Uuid;

use super::ledgers::{EntryRow, EntrySql, entry};
use crate::error::StoreError;
use crate::row::lease_id;
use crate::statement::Statement;
use crate::transaction::Tx;

/// What a record refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// The lease that it belongs to.
    pub lease: Option<LeaseId>,
    /// The decision by which the call was let through, as far as the switch brought its name back.
    pub decision: Option<CallRef>,
    /// Where the switch says that it put the call through to.
    pub routed_to: Option<String>,
}

/// What a record refers to.
pub fn references(tx: &mut Tx<'_>, id: RecordId) -> Result<References, StoreError> {
    let rows: Vec<ReferencesRow> =
        Statement::<(Nullable<Binary>, Nullable<Text>, Nullable<Text>)>::new(REFERENCES)
            .integer(id.get())
            .load(tx.connection)?;
    let Some((lease, decision, routed_to)) = rows.into_iter().next() else {
        return Ok(References::default());
    };
    Ok(References {
        lease: lease.map(|id| lease_id(&id)).transpose()?,
        decision: decision.and_then(|text| Uuid::try_parse(&text).ok()).map(CallRef::new),
        routed_to,
    })
}

/// The entry in a ledger by which a record was charged.
pub fn charge(tx: &mut Tx<'_>, id: RecordId) -> Result<Option<LedgerEntry>, StoreError> {
    let rows: Vec<EntryRow> =
        Statement::<EntrySql>::new(CHARGE).integer(id.get()).load(tx.connection)?;
    rows.into_iter().next().map(entry).transpose()
}

/// lease, decision, routed to.
type ReferencesRow = (Option<Vec<u8>>, Option<String>, Option<String>);

const REFERENCES: &str = "
    SELECT r.lease_id, c.reference, c.routed_to
    FROM records r LEFT JOIN call_reports c ON c.record_id = r.id WHERE r.id = {}";

const CHARGE: &str = "
    SELECT e.ledger_id, e.seq, e.amount, e.balance_after, e.kind, e.source, e.reference, e.at
    FROM records r JOIN ledger_entries e ON e.source = r.charge_source WHERE r.id = {}";
