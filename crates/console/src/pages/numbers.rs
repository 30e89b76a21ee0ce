//! Numbers: how many are in which state, one by one, and what became of one.

use actix_web::web::Path;
use leaseline_core::Timestamp;
use leaseline_core::history::{Reservation, Turn};
use leaseline_core::ids::NumberId;
use leaseline_core::phone::{E164, PhoneNumber};
use leaseline_core::staff::Duty;
use leaseline_hub::operator::{
    ListState, NumberFilter, NumberHistory, NumberLine, NumberPage, NumberState,
};
use maud::{Markup, html};

use super::Answer;
use super::overview::pool_sheet;
use crate::PATH;
use crate::layout::{Nav, facts, page, pager, with};
use crate::list::{nothing_yet, stopped};
use crate::mask::{Mask, number_path, our_number};
use crate::sheet::{Cell, Column, Empty, Sheet, Tone, file};
use crate::shown::{at, at_or};
use crate::trouble::Trouble;
use crate::visit::Visit;

const STATES: [(&str, ListState); 6] = [
    ("free", ListState::Free),
    ("leased", ListState::Leased),
    ("subscribed", ListState::Subscribed),
    ("quarantine", ListState::Resting),
    ("reserved", ListState::Reserved),
    ("blocked", ListState::Blocked),
];

pub(crate) async fn list(visit: Visit) -> Answer {
    visit.needs(Duty::Look)?;
    if let Some(number) = visit.asked("number") {
        return found(&visit, number);
    }
    let pool = match visit.asked("pool") {
        Some(name) => Some(visit.hub().pool_named(name).await?.ok_or(Trouble::NotFound)?),
        None => None,
    };
    let state = visit.asked("state");
    let state = STATES.iter().find(|(name, _)| Some(*name) == state).map(|(_, state)| *state);
    let after = visit.asked("after").and_then(|id| NumberId::new(id.parse().ok()?));
    let found = find(&visit, NumberFilter { pool, state, after }).await?;
    let is_short = !visit.is_full(&found.lines);
    let next = found.next.map(|id| id.to_string());
    let sheet = sheet().rows(found.lines.iter().map(row));
    let pools = visit.hub().pools_now().await?;
    if let Some(file) = file(&visit, &[&sheet, &pool_sheet(&pools.pools)]) {
        return Ok(file);
    }
    let body = html! {
        (super::overview::pools(&visit, &pools))
        h2 { "One by one" }
        (filter_form(&visit).await?)
        div #results {
            @match next.as_deref().filter(|_| is_short) {
                Some(next) => (looked_so_far(&visit, &sheet, found.lines.is_empty(), next)),
                None => (sheet.table(&visit)),
            }
            (pager(&visit, "after", next))
        }
        @if visit.may(Duty::ImportNumbers) {
            p { a.button href={ (PATH) "/numbers/import" } { "Import numbers …" } }
        }
    };
    Ok(page(&visit, Nav::Numbers, "Numbers", body))
}

/// The page that is asked for; for a file, all that fits up to its bound, however many lie between.
async fn find(visit: &Visit, mut filter: NumberFilter) -> Result<NumberPage, Trouble> {
    let mut found = visit.hub().numbers(filter, visit.rows()).await?;
    while let (true, Some(next)) = (visit.wants_csv(), found.next) {
        let lines = u32::try_from(found.lines.len()).unwrap_or(u32::MAX);
        let left = visit.rows().saturating_sub(lines);
        if left == 0 {
            break;
        }
        filter.after = Some(next);
        let more = visit.hub().numbers(filter, left).await?;
        found.lines.extend(more.lines);
        found.next = more.next;
    }
    Ok(found)
}

/// A page that looked through as many as it may, few of which fit.
fn looked_so_far(visit: &Visit, sheet: &Sheet, is_empty: bool, next: &str) -> Markup {
    let on = with(visit, &[("after", next), ("format", ""), ("of", "")]);
    html! {
        @if is_empty {
            (nothing_yet("numbers", &on))
        } @else {
            (sheet.table(visit))
            (stopped("numbers", &on))
        }
    }
}

fn found(visit: &Visit, typed: &str) -> Answer {
    match PhoneNumber::parse(typed, &visit.console.settings.region) {
        Ok(number) => Ok(super::to(&number_path(number.e164()))),
        Err(_) => Err(Trouble::NotFound),
    }
}

async fn filter_form(visit: &Visit) -> Result<Markup, Trouble> {
    let (pool, state) = (visit.asked("pool"), visit.asked("state"));
    let pools = visit.hub().pool_names().await?;
    Ok(html! {
        form.filter action={ (PATH) "/numbers" } hx-get={ (PATH) "/numbers" } hx-target="#results"
            hx-select="#results" hx-swap="outerHTML" hx-trigger="change, submit" hx-push-url="true" {
            div.field {
                label for="f-pool" { "Pool" }
                select #f-pool name="pool" {
                    option value="" { "any" }
                    @for (_, known) in &pools {
                        option value=(known) selected[pool == Some(known.as_str())] { (known) }
                    }
                }
            }
            div.field {
                label for="f-state" { "State" }
                select #f-state name="state" {
                    option value="" { "any" }
                    @for (name, _) in STATES { option value=(name) selected[state == Some(name)] { (name) } }
                }
            }
            button { "Filter" }
        }
    })
}

fn sheet() -> Sheet {
    let columns = vec![
        Column::Text("Number"),
        Column::Text("State"),
        Column::Text("Pool"),
        Column::Text("Reserved for"),
        Column::Text("Lease"),
        Column::Number("Times leased"),
        Column::Text("Free from"),
    ];
    let empty = Empty {
        what: "No number fits.",
        why: "The inventory is empty, or the filter leaves everything out.",
        next: html! {
            a href={ (PATH) "/numbers" } { "Show all numbers" } ", or import some."
        },
    };
    Sheet::new("Numbers", columns, empty)
}

