//! “Who held it?”: the answer to a complaint. The question needs a reason, and is written down
//! before it is answered.

use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::audit::AuditAction;
use leaseline_core::history::{NamedCustomer, Then, Turn, WhoHeldIt};
use leaseline_core::phone::PhoneNumber;
use leaseline_core::staff::Duty;
use leaseline_core::timestamp::{Utc, Zone, local_text};
use leaseline_hub::IanaZone;
use leaseline_hub::records::RecordLine;
use maud::{Markup, html};
use serde_json::{Value, json};
use time::{Date, Month, PrimitiveDateTime, Time};

use super::Answer;
use crate::PATH;
use crate::change::Change;
use crate::layout::{Field, Kind, Nav, facts, post, refused_page};
use crate::mask::{Mask, our_number};
use crate::sheet::{Cell, Column, Empty, Sheet};
use crate::shown::{rfc3339, utc};
use crate::visit::Visit;

const TITLE: &str = "Who held it?";

/// Calls that began so near to the instant are shown, and at most so many.
const NEAR: Duration = Duration::from_secs(15 * 60);
const MOST_CALLS: u32 = 100;

/// What was typed.
#[derive(Default)]
struct Typed<'a> {
    number: &'a str,
    time: &'a str,
    zone: &'a str,
    reason: &'a str,
}

/// What is wrong with it, field by field.
#[derive(Default)]
struct Wrong {
    number: Option<&'static str>,
    time: Option<String>,
    zone: Option<&'static str>,
    reason: Option<&'static str>,
}

/// A question that can be asked. Its answer speaks in the zone that it was asked in.
struct Question<'a> {
    number: PhoneNumber,
    at: Timestamp,
    zone: IanaZone,
    zone_name: &'a str,
}

async fn page_of(visit: &Visit, typed: &Typed<'_>, wrong: &Wrong) -> Markup {
    let to = format!("{PATH}/who");
    html! {
        p.lead {
            "A number and an instant, and why you ask. The question goes to the audit log with \
             your name; the answer names people."
        }
        (post(visit, &to, html! {
            div.row {
                (Field::text("number", "Number", typed.number).kind(Kind::Digits)
                    .hint("As it was dialled: 0388880000 or +60388880000").wrong(wrong.number).html())
                (Field::text("time", "Date and time", typed.time)
                    .hint("2026-11-26 14:05 or 2026-11-26 14:05:30").wrong(wrong.time.as_deref()).html())
                (Field::text("zone", "Time zone", typed.zone)
                    .hint("Such as UTC or Asia/Kuala_Lumpur").wrong(wrong.zone).html())
            }
            (Field::text("reason", "Reason", typed.reason)
                .hint("A ticket or a case, for the audit log").wrong(wrong.reason).html())
            p.buttons {
                button.main { "Ask" }
                button name="format" value="json" { "Answer as JSON" }
                button name="format" value="csv" { "Answer as CSV" }
                button name="format" value="calls" { "Calls as CSV" }
            }
        }))
    }
}

pub(crate) async fn page(visit: Visit) -> Answer {
    visit.needs(Duty::Trace)?;
    let now = Utc.local(visit.now).map(local_text).unwrap_or_default();
    let typed = Typed {
        number: visit.asked("number").unwrap_or_default(),
        time: visit.asked("time").unwrap_or(&now),
        zone: visit.asked("zone").unwrap_or("UTC"),
        reason: "",
    };
    let body = page_of(&visit, &typed, &Wrong::default()).await;
    Ok(crate::layout::page(&visit, Nav::Who, TITLE, body))
}

