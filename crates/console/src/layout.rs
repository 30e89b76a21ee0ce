//! The frame round every page, and the pieces that pages are made of.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use leaseline_core::staff::Duty;
use maud::{DOCTYPE, Markup, html};

use crate::change::TOKEN;
use crate::visit::{Theme, Visit};
use crate::{PATH, assets};

/// The entries of the navigation, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nav {
    Overview,
    Who,
    Leases,
    Numbers,
    Customers,
    Calls,
    Requests,
    Health,
    Audit,
    Accounts,
    Cards,
    Tools,
}

struct Entry {
    nav: Nav,
    title: &'static str,
    path: &'static str,
    /// After `g`.
    key: &'static str,
    duty: Duty,
}

const fn entry(
    nav: Nav,
    title: &'static str,
    path: &'static str,
    key: &'static str,
    duty: Duty,
) -> Entry {
    Entry { nav, title, path, key, duty }
}

const ENTRIES: [Entry; 12] = [
    entry(Nav::Overview, "Overview", "", "o", Duty::Look),
    entry(Nav::Who, "Who held it?", "/who", "w", Duty::Trace),
    entry(Nav::Leases, "Leases", "/leases", "l", Duty::Look),
    entry(Nav::Numbers, "Numbers", "/numbers", "n", Duty::Look),
    entry(Nav::Customers, "Customers", "/customers", "c", Duty::Look),
    entry(Nav::Calls, "Calls", "/calls", "a", Duty::Look),
    entry(Nav::Requests, "Requests", "/requests", "r", Duty::Diagnose),
    entry(Nav::Health, "Health", "/health", "h", Duty::Look),
    entry(Nav::Audit, "Audit log", "/audit", "i", Duty::ReadAudit),
    entry(Nav::Accounts, "Accounts", "/accounts", "u", Duty::Look),
    entry(Nav::Cards, "Card groups", "/cards", "d", Duty::Look),
    entry(Nav::Tools, "Tools", "/tools", "t", Duty::Look),
];

/// A page of somebody who is logged in, below an entry of the navigation or none.
pub(crate) fn page(
    visit: &Visit,
    nav: impl Into<Option<Nav>>,
    title: &str,
    body: Markup,
) -> HttpResponse {
    page_with(visit, nav.into(), title, StatusCode::OK, body)
}

/// The same, of a form that was not carried out and stands there as it was sent.
pub(crate) fn refused_page(visit: &Visit, nav: Nav, title: &str, body: Markup) -> HttpResponse {
    page_with(visit, Some(nav), title, StatusCode::UNPROCESSABLE_ENTITY, body)
}

fn page_with(
    visit: &Visit,
    nav: Option<Nav>,
    title: &str,
    status: StatusCode,
    body: Markup,
) -> HttpResponse {
    let page = document(
        title,
        visit.theme,
        html! {
            a.skip href="#main" { "Skip to the content" }
            (header(visit))
            (navigation(visit, nav))
            main #main tabindex="-1" {
                h1 { (title) }
                (body)
            }
            (keys(visit))
        },
    );
    HttpResponse::build(status).content_type(ContentType::html()).body(page.0)
}

/// A page of nobody in particular.
pub(crate) fn bare(title: &str, body: Markup) -> Markup {
    document(title, Theme::Auto, html! { main.bare #main { (body) } })
}

/// A page of nobody in particular, in a theme.
pub(crate) fn bare_page(
    title: &str,
    theme: Theme,
    status: StatusCode,
    body: Markup,
) -> HttpResponse {
    let page = document(title, theme, html! { main.bare #main { (body) } });
    HttpResponse::build(status).content_type(ContentType::html()).body(page.0)
}

/// No evaluation of texts and no inline styles: the policy would not let either. What says what is wrong
/// with a form or a filter (422) is shown like any other answer.
const HTMX: &str = r#"{"allowEval":false,"includeIndicatorStyles":false,"selfRequestsOnly":true,"historyCacheSize":0,"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"422","swap":true},{"code":"[45]..","swap":false,"error":true}]}"#;

fn document(title: &str, theme: Theme, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" data-theme=(theme.name()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="htmx-config" content=(HTMX);
                title { (title) " · Leaseline" }
                link rel="icon" href=(assets::url("icon.svg"));
                link rel="stylesheet" href=(assets::url("uPlot.min.css"));
                link rel="stylesheet" href=(assets::url("console.css"));
                script src=(assets::url("htmx.min.js")) defer {}
                script src=(assets::url("uPlot.iife.min.js")) defer {}
                script src=(assets::url("console.js")) defer {}
            }
            body { (body) }
        }
    }
}

fn header(visit: &Visit) -> Markup {
    let other = match visit.theme {
        Theme::Auto => Theme::Light,
        Theme::Light => Theme::Dark,
        Theme::Dark => Theme::Auto,
    };
    html! {
        header.bar {
            a.brand href=(PATH) { "Leaseline" }
            form.search role="search" aria-label="Everywhere" action={ (PATH) "/search" } {
                label.hidden for="search" { "Search" }
                input #search type="search" name="q" value=[searched(visit)] autocomplete="off" maxlength="200"
                    placeholder="Number, lease, customer:8 …  ( / )";
            }
            div.me {
                span.name { (visit.member.name) " · " (visit.member.role) }
                // A script that shows times in the viewer's zone names it here.
                span.name { "Times in " span data-zone { "UTC" } }
                (post(visit, &format!("{PATH}/theme"), html! {
                    input type="hidden" name="to" value=(other.name());
                    input type="hidden" name="back" value=(with(visit, &[]));
                    button.quiet { "Theme: " (visit.theme.name()) }
                }))
                (post(visit, &format!("{PATH}/log-out"), html! { button.quiet { "Log out" } }))
            }
        }
    }
}

/// What was looked for everywhere, on the page that says what came of it.
fn searched(visit: &Visit) -> Option<&str> {
    let is_search = visit.path.strip_prefix(PATH) == Some("/search");
    visit.asked("q").filter(|_| is_search)
}

fn navigation(visit: &Visit, here: Option<Nav>) -> Markup {
    html! {
        nav aria-label="Pages" {
            ul { @for entry in ENTRIES.iter().filter(|entry| visit.may(entry.duty)) {
                li { a href={ (PATH) (entry.path) } data-go=(entry.key)
                    aria-current=[(here == Some(entry.nav)).then_some("page")] { (entry.title) } }
            } }
        }
    }
}

/// What `?` shows.
fn keys(visit: &Visit) -> Markup {
    html! {
        dialog #keys aria-labelledby="keys-title" {
            h2 #keys-title { "Keys" }
            dl {
                dt { kbd { "/" } } dd { "search" }
                dt { kbd { "j" } " " kbd { "k" } } dd { "next and previous row" }
                dt { kbd { "Enter" } } dd { "open the row" }
                @for entry in ENTRIES.iter().filter(|entry| visit.may(entry.duty)) {
                    dt { kbd { "g" } " " kbd { (entry.key) } } dd { (entry.title) }
                }
                dt { kbd { "?" } } dd { "this list" }
            }
            form method="dialog" { button { "Close" } }
        }
    }
}

