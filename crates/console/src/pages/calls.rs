//! Records of calls, faxes and messages, and how each came to its charge.

use actix_web::web::Path;
use leaseline_core::Timestamp;
use leaseline_core::audit::AuditAction;
use leaseline_core::call::CallWay;
use leaseline_core::ids::RecordId;
use leaseline_core::ivr::Direction;
use leaseline_core::record::{CallResult, RecordKind};
use leaseline_core::search::RecordSearch;
use leaseline_core::staff::Duty;
use leaseline_hub::insight::{ActivityCursor, RecordTrail, StoredDecision};
use leaseline_hub::records::{RecordDetail, RecordLine};
use maud::{Markup, html};

use super::Answer;
use crate::PATH;
use crate::change::Change;
use crate::layout::{Field, Nav, alert, facts, page, post, refused_page};
use crate::list::{List, find};
use crate::mask::{Mask, our_number};
use crate::sheet::{Cell, Column, Empty, Sheet};
use crate::shown::{at, money};
use crate::trouble::Trouble;
use crate::visit::Visit;

const LIST: List =
    List { nav: Nav::Calls, title: "Calls", example: "customer:8 kind:call state:orphan age:<2h" };

pub(crate) async fn list(visit: Visit) -> Answer {
    visit.needs(Duty::Look)?;
    let search = match RecordSearch::parse(visit.asked("q").unwrap_or_default()) {
        Ok(search) => search,
        Err(wrong) => return Ok(LIST.not_understood(&visit, &wrong)),
    };
    let search = async |place, limit| visit.hub().find_records(search, place, limit).await;
    let found = find(&visit, cursor, search).await?;
    let sheet = sheet().rows(found.lines.iter().map(row));
    Ok(LIST.found(&visit, html! {}, &sheet, &found, cursor_text))
}

/// A place in the list as an address has it.
pub(crate) fn cursor_text(cursor: &ActivityCursor) -> String {
    format!("{}-{}", cursor.at().micros(), cursor.id())
}

pub(crate) fn cursor(text: &str) -> Option<ActivityCursor> {
    let (at, id) = text.split_once('-')?;
    Some(ActivityCursor::new(Timestamp::from_micros(at.parse().ok()?), record_id(id)?))
}

fn sheet() -> Sheet {
    let columns = vec![
        Column::Text("Record"),
        Column::Text("Time"),
        Column::Text("What"),
        Column::Text("From"),
        Column::Text("To"),
        Column::Text("Outcome"),
        Column::Text("Customer"),
        Column::Number("Billed s"),
        Column::Number("Charge"),
    ];
    let empty = Empty {
        what: "No record fits.",
        why: "Switches report calls, faxes and messages when they are over.",
        next: html! { a href={ (PATH) "/calls" } { "Show all records" } },
    };
    Sheet::new("Records", columns, empty)
}

fn row(line: &RecordLine) -> Vec<Cell> {
    vec![
        Cell::link(&format!("{PATH}/calls/{}", line.id), line.id.to_string()),
        Cell::at(line.at),
        Cell::text(what(line)),
        Cell::text(Mask::Masked.text(&line.from)),
        Cell::text(Mask::Masked.text(&line.to)),
        Cell::text(outcome(line)),
        match line.customer {
            Some(id) => Cell::link(&format!("{PATH}/customers/{id}"), id.to_string()),
            None => Cell::void(),
        },
        line.billed_seconds.map_or_else(Cell::void, Cell::number),
        line.charge.map_or_else(Cell::void, Cell::money),
    ]
}

fn what(line: &RecordLine) -> String {
    let kind = match line.key.kind {
        RecordKind::Call => "call",
        RecordKind::Fax => "fax",
        RecordKind::Sms => "message",
    };
    let way = match line.direction {
        Direction::Inbound => "in",
        Direction::Outbound => "out",
    };
    format!("{kind} {way}")
}

fn outcome(line: &RecordLine) -> String {
    match &line.detail {
        RecordDetail::Call { result: CallResult::Answered, duration_seconds } => {
            format!("answered, {duration_seconds} s")
        }
        RecordDetail::Call { .. } => "not answered".to_owned(),
        RecordDetail::Fax { pages, .. } => format!("{pages} pages"),
        RecordDetail::Sms { sent: true, .. } => "sent".to_owned(),
        RecordDetail::Sms { sent: false, .. } => "not sent".to_owned(),
    }
}

fn record_id(text: &str) -> Option<RecordId> {
    RecordId::new(text.parse().ok()?)
}

async fn found(visit: &Visit, id: &str) -> Result<RecordTrail, Trouble> {
    let id = record_id(id).ok_or(Trouble::NotFound)?;
    visit.hub().record_trail(id).await?.ok_or(Trouble::NotFound)
}

pub(crate) async fn one(visit: Visit, id: Path<String>) -> Answer {
    visit.needs(Duty::Look)?;
    let trail = found(&visit, &id).await?;
    Ok(page(&visit, Nav::Calls, &title(&trail), detail(&visit, &trail, Mask::Masked)))
}

fn title(trail: &RecordTrail) -> String {
    format!("Record {}", trail.record.line.id)
}