pub(crate) async fn ask(change: Change) -> Answer {
    let visit = &change.visit;
    visit.needs(Duty::Trace)?;
    let typed = Typed {
        number: change.field("number"),
        time: change.field("time"),
        zone: match change.field("zone") {
            "" => "UTC",
            zone => zone,
        },
        reason: change.field("reason"),
    };
    let question = match read(visit, &typed) {
        Ok(question) => question,
        Err(wrong) => {
            let body = page_of(visit, &typed, &wrong).await;
            return Ok(refused_page(visit, Nav::Who, TITLE, body));
        }
    };
    let subject = format!("{} at {}", question.number.e164(), rfc3339(question.at));
    visit.audit(AuditAction::Trace, &subject, typed.reason).await?;
    let found = visit.hub().who_held(question.number.e164(), question.at).await?;
    let holders = found.as_ref().map(|found| found.holders.as_slice()).unwrap_or_default();
    let calls =
        visit.hub().records_near(question.number.e164(), question.at, NEAR, MOST_CALLS).await?;
    match change.field("format") {
        "csv" => return Ok(answer_sheet(&question, found.as_ref()).csv()),
        "calls" => {
            return Ok(calls_sheet(calls.as_deref().unwrap_or_default(), &question).csv());
        }
        "json" => {
            return Ok(as_json(&question, found.as_ref(), calls.as_deref().unwrap_or_default()));
        }
        _ => {}
    }
    let body = html! {
        section.answer aria-live="polite" {
            p.sentence { (sentence(&question, found.as_ref())) }
            @if !holders.is_empty() {
                h2 { "All who held it then or within 2 seconds (" (question.zone_name) ")" }
                (holders_sheet(holders, &question).answer())
            }
            @if let Some(calls) = &calls {
                h2 { "Calls within 15 minutes (" (question.zone_name) ")" }
                (calls_sheet(calls, &question).answer())
            }
            (facts([("In UTC", html! { (utc(question.at)) }), ("Number", our_number(&question.number))]))
        }
        h2 { "Ask again" }
        (page_of(visit, &typed, &Wrong::default()).await)
    };
    Ok(crate::layout::page(visit, Nav::Who, TITLE, body))
}

fn read<'a>(visit: &Visit, typed: &Typed<'a>) -> Result<Question<'a>, Wrong> {
    let number = PhoneNumber::parse(typed.number, &visit.console.settings.region);
    let zone = IanaZone::by_name(typed.zone);
    let at = local(typed.time).ok_or_else(|| "This is not a date with a time.".to_owned());
    let at = match (&zone, at) {
        (Ok(zone), Ok(local)) => instant(zone, local),
        (_, at) => at.map(|_| Timestamp::EPOCH),
    };
    let wrong = Wrong {
        number: number.is_err().then_some("This is not a number."),
        time: at.as_ref().err().cloned(),
        zone: zone.is_err().then_some("No time zone is called so."),
        reason: typed.reason.is_empty().then_some("Say why you ask."),
    };
    match (number, zone, at) {
        (Ok(number), Ok(zone), Ok(at)) if wrong.reason.is_none() => {
            Ok(Question { number, at, zone, zone_name: typed.zone })
        }
        _ => Err(wrong),
    }
}

/// The instant at which clocks of the zone showed this, if there was one and no more.
fn instant(zone: &IanaZone, local: PrimitiveDateTime) -> Result<Timestamp, String> {
    zone.only_instant(local).map_err(|why| format!("In that zone {why}."))
}

/// `2026-11-26 14:05`, with seconds or not, with `T` or a blank.
pub(crate) fn local(text: &str) -> Option<PrimitiveDateTime> {
    let (date, time) = text.split_once([' ', 'T'])?;
    let [year, month, day] = digits(date, '-')?.try_into().ok()?;
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()?;
    let clock = digits(time, ':')?;
    let [hour, minute, second] = match *clock.as_slice() {
        [hour, minute] => [hour, minute, 0],
        [hour, minute, second] => [hour, minute, second],
        _ => return None,
    };
    let part = |part: u16| u8::try_from(part).ok();
    let time = Time::from_hms(part(hour)?, part(minute)?, part(second)?).ok()?;
    Some(PrimitiveDateTime::new(date, time))
}

fn digits(text: &str, separator: char) -> Option<Vec<u16>> {
    let part = |part: &str| {
        let sound = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        sound.then(|| part.parse().ok()).flatten()
    };
    text.split(separator).map(part).collect()
}

/// The answer in one sentence.
fn sentence(question: &Question<'_>, found: Option<&WhoHeldIt>) -> Markup {
    let number = question.number.sent();
    let instant = html! { (local_time(question, question.at)) " (" (question.zone_name) ")" };
    let Some(found) = found else {
        return html! { b { (number) } " is not a number of the inventory." };
    };
    match (&found.then, found.holders.first()) {
        (Then::Held, Some(turn)) => html! {
            b { (number) } " was held at " (instant) " by "
            (customer(turn)) ", lease " (lease_link(turn)) ", for "
            b { (user(turn)) } ", from " (local_time(question, turn.from)) " until "
            (local_time(question, turn.until())) "."
        },
        (Then::Resting { until }, _) => html! {
            "Nobody held " b { (number) } " at " (instant) ": it was in quarantine until "
            (local_time(question, *until)) "."
        },
        (Then::Reserved(reservation), _) => html! {
            "Nobody held " b { (number) } " at " (instant) ": it was reserved for "
            (full_name(&reservation.customer)) ", customer " (reservation.customer.id) "."
        },
        (Then::Held | Then::Nobody, _) => html! {
            "Nobody held " b { (number) } " at " (instant) "."
        },
    }
}

