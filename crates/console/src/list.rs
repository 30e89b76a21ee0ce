//! What lists with a filter have in common.

use leaseline_core::search::BadWord;
use leaseline_hub::insight::{Page, Place};
use maud::{Markup, html};

use crate::layout::with;
use crate::visit::Visit;

/// Where the page begins that was asked for. A place that can not be read is none.
pub(crate) fn place<K>(visit: &Visit, parse: impl Fn(&str) -> Option<K>) -> Place<K> {
    let asked = |name| visit.asked(name).and_then(&parse);
    match (asked("before"), asked("after")) {
        (Some(key), _) => Place::OlderThan(key),
        (None, Some(key)) => Place::NewerThan(key),
        (None, None) => Place::Newest,
    }
}

/// The ways to the pages before and after.
pub(crate) fn pages<T, K>(
    visit: &Visit,
    page: &Page<T, K>,
    write: impl Fn(&K) -> String,
) -> Markup {
    let newer = page.newer.as_ref().map(&write);
    let older = page.older.as_ref().map(&write);
    let to = |before: &str, after: &str| {
        with(visit, &[("before", before), ("after", after), ("format", "")])
    };
    html! {
        @if newer.is_some() || older.is_some() {
            p.pager {
                @if newer.is_some() { a href=(to("", "")) { "Newest" } }
                @if let Some(newer) = &newer { a rel="prev" href=(to("", newer)) { "Newer" } }
                @if let Some(older) = &older { a rel="next" href=(to(older, "")) { "Older" } }
            }
        }
        @if page.lines.is_empty() && older.is_some() {
            p.note { "So far back nothing fits; the list goes on with “Older”." }
        }
    }
}

/// The field for the words of a filter. Without a script it is sent by its button, with one while
/// somebody types.
pub(crate) fn filter(visit: &Visit, example: &str, wrong: Option<&BadWord>) -> Markup {
    let typed = visit.asked("q").unwrap_or_default();
    html! {
        form.filter role="search" aria-label="This list" action=(visit.path) hx-get=(visit.path) hx-target="#results"
            hx-select="#results" hx-swap="outerHTML" hx-push-url="true"
            hx-trigger="submit, input changed delay:400ms from:find input" {
            div.field.grow {
                label for="f-q" { "Filter" }
                input #f-q name="q" type="text" value=(typed) autocomplete="off" maxlength="200"
                    spellcheck="false" aria-describedby="f-q-about";
                p.about #f-q-about { "Words, all of which have to fit: " code { (example) } }
            }
            button { "Filter" }
        }
        @if let Some(wrong) = wrong { (crate::layout::alert(&format!("{wrong}."))) }
    }
}
