//! Requests that the server remembers: those that failed or changed something, and some of the others.

use actix_web::web::Path;
use leaseline_core::request_log::{Effect, RequestId, RequestLine};
use leaseline_core::search::RequestSearch;
use leaseline_core::staff::Duty;
use maud::{Markup, html};
use uuid::Uuid;

use super::Answer;
use crate::PATH;
use crate::layout::{Nav, facts, page};
use crate::list::{List, find};
use crate::sheet::{Cell, Column, Empty, Sheet, Tone, badge};
use crate::shown::{at, count};
use crate::trouble::Trouble;
use crate::visit::Visit;

const LIST: List = List {
    nav: Nav::Requests,
    title: "Requests",
    example: "facade:apigate status:24 customer:8 effect:failed age:<2h",
};

pub(crate) async fn list(visit: Visit) -> Answer {
    visit.needs(Duty::Diagnose)?;
    let search = match RequestSearch::parse(visit.asked("q").unwrap_or_default()) {
        Ok(search) => search,
        Err(wrong) => return Ok(LIST.not_understood(&visit, &wrong)),
    };
    let search = async |place, limit| visit.hub().find_requests(search.clone(), place, limit).await;
    let found = find(&visit, request_id, search).await?;
    let sheet = sheet().rows(found.lines.iter().map(row));
    let lead = lead(visit.hub().requests_dropped());
    Ok(LIST.found(&visit, lead, &sheet, &found, ToString::to_string))
}

fn lead(dropped: u64) -> Markup {
    html! {
        p.lead {
            "Every request that failed or changed something, and one of many others; for 7 days or \
             the last 1,000,000. An answer names its request in the header " code { "Request-Id" }
            ": type it below. "
            @if dropped > 0 {
                b { (count(dropped)) " were dropped since the start: too many came at once." }
            } @else { "None was dropped since the start." }
        }
    }
}

/// Where what an answer's header `Request-Id` says leads to.
pub(crate) async fn one(visit: Visit, id: Path<String>) -> Answer {
    visit.needs(Duty::Diagnose)?;
    let id = request_id(&id).ok_or(Trouble::NotFound)?;
    let line = visit.hub().request(id).await?.ok_or(Trouble::NotFound)?;
    let body = facts([
        ("Request-Id", html! { code { (line.id) } }),
        ("Time", at(line.at)),
        ("Facade", html! { (line.facade) }),
        ("Operation", html! { (line.operation) }),
        ("Status", html! { (line.status) }),
        ("Effect", badge(tone(line.effect), line.effect.name())),
        ("Took", html! { (milliseconds(&line)) " ms" }),
        (
            "Customer",
            match line.customer {
                Some(id) => html! { a href={ (PATH) "/customers/" (id) } { (id) } },
                None => html! { span.none { "none, or not known" } },
            },
        ),
        (
            "User",
            match line.user.as_deref() {
                Some(user) => html! { (user) },
                None => html! { span.none { "not authenticated" } },
            },
        ),
        (
            "Stands for",
            html! { (line.weight) @if line.weight == 1 { " request" } @else { " requests" } },
        ),
    ]);
    Ok(page(&visit, Nav::Requests, "Request", body))
}

pub(super) fn request_id(text: &str) -> Option<RequestId> {
    Uuid::try_parse(text).ok().map(RequestId::new)
}

fn sheet() -> Sheet {
    let columns = vec![
        Column::Text("Time"),
        Column::Text("Facade"),
        Column::Text("Operation"),
        Column::Text("Status"),
        Column::Text("Effect"),
        Column::Number("ms"),
        Column::Text("Customer"),
        Column::Text("User"),
        Column::Number("Times"),
        Column::Text("Request"),
    ];
    let empty = Empty {
        what: "No request fits.",
        why: "It was not one of those that are remembered, is older than 7 days, or the filter \
              leaves everything out.",
        next: html! { a href={ (PATH) "/requests" } { "Show all requests" } },
    };
    Sheet::new("Requests", columns, empty)
}

const fn tone(effect: Effect) -> Tone {
    match effect {
        Effect::Failed => Tone::Warn,
        Effect::Changed => Tone::Good,
        Effect::Looked => Tone::Plain,
    }
}

fn milliseconds(line: &RequestLine) -> String {
    format!("{:.1}", line.took.as_secs_f64() * 1_000.0)
}

fn row(line: &RequestLine) -> Vec<Cell> {
    vec![
        Cell::at(line.at),
        Cell::text(line.facade.as_ref()),
        Cell::text(line.operation.as_ref()),
        Cell::text(line.status.as_ref()),
        Cell::badge(tone(line.effect), line.effect.name()),
        Cell::text(milliseconds(line)),
        match line.customer {
            Some(id) => Cell::link(&format!("{PATH}/customers/{id}"), id.to_string()),
            None => Cell::void(),
        },
        Cell::text_or_void(line.user.as_deref()),
        Cell::number(line.weight.into()),
        Cell::short_reference(&format!("{PATH}/requests/{}", line.id), line.id.to_string()),
    ]
}