/// An instant in the zone of the question, whatever the viewer's is: without `datetime` no script
/// changes it.
fn local_time(question: &Question<'_>, at: Timestamp) -> Markup {
    let local = question.zone.local(at).map(local_text).unwrap_or_default();
    html! { time title=(utc(at)) { (local) } }
}

fn local_cell(question: &Question<'_>, at: Timestamp) -> Cell {
    Cell::new(local_time(question, at), rfc3339(at))
}

fn customer(turn: &Turn) -> Markup {
    let customer = &turn.customer;
    html! {
        a href={ (PATH) "/customers/" (customer.id) } { (full_name(customer)) }
        " (customer " (customer.id) ")"
    }
}

fn lease_link(turn: &Turn) -> Markup {
    html! { a href={ (PATH) "/leases/" (turn.lease) } { (turn.lease) } }
}

fn user(turn: &Turn) -> String {
    let phone = turn.user.as_ref().map(|user| Mask::Revealed.phone(user.phone()));
    phone.unwrap_or_else(|| "a user who was erased".to_owned())
}

fn holders_sheet(holders: &[Turn], question: &Question<'_>) -> Sheet {
    let columns = vec![
        Column::Text("Customer"),
        Column::Text("Name"),
        Column::Text("Lease"),
        Column::Text("Leads to"),
        Column::Text("From"),
        Column::Text("Until"),
    ];
    let empty = Empty {
        what: "Nobody held it.",
        why: "No lease held the number then, nor within 2 seconds.",
        next: html! { "Ask for another time." },
    };
    let row = |turn: &Turn| {
        let customer = &turn.customer;
        vec![
            Cell::link(&format!("{PATH}/customers/{}", customer.id), customer.id.to_string()),
            Cell::text(full_name(customer)),
            Cell::short_reference(&format!("{PATH}/leases/{}", turn.lease), turn.lease.to_string()),
            Cell::text(user(turn)),
            local_cell(question, turn.from),
            local_cell(question, turn.until()),
        ]
    };
    Sheet::new("Holders", columns, empty).rows(holders.iter().map(row))
}

/// The answer as a file: a row that says what the number was, and one for each who held it within two
/// seconds of that.
fn answer_sheet(question: &Question<'_>, found: Option<&WhoHeldIt>) -> Sheet {
    let columns = vec![
        Column::Text("Number"),
        Column::Text("At"),
        Column::Text("Answer"),
        Column::Text("Customer"),
        Column::Text("Name"),
        Column::Text("Lease"),
        Column::Text("Leads to"),
        Column::Text("From"),
        Column::Text("Until"),
    ];
    let row = |answer: &str, customer: Option<&NamedCustomer>, more: [Cell; 4]| {
        let named = |customer: &NamedCustomer| Cell::text(full_name(customer));
        let mut row = vec![
            Cell::text(question.number.sent()),
            local_cell(question, question.at),
            Cell::text(answer),
            customer.map_or_else(Cell::void, |customer| Cell::text(customer.id.to_string())),
            customer.map_or_else(Cell::void, named),
        ];
        row.extend(more);
        row
    };
    let at = |at: Option<Timestamp>| at.map_or_else(Cell::void, |at| local_cell(question, at));
    let holder = |answer: &str, turn: &Turn| {
        let ends = [turn.from, turn.until()].map(|end| local_cell(question, end));
        let [from, until] = ends;
        let more = [Cell::text(turn.lease.to_string()), Cell::text(user(turn)), from, until];
        row(answer, Some(&turn.customer), more)
    };
    let mut holders = found.iter().flat_map(|found| &found.holders);
    let first = match found.map(|found| &found.then) {
        Some(Then::Held) => holders.next().map(|turn| holder("held", turn)),
        Some(Then::Reserved(it)) => {
            let more = [Cell::void(), Cell::void(), at(Some(it.from)), at(it.until)];
            Some(row("reserved", Some(&it.customer), more))
        }
        _ => {
            let more = [Cell::void(), Cell::void(), Cell::void(), at(resting_until(found))];
            Some(row(word(found), None, more))
        }
    };
    let rows = first.into_iter().chain(holders.map(|turn| holder("near", turn)));
    let empty = Empty { what: "", why: "", next: html! {} };
    Sheet::new("Who held it", columns, empty).rows(rows)
}

