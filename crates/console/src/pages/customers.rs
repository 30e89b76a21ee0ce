//! Customers: their balances over time, ledgers, limits and what they hold; adding credit, suspending
//! and activating.

use actix_web::web::Path;
use leaseline_core::Refusal;
use leaseline_core::api_user::Caller;
use leaseline_core::audit::AuditAction;
use leaseline_core::customer::{
    ChargeMethod, Customer, CustomerChange, CustomerStatus, CustomerUpdate, CustomerView, Limit,
    ServiceTerms,
};
use leaseline_core::ids::CustomerId;
use leaseline_core::ledger::{EntryKind, LedgerEntry, TopUpRequest};
use leaseline_core::look_back::LookBack;
use leaseline_core::money::Credits;
use leaseline_core::staff::Duty;
use leaseline_hub::Failure;
use leaseline_hub::insight::BalancePoint;
use leaseline_hub::operator::Lines;
use maud::{Markup, html};

use super::overview::spans;
use super::{Answer, to};
use crate::PATH;
use crate::change::Change;
use crate::layout::{
    Field, Kind, Nav, alert, as_csv, done, facts, page, pager, post, refused_page,
};
use crate::sheet::{Cell, Column, Empty, Sheet, Tone, badge};
use crate::shown::{at, at_or, dollars, grouped, money};
use crate::trouble::Trouble;
use crate::visit::Visit;

const TITLE: &str = "Customers";

