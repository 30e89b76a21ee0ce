//! Leases, live and past, and giving one back.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::Path;
use leaseline_core::Refusal;
use leaseline_core::api_user::Caller;
use leaseline_core::audit::AuditAction;
use leaseline_core::ids::{CustomerId, LeaseId};
use leaseline_core::lease::{LeaseKind, PastLease};
use leaseline_core::phone::PhoneNumber;
use leaseline_core::release::ReleaseRequest;
use leaseline_core::search::LeaseSearch;
use leaseline_core::staff::Duty;
use leaseline_hub::Failure;
use leaseline_hub::operator::LeaseLine;
use maud::{Markup, html};
use uuid::Uuid;

use super::{Answer, to};
use crate::PATH;
use crate::change::Change;
use crate::layout::{Field, Nav, alert, done, facts, page, post, refused_page};
use crate::list::{List, find};
use crate::mask::{Mask, our_number};
use crate::sheet::{Cell, Column, Empty, Sheet, Tone, badge, file};
use crate::shown::{at, until};
use crate::trouble::Trouble;
use crate::visit::Visit;

pub(crate) async fn list(visit: Visit) -> Answer {
    visit.needs(Duty::Look)?;
    let typed = visit.asked("q").unwrap_or_default();
    let search = match LeaseSearch::parse(typed, &visit.console.settings.region) {
        Ok(search) => search,
        Err(wrong) => return Ok(LIST.not_understood(&visit, &wrong)),
    };
    let search = async |place, limit| visit.hub().find_leases(search.clone(), place, limit).await;
    let found = find(&visit, lease_id, search).await?;
    let sheet = sheet().rows(found.lines.iter().map(|line| row(&visit, line)));
    Ok(LIST.found(&visit, html! {}, &sheet, &found, ToString::to_string))
}

const LIST: List = List {
    nav: Nav::Leases,
    title: "Leases",
    example: "customer:8 state:active kind:group exp:<1h 0388",
};

fn sheet() -> Sheet {
    let columns = vec![
        Column::Text("Lease"),
        Column::Text("State"),
        Column::Text("Kind"),
        Column::Text("Customer"),
        Column::Text("Numbers"),
        Column::Text("Leads to"),
        Column::Text("Granted"),
        Column::Text("Until"),
        Column::Text("By"),
    ];
    let empty = Empty {
        what: "No lease fits.",
        why: "Nothing was leased yet, or the filter leaves everything out.",
        next: html! { a href={ (PATH) "/leases" } { "Show all leases" } },
    };
    Sheet::new("Leases", columns, empty)
}

fn row(visit: &Visit, line: &LeaseLine) -> Vec<Cell> {
    let lease = &line.lease;
    let numbers: Vec<_> = lease.members.iter().map(|member| &member.number).collect();
    let shown = html! { @for number in &numbers { (our_number(number)) " " } };
    let plain: Vec<_> = numbers.iter().map(|number| number.sent()).collect();
    let (tone, state) = state(visit, lease);
    let led_to = phones(lease, Mask::Masked);
    vec![
        Cell::short_reference(&format!("{PATH}/leases/{}", lease.id), lease.id.to_string()),
        Cell::badge(tone, state),
        Cell::text(kind(lease.kind)),
        Cell::link(&format!("{PATH}/customers/{}", lease.customer), lease.customer.to_string()),
        Cell::new(shown, plain.join(" ")),
        Cell::new(
            html! { @for phone in &led_to { span.number { (phone) } " " } },
            led_to.join(" "),
        ),
        Cell::at(lease.granted_at),
        match lease.is_live(visit.now) {
            true => Cell::until(lease.expires_at, visit.now),
            false => Cell::at(lease.released_at.unwrap_or(lease.expires_at)),
        },
        Cell::text(line.granted_by.clone().unwrap_or_else(|| "the operator".into())),
    ]
}

fn state(visit: &Visit, lease: &PastLease) -> (Tone, &'static str) {
    match (lease.released_at, lease.is_live(visit.now)) {
        (Some(_), _) => (Tone::Plain, "released"),
        (None, true) => (Tone::Good, "active"),
        (None, false) => (Tone::Plain, "expired"),
    }
}

const fn kind(kind: LeaseKind) -> &'static str {
    match kind {
        LeaseKind::Single => "single",
        LeaseKind::Group => "group",
    }
}