pub(crate) async fn reveal(change: Change, id: Path<String>) -> Answer {
    let visit = &change.visit;
    visit.needs(Duty::Reveal)?;
    let trail = found(visit, &id).await?;
    let reason = change.field("reason");
    if reason.is_empty() {
        let body = html! { (alert("Say why you need to see them.")) (detail(visit, &trail, Mask::Masked)) };
        return Ok(refused_page(visit, Nav::Calls, &title(&trail), body));
    }
    visit.audit(AuditAction::Reveal, &format!("record {}", trail.record.line.id), reason).await?;
    Ok(page(visit, Nav::Calls, &title(&trail), detail(visit, &trail, Mask::Revealed)))
}

fn detail(visit: &Visit, trail: &RecordTrail, mask: Mask) -> Markup {
    let record = &trail.record;
    let line = &record.line;
    let flags = flags(trail);
    html! {
        (facts([
            ("What", html! { (what(line)) ", " (outcome(line)) }),
            ("Time", at(line.at)),
            ("Received", at(line.received_at)),
            ("From", html! { (mask.text(&line.from)) }),
            ("To", html! { (mask.text(&line.to)) }),
            ("Customer", match line.customer {
                Some(id) => html! { a href={ (PATH) "/customers/" (id) } { (id) } },
                None => html! { span.none { "nobody we know" } },
            }),
            ("Charge", match line.charge {
                Some(charge) => money(charge),
                None => html! { span.none { "not charged" } },
            }),
            ("Flags", match flags.is_empty() {
                true => html! { span.none { "none" } },
                false => html! { (flags.join(", ")) },
            }),
        ]))
        h2 { "How it came to its charge" }
        (way(trail, mask))
        @if !record.conflicts.is_empty() {
            h2 { "What else came by its name" }
            p { (record.conflicts.len()) " other contents; the first one counts." }
        }
        @if let Some(review) = &record.review {
            h2 { "Looked at" }
            p { (at(review.at)) ": " (review.note.as_str()) }
        }
        @if mask == Mask::Masked && visit.may(Duty::Reveal) {
            (post(visit, &format!("{PATH}/calls/{}", line.id), html! {
                (Field::text("reason", "Reason", "").hint("Whole phones are shown, and the audit log says so.").html())
                button { "Show whole phones" }
            }))
        }
    }
}

/// What is unusual about a record: what was found when it was charged, and what its decision says.
fn flags(trail: &RecordTrail) -> Vec<&'static str> {
    let line = &trail.record.line;
    let answered = matches!(line.detail, RecordDetail::Call { result: CallResult::Answered, .. });
    let decision = trail.decision.as_ref();
    let refused = decision.is_some_and(|decision| decision.earlier.decided.outcome.is_err());
    let despite = (answered && refused).then_some("answered though refused");
    line.flags.iter().map(|flag| flag.name()).chain(despite).collect()
}

/// From the number to the ledger, step by step; what was erased or never was says so.
fn way(trail: &RecordTrail, mask: Mask) -> Markup {
    let line = &trail.record.line;
    html! {
        ol.trace {
            li { b { "Number: " } @match &trail.number {
                Some(number) => (our_number(number)),
                None => span.none { "none of ours took part" },
            } }
            li { b { "Lease at that time: " } @match &trail.lease {
                Some(line) => a href={ (PATH) "/leases/" (line.lease.id) } { (line.lease.id) },
                None => span.none { "none" },
            } }
            li { b { "Decision: " } @match &trail.decision {
                Some(decision) => { (at(decision.earlier.decided.decided_at)) ", " (decided(decision, mask)) },
                None => span.none { "nobody asked before the call" },
            } }
            li { b { "Destination: " } @match &trail.routed_to {
                Some(to) => (mask.text(to)),
                None => span.none { "the switch does not say" },
            } }
            li { b { "Calculation: " } @match &line.trace {
                Some(trace) => ul { @for step in trace.split("; ") { li { (step) } } },
                None => span.none { "nothing was calculated" },
            } }
            li { b { "Ledger: " } @match (&trail.entry, line.customer) {
                (Some(entry), Some(customer)) => {
                    a href={ (PATH) "/customers/" (customer) "?before=" (entry.seq.saturating_add(1)) } {
                        "line " (entry.seq)
                    }
                    ", " (money(entry.amount)) ", balance after it " (money(entry.balance_after))
                },
                (Some(entry), None) => { "line " (entry.seq) ", " (money(entry.amount)) },
                (None, _) => span.none { "nothing was booked" },
            } }
        }
    }
}

fn decided(decision: &StoredDecision, mask: Mask) -> String {
    match &decision.earlier.decided.outcome {
        Err(refusal) => format!("refused: {refusal}"),
        Ok(plan) => match &plan.way {
            CallWay::Bridge(bridge) => {
                format!("put through to {}", mask.text(bridge.to.as_ref()))
            }
            CallWay::Ivml { .. } => "to an application".to_owned(),
            CallWay::Ivr(menu) => format!("to the menu {menu}"),
            CallWay::Sip { account, .. } => format!("to the phones of {account}"),
        },
    }
}
