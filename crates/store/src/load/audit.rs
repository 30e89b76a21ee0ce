//! The audit log.

use diesel::prelude::*;
use leaseline_core::Timestamp;
use leaseline_core::audit::{AuditAction, AuditEntry, NewAudit};
use leaseline_core::ids::AuditId;

use crate::error::StoreError;
use crate::row::{Code, known};
use crate::schema::audit_entries;
use crate::transaction::Tx;

/// At most so many entries, the last one first: before one, or from the last on.
pub fn entries(
    tx: &mut Tx<'_>,
    before: Option<AuditId>,
    limit: u32,
) -> Result<Vec<AuditEntry>, StoreError> {
    let rows: Vec<(i64, i64, String, i16, String, String)> = audit_entries::table
        .filter(audit_entries::id.lt(before.map_or(i64::MAX, AuditId::get)))
        .order(audit_entries::id.desc())
        .limit(i64::from(limit))
        .load(tx.connection)?;
    let entry = |(id, at, who, action, subject, reason)| {
        Ok(AuditEntry {
            id: known(AuditId::new(id), "audit_entries")?,
            at: Timestamp::from_micros(at),
            entry: NewAudit { who, action: AuditAction::from_code(action)?, subject, reason },
        })
    };
    rows.into_iter().map(entry).collect()
}
