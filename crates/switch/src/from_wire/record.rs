//! Records of calls, faxes and messages.

use leaseline_core::Timestamp;
use leaseline_core::ivr::Direction;
use leaseline_core::rating::SmsType;
use leaseline_core::record::{
    CallReport, CallResult, FaxOutcome, FaxReport, NewRecord, Party, RecordName, Report, SmsReport,
    Tracking,
};
use leaseline_core::switch::Switch;

use super::{NAME, PARTY, account, instant, need_party, party, reporter};
use crate::intake::{Fields, missing};
use crate::reply::WrongField;

/// The longest message, in characters: a hundred parts of the longest kind.
const LONGEST_MESSAGE: usize = 16_000;

/// The longest name by which a fax machine knows itself.
const LONGEST_STATION: usize = 64;

/// What all records have in common.
struct Common {
    name: RecordName,
    from: Party,
    to: Party,
    at: Timestamp,
}

/// A call. It came in, unless it is an account's or says otherwise; the decision on it counts
/// before either.
pub(crate) fn call(switch: &Switch, fields: &Fields) -> Result<NewRecord, WrongField> {
    let common = common(switch, fields, "call_id", "started_at")?;
    let routed_to = |text: &str| party(switch, text);
    let reference = fields.read("ref", RecordName::parse, NAME)?;
    let report = Report::Call(CallReport {
        reference: reference.map(|reference| reference.as_str().to_owned()),
        routed_to: fields.read("routed_to", routed_to, PARTY)?,
        answered_at: instant(fields, "answered_at")?,
        ended_at: instant(fields, "ended_at")?.ok_or(missing("ended_at"))?,
        duration_ms: fields.integer("duration_ms")?,
        bill_ms: fields.need_integer("bill_ms")?,
        result: fields.need("result", result, "it is neither answered nor failed")?,
        sip_code: fields.integer("sip_code")?,
        hangup_by: fields.read("hangup_by", RecordName::parse, NAME)?,
    });
    let said = fields.read("direction", direction, DIRECTION)?;
    let has_account = account(fields)?.is_some();
    let by_itself = if has_account { Direction::Outbound } else { Direction::Inbound };
    record(switch, fields, common, said.unwrap_or(by_itself), report)
}

/// A fax.
pub(crate) fn fax(switch: &Switch, fields: &Fields) -> Result<NewRecord, WrongField> {
    let common = common(switch, fields, "record_id", "at")?;
    let outcome = |text: &str| outcome(switch, text);
    let report = Report::Fax(FaxReport {
        station: fields.read("station_id", station, "it is not at most 64 characters")?,
        pages: count(fields, "pages")?.ok_or(missing("pages"))?,
        speed: count(fields, "speed")?.unwrap_or(0),
        duration_seconds: count(fields, "duration_s")?.unwrap_or(0),
        attempt: count(fields, "attempt")?.unwrap_or(1),
        outcome: fields.need("error_code", outcome, "it is not the code of an error")?,
    });
    let direction = fields.need("direction", direction, DIRECTION)?;
    record(switch, fields, common, direction, report)
}

/// A message. One that does not say went out.
pub(crate) fn message(switch: &Switch, fields: &Fields) -> Result<NewRecord, WrongField> {
    let common = common(switch, fields, "record_id", "at")?;
    let wrong = WrongField { name: "text", what: "it is not at most 16000 characters" };
    let text = fields.needed_text("text")?;
    let sound = text.chars().count() <= LONGEST_MESSAGE && !text.contains('\0');
    let sms_type = fields.read("type", SmsType::by_name, "it is not a type of messages")?;
    let report = Report::Sms(SmsReport {
        text: sound.then(|| text.to_owned()).ok_or(wrong)?,
        sent: fields.boolean("sent")?.unwrap_or(true),
        tracking: fields.read("tracking", Tracking::by_name, "it is not a state of tracking")?,
        sms_type: sms_type.unwrap_or(SmsType::Replies),
    });
    let direction = fields.need("direction", direction, DIRECTION)?;
    record(switch, fields, common, direction, report)
}

fn common(
    switch: &Switch,
    fields: &Fields,
    name: &'static str,
    at: &'static str,
) -> Result<Common, WrongField> {
    Ok(Common {
        name: fields.need(name, RecordName::parse, NAME)?,
        from: need_party(switch, fields, "from")?,
        to: need_party(switch, fields, "to")?,
        at: instant(fields, at)?.ok_or(missing(at))?,
    })
}

fn record(
    switch: &Switch,
    fields: &Fields,
    common: Common,
    direction: Direction,
    report: Report,
) -> Result<NewRecord, WrongField> {
    let (account, part) = account(fields)?.unzip();
    let Common { name, from, to, at } = common;
    let (reporter, part) = (reporter(switch), part.flatten());
    Ok(NewRecord { reporter, name, account, part, direction, from, to, at, report })
}

const DIRECTION: &str = "it is neither in nor out";

fn direction(text: &str) -> Option<Direction> {
    match text {
        "in" => Some(Direction::Inbound),
        "out" => Some(Direction::Outbound),
        _ => None,
    }
}

fn result(text: &str) -> Option<CallResult> {
    match text {
        "answered" => Some(CallResult::Answered),
        "failed" => Some(CallResult::Failed),
        _ => None,
    }
}

/// A switch's own code stands for the one that it is mapped to.
fn outcome(switch: &Switch, text: &str) -> Option<FaxOutcome> {
    let codes = &switch.terms.fax_codes;
    let mapped = codes.iter().find(|(theirs, _)| **theirs == *text).map(|(_, ours)| &**ours);
    FaxOutcome::parse(mapped.unwrap_or(text)).ok()
}

fn station(text: &str) -> Option<RecordName> {
    let sound = text.chars().count() <= LONGEST_STATION && !text.starts_with(['=', '@']);
    RecordName::parse(text).filter(|_| sound)
}

fn count(fields: &Fields, name: &'static str) -> Result<Option<u32>, WrongField> {
    let wrong = WrongField { name, what: "it is not a number from 0 on" };
    let number = |value: i64| u32::try_from(value).map_err(|_| wrong);
    match fields.integer(name)? {
        Some(value) => number(value).map(Some),
        None => Ok(None),
    }
}
