//! Adding credit, suspending and activating.

use actix_web::web::Path;
use leaseline_core::Refusal;
use leaseline_core::api_user::Caller;
use leaseline_core::audit::AuditAction;
use leaseline_core::customer::{
    Customer, CustomerChange, CustomerStatus, CustomerUpdate, CustomerView,
};
use leaseline_core::ledger::TopUpRequest;
use leaseline_core::money::Credits;
use leaseline_core::staff::Duty;
use leaseline_hub::Failure;
use maud::{Markup, html};

use super::{Known, detail, found, name};
use crate::PATH;
use crate::change::{Change, NAME};
use crate::layout::{Field, Kind, Nav, alert, page, post, refused_page};
use crate::pages::{Answer, to};
use crate::shown::{dollars, grouped};
use crate::visit::Visit;

pub(crate) async fn top_up(mut change: Change, id: Path<String>) -> Answer {
    change.visit.needs(Duty::TopUp)?;
    let view = found(&change.visit, &id).await?;
    // The form is on the customer's page, and that is shown again if it is refused.
    change.visit.path = format!("{PATH}/customers/{}", view.customer.id);
    let visit = &change.visit;
    let (typed, reason) = (change.field("credits"), change.field("reason"));
    let amount = whole(typed).filter(|amount| *amount != 0);
    let (Some(amount), false) = (amount, reason.is_empty()) else {
        let wrong =
            if amount.is_none() { "This is not a whole number of credits." } else { "Say why." };
        return again(visit, &view, TopUp { credits: typed, reason, wrong: Some(wrong) }).await;
    };
    let amount = Credits::new(amount);
    let customer = view.customer.id;
    let subject =
        format!("customer {customer}: {} credits ({})", grouped(amount.get()), dollars(amount));
    visit.audit(AuditAction::TopUp, &subject, reason).await?;
    let request = TopUpRequest { caller: Caller::operator(), customer, amount };
    let refusal = match change.ask_once("console/top-up", &subject, request).await {
        Ok(is_new) => {
            if !is_new {
                visit.audit_not_done(AuditAction::TopUp, &subject, reason).await?;
            }
            return Ok(to(&format!("{PATH}/customers/{customer}?done=1")));
        }
        Err(Failure::Refused(refusal)) => refusal,
        Err(failure) => return Err(failure.into()),
    };
    visit.audit_not_done(AuditAction::TopUp, &subject, reason).await?;
    let wrong = match refusal {
        Refusal::KeyReused => {
            "This form was sent before, and credit booked: see the ledger.".to_owned()
        }
        refusal => format!("Refused: {refusal}."),
    };
    again(visit, &view, TopUp { credits: typed, reason, wrong: Some(&wrong) }).await
}

/// A whole number; commas may stand where they part thousands.
fn whole(typed: &str) -> Option<i64> {
    let digits = typed.strip_prefix('-').unwrap_or(typed);
    let mut groups = digits.split(',');
    let first = groups.next()?;
    let is_grouped = digits.contains(',');
    let sound = groups.all(|group| group.len() == 3) && !(is_grouped && first.len() > 3);
    let plain = typed.replace(',', "");
    let is_plain = digits.bytes().all(|byte| byte == b',' || byte.is_ascii_digit());
    (sound && is_plain && !first.is_empty()).then(|| plain.parse().ok()).flatten()
}

/// What was typed into the form for a top-up, and what is wrong with it.
#[derive(Clone, Copy, Default)]
pub(super) struct TopUp<'a> {
    pub(super) credits: &'a str,
    pub(super) reason: &'a str,
    pub(super) wrong: Option<&'a str>,
}

impl TopUp<'_> {
    pub(super) fn form(self, visit: &Visit, here: &str) -> Markup {
        html! {
            details open[self.wrong.is_some()] {
                summary { "Top up" }
                (post(visit, &format!("{here}/top-up"), html! {
                    @if let Some(id) = visit.id { input type="hidden" name=(NAME) value=(id); }
                    (Field::text("credits", "Credits", self.credits).kind(Kind::Digits).wrong(self.wrong)
                        .hint("One credit is $0.0001. A minus takes credit back.").html())
                    (Field::text("reason", "Reason", self.reason).hint("For the audit log").html())
                    button.main { "Top up" }
                }))
            }
        }
    }
}

async fn again(visit: &Visit, view: &CustomerView, typed: TopUp<'_>) -> Answer {
    let wrong = typed.wrong.unwrap_or_default();
    let known = Known::load(visit, view).await?;
    let body = html! { (alert(wrong)) (detail(visit, view, &known, typed)) };
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
    let body = confirmation(&visit, &view.customer, "");
    Ok(page(&visit, Nav::Customers, &title(&view.customer), body))
}

fn title(customer: &Customer) -> String {
    format!("{} {}", verb(other(customer.profile.status)), name(customer))
}

/// What the button does that leads to this state.
const fn verb(status: CustomerStatus) -> &'static str {
    match status {
        CustomerStatus::Active => "Activate",
        CustomerStatus::Suspended => "Suspend",
    }
}

fn confirmation(visit: &Visit, customer: &Customer, reason: &str) -> Markup {
    let here = format!("{PATH}/customers/{}", customer.id);
    let verb = verb(other(customer.profile.status));
    let effects = match other(customer.profile.status) {
        CustomerStatus::Suspended => [
            "It can no longer lease, reserve or call.",
            "Leases that hold numbers go on until they end.",
        ],
        CustomerStatus::Active => [
            "It can lease, reserve and call again.",
            "What was refused meanwhile is not made up for.",
        ],
    };
    html! {
        div.effect { p { (verb) " customer " (customer.id) ":" } ul { @for effect in effects { li { (effect) } } } }
        (post(visit, &format!("{here}/status"), html! {
            input type="hidden" name="from" value=(word(customer.profile.status));
            (Field::text("reason", "Reason", reason).hint("For the audit log").html())
            p.buttons { button.danger { (verb) } a.button href=(here) { "Cancel" } }
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
        let body = html! { (alert(what)) (confirmation(visit, customer, reason)) };
        return Ok(refused_page(visit, Nav::Customers, &title(customer), body));
    }
    let status = other(customer.profile.status);
    let subject = format!("customer {}: {}", customer.id, word(status));
    visit.audit(AuditAction::ChangeCustomer, &subject, reason).await?;
    let change = CustomerChange { status: Some(status), ..CustomerChange::default() };
    let update = CustomerUpdate { caller: Caller::operator(), customer: customer.id, change };
    visit.hub().ask(update).await?;
    Ok(to(&format!("{PATH}/customers/{}?done=1", customer.id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_part_thousands_and_nothing_else() {
        for (typed, amount) in [("7", 7), ("-1,500", -1_500), ("12,345,678", 12_345_678)] {
            assert_eq!(whole(typed), Some(amount), "{typed}");
        }
        for wrong in ["", "-", "1,5", "10,50", ",,5", ",500", "1500,000", "1.5", "1 000", "+7"] {
            assert_eq!(whole(wrong), None, "{wrong}");
        }
    }
}
