//! How things stand: what is left of each pool, what happens today, who runs out of money.

use std::collections::BTreeMap;
use std::time::Duration;

use leaseline_core::look_back::LookBack;
use leaseline_core::staff::Duty;
use leaseline_core::stock::{Stock, StockSample};
use leaseline_hub::insight::{Overview, PoolNow, PoolsNow, Traffic};
use maud::{Markup, html};

use super::Answer;
use crate::PATH;
use crate::layout::{Nav, escaped, facts, page as framed, with};
use crate::sheet::{Cell, Column, Empty, Sheet, Tone, badge, file};
use crate::shown::{at, count, money};
use crate::trouble::Trouble;
use crate::visit::Visit;

/// A pool that is empty within so long is warned of.
const WARN_WITHIN: Duration = Duration::from_secs(14 * 86_400);

const MINUTE: Duration = Duration::from_secs(60);

/// In one that is empty within so long somebody has to act.
const ACT_WITHIN: Duration = Duration::from_secs(3 * 86_400);

pub(crate) async fn page(visit: Visit) -> Answer {
    visit.needs(Duty::Look)?;
    let span = visit.asked("span").and_then(LookBack::by_name).unwrap_or_default();
    let pools_now = visit.hub().pools_now().await?;
    let pool = pool_asked(&visit, &pools_now)?;
    let over = visit.hub().stock_over(pool.map(|pool| pool.id), span).await?;
    let (overview, traffic) = (visit.hub().overview().await?, visit.hub().traffic().await?);
    let (over, traffic) = (stock_sheet(&over), traffic_sheet(&traffic));
    let (balances, refusals) = (balances(&overview), refusals(&visit, &overview));
    let pool_sheet = pool_sheet(&pools_now.pools);
    if let Some(file) = file(&visit, &[&over, &pool_sheet, &balances, &refusals, &traffic]) {
        return Ok(file);
    }
    let body = html! {
        (warnings(&pools_now))
        (today(&overview))
        h2 { "Pools" }
        (pools(&visit, &pools_now))
        h2 { "Numbers over time" @if let Some(pool) = pool { " in " (pool.name) } }
        (spans(&visit, span))
        (which_pool(&visit, &pools_now, pool))
        (over.plotted_and_folded("stack").table(&visit))
        div.columns {
            section { h2 { "Lowest balances" } (balances.table(&visit)) }
            section { h2 { "Refused today (UTC)" } (refusals.table(&visit)) }
        }
        h2 { "Requests a minute, in the last hour" }
        (traffic.table(&visit))
    };
    Ok(framed(&visit, Nav::Overview, "Overview", body))
}

/// The pool whose past is asked for; all of them together, if none is.
fn pool_asked<'a>(visit: &Visit, now: &'a PoolsNow) -> Result<Option<&'a PoolNow>, Trouble> {
    let Some(name) = visit.asked("pool") else { return Ok(None) };
    now.pools.iter().find(|pool| pool.name == name).map(Some).ok_or(Trouble::NotFound)
}

fn which_pool(visit: &Visit, now: &PoolsNow, here: Option<&PoolNow>) -> Markup {
    html! {
        @if now.pools.len() > 1 {
            form.filter action=(visit.path) {
                @if let Some(span) = visit.asked("span") { input type="hidden" name="span" value=(span); }
                div.field {
                    label for="f-pool" { "Pool" }
                    select #f-pool name="pool" {
                        option value="" { "all together" }
                        @for pool in &now.pools {
                            option value=(pool.name) selected[here == Some(pool)] { (pool.name) }
                        }
                    }
                }
                button { "Show" }
            }
        }
    }
}

fn warnings(now: &PoolsNow) -> Markup {
    let soon = now.pools.iter().filter_map(|pool| Some((pool, pool.empty_in?)));
    html! {
        @for (pool, left) in soon.filter(|(_, left)| *left <= WARN_WITHIN) {
            p.alert role="alert" {
                "Pool " (pool.name)
                @if left.is_zero() { " is empty now." }
                @else { " will be empty in " (in_days(left)) " if it goes on as in the last week." }
            }
        }
    }
}

