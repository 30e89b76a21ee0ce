//! Activity records: each written down once, whoever sends it how often.

use std::collections::HashMap;

use diesel::sql_types::{BigInt, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::account::AccountPart;
use leaseline_core::ids::{CardId, CustomerId, IvmlId, LeaseId, LedgerId, RecordId, SourceId};
use leaseline_core::money::Credits;
use leaseline_core::record::{
    AccountOwner, CallReport, CallResult, Charge, ContentDigest, FaxReport, NewRecord, RecordKey,
    RecordName, RecordOwner, Report, Review, Settled, SmsReport, Tracking,
};
use uuid::Uuid;

use crate::error::StoreError;
use crate::row::{Code, flag_bits, known};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// So many records go into one statement: SQLite takes no more than 32,766 values.
pub const MOST_AT_ONCE: usize = 1_024;

/// A record as it was decided on.
#[derive(Clone, Debug)]
pub struct DecidedRecord<'a> {
    /// What came in.
    pub record: &'a NewRecord,
    /// The digest of what it says.
    pub digest: ContentDigest,
    /// What was decided.
    pub settled: Settled,
    /// What its entry in the ledger is booked for, if it costs anything.
    pub source: SourceId,
}

impl DecidedRecord<'_> {
    /// What is to be taken from which ledger; `None` when it is nothing.
    pub fn debit(&self) -> Option<(LedgerId, Credits)> {
        let cost = self.settled.charge.as_ref()?.cost;
        let owner = self.settled.owner?;
        (cost > Credits::ZERO).then_some((owner.ledger(), cost))
    }

    fn owner(&self) -> Option<&RecordOwner> {
        self.settled.owner.as_ref()
    }

    fn account(&self) -> Option<&AccountOwner> {
        self.owner()?.account()
    }

    fn charge(&self) -> Option<&Charge> {
        self.settled.charge.as_ref()
    }
}

