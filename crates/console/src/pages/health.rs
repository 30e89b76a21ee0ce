//! How the service is.

use leaseline_core::staff::Duty;
use leaseline_hub::insight::{DatabaseKind, Health};
use maud::{Markup, html};

use super::Answer;
use crate::PATH;
use crate::layout::{Nav, facts, page as framed};
use crate::sheet::{Tone, badge};
use crate::shown::{at, at_or, count, rfc3339};
use crate::visit::Visit;

pub(crate) async fn page(visit: Visit) -> Answer {
    visit.needs(Duty::Look)?;
    let health = visit.hub().health().await?;
    let said = match &health.ready {
        Ok(()) => badge(Tone::Good, "ready"),
        Err(reason) => html! { (badge(Tone::Bad, "not ready")) " " (reason) },
    };
    let body = html! {
        (facts([("This process", said), ("As of", at(health.at)), ("Version", html! { "leaseline " (VERSION) })]))
        h2 { "Database" }
        (database(&health))
        h2 { "What waits" }
        (backlog(&health))
        @if visit.may(Duty::Diagnose) {
            h2 { "Diagnostics" }
            p { label for="diagnostics" { "To be sent to whoever helps: no number, name or secret is in it." } }
            textarea #diagnostics readonly rows="12" spellcheck="false" { (diagnostics(&health)) }
            p.copy-slot data-copy="diagnostics" {}
        }
    };
    Ok(framed(&visit, Nav::Health, "Health", body))
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn kind(health: &Health) -> &'static str {
    match health.database {
        DatabaseKind::Sqlite => "SQLite",
        DatabaseKind::Postgres => "PostgreSQL",
    }
}

/// From here on down somebody has to make room.
const LITTLE_BYTES: u64 = 1_000_000_000;

fn megabytes(bytes: u64) -> String {
    format!("{} MB", count(bytes.div_ceil(1_000_000)))
}

fn database(health: &Health) -> Markup {
    facts([
        ("Kind", html! { (kind(health)) " " (health.database_version) }),
        ("Last migration", html! { (health.schema.as_deref().unwrap_or("none")) }),
        (
            "Answers within",
            html! { (format!("{:.1}", health.store_latency.as_secs_f64() * 1_000.0)) " ms" },
        ),
        ("Takes up", html! { (megabytes(health.database_bytes)) }),
        (
            "Free on its disk",
            match health.free_bytes {
                Some(free) => {
                    html! { (megabytes(free)) @if free < LITTLE_BYTES { " " (badge(Tone::Bad, "little")) } }
                }
                None => html! { span.none { "its own server knows" } },
            },
        ),
        (
            "Clock",
            match health.clock_offset {
                None => html! { span.none { "the database has none of its own" } },
                Some(offset) => html! { "off by " (offset.as_millis()) " ms" },
            },
        ),
        ("Clock lag", html! { (health.clock_lag.as_millis()) " ms" }),
    ])
}

fn backlog(health: &Health) -> Markup {
    let counted = |number: u64, state: &str| {
        html! {
            (badge(if number > 0 { Tone::Warn } else { Tone::Good }, &count(number)))
            @if number > 0 { " " a href={ (PATH) "/calls?q=state%3A" (state) } { "show" } }
        }
    };
    let (waiting, most) = health.inbox;
    facts([
        ("Oldest unsettled hold", at_or(health.oldest_hold, "none")),
        ("Records not charged", counted(health.unpriced_records, "unpriced")),
        ("Records without a customer", counted(health.orphans, "orphan")),
        ("Requests that wait", html! { (waiting) " of at most " (most) }),
        ("Reads under way", html! { (health.reads_in_flight) }),
        ("Requests dropped", html! { (count(health.requests_dropped)) }),
    ])
}

fn diagnostics(health: &Health) -> String {
    let milliseconds = |it: std::time::Duration| it.as_millis().to_string();
    let none = || "-".to_owned();
    let lines = [
        ("version", VERSION.to_owned()),
        ("at", rfc3339(health.at)),
        ("ready", health.ready.as_ref().map_or_else(ToString::to_string, |()| "yes".to_owned())),
        ("database", kind(health).to_owned()),
        ("schema", health.schema.clone().unwrap_or_else(none)),
        ("store_latency_us", health.store_latency.as_micros().to_string()),
        ("clock_offset_ms", health.clock_offset.map_or_else(none, milliseconds)),
        ("clock_lag_ms", milliseconds(health.clock_lag)),
        ("database_bytes", health.database_bytes.to_string()),
        ("database_version", health.database_version.clone()),
        ("free_bytes", health.free_bytes.map_or_else(none, |bytes| bytes.to_string())),
        ("oldest_hold", health.oldest_hold.map_or_else(none, rfc3339)),
        ("unpriced_records", health.unpriced_records.to_string()),
        ("orphans", health.orphans.to_string()),
        ("inbox", format!("{} of {}", health.inbox.0, health.inbox.1)),
        ("reads_in_flight", health.reads_in_flight.to_string()),
        ("requests_dropped", health.requests_dropped.to_string()),
    ];
    lines.iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
}