fn today(overview: &Overview) -> Markup {
    let leases = format!("{PATH}/leases?q=state%3Aactive");
    let ending = format!("{PATH}/leases?q=exp%3A%3C1h");
    facts([
        ("Active leases", html! { a.big href=(leases) { (count(overview.active_leases)) } }),
        (
            "Ending within the hour",
            html! { a.big href=(ending) { (count(overview.ending_leases)) } },
        ),
        ("Charged today (UTC)", html! { span.big { (money(overview.charged_today)) } }),
        ("As of", at(overview.at)),
    ])
}

/// Every pool with its numbers by state.
pub(super) fn pools(visit: &Visit, now: &PoolsNow) -> Markup {
    html! {
        (pool_sheet(&now.pools).table(visit))
        @if let Some(counted) = now.counted_at { p.note { "Counted " (at(counted)) "." } }
        @else { p.note { "Not counted yet: that takes a minute after the start." } }
    }
}

pub(super) fn pool_sheet(pools: &[PoolNow]) -> Sheet {
    let columns = vec![
        Column::Text("Pool"),
        Column::Number("Leased"),
        Column::Number("Subscribed"),
        Column::Number("Reserved"),
        Column::Number("Quarantine"),
        Column::Number("Blocked"),
        Column::Number("Free"),
        Column::Number("All"),
        Column::Text("Empty in"),
    ];
    let empty = Empty {
        what: "No pools.",
        why: "Pools are made by “leaseline apply” with a provisioning file.",
        next: html! { "Make one, then import numbers." },
    };
    let row = |pool: &PoolNow| {
        let path = format!("{PATH}/numbers?pool={}", escaped(&pool.name));
        vec![
            Cell::link(&path, pool.name.clone()),
            Cell::count(pool.stock.leased),
            Cell::count(pool.stock.subscribed),
            Cell::count(pool.stock.reserved),
            Cell::count(pool.stock.resting),
            Cell::count(pool.stock.blocked),
            Cell::count(pool.stock.free),
            Cell::count(pool.stock.total()),
            empty_in(pool.empty_in),
        ]
    };
    Sheet::new("Pools", columns, empty).rows(pools.iter().map(row))
}

fn empty_in(left: Option<Duration>) -> Cell {
    match left {
        None => Cell::text("not soon"),
        Some(left) => {
            let tone = match left {
                left if left <= ACT_WITHIN => Tone::Bad,
                left if left <= WARN_WITHIN => Tone::Warn,
                _ => Tone::Plain,
            };
            Cell::new(badge(tone, &in_days(left)), left.as_secs().to_string())
        }
    }
}

fn in_days(left: Duration) -> String {
    let (days, hours) = (left.as_secs() / 86_400, left.as_secs() / 3_600);
    match (days, hours) {
        (0, 0) => "less than an hour".to_owned(),
        (0, hours) => format!("{hours} hours"),
        (1, _) => "1 day".to_owned(),
        (days, _) => format!("{days} days"),
    }
}

/// The spans of time that a plot may show.
pub(super) fn spans(visit: &Visit, here: LookBack) -> Markup {
    html! {
        p.tabs { @for span in LookBack::ALL {
            a href=(with(visit, &[("span", span.name()), ("format", "")]))
                aria-current=[(span == here).then_some("true")] { (span.name()) }
        } }
    }
}

