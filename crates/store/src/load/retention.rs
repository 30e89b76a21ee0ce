//! What may have to go, page by page in the order of keys, so that no question reads more than a page.

use diesel::sql_types::{BigInt, Binary, Nullable, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::call::CallState;
use leaseline_core::ids::{LeaseId, LedgerId, RecordId};
use leaseline_core::record::{RecordKey, RecordKind, RecordName};
use leaseline_core::retention::PastDecision;
use uuid::Uuid;

use crate::error::StoreError;
use crate::row::{Code, instant, known, lease_id};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// Something that stays when its users go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past<K> {
    /// Its id.
    pub id: K,
    /// When it was written down. Ids ascend with this, nearly.
    pub written_at: Timestamp,
    /// When it was over.
    pub over_at: Timestamp,
    /// Whether its users are gone.
    pub is_erased: bool,
}

/// How far an earlier run has come: up to here there is nothing to be erased any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Among leases.
    pub leases: Option<LeaseId>,
    /// Among records.
    pub records: Option<RecordId>,
}

/// A decision on a call, by its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastCall {
    /// The call, and the how-manieth decision on it.
    pub key: CallKey,
    /// Its age.
    pub decision: PastDecision,
    /// Where something was set aside for it, if anything was.
    pub ledger: Option<LedgerId>,
}

/// The call, and the how-manieth decision on it.
pub type CallKey = (RecordKey, i64);

/// How far earlier runs have come.
pub fn marks(tx: &mut Tx<'_>) -> Result<Marks, StoreError> {
    let rows: Vec<(i16, Vec<u8>)> =
        Statement::<(SmallInt, Binary)>::new(MARKS).load(tx.connection)?;
    let mut marks = Marks::default();
    for (walk, up_to) in rows {
        match walk {
            WALK_OF_LEASES => marks.leases = Uuid::from_slice(&up_to).ok().map(LeaseId::new),
            WALK_OF_RECORDS => {
                let id = up_to.try_into().ok().map(i64::from_be_bytes);
                marks.records = id.and_then(RecordId::new);
            }
            _ => {}
        }
    }
    Ok(marks)
}

pub(crate) const WALK_OF_LEASES: i16 = 1;
pub(crate) const WALK_OF_RECORDS: i16 = 2;
pub(crate) const WALK_OF_CALLS: i16 = 3;

/// The next leases after this one, or the first, at most so many.
pub fn leases(
    tx: &mut Tx<'_>,
    after: Option<LeaseId>,
    most: u32,
) -> Result<Vec<Past<LeaseId>>, StoreError> {
    let after = after.map_or(Uuid::nil(), LeaseId::uuid);
    let rows: Vec<(Vec<u8>, i64, i64, Option<i64>)> =
        Statement::<(Binary, BigInt, BigInt, Nullable<BigInt>)>::new(LEASES)
            .over(Rows::new("after").bytes([after.as_bytes().as_slice()]))
            .integer(most.into())
            .load(tx.connection)?;
    let past = |(id, granted_at, over_at, phone): (Vec<u8>, i64, i64, Option<i64>)| {
        Ok(Past {
            id: lease_id(&id)?,
            written_at: Timestamp::from_micros(granted_at),
            over_at: Timestamp::from_micros(over_at),
            is_erased: phone.is_none_or(|phone| phone < 0),
        })
    };
    rows.into_iter().map(past).collect()
}

/// The next records after this one, or the first, at most so many.
pub fn records(
    tx: &mut Tx<'_>,
    after: Option<RecordId>,
    most: u32,
) -> Result<Vec<Past<RecordId>>, StoreError> {
    let rows: Vec<(i64, i64, Vec<u8>)> = Statement::<(BigInt, BigInt, Binary)>::new(RECORDS)
        .integer(after.map_or(0, RecordId::get))
        .integer(most.into())
        .load(tx.connection)?;
    let past = |(id, received_at, digest): (i64, i64, Vec<u8>)| {
        let received_at = Timestamp::from_micros(received_at);
        Ok(Past {
            id: known(RecordId::new(id), "records")?,
            written_at: received_at,
            over_at: received_at,
            is_erased: digest.is_empty(),
        })
    };
    rows.into_iter().map(past).collect()
}