/// A form that changes something.
pub(crate) fn post(visit: &Visit, to: &str, fields: Markup) -> Markup {
    html! {
        form method="post" action=(to) {
            input type="hidden" name=(TOKEN) value=(visit.form_token());
            (fields)
        }
    }
}

/// A field with its label, what was typed, and what is wrong with it.
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    pub(crate) value: &'a str,
    pub(crate) hint: &'a str,
    pub(crate) wrong: Option<&'a str>,
    pub(crate) kind: Kind,
}

/// What is typed into a field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    NewPassword,
    Password,
    Digits,
}

impl<'a> Field<'a> {
    pub(crate) const fn text(name: &'a str, label: &'a str, value: &'a str) -> Self {
        Self { name, label, value, hint: "", wrong: None, kind: Kind::Text }
    }

    pub(crate) const fn kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    pub(crate) const fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }

    pub(crate) const fn wrong(self, wrong: Option<&'a str>) -> Self {
        Self { wrong, ..self }
    }

    pub(crate) fn html(&self) -> Markup {
        let (id, about) = (format!("f-{}", self.name), format!("f-{}-about", self.name));
        let (kind, complete, mode) = match self.kind {
            Kind::Text => ("text", "off", None),
            Kind::Password => ("password", "current-password", None),
            Kind::NewPassword => ("password", "new-password", None),
            Kind::Digits => ("text", "off", Some("numeric")),
        };
        let is_told = self.wrong.is_some() || !self.hint.is_empty();
        html! {
            div.field {
                label for=(id) { (self.label) }
                input id=(id) name=(self.name) type=(kind) value=(self.value)
                    autocomplete=(complete) inputmode=[mode] maxlength="500"
                    aria-invalid=[self.wrong.map(|_| "true")]
                    aria-describedby=[is_told.then_some(&about)];
                @if is_told {
                    p.about id=(about) {
                        @if let Some(wrong) = self.wrong { span.wrong { (wrong) } " " }
                        (self.hint)
                    }
                }
            }
        }
    }
}

/// Names and values, one under the other.
pub(crate) fn facts(facts: impl IntoIterator<Item = (&'static str, Markup)>) -> Markup {
    html! {
        dl.facts { @for (name, value) in facts { div { dt { (name) } dd { (value) } } } }
    }
}

/// The way to the next page of a list, and back to the first.
pub(crate) fn pager(visit: &Visit, cursor: &str, next: Option<String>) -> Markup {
    let is_first = visit.asked(cursor).is_none();
    html! {
        @if !is_first || next.is_some() {
            p.pager {
                @if !is_first { a href=(with(visit, &[(cursor, ""), ("format", "")])) { "First page" } }
                @if let Some(next) = next {
                    a rel="next" href=(with(visit, &[(cursor, &next), ("format", "")])) { "Next page" }
                }
            }
        }
    }
}

/// This page's address, some values of its query changed; an empty one is left out.
pub(crate) fn with(visit: &Visit, changed: &[(&str, &str)]) -> String {
    let kept = visit.query.iter().filter(|(name, _)| !changed.iter().any(|(new, _)| new == name));
    let pairs = kept.chain(changed.iter().copied()).filter(|(_, value)| !value.is_empty());
    let query: Vec<_> = pairs.map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    if query.is_empty() {
        visit.path.clone()
    } else {
        format!("{}?{}", visit.path, query.join("&"))
    }
}

/// A text as a value in a query.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// A sentence that stands out because something is wrong.
pub(crate) fn alert(text: &str) -> Markup {
    html! { p.alert role="alert" { (text) } }
}

/// A sentence that says what was done.
pub(crate) fn done(text: &str) -> Markup {
    html! { p.done role="status" { (text) } }
}