fn phones(lease: &PastLease, mask: Mask) -> Vec<String> {
    let phone = |user: &Option<leaseline_core::subscriber::Subscriber>| {
        user.as_ref().map_or_else(|| "erased".to_owned(), |user| mask.phone(user.phone()))
    };
    lease.members.iter().map(|member| phone(&member.user)).collect()
}

pub(super) fn lease_id(text: &str) -> Option<LeaseId> {
    Uuid::try_parse(text).ok().map(LeaseId::new)
}

async fn found(visit: &Visit, id: &str) -> Result<LeaseLine, Trouble> {
    let id = lease_id(id).ok_or(Trouble::NotFound)?;
    visit.hub().lease(id).await?.ok_or(Trouble::NotFound)
}

pub(crate) async fn one(visit: Visit, id: Path<String>) -> Answer {
    visit.needs(Duty::Look)?;
    let line = found(&visit, &id).await?;
    if let Some(file) = file(&visit, &[&members(&line.lease, Mask::Masked)]) {
        return Ok(file);
    }
    let was_released = visit.asked("done").is_some() && line.lease.released_at.is_some();
    let said = was_released.then(|| done("The lease was released."));
    Ok(page(
        &visit,
        Nav::Leases,
        "Lease",
        html! {
            @if let Some(said) = said { (said) }
            (detail(&visit, &line, Mask::Masked))
        },
    ))
}

fn detail(visit: &Visit, line: &LeaseLine, mask: Mask) -> Markup {
    let lease = &line.lease;
    let (tone, word) = state(visit, lease);
    let is_live = lease.is_live(visit.now);
    let here = format!("{PATH}/leases/{}", lease.id);
    html! {
        (facts([
            ("Reference", html! { code { (lease.id) } }),
            ("State", badge(tone, word)),
            ("Kind", html! { (kind(lease.kind)) }),
            ("Customer", html! { a href={ (PATH) "/customers/" (lease.customer) } { (lease.customer) } }),
            ("Granted", at(lease.granted_at)),
            (if is_live { "Until" } else { "Ended" }, match is_live {
                true => until(lease.expires_at, visit.now),
                false => at(lease.released_at.unwrap_or(lease.expires_at)),
            }),
            ("By", html! { (line.granted_by.as_deref().unwrap_or("the operator")) }),
        ]))
        h2 { "Numbers" }
        (members(lease, mask).table(visit))
        @if mask == Mask::Masked && visit.may(Duty::Reveal) {
            (post(visit, &here, html! {
                (Field::text("reason", "Reason", "").hint("Whole phones are shown, and the audit log says so.").html())
                button { "Show whole phones" }
            }))
        }
        @if is_live && visit.may(Duty::Release) {
            p { a.button href={ (here) "/release" } { "Release this lease …" } }
        }
    }
}

fn members(lease: &PastLease, mask: Mask) -> Sheet {
    let columns = vec![
        Column::Text("Number"),
        Column::Text("Turn"),
        Column::Text("Leads to"),
        Column::Text("IMSI"),
    ];
    let empty = Empty { what: "No numbers.", why: "", next: html! {} };
    let rows = lease.members.iter().zip(phones(lease, mask)).map(|(member, phone)| {
        let imsi = member.user.as_ref().and_then(|user| user.imsi());
        let imsi = imsi.map(|imsi| mask.text(imsi.as_str()));
        vec![
            Cell::new(our_number(&member.number), member.number.sent()),
            Cell::number(member.turn),
            Cell::text(phone),
            Cell::text_or_void(imsi),
        ]
    });
    Sheet::new("Numbers of the lease", columns, empty).rows(rows)
}

pub(crate) async fn reveal(change: Change, id: Path<String>) -> Answer {
    let visit = &change.visit;
    visit.needs(Duty::Reveal)?;
    let line = found(visit, &id).await?;
    let reason = change.field("reason");
    if reason.is_empty() {
        let body =
            html! { (alert("Say why you need to see them.")) (detail(visit, &line, Mask::Masked)) };
        return Ok(refused_page(visit, Nav::Leases, "Lease", body));
    }
    visit.audit(AuditAction::Reveal, &format!("lease {}", line.lease.id), reason).await?;
    Ok(page(visit, Nav::Leases, "Lease", detail(visit, &line, Mask::Revealed)))
}