fn stock_sheet(over: &[StockSample]) -> Sheet {
    let columns = vec![
        Column::Text("Time"),
        Column::Number("Leased"),
        Column::Number("Subscribed"),
        Column::Number("Reserved"),
        Column::Number("Quarantine"),
        Column::Number("Blocked"),
        Column::Number("Free"),
    ];
    let empty = Empty {
        what: "Nobody has counted in this time.",
        why: "The server counts its numbers every five minutes while it runs.",
        next: html! { "Come back in some minutes, or choose a longer time." },
    };
    let row = |sample: &StockSample| {
        let Stock { free, reserved, leased, subscribed, resting, blocked } = sample.stock;
        let counts = [leased, subscribed, reserved, resting, blocked, free];
        std::iter::once(Cell::at(sample.at)).chain(counts.map(Cell::count)).collect()
    };
    Sheet::new("Numbers over time", columns, empty).rows(over.iter().rev().map(row))
}

fn balances(overview: &Overview) -> Sheet {
    let columns = vec![Column::Text("Customer"), Column::Number("Balance")];
    let empty = Empty {
        what: "No active customers.",
        why: "Customers are made by “leaseline apply” or “leaseline customers create”.",
        next: html! { "Make one." },
    };
    let row = |view: &leaseline_core::customer::CustomerView| {
        let customer = &view.customer;
        let profile = &customer.profile;
        let name = format!("{} {}", profile.first_name.as_str(), profile.last_name.as_str());
        vec![
            Cell::link(&format!("{PATH}/customers/{}", customer.id), name),
            Cell::money(view.balance),
        ]
    };
    Sheet::new("Lowest balances", columns, empty).rows(overview.lowest_balances.iter().map(row))
}

fn refusals(visit: &Visit, overview: &Overview) -> Sheet {
    let columns = vec![Column::Text("By"), Column::Text("Why"), Column::Number("How often")];
    let empty = Empty {
        what: "Nothing was refused today.",
        why: "Refused calls and failed requests since midnight (UTC) stand here.",
        next: html! { "All is well." },
    };
    let calls = overview.refused_calls.iter().map(|(refusal, count)| {
        vec![Cell::text("calls"), Cell::text(refusal.to_string()), Cell::count(*count)]
    });
    let requests = overview.failed_requests.iter().map(|failed| {
        let (facade, status) = (&failed.facade, &failed.status);
        let shown = format!("status {status}");
        let path = format!(
            "{PATH}/requests?q={}",
            escaped(&format!("facade:{facade} status:\"{status}\""))
        );
        let shown = match visit.may(Duty::Diagnose) {
            true => Cell::link(&path, shown),
            false => Cell::text(shown),
        };
        vec![Cell::text(facade), shown, Cell::count(failed.requests)]
    });
    Sheet::new("Refused today", columns, empty).rows(calls.chain(requests))
}

/// A row a minute, a column a facade.
fn traffic_sheet(traffic: &[Traffic]) -> Sheet {
    let mut facades: Vec<&str> = traffic.iter().map(|line| line.facade.as_str()).collect();
    facades.sort_unstable();
    facades.dedup();
    let mut minutes: BTreeMap<_, BTreeMap<&str, u64>> = BTreeMap::new();
    if let (Some(first), Some(last)) = (traffic.first(), traffic.last()) {
        // A minute without requests is a point of the plot too.
        let mut minute = first.at;
        while minute < last.at {
            minutes.entry(minute).or_default();
            minute = minute.saturating_add(MINUTE);
        }
    }
    for line in traffic {
        minutes.entry(line.at).or_default().insert(&line.facade, line.requests);
    }
    let columns = std::iter::once(Column::Text("Minute"))
        .chain(facades.iter().map(|facade| Column::NumberOf((*facade).to_owned())));
    let empty = Empty {
        what: "No requests in the last hour.",
        why: "Requests that failed or changed something are counted, and a sample of the others.",
        next: html! { "Ask one of the APIs something." },
    };
    let rows = minutes.iter().map(|(minute, by_facade)| {
        let counts = facades.iter().map(|facade| by_facade.get(facade).copied().unwrap_or(0));
        std::iter::once(Cell::at(*minute)).chain(counts.map(Cell::count)).collect()
    });
    Sheet::new("Requests a minute", columns.collect(), empty).plotted_and_folded("lines").rows(rows)
}