/// The answer in one word, for programs.
fn word(found: Option<&WhoHeldIt>) -> &'static str {
    match found.map(|found| &found.then) {
        None => "not_ours",
        Some(Then::Held) => "held",
        Some(Then::Resting { .. }) => "resting",
        Some(Then::Reserved(_)) => "reserved",
        Some(Then::Nobody) => "nobody",
    }
}

fn resting_until(found: Option<&WhoHeldIt>) -> Option<Timestamp> {
    match found.map(|found| &found.then) {
        Some(Then::Resting { until }) => Some(*until),
        _ => None,
    }
}

fn full_name(customer: &NamedCustomer) -> String {
    format!("{} {}", customer.first_name.as_str(), customer.last_name.as_str())
}

fn calls_sheet(calls: &[RecordLine], question: &Question<'_>) -> Sheet {
    let columns = vec![
        Column::Text("Record"),
        Column::Text("Time"),
        Column::Text("From"),
        Column::Text("To"),
        Column::Number("Billed s"),
    ];
    let empty = Empty {
        what: "No calls.",
        why: "Nobody called over the number within 15 minutes of that time.",
        next: html! { "A switch’s records may come late." },
    };
    let row = |line: &RecordLine| {
        vec![
            Cell::link(&format!("{PATH}/calls/{}", line.id), line.id.to_string()),
            local_cell(question, line.at),
            Cell::text(Mask::Revealed.text(&line.from)),
            Cell::text(Mask::Revealed.text(&line.to)),
            line.billed_seconds.map_or_else(Cell::void, Cell::number),
        ]
    };
    Sheet::new("Calls near by", columns, empty).rows(calls.iter().map(row))
}

fn as_json(
    question: &Question<'_>,
    found: Option<&WhoHeldIt>,
    calls: &[RecordLine],
) -> actix_web::HttpResponse {
    let holder = |turn: &Turn| {
        json!({
            "customer": turn.customer.id.get(),
            "customer_name": full_name(&turn.customer),
            "lease": turn.lease.to_string(),
            "phone": turn.user.as_ref().map(|user| user.phone().sent()),
            "from": rfc3339(turn.from),
            "until": rfc3339(turn.until()),
        })
    };
    let reserved_for = match found.map(|found| &found.then) {
        Some(Then::Reserved(it)) => json!({
            "customer": it.customer.id.get(),
            "customer_name": full_name(&it.customer),
            "from": rfc3339(it.from),
            "until": it.until.map(rfc3339),
        }),
        _ => Value::Null,
    };
    let call = |line: &RecordLine| {
        json!({
            "record": line.id.get(),
            "at": rfc3339(line.at),
            "from": Mask::Revealed.text(&line.from),
            "to": Mask::Revealed.text(&line.to),
            "billed_seconds": line.billed_seconds,
        })
    };
    let holders: Vec<_> = found.iter().flat_map(|found| &found.holders).map(holder).collect();
    let answer = json!({
        "number": question.number.sent(),
        "at": rfc3339(question.at),
        "answer": word(found),
        "resting_until": resting_until(found).map(rfc3339),
        "reserved_for": reserved_for,
        "holders": holders,
        "calls": calls.iter().map(call).collect::<Vec<_>>(),
    });
    actix_web::HttpResponse::Ok()
        .insert_header(("Content-Disposition", "attachment; filename=\"who-held-it.json\""))
        .content_type("application/json")
        .body(answer.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_typed_with_or_without_seconds() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(local(text).map(local_text).as_deref(), expected, "{text}");
        };
        check("2026-11-26 14:05", Some("2026-11-26 14:05:00"));
        check("2026-11-26T14:05:30", Some("2026-11-26 14:05:30"));
        for wrong in
            ["", "now", "2026-11-26", "2026-02-30 10:00", "2026-11-26 25:00", "2026-11-26 +1:00"]
        {
            check(wrong, None);
        }
    }
}
