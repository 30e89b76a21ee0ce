//! Records of calls as they were sent, for the switch that sent them.

use diesel::sql_types::{BigInt, Nullable, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::record::{
    CallReport, CallResult, Party, PartyText, RecordKey, RecordKind, RecordName,
};

use crate::error::StoreError;
use crate::row::{Code, instant, known};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// Records of calls that a switch has sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRecords {
    /// How many.
    pub count: u64,
    /// The ones that were asked for by their name.
    pub calls: Vec<StoredCall>,
}

/// A record of a call as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCall {
    /// What it is known by.
    pub key: RecordKey,
    /// Who called, as the switch wrote it.
    pub from: PartyText,
    /// What was dialled.
    pub to: PartyText,
    /// When it began.
    pub at: Timestamp,
    /// What happened.
    pub report: CallReport,
}

/// How many records of calls a switch has sent, or those of one name themselves.
pub fn call_records(
    tx: &mut Tx<'_>,
    reporter: &RecordName,
    name: Option<&RecordName>,
) -> Result<CallRecords, StoreError> {
    let kind = i64::from(RecordKind::Call.code());
    let Some(name) = name else {
        let rows = Rows::new("kind, reporter").integers([kind]).texts([reporter.as_str()]);
        let counts: Vec<i64> = Statement::<BigInt>::new(COUNT).over(rows).load(tx.connection)?;
        let count = counts.first().copied().and_then(|count| u64::try_from(count).ok());
        return Ok(CallRecords { count: known(count, "records")?, calls: Vec::new() });
    };
    let rows = Rows::new("kind, reporter, name")
        .integers([kind])
        .texts([reporter.as_str()])
        .texts([name.as_str()]);
    let rows: Vec<CallRow> = Statement::<CallSql>::new(CALL).over(rows).load(tx.connection)?;
    let key = RecordKey { kind: RecordKind::Call, reporter: reporter.clone(), name: name.clone() };
    let calls: Vec<_> = rows.into_iter().map(|row| call(&key, row)).collect::<Result<_, _>>()?;
    Ok(CallRecords { count: calls.iter().map(|_| 1).sum(), calls })
}

type CallSql = (
    (Text, Text, BigInt),
    (Nullable<Text>, Nullable<Text>, Nullable<BigInt>, BigInt),
    (Nullable<BigInt>, BigInt, SmallInt, Nullable<BigInt>, Nullable<Text>),
);
/// from, to, at; reference, routed to, answered, ended; duration, connected, whether answered, SIP
/// code, who hung up.
type CallRow = (
    (String, String, i64),
    (Option<String>, Option<String>, Option<i64>, i64),
    (Option<i64>, i64, i16, Option<i64>, Option<String>),
);

fn call(key: &RecordKey, row: CallRow) -> Result<StoredCall, StoreError> {
    let ((from, to, at), (reference, routed_to, answered_at, ended_at), rest) = row;
    let (duration_ms, bill_ms, answered, sip_code, hangup_by) = rest;
    let text = |text: &str| known(PartyText::parse(text), TABLE);
    let routed_to =
        routed_to.map(|to| Ok::<_, StoreError>(Party { text: text(&to)?, number: None }));
    let hangup_by = hangup_by.map(|by| known(RecordName::parse(&by), TABLE));
    let result = if answered != 0 { CallResult::Answered } else { CallResult::Failed };
    Ok(StoredCall {
        key: key.clone(),
        from: text(&from)?,
        to: text(&to)?,
        at: Timestamp::from_micros(at),
        report: CallReport {
            reference,
            routed_to: routed_to.transpose()?,
            answered_at: instant(answered_at),
            ended_at: Timestamp::from_micros(ended_at),
            duration_ms,
            bill_ms,
            result,
            sip_code,
            hangup_by: hangup_by.transpose()?,
        },
    })
}

const TABLE: &str = "call_reports";

const COUNT: &str = "
    SELECT count(*) FROM v JOIN records r ON r.kind = v.kind AND r.reporter = v.reporter";

const CALL: &str = "
    SELECT r.from_text, r.to_text, r.at, c.reference, c.routed_to, c.answered_at, c.ended_at,
           c.duration_ms, c.bill_ms, c.answered, c.sip_code, c.hangup_by
    FROM v JOIN records r ON r.kind = v.kind AND r.reporter = v.reporter AND r.name = v.name
    JOIN call_reports c ON c.record_id = r.id";