fn row(line: &NumberLine) -> Vec<Cell> {
    let (tone, word) = state(line);
    vec![
        Cell::new(our_number(&line.number), line.number.sent()),
        Cell::badge(tone, word),
        Cell::text(&line.pool),
        match line.reserved_for {
            Some(id) => Cell::link(&format!("{PATH}/customers/{id}"), id.to_string()),
            None => Cell::void(),
        },
        match line.lease {
            Some(id) => Cell::short_reference(&format!("{PATH}/leases/{id}"), id.to_string()),
            None => Cell::void(),
        },
        Cell::number(line.turn),
        Cell::at_or(free_from(line), "always was"),
    ]
}

/// Before its first lease it is free from a time that says nothing.
fn free_from(line: &NumberLine) -> Option<Timestamp> {
    (line.turn > 0).then_some(line.free_from)
}

fn state(line: &NumberLine) -> (Tone, &'static str) {
    if line.is_blocked {
        return (Tone::Bad, "blocked");
    }
    state_word(line.state)
}

/// A state's colour and word.
pub(super) const fn state_word(state: NumberState) -> (Tone, &'static str) {
    match state {
        NumberState::Free => (Tone::Good, "free"),
        NumberState::Leased(_) => (Tone::Plain, "leased"),
        NumberState::Subscribed => (Tone::Plain, "subscribed"),
        NumberState::Resting => (Tone::Warn, "quarantine"),
        NumberState::Reserved => (Tone::Plain, "reserved"),
        NumberState::Blocked => (Tone::Bad, "blocked"),
    }
}

pub(crate) async fn one(visit: Visit, number: Path<String>) -> Answer {
    visit.needs(Duty::Look)?;
    let number = E164::parse(&number).map_err(|_| Trouble::NotFound)?;
    let before = visit.asked("before").and_then(|turn| turn.parse().ok());
    let history = visit.hub().number_history(number, before, visit.rows()).await?;
    let history = history.ok_or(Trouble::NotFound)?;
    let (sheet, reserved) = (turns(&history), reservations(&history.reservations));
    if let Some(file) = file(&visit, &[&sheet, &reserved]) {
        return Ok(file);
    }
    let line = &history.number;
    let (tone, word) = state(line);
    let body = html! {
        (facts([
            ("State", crate::sheet::badge(tone, word)),
            ("Pool", html! { a href={ (PATH) "/numbers?pool=" (crate::layout::escaped(&line.pool)) } { (line.pool) } }),
            ("E.164", html! { "+" (line.number.e164()) }),
            ("Reserved for", match line.reserved_for {
                Some(id) => html! { a href={ (PATH) "/customers/" (id) } { "customer " (id) } },
                None => html! { span.none { "nobody" } },
            }),
            ("Free from", at_or(free_from(line), "always was")),
        ]))
        @if visit.may(Duty::Trace) {
            p { a.button href={ (PATH) "/who?number=" (number_typed(&line.number)) } { "Who held it?" } }
        }
        h2 { "Timeline" }
        (sheet.plotted("bars").table(&visit))
        (pager(&visit, "before", history.next.map(|turn| turn.to_string())))
        @if !history.reservations.is_empty() {
            h2 { "Reservations" }
            (reserved.table(&visit))
        }
    };
    Ok(page(&visit, Nav::Numbers, line.number.sent(), body))
}

fn number_typed(number: &PhoneNumber) -> String {
    crate::layout::escaped(number.sent())
}

fn turns(history: &NumberHistory) -> Sheet {
    let columns = vec![
        Column::Text("Turn"),
        Column::Text("From"),
        Column::Text("Until"),
        Column::Text("Customer"),
        Column::Text("Lease"),
        Column::Text("Leads to"),
    ];
    let empty = Empty {
        what: "Nobody ever held it.",
        why: "The number was never leased.",
        next: html! { "Its first lease will stand here." },
    };
    let row = |turn: &Turn| {
        let customer = &turn.customer;
        let name = format!("{} {}", customer.first_name.as_str(), customer.last_name.as_str());
        let phone = turn.user.as_ref().map(|user| Mask::Masked.phone(user.phone()));
        let span = |instant: Timestamp| {
            html! { span data-value=(instant.seconds()) { (at(instant)) } }
        };
        vec![
            Cell::number(turn.turn),
            Cell::new(span(turn.from), crate::shown::rfc3339(turn.from)),
            Cell::new(span(turn.until()), crate::shown::rfc3339(turn.until())),
            Cell::link(&format!("{PATH}/customers/{}", customer.id), name),
            Cell::short_reference(&format!("{PATH}/leases/{}", turn.lease), turn.lease.to_string()),
            Cell::text(phone.unwrap_or_else(|| "erased".into())),
        ]
    };
    Sheet::new("Timeline", columns, empty).rows(history.turns.iter().map(row))
}

fn reservations(reservations: &[Reservation]) -> Sheet {
    let columns = vec![Column::Text("Customer"), Column::Text("From"), Column::Text("Until")];
    let empty = Empty { what: "Never reserved.", why: "", next: html! {} };
    let row = |reservation: &Reservation| {
        let customer = &reservation.customer;
        let name = format!("{} {}", customer.first_name.as_str(), customer.last_name.as_str());
        vec![
            Cell::link(&format!("{PATH}/customers/{}", customer.id), name),
            Cell::at(reservation.from),
            Cell::at_or(reservation.until, "now"),
        ]
    };
    Sheet::new("Reservations", columns, empty).rows(reservations.iter().map(row))
}
