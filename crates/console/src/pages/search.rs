//! The one field that is on every page: it finds out what was typed.

use leaseline_core::phone::PhoneNumber;
use leaseline_core::staff::Duty;
use maud::html;

use super::{Answer, leases, to};
use crate::PATH;
use crate::layout::{Nav, escaped, page};
use crate::mask::number_path;
use crate::visit::Visit;

pub(crate) async fn search(visit: Visit) -> Answer {
    visit.needs(Duty::Look)?;
    let typed = visit.asked("q").unwrap_or_default();
    if let Some(id) = leases::lease_id(typed)
        && visit.hub().lease(id).await?.is_some()
    {
        return Ok(to(&format!("{PATH}/leases/{id}")));
    }
    if let Some(id) = super::requests::request_id(typed)
        && visit.may(Duty::Diagnose)
        && visit.hub().request(id).await?.is_some()
    {
        return Ok(to(&format!("{PATH}/requests/{id}")));
    }
    if let Ok(number) = PhoneNumber::parse(typed, &visit.console.settings.region)
        && visit.hub().number_history(number.e164(), None, 1).await?.is_some()
    {
        return Ok(to(&number_path(number.e164())));
    }
    if let Some(id) = typed.strip_prefix("customer:").and_then(super::customers::customer_id) {
        return Ok(to(&format!("{PATH}/customers/{id}")));
    }
    if typed.contains(':') {
        return Ok(to(&format!("{PATH}/leases?q={}", escaped(typed))));
    }
    let body = html! {
        p.lead { "Nothing found for “" (typed) "”." }
        p { "What can be found from here:" }
        ul {
            li { "a number of the inventory: " code { "0388880000" } " or " code { "+60388880000" } }
            li { "a lease by its reference: " code { "0194c0de-…" } }
            li { "a customer by its id: " code { "customer:8" } }
            li { "leases by the words of their filter: " code { "state:active exp:<1h" } }
            li { "a request by what its answer’s header " code { "Request-Id" } " says" }
        }
    };
    Ok(page(&visit, None::<Nav>, "Search", body))
}
