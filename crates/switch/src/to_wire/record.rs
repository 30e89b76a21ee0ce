//! What became of records, and the records that are there.

use actix_web::http::StatusCode;
use leaseline_core::Timestamp;
use leaseline_core::record::{CallResult, Intake};
use leaseline_hub::records::{CallRecords, StoredCall};
use serde::Serialize;

/// The word for what became of a record.
pub(crate) const fn status(intake: Intake) -> &'static str {
    match intake {
        Intake::Stored => "stored",
        Intake::Orphan => "orphan",
        Intake::Duplicate => "duplicate",
        Intake::Updated => "updated",
        Intake::Conflict => "conflict",
    }
}

/// The status of an answer about one record.
pub(crate) const fn status_code(intake: Intake) -> StatusCode {
    match intake {
        Intake::Stored => StatusCode::CREATED,
        Intake::Orphan => StatusCode::ACCEPTED,
        Intake::Duplicate | Intake::Updated | Intake::Conflict => StatusCode::OK,
    }
}

/// Records of calls.
#[derive(Serialize)]
pub(crate) struct LookedUp<'a> {
    count: u64,
    cdrs: Vec<Cdr<'a>>,
}

/// A record as its switch sent it.
#[derive(Serialize)]
struct Cdr<'a> {
    call_id: &'a str,
    switch: &'a str,
    #[serde(rename = "ref")]
    reference: Option<&'a str>,
    from: &'a str,
    to: &'a str,
    routed_to: Option<&'a str>,
    started_at: i64,
    answered_at: Option<i64>,
    ended_at: i64,
    duration_ms: Option<i64>,
    bill_ms: i64,
    result: &'static str,
    sip_code: Option<i64>,
    hangup_by: Option<&'a str>,
}

pub(crate) fn looked_up(found: &CallRecords) -> LookedUp<'_> {
    LookedUp { count: found.count, cdrs: found.calls.iter().map(cdr).collect() }
}

fn cdr(call: &StoredCall) -> Cdr<'_> {
    let report = &call.report;
    Cdr {
        call_id: call.key.name.as_str(),
        switch: call.key.reporter.as_str(),
        reference: report.reference.as_deref(),
        from: call.from.as_str(),
        to: call.to.as_str(),
        routed_to: report.routed_to.as_ref().map(|party| party.text.as_str()),
        started_at: call.at.seconds(),
        answered_at: report.answered_at.map(Timestamp::seconds),
        ended_at: report.ended_at.seconds(),
        duration_ms: report.duration_ms,
        bill_ms: report.bill_ms,
        result: match report.result {
            CallResult::Answered => "answered",
            CallResult::Failed => "failed",
        },
        sip_code: report.sip_code,
        hangup_by: report.hangup_by.as_ref().map(|by| by.as_str()),
    }
}
