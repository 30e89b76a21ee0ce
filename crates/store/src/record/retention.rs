//! What goes after a set time. Rows of leases and records stay, and so does all that money follows
//! from; ledgers are not touched.

use diesel::sql_types::BigInt;
use leaseline_core::ids::{LeaseId, RecordId};
use uuid::Uuid;

use crate::error::StoreError;
use crate::load::retention::{CallKey, WALK_OF_CALLS, WALK_OF_LEASES, WALK_OF_RECORDS};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// So much is done in one statement: SQLite takes no more than 32,766 values.
pub const MOST_AT_ONCE: u32 = 4_096;

/// How far a walk has come: up to here there is nothing to be erased any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Among leases.
    Leases(Option<LeaseId>),
    /// Among records.
    Records(Option<RecordId>),
    /// Decisions on calls are gone when they are done with.
    Calls,
}

impl Mark {
    fn columns(self) -> (i16, Vec<u8>) {
        match self {
            Self::Leases(id) => {
                (WALK_OF_LEASES, id.map_or(Uuid::nil(), LeaseId::uuid).as_bytes().to_vec())
            }
            Self::Records(id) => {
                (WALK_OF_RECORDS, id.map_or(0, RecordId::get).to_be_bytes().to_vec())
            }
            Self::Calls => (WALK_OF_CALLS, Vec::new()),
        }
    }
}

/// Notes how far a walk has come, unless another process has come further. Comes first: it holds the
/// others who are on the same walk until the transaction ends.
pub fn reached(tx: &mut Tx<'_>, mark: Mark) -> Result<(), StoreError> {
    let (walk, up_to) = mark.columns();
    let row = Rows::new("walk, up_to").integers([walk.into()]).bytes([up_to.as_slice()]);
    Statement::<()>::new(REACHED).over(row).execute(tx.connection)?;
    Ok(())
}

/// Erases the users of leases that are over; says how many users those were.
pub fn erase_leases(tx: &mut Tx<'_>, leases: &[LeaseId]) -> Result<usize, StoreError> {
    let ids: Vec<Uuid> = leases.iter().map(|id| id.uuid()).collect();
    let rows = Rows::new("id").bytes(ids.iter().map(|id| id.as_bytes().as_slice()));
    Ok(Statement::<()>::new(ERASE_LEASES).over(rows).execute(tx.connection)?)
}

/// Erases from records who took part, what messages say, and what was sent otherwise by the same
/// names; says how many records those were.
pub fn erase_records(tx: &mut Tx<'_>, records: &[RecordId]) -> Result<usize, StoreError> {
    let ids = || Rows::new("id").integers(records.iter().map(|id| id.get()));
    let erased = Rows::new("id, digest")
        .integers(records.iter().map(|id| id.get()))
        .bytes(records.iter().map(|_| [].as_slice()));
    let erased = Statement::<()>::new(ERASE_RECORDS).over(erased).execute(tx.connection)?;
    for text in [ERASE_CALLS, ERASE_FAXES, ERASE_MESSAGES] {
        Statement::<()>::new(text).over(ids()).execute(tx.connection)?;
    }
    let conflicts: Vec<i64> =
        Statement::<BigInt>::new(CONFLICTS).over(ids()).load(tx.connection)?;
    erase_conflicts(tx, &conflicts)?;
    Ok(erased)
}

/// A record has no two conflicts with the same digest, so their ids take its place.
fn erase_conflicts(tx: &mut Tx<'_>, ids: &[i64]) -> Result<(), StoreError> {
    let digests: Vec<[u8; 8]> = ids.iter().map(|id| id.to_be_bytes()).collect();
    let rows = Rows::new("id, digest")
        .integers(ids.iter().copied())
        .bytes(digests.iter().map(<[u8; 8]>::as_slice));
    Statement::<()>::new(ERASE_CONFLICTS).over(rows).execute(tx.connection)?;
    Ok(())
}

/// Removes decisions on calls for which nothing is set aside; says how many.
pub fn remove_calls(tx: &mut Tx<'_>, calls: &[CallKey]) -> Result<usize, StoreError> {
    let rows = Rows::new("switch, call_id, attempt")
        .texts(calls.iter().map(|(call, _)| call.reporter.as_str()))
        .texts(calls.iter().map(|(call, _)| call.name.as_str()))
        .integers(calls.iter().map(|(_, attempt)| *attempt));
    Ok(Statement::<()>::new(REMOVE_CALLS).over(rows).execute(tx.connection)?)
}

const REACHED: &str = "
    INSERT INTO retention_marks (walk, up_to)
    SELECT walk, up_to FROM v WHERE walk IS NOT NULL
    ON CONFLICT (walk) DO UPDATE SET up_to = excluded.up_to
    WHERE excluded.up_to > retention_marks.up_to";

const ERASE_LEASES: &str = "
    UPDATE lease_members
    SET phone_e164 = -lease_members.number_id, phone_sent = '', imsi = NULL, mcc = NULL, mnc = NULL
    FROM v WHERE lease_members.lease_id = v.id AND lease_members.phone_e164 > 0";

const ERASE_RECORDS: &str = "
    UPDATE records SET from_text = '', to_text = '', digest = v.digest
    FROM v WHERE records.id = v.id AND records.digest <> v.digest";

const ERASE_CALLS: &str = "
    UPDATE call_reports SET routed_to = NULL
    FROM v WHERE call_reports.record_id = v.id AND call_reports.routed_to IS NOT NULL";

const ERASE_FAXES: &str = "
    UPDATE fax_reports SET station = NULL
    FROM v WHERE fax_reports.record_id = v.id AND fax_reports.station IS NOT NULL";

const ERASE_MESSAGES: &str = "
    UPDATE sms_reports SET text = ''
    FROM v WHERE sms_reports.record_id = v.id AND sms_reports.text <> ''";

const CONFLICTS: &str = "
    SELECT c.id FROM v JOIN record_conflicts c ON c.record_id = v.id ORDER BY c.id";

const ERASE_CONFLICTS: &str = "
    UPDATE record_conflicts SET content = '', digest = v.digest
    FROM v WHERE record_conflicts.id = v.id";

const REMOVE_CALLS: &str = "
    DELETE FROM calls
    WHERE (switch, call_id, attempt) IN (SELECT v.switch, v.call_id, v.attempt FROM v)
      AND state <> 1";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Planner;

    #[test]
    fn what_goes_is_found_along_indexes() {
        let mut planner = Planner::new();
        let ids = || Rows::new("id").integers([1, 2, 3]);
        let leases = Rows::new("id").bytes([[0; 16].as_slice(); 3]);
        let digests = || Rows::new("id, digest").integers([1, 2]).bytes([[].as_slice(); 2]);
        let calls = Rows::new("switch, call_id, attempt");
        let calls = calls.texts(["a", "b"]).texts(["c", "d"]).integers([1, 2]);
        for statement in [
            Statement::<()>::new(ERASE_LEASES).over(leases),
            Statement::new(ERASE_RECORDS).over(digests()),
            Statement::new(ERASE_CALLS).over(ids()),
            Statement::new(ERASE_FAXES).over(ids()),
            Statement::new(ERASE_MESSAGES).over(ids()),
            Statement::new(CONFLICTS).over(ids()),
            Statement::new(ERASE_CONFLICTS).over(digests()),
            Statement::new(REMOVE_CALLS).over(calls),
        ] {
            let plan = planner.plan(&statement);
            assert!(plan.walks_no_table(), "{plan:#?}");
        }
    }
}
