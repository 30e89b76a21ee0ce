//! What lists with a filter have in common.

use actix_web::HttpResponse;
use leaseline_core::search::BadWord;
use leaseline_hub::Failure;
use leaseline_hub::insight::{MOST_WALKED, Page, Place};
use maud::{Markup, html};

use crate::layout::{Nav, alert, page as framed, refused_page, with};
use crate::sheet::{Sheet, file};
use crate::shown::grouped;
use crate::trouble::Trouble;
use crate::visit::{MOST_EXPORTED, Visit};

/// A file looks through the list so often, each time as far as a page does.
const MOST_WALKS: u32 = 100;

/// A list with a filter.
pub(crate) struct List {
    pub(crate) nav: Nav,
    /// What is in it; also the page's title.
    pub(crate) title: &'static str,
    /// Words of its filter.
    pub(crate) example: &'static str,
}

impl List {
    /// A filter that can not be understood stands there as it was typed.
    pub(crate) fn not_understood(&self, visit: &Visit, wrong: &BadWord) -> HttpResponse {
        let body = html! {
            (self.filter(visit))
            div #results { (alert(&format!("{wrong}."))) }
        };
        refused_page(visit, self.nav, self.title, body)
    }

    /// What was found, as a page or as a file.
    pub(crate) fn found<T, K>(
        &self,
        visit: &Visit,
        lead: Markup,
        sheet: &Sheet,
        found: &Page<T, K>,
        write: impl Fn(&K) -> String,
    ) -> HttpResponse {
        if let Some(file) = file(visit, &[sheet]) {
            return file;
        }
        let ways = Ways::new(visit, found, write);
        let body = html! {
            (lead)
            (self.filter(visit))
            div #results {
                @match (found.lines.is_empty(), ways.goes_on()) {
                    (true, Some(on)) => (nothing_yet(&self.title.to_lowercase(), on)),
                    (false, Some(on)) => { (sheet.table(visit)) (stopped(&self.title.to_lowercase(), on)) },
                    (_, None) => (sheet.table(visit)),
                }
                (ways.html())
            }
        };
        framed(visit, self.nav, self.title, body)
    }

    /// The field for the words of the filter. Without a script it is sent by its button, with one while
    /// somebody types.
    fn filter(&self, visit: &Visit) -> Markup {
        let typed = visit.asked("q").unwrap_or_default();
        html! {
            form.filter role="search" aria-label="This list" action=(visit.path) hx-get=(visit.path) hx-target="#results"
                hx-select="#results" hx-swap="outerHTML" hx-push-url="true"
                hx-trigger="submit, input changed delay:400ms from:find input" {
                div.field.grow {
                    label for="f-q" { "Filter" }
                    input #f-q name="q" type="text" value=(typed) autocomplete="off" maxlength="200"
                        spellcheck="false" aria-describedby="f-q-about";
                    p.about #f-q-about { "Words, all of which have to fit: " code { (self.example) } }
                }
                button { "Filter" }
            }
        }
    }
}

/// Nothing of these things fits so far; what is farther on was not looked at.
pub(crate) fn nothing_yet(things: &str, on: &str) -> Markup {
    html! {
        div.empty {
            p.what { "Nothing so far." }
            p { (grouped(MOST_WALKED)) " " (things) " were looked through and none fits; there are more." }
            p { a.button href=(on) { "Go on looking" } }
        }
    }
}

/// The page is not full, and the list is not over.
pub(crate) fn stopped(things: &str, on: &str) -> Markup {
    html! {
        p.note {
            "This page stopped after " (grouped(MOST_WALKED)) " " (things)
            ", few of which fit; there are more. " a href=(on) { "Go on looking" }
        }
    }
}

/// Where the page begins that was asked for. A place that can not be read is none.
fn place<K>(visit: &Visit, parse: impl Fn(&str) -> Option<K>) -> Place<K> {
    let asked = |name| visit.asked(name).and_then(&parse);
    match (asked("before"), asked("after")) {
        (Some(key), _) => Place::OlderThan(key),
        (None, Some(key)) => Place::NewerThan(key),
        (None, None) => Place::Newest,
    }
}

/// The page that is asked for; for a file, all that fits up to its bound, however far it is between
/// two lines that do.
pub(crate) async fn find<T, K: Copy>(
    visit: &Visit,
    parse: impl Fn(&str) -> Option<K>,
    search: impl AsyncFn(Place<K>, u32) -> Result<Page<T, K>, Failure>,
) -> Result<Page<T, K>, Trouble> {
    let mut found = search(place(visit, parse), visit.rows()).await?;
    if !visit.wants_csv() {
        return Ok(found);
    }
    for _ in 1..MOST_WALKS {
        let left =
            MOST_EXPORTED.saturating_sub(u32::try_from(found.lines.len()).unwrap_or(u32::MAX));
        let (Some(older), 1..) = (found.older, left) else { break };
        let more = search(Place::OlderThan(older), left).await?;
        found.lines.extend(more.lines);
        found.older = more.older;
    }
    Ok(found)
}

/// The ways from a page to its neighbours, as addresses.
struct Ways {
    newest: String,
    newer: Option<String>,
    older: Option<String>,
    /// Whether the page was looked for from its oldest line on.
    is_backwards: bool,
    /// Whether there is less on the page than there is room.
    is_short: bool,
}

impl Ways {
    fn new<T, K>(visit: &Visit, page: &Page<T, K>, write: impl Fn(&K) -> String) -> Self {
        let to = |before: &str, after: &str| {
            with(visit, &[("before", before), ("after", after), ("format", ""), ("of", "")])
        };
        Self {
            newest: to("", ""),
            newer: page.newer.as_ref().map(|key| to("", &write(key))),
            older: page.older.as_ref().map(|key| to(&write(key), "")),
            is_backwards: visit.asked("before").is_none() && visit.asked("after").is_some(),
            is_short: !visit.is_full(&page.lines),
        }
    }

    /// Where the search goes on, if it stopped before the page was full.
    fn goes_on(&self) -> Option<&str> {
        let on = if self.is_backwards { &self.newer } else { &self.older };
        on.as_deref().filter(|_| self.is_short)
    }

    fn html(&self) -> Markup {
        html! {
            @if self.newer.is_some() || self.older.is_some() {
                p.pager {
                    @if self.newer.is_some() { a href=(self.newest) { "Newest" } }
                    @if let Some(newer) = &self.newer { a rel="prev" href=(newer) { "Newer" } }
                    @if let Some(older) = &self.older { a rel="next" href=(older) { "Older" } }
                }
            }
        }
    }
}
