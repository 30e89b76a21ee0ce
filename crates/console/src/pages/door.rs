//! Logging in and out, setting a password by a link, light and dark.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use leaseline_core::staff::{SHORTEST_PASSWORD, StaffMember, permit_password};
use leaseline_hub::staff::{EndSession, SetPassword, StaffToken};
use leaseline_web::{Form, peer, read_body};
use maud::{Markup, html};

use super::{Answer, to};
use crate::PATH;
use crate::change::{Change, is_of_our_pages};
use crate::console::Console;
use crate::cookie;
use crate::layout::{Field, Kind, alert, bare_page, done};
use crate::trouble::Trouble;
use crate::visit::{Theme, token};

const WRONG: &str = "Name and password do not fit, or too many tries failed. After some failures \
                     every try fails for a quarter of an hour.";

pub(crate) async fn log_in_page(request: HttpRequest) -> HttpResponse {
    let query = Form::parse(request.query_string().as_bytes()).unwrap_or_default();
    let said = query.get("done").map(|_| done("Your password is set. Log in with it."));
    let next = query.get("next").unwrap_or_default();
    let body = html! { @if let Some(said) = said { (said) } (log_in_form("", next)) };
    bare_page("Log in", Theme::of(&request), StatusCode::OK, body)
}

fn log_in_form(name: &str, next: &str) -> Markup {
    html! {
        h1 { "Log in" }
        form method="post" action={ (PATH) "/log-in" } {
            (Field::text("name", "Name", name).html())
            (Field::text("password", "Password", "").kind(Kind::Password).html())
            input type="hidden" name="next" value=(next);
            button.main { "Log in" }
        }
        p.note {
            "No password yet? On the server, “leaseline admin link NAME” prints a link to set one."
        }
    }
}

pub(crate) async fn log_in(
    request: HttpRequest,
    payload: Payload,
    console: Data<Console>,
) -> Answer {
    let form = form_of_nobody(&request, payload, &console).await?;
    let field = |name| form.get(name).unwrap_or_default();
    let source = peer::source(&request, &console.settings.trusted_proxies);
    let before = token(&request, &console);
    let (name, password) = (field("name").trim(), field("password"));
    let session = console.hub.log_in_staff(name, password, source, before).await?;
    let Some(session) = session else {
        let body = html! { (alert(WRONG)) (log_in_form(name, field("next"))) };
        return Ok(bare_page(
            "Log in",
            Theme::of(&request),
            StatusCode::UNPROCESSABLE_ENTITY,
            body,
        ));
    };
    let mut answer = to(local(field("next")));
    cookie::send(&mut answer, &cookie::session(&console, session.expose()));
    Ok(answer)
}

/// Only a place within the console: nobody is sent elsewhere by a link to our own log-in.
fn local(next: &str) -> &str {
    let is_ours =
        next == PATH || next.strip_prefix(PATH).is_some_and(|rest| rest.starts_with(['/', '?']));
    let is_plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_ours && is_plain { next } else { PATH }
}

pub(crate) async fn log_out(change: Change) -> Answer {
    let visit = change.visit;
    visit.hub().ask(EndSession { token: visit.token.clone() }).await?;
    let mut answer = to(&format!("{PATH}/log-in"));
    cookie::send(&mut answer, &cookie::session(&visit.console, ""));
    Ok(answer)
}

pub(crate) async fn theme(change: Change) -> Answer {
    let mut answer = to(local(change.field("back")));
    let theme = Theme::by_name(change.field("to"));
    cookie::send(&mut answer, &theme.cookie());
    Ok(answer)
}

pub(crate) async fn set_up_page(request: HttpRequest, console: Data<Console>) -> Answer {
    let query = Form::parse(request.query_string().as_bytes()).map_err(|_| Trouble::Unreadable)?;
    let link = query.get("link").unwrap_or_default();
    Ok(match member_of(&console, link).await? {
        Some(member) => {
            let body = set_up_form(&member, link, None);
            bare_page("Set your password", Theme::of(&request), StatusCode::OK, body)
        }
        None => no_link(&request),
    })
}

pub(crate) async fn set_up(
    request: HttpRequest,
    payload: Payload,
    console: Data<Console>,
) -> Answer {
    let form = form_of_nobody(&request, payload, &console).await?;
    let field = |name| form.get(name).unwrap_or_default();
    let (link, password) = (field("link"), field("password"));
    let Some(member) = member_of(&console, link).await? else { return Ok(no_link(&request)) };
    let wrong = match permit_password(&member.name, password) {
        Err(weak) => Some(format!("Not this one: {weak}.")),
        Ok(()) if password != field("again") => Some("The two differ.".to_owned()),
        Ok(()) => None,
    };
    if let Some(wrong) = wrong {
        let body = set_up_form(&member, link, Some(&wrong));
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(bare_page("Set your password", Theme::of(&request), status, body));
    }
    let password = console.hub.hash_password(password).await?;
    let Some(link) = StaffToken::parse(link) else { return Ok(no_link(&request)) };
    Ok(match console.hub.ask(SetPassword { link, password }).await? {
        Some(_) => to(&format!("{PATH}/log-in?done=password")),
        None => no_link(&request),
    })
}

fn set_up_form(member: &StaffMember, link: &str, wrong: Option<&str>) -> Markup {
    let hint = format!("At least {SHORTEST_PASSWORD} characters.");
    html! {
        h1 { "Set your password" }
        p { "For " b { (member.name) } ", " (member.role) "." }
        form method="post" action={ (PATH) "/set-up" } {
            input type="hidden" name="link" value=(link);
            (Field::text("password", "Password", "").kind(Kind::NewPassword).hint(&hint).wrong(wrong).html())
            (Field::text("again", "Once more", "").kind(Kind::NewPassword).html())
            button.main { "Set password" }
        }
    }
}

fn no_link(request: &HttpRequest) -> HttpResponse {
    let body = html! {
        h1 { "This link is no longer good" }
        p { "A link is good once, and for 15 minutes. On the server, “leaseline admin link NAME” prints a new one." }
    };
    bare_page("Link over", Theme::of(request), StatusCode::NOT_FOUND, body)
}

async fn member_of(console: &Console, link: &str) -> Result<Option<StaffMember>, Trouble> {
    match StaffToken::parse(link) {
        Some(link) => Ok(console.hub.staff_link(&link).await?),
        None => Ok(None),
    }
}

/// A form of somebody who is not logged in. Browsers say whether it comes from one of our pages;
/// that nobody is logged in by somebody else's page rests on it.
async fn form_of_nobody(
    request: &HttpRequest,
    payload: Payload,
    console: &Console,
) -> Result<Form, Trouble> {
    if !is_of_our_pages(request.headers()) {
        return Err(Trouble::StrangeForm);
    }
    let body = read_body(request, payload, &console.settings.limits).await?;
    Form::parse(&body).map_err(|_| Trouble::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_in_leads_nowhere_but_into_the_console() {
        let check = |next: &str, expected: &str| assert_eq!(local(next), expected, "{next}");
        check("/console", "/console");
        check("/console/leases?q=customer%3A8", "/console/leases?q=customer%3A8");
        for elsewhere in [
            "",
            "/",
            "/consolex",
            "//example.com",
            "https://example.com/console",
            "/console/\\example.com",
            "/console/\r\nSet-Cookie: a=b",
            "/api/v1",
        ] {
            check(elsewhere, PATH);
        }
    }
}
