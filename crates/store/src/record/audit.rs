//! The audit log. The schema refuses to change or delete what is in it.

use diesel::prelude::*;
use leaseline_core::Timestamp;
use leaseline_core::audit::NewAudit;

use crate::error::StoreError;
use crate::row::Code;
use crate::schema::audit_entries;
use crate::transaction::Tx;

/// Writes down what somebody did, or is about to do.
pub fn entry(tx: &mut Tx<'_>, entry: &NewAudit, now: Timestamp) -> Result<(), StoreError> {
    diesel::insert_into(audit_entries::table)
        .values((
            audit_entries::at.eq(now.micros()),
            audit_entries::who.eq(&entry.who),
            audit_entries::action.eq(entry.action.code()),
            audit_entries::subject.eq(&entry.subject),
            audit_entries::reason.eq(&entry.reason),
        ))
        .execute(tx.connection)?;
    Ok(())
}
