//! Customers: their balances over time, ledgers, limits and what they hold; adding credit, suspending
//! and activating.

mod change;
mod tables;

use actix_web::web::Path;
use leaseline_core::Refusal;
use leaseline_core::api_user::Caller;
use leaseline_core::customer::{ChargeMethod, Customer, CustomerStatus, CustomerView};
use leaseline_core::ids::{CustomerId, NumberId};
use leaseline_core::ledger::LedgerEntry;
use leaseline_core::look_back::LookBack;
use leaseline_core::staff::Duty;
use leaseline_hub::Failure;
use leaseline_hub::insight::BalancePoint;
use leaseline_hub::operator::{Holdings, Lines, NumberLine, TokenRecord};
use maud::{Markup, html};

use super::Answer;
use super::overview::spans;
use crate::PATH;
use crate::layout::{Nav, done, facts, page, pager};
use crate::sheet::{Cell, Column, Empty, Sheet, Tone, badge, file};
use crate::shown::{at, grouped, money};
use crate::trouble::Trouble;
use crate::visit::Visit;
use change::TopUp;
use tables::{balance_sheet, ledger, limits, reserve, tokens};

pub(crate) use change::{confirm, set_status, top_up};

const TITLE: &str = "Customers";

pub(crate) async fn list(visit: Visit) -> Answer {
    visit.needs(Duty::Look)?;
    let after = visit.asked("after").and_then(customer_id);
    let found = visit.hub().customers(after, visit.rows()).await?;
    let next = visit.last_of_many(&found).map(|view| view.customer.id.to_string());
    let columns = vec![
        Column::Text("Customer"),
        Column::Text("Name"),
        Column::Text("State"),
        Column::Text("Pays"),
        Column::Number("Balance"),
    ];
    let empty = Empty {
        what: "No customers.",
        why: "Customers are made by “leaseline apply” or “leaseline customers create”.",
        next: html! { a href={ (PATH) "/customers" } { "Back to the first page" } },
    };
    let sheet = Sheet::new(TITLE, columns, empty).rows(found.iter().map(row));
    if let Some(file) = file(&visit, &[&sheet]) {
        return Ok(file);
    }
    let body = html! { (sheet.table(&visit)) (pager(&visit, "after", next)) };
    Ok(page(&visit, Nav::Customers, TITLE, body))
}

fn row(view: &CustomerView) -> Vec<Cell> {
    let customer = &view.customer;
    let path = format!("{PATH}/customers/{}", customer.id);
    vec![
        Cell::link(&path, customer.id.to_string()),
        Cell::link(&path, name(customer)),
        state(customer).1,
        Cell::text(method(customer.profile.charge_method)),
        Cell::money(view.balance),
    ]
}

fn name(customer: &Customer) -> String {
    let profile = &customer.profile;
    format!("{} {}", profile.first_name.as_str(), profile.last_name.as_str())
}

fn state(customer: &Customer) -> (Markup, Cell) {
    let (tone, word) = match customer.profile.status {
        CustomerStatus::Active => (Tone::Good, "active"),
        CustomerStatus::Suspended => (Tone::Warn, "suspended"),
    };
    (badge(tone, word), Cell::badge(tone, word))
}

const fn method(method: ChargeMethod) -> &'static str {
    match method {
        ChargeMethod::Prepaid => "prepaid",
        ChargeMethod::Postpaid => "postpaid",
    }
}

pub(super) fn customer_id(text: &str) -> Option<CustomerId> {
    CustomerId::new(text.parse().ok()?)
}

async fn found(visit: &Visit, id: &str) -> Result<CustomerView, Trouble> {
    let id = customer_id(id).ok_or(Trouble::NotFound)?;
    match visit.hub().customer(&Caller::operator(), id).await {
        Err(Failure::Refused(Refusal::CustomerUnknown)) => Err(Trouble::NotFound),
        found => Ok(found?),
    }
}

/// What a customer's page shows besides the customer.
struct Known {
    entries: Vec<LedgerEntry>,
    holdings: Holdings,
    span: LookBack,
    over: Vec<BalancePoint>,
    tokens: Vec<TokenRecord>,
    reserved: Vec<NumberLine>,
}