pub(crate) async fn list(visit: Visit) -> Answer {
    visit.needs(Duty::Look)?;
    let after = visit.asked("after").and_then(customer_id);
    let limit = visit.rows();
    let found = visit.hub().customers(after, limit).await?;
    let is_full = found.len() == usize::try_from(limit).unwrap_or(usize::MAX);
    let next = found.last().filter(|_| is_full).map(|view| view.customer.id.to_string());
    let columns = vec![
        Column::Number("Customer"),
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
    if visit.wants_csv() {
        return Ok(sheet.csv());
    }
    let body = html! { (sheet.table(&as_csv(&visit))) (pager(&visit, "after", next)) };
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
        ChargeMethod::Prepaid => "before (prepaid)",
        ChargeMethod::Postpaid => "afterwards (postpaid)",
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

pub(crate) async fn one(visit: Visit, id: Path<String>) -> Answer {
    visit.needs(Duty::Look)?;
    let view = found(&visit, &id).await?;
    let before = visit.asked("before").and_then(|place| place.parse().ok());
    let lines = Lines::NewestFirst(before);
    let entries = visit.hub().ledger(view.customer.id, lines, visit.rows()).await?;
    if visit.wants_csv() {
        return Ok(ledger(&entries).csv());
    }
    let said = visit
        .asked("done")
        .map(|_| done("Done. It is the first line of the ledger below, or the state above."));
    let body = html! {
        @if let Some(said) = said { (said) }
        (detail(&visit, &view, &entries, "", None).await?)
    };
    Ok(page(&visit, Nav::Customers, &name(&view.customer), body))
}

async fn detail(
    visit: &Visit,
    view: &CustomerView,
    entries: &[LedgerEntry],
    typed: &str,
    wrong: Option<&str>,
) -> Result<Markup, Trouble> {
    let customer = &view.customer;
    let holdings = visit.hub().holdings(customer.id).await?;
    let span = visit.asked("span").and_then(LookBack::by_name).unwrap_or(LookBack::Month);
    let over = visit.hub().balance_over(customer.id, span).await?;
    let here = format!("{PATH}/customers/{}", customer.id);
    let is_full = entries.len() == usize::try_from(visit.rows()).unwrap_or(usize::MAX);
    let next =
        entries.last().filter(|entry| is_full && entry.seq > 1).map(|entry| entry.seq.to_string());
    Ok(html! {
        (facts([
            ("Customer", html! { (customer.id) }),
            ("State", html! { (state(customer).0) @if let Some(since) = customer.suspended_at { " since " (at(since)) } }),
            ("Balance", money(view.balance)),
            ("Pays", html! { (method(customer.profile.charge_method)) }),
            ("Made", at_or(Some(customer.created_at), "–")),
            ("Live leases", html! {
                a href={ (PATH) "/leases?q=state%3Aactive+customer%3A" (customer.id) } {
                    (holdings.single) " single, " (holdings.group) " group"
                }
            }),
            ("Reserved numbers", html! { (grouped(holdings.reserved)) }),
        ]))
        div.actions {
            @if visit.may(Duty::TopUp) {
                details open[wrong.is_some()] {
                    summary { "Top up" }
                    (post(visit, &format!("{here}/top-up"), html! {
                        (Field::text("credits", "Credits", typed).kind(Kind::Digits).wrong(wrong)
                            .hint("One credit is $0.0001. A minus takes credit back.").html())
                        (Field::text("reason", "Reason", "").hint("For the audit log").html())
                        button.main { "Top up" }
                    }))
                }
            }
            @if visit.may(Duty::ChangeCustomers) {
                a.button href={ (here) "/status" } {
                    @match customer.profile.status {
                        CustomerStatus::Active => "Suspend …",
                        CustomerStatus::Suspended => "Activate …",
                    }
                }
            }
        }
        h2 { "Balance over time" }
        (spans(visit, span))
        (balance_sheet(&over).plotted_and_folded("step").table_only())
        h2 { "Ledger" }
        (ledger(entries).table(&as_csv(visit)))
        (pager(visit, "before", next))
        h2 { "Limits" }
        (limits(customer))
    })
}

fn balance_sheet(over: &[BalancePoint]) -> Sheet {
    let columns = vec![Column::Text("Time"), Column::Number("Balance")];
    let empty = Empty {
        what: "No balance yet.",
        why: "Nothing was booked for this customer in that time.",
        next: html! { "Choose a longer time." },
    };
    let row = |point: &BalancePoint| vec![Cell::at(point.at), Cell::money(point.balance)];
    Sheet::new("Balance over time", columns, empty).rows(over.iter().rev().map(row))
}

fn ledger(entries: &[LedgerEntry]) -> Sheet {
    let columns = vec![
        Column::Number("Line"),
        Column::Text("Time"),
        Column::Text("For"),
        Column::Number("Amount"),
        Column::Number("Balance"),
        Column::Text("Reference"),
    ];
    let empty = Empty {
        what: "No line in the ledger.",
        why: "Nothing was ever booked for this customer.",
        next: html! { "A top-up, a call or a fee makes the first line." },
    };
    let row = |entry: &LedgerEntry| {
        vec![
            Cell::number(entry.seq),
            Cell::at(entry.at),
            Cell::text(kind(entry.kind)),
            Cell::money(entry.amount),
            Cell::money(entry.balance_after),
            Cell::text(entry.reference.as_deref().unwrap_or("–")),
        ]
    };
    Sheet::new("Ledger", columns, empty).rows(entries.iter().map(row))
}

const fn kind(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Opening => "opening balance",
        EntryKind::TopUp => "top-up",
        EntryKind::Call => "call",
        EntryKind::Subscription => "subscription",
        EntryKind::MonthlyFee => "monthly fee",
        EntryKind::Sms => "text message",
        EntryKind::Fax => "fax",
        EntryKind::Card => "calling card",
        EntryKind::Correction => "correction",
    }
}

fn limits(customer: &Customer) -> Markup {
    let profile = &customer.profile;
    let most = |limit: Limit| match limit.is_set() {
        true => html! { (grouped(limit.get())) },
        false => html! { span.none { "none" } },
    };
    let service = |terms: ServiceTerms| {
        html! {
            @if terms.enabled {
                "at most " (most(terms.max_leases)) "; " (grouped(terms.charge_rate.get()))
                " credits for " (grouped(terms.charge_block.get())) " s"
            } @else { span.none { "not enabled" } }
        }
    };
    let prefixes: Vec<_> = profile.allowed_prefixes.iter().map(|prefix| prefix.as_str()).collect();
    facts([
        ("Single leases", service(profile.single)),
        ("Group leases", service(profile.group)),
        ("Numbers in reserve", most(profile.max_reserved)),
        ("Calls at once", most(profile.max_calls)),
        ("Credits a day", most(profile.max_spend_per_day)),
        (
            "Below zero",
            match profile.credit_limit {
                Some(limit) => html! { (grouped(limit.get())) },
                None => html! { span.none { "no limit" } },
            },
        ),
        (
            "Phones begin with",
            match prefixes.is_empty() {
                true => html! { span.none { "anything" } },
                false => html! { (prefixes.join(", ")) },
            },
        ),
    ])
}

pub(crate) async fn top_up(change: Change, id: Path<String>) -> Answer {
    let visit = &change.visit;
    visit.needs(Duty::TopUp)?;
    let view = found(visit, &id).await?;
    let (typed, reason) = (change.field("credits"), change.field("reason"));
    let amount = typed.replace(',', "").parse().ok().filter(|amount| *amount != 0);
    let (Some(amount), false) = (amount, reason.is_empty()) else {
        let wrong =
            if amount.is_none() { "This is not a whole number of credits." } else { "Say why." };
        return again(visit, &view, typed, wrong).await;
    };
    let amount = Credits::new(amount);
    let customer = view.customer.id;
    let subject =
        format!("customer {customer}: {} credits ({})", grouped(amount.get()), dollars(amount));
    visit.audit(AuditAction::TopUp, &subject, reason).await?;
    match visit.hub().ask(TopUpRequest { caller: Caller::operator(), customer, amount }).await {
        Ok(_) => Ok(to(&format!("{PATH}/customers/{customer}?done=1"))),
        Err(Failure::Refused(refusal)) => {
            again(visit, &view, typed, &format!("Refused: {refusal}.")).await
        }
        Err(failure) => Err(failure.into()),
    }
}

async fn again(visit: &Visit, view: &CustomerView, typed: &str, wrong: &str) -> Answer {
    let lines = Lines::NewestFirst(None);
    let entries = visit.hub().ledger(view.customer.id, lines, visit.rows()).await?;
    let body = html! { (alert(wrong)) (detail(visit, view, &entries, typed, Some(wrong)).await?) };
    Ok(refused_page(visit, Nav::Customers, &name(&view.customer), body))
}

/// The state that the button leads to.
const fn other(status: CustomerStatus) -> CustomerStatus {
    match status {
        CustomerStatus::Active => CustomerStatus::Suspended,
        CustomerStatus::Suspended => CustomerStatus::Active,
    }
}

pub(crate) async fn confirm(visit: Visit, id: Path<String>) -> Answer {
    visit.needs(Duty::ChangeCustomers)?;
    let view = found(&visit, &id).await?;
    let body = confirmation(&visit, &view.customer);
    Ok(page(&visit, Nav::Customers, &name(&view.customer), body))
}

fn confirmation(visit: &Visit, customer: &Customer) -> Markup {
    let here = format!("{PATH}/customers/{}", customer.id);
    let (verb, effects) = match other(customer.profile.status) {
        CustomerStatus::Suspended => (
            "Suspend",
            [
                "It can no longer lease, reserve or call.",
                "Leases that hold numbers go on until they end.",
            ],
        ),
        CustomerStatus::Active => (
            "Activate",
            [
                "It can lease, reserve and call again.",
                "What was refused meanwhile is not made up for.",
            ],
        ),
    };
    html! {
        div.effect { p { (verb) " customer " (customer.id) ":" } ul { @for effect in effects { li { (effect) } } } }
        (post(visit, &format!("{here}/status"), html! {
            input type="hidden" name="from" value=(word(customer.profile.status));
            (Field::text("reason", "Reason", "").hint("For the audit log").html())
            p.buttons { button.danger { (verb) } a.button href=(here) { "Leave it" } }
        }))
    }
}

const fn word(status: CustomerStatus) -> &'static str {
    match status {
        CustomerStatus::Active => "active",
        CustomerStatus::Suspended => "suspended",
    }
}

pub(crate) async fn set_status(change: Change, id: Path<String>) -> Answer {
    let visit = &change.visit;
    visit.needs(Duty::ChangeCustomers)?;
    let view = found(visit, &id).await?;
    let (customer, reason) = (&view.customer, change.field("reason"));
    // Somebody else may have pressed the button meanwhile: then there is nothing left to do.
    let is_current = change.field("from") == word(customer.profile.status);
    if reason.is_empty() || !is_current {
        let what = if is_current { "Say why." } else { "It was changed meanwhile: look again." };
        let body = html! { (alert(what)) (confirmation(visit, customer)) };
        return Ok(refused_page(visit, Nav::Customers, &name(customer), body));
    }
    let status = other(customer.profile.status);
    let subject = format!("customer {}: {}", customer.id, word(status));
    visit.audit(AuditAction::ChangeCustomer, &subject, reason).await?;
    let change = CustomerChange { status: Some(status), ..CustomerChange::default() };
    let update = CustomerUpdate { caller: Caller::operator(), customer: customer.id, change };
    visit.hub().ask(update).await?;
    Ok(to(&format!("{PATH}/customers/{}?done=1", customer.id)))
}
