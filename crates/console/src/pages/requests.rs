//! Requests that the server remembers: those that failed or changed something, and some of the others.

use leaseline_core::request_log::{Effect, RequestId, RequestLine};
use leaseline_core::search::RequestSearch;
use leaseline_core::staff::Duty;
use maud::html;
use uuid::Uuid;

use super::Answer;
use crate::PATH;
use crate::layout::{Nav, alert, as_csv, page, refused_page};
use crate::list::{filter, pages, place};
use crate::sheet::{Cell, Column, Empty, Sheet, Tone};
use crate::shown::count;
use crate::visit::Visit;

const EXAMPLE: &str = "facade:apigate status:24 customer:8 effect:failed age:<2h";

pub(crate) async fn list(visit: Visit) -> Answer {
    visit.needs(Duty::Diagnose)?;
    let search = match RequestSearch::parse(visit.asked("q").unwrap_or_default()) {
        Ok(search) => search,
        Err(wrong) => {
            let body = html! { (filter(&visit, EXAMPLE, None)) div #results { (alert(&format!("{wrong}."))) } };
            return Ok(refused_page(&visit, Nav::Requests, "Requests", body));
        }
    };
    let found = visit.hub().find_requests(search, place(&visit, request_id), visit.rows()).await?;
    let sheet = sheet().rows(found.lines.iter().map(row));
    if visit.wants_csv() {
        return Ok(sheet.csv());
    }
    let dropped = visit.hub().requests_dropped();
    let body = html! {
        p.lead {
            "Every request that failed or changed something, and one of many others; for 7 days or \
             the last 1,000,000. An answer names its request in the header " code { "Request-Id" }
            ": type it below. "
            @if dropped > 0 {
                b { (count(dropped)) " were not remembered since the start: too many came at once." }
            } @else { "None was dropped since the start." }
        }
        (filter(&visit, EXAMPLE, None))
        div #results { (sheet.table(&as_csv(&visit))) (pages(&visit, &found, ToString::to_string)) }
    };
    Ok(page(&visit, Nav::Requests, "Requests", body))
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
        Column::Number("Customer"),
        Column::Text("User"),
        Column::Number("Stands for"),
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

fn row(line: &RequestLine) -> Vec<Cell> {
    let tone = match line.effect {
        Effect::Failed => Tone::Warn,
        Effect::Changed => Tone::Good,
        Effect::Looked => Tone::Plain,
    };
    let milliseconds = format!("{:.1}", line.took.as_secs_f64() * 1_000.0);
    vec![
        Cell::at(line.at),
        Cell::text(line.facade.as_ref()),
        Cell::text(line.operation.as_ref()),
        Cell::text(line.status.as_ref()),
        Cell::badge(tone, line.effect.name()),
        Cell::text(milliseconds),
        match line.customer {
            Some(id) => Cell::link(&format!("{PATH}/customers/{id}"), id.to_string()),
            None => Cell::text("–"),
        },
        Cell::text(line.user.as_deref().unwrap_or("–")),
        Cell::number(line.weight.into()),
        Cell::new(html! { code { (line.id) } }, line.id.to_string()),
    ]
}