pub(crate) async fn confirm(visit: Visit, id: Path<String>) -> Answer {
    visit.needs(Duty::Release)?;
    let line = found(&visit, &id).await?;
    if !line.lease.is_live(visit.now) {
        return Ok(over(&visit, &line.lease));
    }
    let kept = kept(&visit, &line.lease).await?;
    let body = confirmation(&visit, &line.lease, &kept, "");
    Ok(page(&visit, Nav::Leases, "Release a lease", body))
}

/// There is nothing to release any more.
fn over(visit: &Visit, lease: &PastLease) -> HttpResponse {
    let body = html! {
        (alert("The lease is over already."))
        p { a.button href={ (PATH) "/leases/" (lease.id) } { "Look at it" } }
    };
    refused_page(visit, Nav::Leases, "Release a lease", body)
}

/// Numbers by the customer for whom they are set aside; those of nobody come first.
type Kept = BTreeMap<Option<CustomerId>, Vec<PhoneNumber>>;

async fn kept(visit: &Visit, lease: &PastLease) -> Result<Kept, Trouble> {
    let mut kept = Kept::new();
    for member in &lease.members {
        let found = visit.hub().number_history(member.number.e164(), None, 1).await?;
        let customer = found.and_then(|found| found.number.reserved_for);
        kept.entry(customer).or_default().push(member.number.clone());
    }
    Ok(kept)
}

/// Who may have the numbers next.
fn afterwards(customer: Option<CustomerId>, numbers: &[PhoneNumber]) -> Markup {
    html! {
        "After the pool’s quarantine "
        @match customer {
            None => "anybody may lease ",
            Some(id) => { "only customer " (id) " may lease " },
        }
        @for (place, number) in numbers.iter().enumerate() {
            @if place > 0 { ", " }
            span.number { (number.sent()) }
        }
        @if customer.is_some() { " (reserved)" }
        "."
    }
}

/// Names the effect before anybody presses the button.
fn confirmation(visit: &Visit, lease: &PastLease, kept: &Kept, reason: &str) -> Markup {
    let here = format!("{PATH}/leases/{}", lease.id);
    html! {
        div.effect {
            p { "This ends the lease now:" }
            ul {
                @for (member, phone) in lease.members.iter().zip(phones(lease, Mask::Masked)) {
                    li { "Calls to " b.number { (member.number.sent()) } " no longer reach " span.number { (phone) } "." }
                }
                @for (customer, numbers) in kept { li { (afterwards(*customer, numbers)) } }
                li { "Customer " (lease.customer) " pays nothing for it and gets nothing back." }
                li { "It cannot be undone." }
            }
        }
        (post(visit, &format!("{here}/release"), html! {
            (Field::text("reason", "Reason", reason).hint("For the audit log").html())
            p.buttons { button.danger { "Release it" } a.button href=(here) { "Cancel" } }
        }))
    }
}

pub(crate) async fn release(change: Change, id: Path<String>) -> Answer {
    let visit = &change.visit;
    visit.needs(Duty::Release)?;
    let line = found(visit, &id).await?;
    if !line.lease.is_live(visit.now) {
        return Ok(over(visit, &line.lease));
    }
    let lease = line.lease;
    let reason = change.field("reason");
    let again = async |what: &str| {
        let kept = kept(visit, &lease).await?;
        let body = html! { (alert(what)) (confirmation(visit, &lease, &kept, reason)) };
        Ok(refused_page(visit, Nav::Leases, "Release a lease", body))
    };
    if reason.is_empty() {
        return again("Say why.").await;
    }
    let subject = format!("lease {}", lease.id);
    visit.audit(AuditAction::Release, &subject, reason).await?;
    let request = ReleaseRequest { caller: Caller::operator(), lease: lease.id, kind: lease.kind };
    match visit.hub().ask(request).await {
        Ok(_) => Ok(to(&format!("{PATH}/leases/{}?done=1", lease.id))),
        Err(Failure::Refused(Refusal::LeaseUnknown)) => {
            visit.audit_not_done(AuditAction::Release, &subject, reason).await?;
            Ok(over(visit, &lease))
        }
        Err(failure) => Err(failure.into()),
    }
}