/// Writes down records that were not there, at most [`MOST_AT_ONCE`], each of another name. Those
/// that somebody else wrote down meanwhile are left out: the ids are of those that were not.
pub fn insert(
    tx: &mut Tx<'_>,
    records: &[DecidedRecord<'_>],
    now: Timestamp,
) -> Result<HashMap<RecordKey, RecordId>, StoreError> {
    let charged = |decided: &DecidedRecord<'_>| decided.debit().map(|_| decided.source.uuid());
    let sources: Vec<_> = records.iter().map(charged).collect();
    let traces: Vec<_> = records.iter().map(trace).collect();
    let lease = |decided: &DecidedRecord<'_>| decided.owner()?.lease().map(LeaseId::uuid);
    let leases: Vec<_> = records.iter().map(lease).collect();
    let each = || records.iter().map(|decided| decided.record);
    let owners = || records.iter().map(DecidedRecord::owner);
    let accounts = || records.iter().map(DecidedRecord::account);
    let charges = || records.iter().map(DecidedRecord::charge);
    let rows = Rows::new(COLUMNS)
        .integers(each().map(|record| record.kind().code().into()))
        .texts(each().map(|record| record.reporter.as_str()))
        .texts(each().map(|record| record.name.as_str()))
        .bytes(records.iter().map(|decided| decided.digest.0.as_slice()))
        .integers(records.iter().map(|decided| decided.settled.direction.code().into()))
        .optional_integers(owners().map(|owner| owner?.customer().map(CustomerId::get)))
        .optional_bytes(uuids(&leases))
        .optional_integers(owners().map(|owner| owner?.card().map(CardId::get)))
        .optional_integers(accounts().map(|owner| owner.map(|owner| owner.account.get())))
        .optional_integers(accounts().map(|owner| owner.and_then(sub_account)))
        .optional_integers(accounts().map(|owner| owner?.ivml.map(IvmlId::get)))
        .texts(each().map(|record| record.from.text.as_str()))
        .texts(each().map(|record| record.to.text.as_str()))
        .integers(each().map(|record| record.at.micros()))
        .integers(records.iter().map(|decided| flag_bits(&decided.settled.flags)))
        .optional_integers(charges().map(|charge| charge.map(|charge| charge.cost.get())))
        .optional_integers(charges().map(|charge| charge.map(billed_seconds)))
        .optional_bytes(uuids(&sources))
        .optional_texts(traces.iter().map(Option::as_deref));
    let inserted: Vec<(i64, i16, String, String)> =
        Statement::<(BigInt, SmallInt, Text, Text)>::new(INSERT)
            .over(rows)
            .integer(now.micros())
            .load(tx.connection)?;
    let ids: HashMap<_, _> = inserted.into_iter().map(keyed).collect::<Result<_, _>>()?;
    reports(tx, records, &ids)?;
    Ok(ids)
}

fn uuids(ids: &[Option<Uuid>]) -> impl Iterator<Item = Option<&[u8]>> {
    ids.iter().map(|id| id.as_ref().map(|id| id.as_bytes().as_slice()))
}

fn keyed(
    (id, kind, reporter, name): (i64, i16, String, String),
) -> Result<(RecordKey, RecordId), StoreError> {
    let name_of = |text: &str| known(RecordName::parse(text), TABLE);
    let (reporter, name) = (name_of(&reporter)?, name_of(&name)?);
    let key = RecordKey { kind: Code::from_code(kind)?, reporter, name };
    Ok((key, known(RecordId::new(id), TABLE)?))
}

/// What happened, for those that have an id.
fn reports(
    tx: &mut Tx<'_>,
    records: &[DecidedRecord<'_>],
    ids: &HashMap<RecordKey, RecordId>,
) -> Result<(), StoreError> {
    let (mut calls, mut faxes, mut messages) = (Vec::new(), Vec::new(), Vec::new());
    for decided in records {
        let Some(id) = ids.get(&decided.record.key()).map(|id| id.get()) else { continue };
        match &decided.record.report {
            Report::Call(call) => calls.push((id, call)),
            Report::Fax(fax) => faxes.push((id, fax)),
            Report::Sms(sms) => messages.push((id, sms)),
        }
    }
    call_reports(tx, &calls)?;
    fax_reports(tx, &faxes)?;
    sms_reports(tx, &messages)
}

fn call_reports(tx: &mut Tx<'_>, calls: &[(i64, &CallReport)]) -> Result<(), StoreError> {
    let each = || calls.iter().map(|(_, call)| *call);
    let rows = Rows::new(
        "record_id, reference, routed_to, answered_at, ended_at, duration_ms, bill_ms, answered,
         sip_code, hangup_by",
    )
    .integers(calls.iter().map(|(id, _)| *id))
    .optional_texts(each().map(|call| call.reference.as_deref()))
    .optional_texts(each().map(|call| call.routed_to.as_ref().map(|party| party.text.as_str())))
    .optional_integers(each().map(|call| call.answered_at.map(Timestamp::micros)))
    .integers(each().map(|call| call.ended_at.micros()))
    .optional_integers(each().map(|call| call.duration_ms))
    .integers(each().map(|call| call.bill_ms))
    .integers(each().map(|call| i64::from(call.result == CallResult::Answered)))
    .optional_integers(each().map(|call| call.sip_code))
    .optional_texts(each().map(|call| call.hangup_by.as_ref().map(RecordName::as_str)));
    Statement::<()>::new(INSERT_CALLS).over(rows).execute(tx.connection)?;
    Ok(())
}

fn fax_reports(tx: &mut Tx<'_>, faxes: &[(i64, &FaxReport)]) -> Result<(), StoreError> {
    let each = || faxes.iter().map(|(_, fax)| *fax);
    let rows = Rows::new(
        "record_id, station, pages, speed, duration_seconds, attempt, error_code, raw_error",
    )
    .integers(faxes.iter().map(|(id, _)| *id))
    .optional_texts(each().map(|fax| fax.station.as_ref().map(RecordName::as_str)))
    .integers(each().map(|fax| fax.pages.into()))
    .integers(each().map(|fax| fax.speed.into()))
    .integers(each().map(|fax| fax.duration_seconds.into()))
    .integers(each().map(|fax| fax.attempt.into()))
    .integers(each().map(|fax| fax.outcome.code().into()))
    .optional_texts(each().map(|fax| fax.outcome.raw().map(|raw| raw.as_str())));
    Statement::<()>::new(INSERT_FAXES).over(rows).execute(tx.connection)?;
    Ok(())
}

fn sms_reports(tx: &mut Tx<'_>, messages: &[(i64, &SmsReport)]) -> Result<(), StoreError> {
    let each = || messages.iter().map(|(_, sms)| *sms);
    let rows = Rows::new("record_id, text, sent, tracking, sms_type")
        .integers(messages.iter().map(|(id, _)| *id))
        .texts(each().map(|sms| sms.text.as_str()))
        .integers(each().map(|sms| i64::from(sms.sent)))
        .optional_integers(each().map(|sms| sms.tracking.map(|tracking| tracking.code().into())))
        .integers(each().map(|sms| sms.sms_type.code().into()));
    Statement::<()>::new(INSERT_MESSAGES).over(rows).execute(tx.connection)?;
    Ok(())
}

/// Writes down how far messages are, each only forward.
pub fn track(tx: &mut Tx<'_>, further: &[(RecordId, Tracking)]) -> Result<(), StoreError> {
    let rows = Rows::new("record_id, tracking")
        .integers(further.iter().map(|(id, _)| id.get()))
        .integers(further.iter().map(|(_, tracking)| tracking.code().into()));
    Statement::<()>::new(TRACK).over(rows).execute(tx.connection)?;
    Ok(())
}

/// Keeps records that say something else than the first ones of their names.
pub fn conflicts(
    tx: &mut Tx<'_>,
    conflicts: &[(RecordId, ContentDigest, String)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = Rows::new("record_id, digest, content")
        .integers(conflicts.iter().map(|(id, _, _)| id.get()))
        .bytes(conflicts.iter().map(|(_, digest, _)| digest.0.as_slice()))
        .texts(conflicts.iter().map(|(_, _, content)| content.as_str()));
    let insert = Statement::<()>::new(INSERT_CONFLICTS).over(rows).integer(now.micros());
    insert.execute(tx.connection)?;
    Ok(())
}

/// Writes down that somebody has looked at a record, in place of the time before.
pub fn reviewed(tx: &mut Tx<'_>, record: RecordId, review: &Review) -> Result<(), StoreError> {
    let rows = Rows::new("record_id, note").integers([record.get()]).texts([review.note.as_str()]);
    let put = Statement::<()>::new(PUT_REVIEW).over(rows).integer(review.at.micros());
    put.execute(tx.connection)?;
    Ok(())
}

fn sub_account(owner: &AccountOwner) -> Option<i64> {
    match owner.part {
        AccountPart::Main => None,
        AccountPart::Sub(id) => Some(id.get()),
    }
}

fn billed_seconds(charge: &Charge) -> i64 {
    i64::try_from(charge.billed_seconds).unwrap_or(i64::MAX)
}

/// What cost nothing has none.
fn trace(decided: &DecidedRecord<'_>) -> Option<String> {
    let trace = &decided.charge()?.trace;
    (!trace.lines().is_empty()).then(|| trace.to_string())
}

const TABLE: &str = "records";

const COLUMNS: &str = "kind, reporter, name, digest, direction, customer_id, lease_id, card_id,
    account_id, sub_account_id, ivml_id, from_text, to_text, at, flags, charge, billed_seconds, charge_source,
    trace";

// In the order of the names, so that two transactions never wait for one another.
const INSERT: &str = "
    INSERT INTO records
      (kind, reporter, name, digest, direction, customer_id, lease_id, card_id, account_id,
       sub_account_id, ivml_id, from_text, to_text, at, flags, charge, billed_seconds, charge_source, trace, received_at)
    SELECT kind, reporter, name, digest, direction, customer_id, lease_id, card_id, account_id,
           sub_account_id, ivml_id, from_text, to_text, at, flags, charge, billed_seconds, charge_source, trace, {}
    FROM v WHERE kind IS NOT NULL ORDER BY kind, reporter, name
    ON CONFLICT (kind, reporter, name) DO NOTHING
    RETURNING id, kind, reporter, name";

const INSERT_CALLS: &str = "
    INSERT INTO call_reports
      (record_id, reference, routed_to, answered_at, ended_at, duration_ms, bill_ms, answered,
       sip_code, hangup_by)
    SELECT record_id, reference, routed_to, answered_at, ended_at, duration_ms, bill_ms, answered,
           sip_code, hangup_by
    FROM v WHERE record_id IS NOT NULL";

const INSERT_FAXES: &str = "
    INSERT INTO fax_reports
      (record_id, station, pages, speed, duration_seconds, attempt, error_code, raw_error)
    SELECT record_id, station, pages, speed, duration_seconds, attempt, error_code, raw_error
    FROM v WHERE record_id IS NOT NULL";

const INSERT_MESSAGES: &str = "
    INSERT INTO sms_reports (record_id, text, sent, tracking, sms_type)
    SELECT record_id, text, sent, tracking, sms_type FROM v WHERE record_id IS NOT NULL";

const TRACK: &str = "
    UPDATE sms_reports SET tracking = v.tracking FROM v
    WHERE sms_reports.record_id = v.record_id
      AND (sms_reports.tracking IS NULL OR sms_reports.tracking = 1 AND v.tracking > 1)";

const INSERT_CONFLICTS: &str = "
    INSERT INTO record_conflicts (record_id, digest, content, received_at)
    SELECT record_id, digest, content, {} FROM v WHERE record_id IS NOT NULL
    ON CONFLICT (record_id, digest) DO NOTHING";

const PUT_REVIEW: &str = "
    INSERT INTO record_reviews (record_id, reviewed_at, note)
    SELECT record_id, {}, note FROM v WHERE record_id IS NOT NULL
    ON CONFLICT (record_id) DO UPDATE SET
      reviewed_at = excluded.reviewed_at, note = excluded.note";