impl Known {
    async fn load(visit: &Visit, view: &CustomerView) -> Result<Self, Trouble> {
        let (hub, id, rows) = (visit.hub(), view.customer.id, visit.rows());
        let before = visit.asked("before").and_then(|place| place.parse().ok());
        let after = visit.asked("after").and_then(|id| NumberId::new(id.parse().ok()?));
        let span = visit.asked("span").and_then(LookBack::by_name).unwrap_or(LookBack::Month);
        Ok(Self {
            entries: hub.ledger(id, Lines::NewestFirst(before), rows).await?,
            holdings: hub.holdings(id).await?,
            span,
            over: hub.balance_over(id, span).await?,
            tokens: hub.tokens_for(id, rows).await?,
            reserved: hub.reserved_numbers(id, after, rows).await?,
        })
    }

    /// Where the ledger goes on.
    fn older(&self, visit: &Visit) -> Option<String> {
        let last = visit.last_of_many(&self.entries).filter(|entry| entry.seq > 1);
        last.map(|entry| entry.seq.to_string())
    }

    /// Where the list of reserved numbers goes on.
    fn further(&self, visit: &Visit) -> Option<String> {
        visit.last_of_many(&self.reserved).map(|line| line.id.to_string())
    }
}

pub(crate) async fn one(visit: Visit, id: Path<String>) -> Answer {
    visit.needs(Duty::Look)?;
    let view = found(&visit, &id).await?;
    let known = Known::load(&visit, &view).await?;
    let sheets = [
        ledger(&known.entries),
        balance_sheet(&known.over),
        tokens(&known.tokens, visit.now),
        reserve(&known.reserved),
    ];
    if let Some(file) = file(&visit, &sheets.each_ref()) {
        return Ok(file);
    }
    let said = visit
        .asked("done")
        .map(|_| done("Done. It is the first line of the ledger below, or the state above."));
    let body = html! {
        @if let Some(said) = said { (said) }
        (detail(&visit, &view, &known, TopUp::default()))
    };
    Ok(page(&visit, Nav::Customers, &name(&view.customer), body))
}

fn detail(visit: &Visit, view: &CustomerView, known: &Known, typed: TopUp<'_>) -> Markup {
    let customer = &view.customer;
    html! {
        (summary(view, &known.holdings))
        (actions(visit, customer, typed))
        h2 { "Balance over time" }
        (spans(visit, known.span))
        (balance_sheet(&known.over).plotted_and_folded("step").table(visit))
        h2 { "Ledger" }
        (ledger(&known.entries).table(visit))
        (pager(visit, "before", known.older(visit)))
        h2 { "Limits" }
        (limits(customer))
        h2 { "Reserved numbers" }
        (reserve(&known.reserved).table(visit))
        (pager(visit, "after", known.further(visit)))
        h2 { "Tokens" }
        (tokens(&known.tokens, visit.now).table(visit))
    }
}

fn summary(view: &CustomerView, holdings: &Holdings) -> Markup {
    let customer = &view.customer;
    facts([
        ("Customer", html! { (customer.id) }),
        (
            "State",
            html! { (state(customer).0) @if let Some(since) = customer.suspended_at { " since " (at(since)) } },
        ),
        ("Balance", money(view.balance)),
        ("Pays", html! { (method(customer.profile.charge_method)) }),
        ("Created", at(customer.created_at)),
        (
            "Live leases",
            html! {
                a href={ (PATH) "/leases?q=state%3Aactive+customer%3A" (customer.id) } {
                    (holdings.single) " single, " (holdings.group) " group"
                }
            },
        ),
        ("Reserved numbers", html! { (grouped(holdings.reserved)) }),
        (
            "Records",
            html! { a href={ (PATH) "/calls?q=customer%3A" (customer.id) } { "Calls, faxes and messages" } },
        ),
    ])
}

fn actions(visit: &Visit, customer: &Customer, typed: TopUp<'_>) -> Markup {
    let here = format!("{PATH}/customers/{}", customer.id);
    html! {
        @if visit.may(Duty::TopUp) || visit.may(Duty::ChangeCustomers) {
            div.actions {
                @if visit.may(Duty::TopUp) { (typed.form(visit, &here)) }
                @if visit.may(Duty::ChangeCustomers) {
                    a.button href={ (here) "/status" } {
                        @match customer.profile.status {
                            CustomerStatus::Active => "Suspend …",
                            CustomerStatus::Suspended => "Activate …",
                        }
                    }
                }
            }
        }
    }
}
