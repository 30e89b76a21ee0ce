//! The rows of the logs.

use leaseline_core::ivr::Direction;
use leaseline_core::money::Credits;
use leaseline_core::record::{CallResult, RecordKind, Tracking};
use leaseline_hub::records::{RecordDetail, RecordLine};
use time::PrimitiveDateTime;

use crate::days;
use crate::message;
use crate::table::Row;
use crate::to_wire::part;

pub(super) const fn header(kind: RecordKind, direction: Direction) -> &'static str {
    match (kind, direction) {
        (RecordKind::Fax, Direction::Inbound) => {
            "ID,Sub-ID,Date,Time,From,To,FaxStationID,Pages,Speed,Duration"
        }
        (RecordKind::Fax, Direction::Outbound) => {
            "ID,Sub-ID,Date,Time,From,To,Pages,Speed,Duration,Cost,Attempt,ErrorCode"
        }
        (RecordKind::Call, Direction::Inbound | Direction::Outbound) => {
            "ID,Sub-ID,Date,Time,From,To,Duration,Result,Cost,IVMLID"
        }
        (RecordKind::Sms, Direction::Inbound) => "ID,Sub-ID,Date,Time,From,To,MessageType,Message",
        (RecordKind::Sms, Direction::Outbound) => "ID,Sub-ID,Date,Time,From,To,Sent,Tracking,Cost",
    }
}

/// A record, with what the account's clocks showed when it began.
pub(super) fn row(record: &RecordLine, shown: PrimitiveDateTime) -> Row {
    let [date, time] = days::columns(shown);
    let row = Row::default().cell(record.id).cell(part(record.part)).cell(date).cell(time);
    let row = row.cell(&record.from).cell(&record.to);
    // What nobody could be charged for cost nothing.
    let cost = record.charge.unwrap_or(Credits::ZERO).in_dollars();
    match (&record.detail, record.direction) {
        (RecordDetail::Call { result, duration_seconds }, _) => {
            let row = row.cell(duration_seconds).cell(word(*result));
            row.cell(cost).optional(record.ivml)
        }
        (RecordDetail::Fax { station, pages, speed, duration_seconds, .. }, Direction::Inbound) => {
            let row = row.optional(station.as_ref());
            row.cell(pages).cell(speed).cell(duration_seconds)
        }
        (
            RecordDetail::Fax { pages, speed, duration_seconds, attempt, outcome, .. },
            Direction::Outbound,
        ) => {
            let row = row.cell(pages).cell(speed).cell(duration_seconds);
            row.cell(cost).cell(attempt).cell(error_code(outcome.code()))
        }
        (RecordDetail::Sms { text, .. }, Direction::Inbound) => {
            let (kind, message) = message::columns(text);
            row.cell(kind).cell(message)
        }
        (RecordDetail::Sms { sent, tracking, .. }, Direction::Outbound) => {
            let row = row.cell(u8::from(*sent)).optional(tracking.map(Tracking::name));
            row.cell(cost)
        }
    }
}

const fn word(result: CallResult) -> &'static str {
    match result {
        CallResult::Answered => "answered",
        CallResult::Failed => "failed",
    }
}

/// `0` on success, else three digits.
fn error_code(code: u16) -> String {
    if code == 0 { "0".into() } else { format!("{code:03}") }
}