/// The next decisions on calls after this one, or the first, at most so many.
pub fn calls(
    tx: &mut Tx<'_>,
    after: Option<&CallKey>,
    most: u32,
) -> Result<Vec<PastCall>, StoreError> {
    let rows = Rows::new("switch, call_id, attempt")
        .texts([after.map_or("", |(call, _)| call.reporter.as_str())])
        .texts([after.map_or("", |(call, _)| call.name.as_str())])
        .integers([after.map_or(0, |(_, attempt)| *attempt)]);
    let rows: Vec<CallRow> =
        Statement::<CallSql>::new(CALLS).over(rows).integer(most.into()).load(tx.connection)?;
    rows.into_iter().map(past_call).collect()
}

type CallSql = (Text, Text, BigInt, SmallInt, BigInt, Nullable<BigInt>, Nullable<BigInt>);
/// switch, call, attempt, state, decided, held until, ledger.
type CallRow = (String, String, i64, i16, i64, Option<i64>, Option<i64>);

fn past_call(row: CallRow) -> Result<PastCall, StoreError> {
    let (switch, call, attempt, state, decided_at, held_until, ledger) = row;
    let name = |text: &str| known(RecordName::parse(text), "calls");
    let (reporter, name) = (name(&switch)?, name(&call)?);
    Ok(PastCall {
        key: (RecordKey { kind: RecordKind::Call, reporter, name }, attempt),
        decision: PastDecision {
            state: CallState::from_code(state)?,
            decided_at: Timestamp::from_micros(decided_at),
            held_until: instant(held_until),
        },
        ledger: ledger.map(|id| known(LedgerId::new(id), "calls")).transpose()?,
    })
}

const MARKS: &str = "SELECT m.walk, m.up_to FROM retention_marks m";

const LEASES: &str = "
    SELECT l.id, l.granted_at, COALESCE(l.released_at, l.expires_at),
           (SELECT max(m.phone_e164) FROM lease_members m WHERE m.lease_id = l.id)
    FROM leases l WHERE l.id > (SELECT after FROM v) ORDER BY l.id LIMIT {}";

const RECORDS: &str = "
    SELECT r.id, r.received_at, r.digest FROM records r WHERE r.id > {} ORDER BY r.id LIMIT {}";

const CALLS: &str = "
    SELECT c.switch, c.call_id, c.attempt, c.state, c.decided_at, c.open_until, c.ledger_id
    FROM calls c
    WHERE (c.switch, c.call_id, c.attempt)
        > ((SELECT switch FROM v), (SELECT call_id FROM v), (SELECT attempt FROM v))
    ORDER BY c.switch, c.call_id, c.attempt LIMIT {}";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Planner;

    #[test]
    fn a_page_is_read_along_the_key_and_no_further() {
        let mut planner = Planner::new();
        let leases = Rows::new("after").bytes([[0; 16].as_slice()]);
        let leases = planner.plan(&Statement::<()>::new(LEASES).over(leases).integer(1));
        assert!(leases.goes_along("SEARCH l USING PRIMARY KEY (id>?)"), "{leases:#?}");
        let records = planner.plan(&Statement::<()>::new(RECORDS).integer(0).integer(1));
        assert!(records.goes_along("SEARCH r USING INTEGER PRIMARY KEY"), "{records:#?}");
        let key = Rows::new("switch, call_id, attempt").texts([""]).texts([""]).integers([0]);
        let calls = planner.plan(&Statement::<()>::new(CALLS).over(key).integer(1));
        assert!(calls.goes_along("SEARCH c USING PRIMARY KEY ("), "{calls:#?}");
        for plan in [leases, records, calls] {
            assert!(!plan.goes_along("TEMP B-TREE"), "{plan:#?}");
        }
    }
}
