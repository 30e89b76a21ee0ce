//! What a customer's page is made of.

use leaseline_core::Timestamp;
use leaseline_core::customer::{ChargeMethod, Customer, Limit, ServiceTerms};
use leaseline_core::ledger::{EntryKind, LedgerEntry};
use leaseline_hub::insight::BalancePoint;
use leaseline_hub::operator::{NumberLine, TokenRecord};
use maud::{Markup, html};

use crate::PATH;
use crate::layout::facts;
use crate::mask::our_number;
use crate::pages::numbers::state_word;
use crate::sheet::{Cell, Column, Empty, Sheet, Tone};
use crate::shown::grouped;

pub(super) fn balance_sheet(over: &[BalancePoint]) -> Sheet {
    let columns = vec![Column::Text("Time"), Column::Number("Balance")];
    let empty = Empty {
        what: "No balance yet.",
        why: "Nothing was booked for this customer in that time.",
        next: html! { "Choose a longer time." },
    };
    let row = |point: &BalancePoint| vec![Cell::at(point.at), Cell::money(point.balance)];
    Sheet::new("Balance over time", columns, empty).rows(over.iter().rev().map(row))
}

pub(super) fn ledger(entries: &[LedgerEntry]) -> Sheet {
    let columns = vec![
        Column::Text("Line"),
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
            Cell::text_or_void(entry.reference.as_deref()),
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

/// The tokens by which programs act for the customer. None is kept anywhere: what stands here is what a
/// token says of itself.
pub(super) fn tokens(tokens: &[TokenRecord], now: Timestamp) -> Sheet {
    let columns = vec![
        Column::Text("Token"),
        Column::Text("User"),
        Column::Text("State"),
        Column::Text("Issued"),
        Column::Text("Expires"),
        Column::Text("Revoked"),
    ];
    let empty = Empty {
        what: "No token acts for this customer alone.",
        why: "Tokens of administrators, who act for everybody, are not listed here.",
        next: html! { "One is made by " code { "leaseline token issue" } "." },
    };
    let row = |token: &TokenRecord| {
        let (tone, word) = token_state(token, now);
        vec![
            Cell::new(html! { code { (token.jti) } }, token.jti.clone()),
            Cell::text_or_void(token.user.as_deref()),
            Cell::badge(tone, word),
            Cell::at_or(token.issued_at, "elsewhere"),
            Cell::at_or(token.expires_at, "never"),
            Cell::at_or(token.revoked_at, "–"),
        ]
    };
    Sheet::new("Tokens", columns, empty).rows(tokens.iter().map(row))
}

fn token_state(token: &TokenRecord, now: Timestamp) -> (Tone, &'static str) {
    match (token.revoked_at, token.expires_at) {
        (Some(_), _) => (Tone::Bad, "revoked"),
        (None, Some(end)) if end <= now => (Tone::Plain, "expired"),
        (None, _) => (Tone::Good, "good"),
    }
}

/// The numbers that are set aside for the customer.
pub(super) fn reserve(numbers: &[NumberLine]) -> Sheet {
    let columns = vec![
        Column::Text("Number"),
        Column::Text("State"),
        Column::Text("Pool"),
        Column::Text("Lease"),
    ];
    let empty = Empty {
        what: "No number is set aside for this customer.",
        why: "A reserve is made over Apigate’s API.",
        next: html! { "The operation is " code { "customer/reserve" } "." },
    };
    let row = |line: &NumberLine| {
        let (tone, word) = state_word(line.state);
        vec![
            Cell::new(our_number(&line.number), line.number.sent()),
            Cell::badge(tone, word),
            Cell::text(&line.pool),
            match line.lease {
                Some(id) => Cell::short_reference(&format!("{PATH}/leases/{id}"), id.to_string()),
                None => Cell::void(),
            },
        ]
    };
    Sheet::new("Reserved numbers", columns, empty).rows(numbers.iter().map(row))
}

pub(super) fn limits(customer: &Customer) -> Markup {
    let profile = &customer.profile;
    let most = |limit: Limit| match limit.is_set() {
        true => html! { (grouped(limit.get())) },
        false => html! { span.none { "no limit" } },
    };
    let service = |terms: ServiceTerms| {
        html! {
            @if terms.enabled {
                @if terms.max_leases.is_set() { "at most " (grouped(terms.max_leases.get())) }
                @else { "any number" }
                "; " (grouped(terms.charge_rate.get())) @if terms.charge_rate.get() == 1 { " credit" } @else { " credits" }
                " for each " (grouped(terms.charge_block.get())) " s"
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
            match (profile.charge_method, profile.credit_limit) {
                (ChargeMethod::Prepaid, _) => html! { span.none { "no call or subscription" } },
                (ChargeMethod::Postpaid, Some(limit)) => html! { (grouped(limit.get())) },
                (ChargeMethod::Postpaid, None) => html! { span.none { "no limit" } },
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
