//! A table, on a page and as a CSV file: the same rows, written twice.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use leaseline_core::Timestamp;
use leaseline_core::money::Credits;
use maud::{Markup, html};

use crate::layout::with;
use crate::shown;
use crate::visit::Visit;

/// A table in the making.
pub(crate) struct Sheet {
    /// What it shows; also the file's name.
    name: &'static str,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    empty: Empty,
    chart: Option<Chart>,
}

/// A plot above a table, drawn from its cells where a script runs.
#[derive(Clone, Copy)]
enum Chart {
    /// The table stands below it.
    Open(&'static str),
    /// The table is folded away below it.
    Folded(&'static str),
}

/// A column's heading, and how its cells stand.
pub(crate) enum Column {
    Text(&'static str),
    Number(&'static str),
    /// One whose heading is not known beforehand.
    NumberOf(String),
}

/// What a cell shows, and what stands in a file.
pub(crate) struct Cell {
    shown: Markup,
    text: String,
    /// Whether there is nothing in it.
    is_void: bool,
}

/// Stands in a cell that has nothing to show; a file has nothing there.
const VOID: &str = "–";

/// What to say when there is no row: what that means, and what to do next.
#[derive(Clone)]
pub(crate) struct Empty {
    pub(crate) what: &'static str,
    pub(crate) why: &'static str,
    pub(crate) next: Markup,
}

impl Column {
    fn title(&self) -> &str {
        match self {
            Self::Text(title) | Self::Number(title) => title,
            Self::NumberOf(title) => title,
        }
    }

    const fn class(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Number(_) | Self::NumberOf(_) => "num",
        }
    }
}

impl Cell {
    pub(crate) fn new(shown: Markup, text: impl Into<String>) -> Self {
        Self { shown, text: text.into(), is_void: false }
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        let is_void = text.is_empty() || text == VOID;
        let shown = html! { (text) };
        Self { shown, text: if is_void { String::new() } else { text }, is_void }
    }

    /// One that has nothing to show.
    pub(crate) fn void() -> Self {
        Self::text(VOID)
    }

    /// A text that may not be there.
    pub(crate) fn text_or_void(text: Option<impl Into<String>>) -> Self {
        text.map_or_else(Self::void, Self::text)
    }

    pub(crate) fn number(value: i64) -> Self {
        Self::new(html! { (shown::grouped(value)) }, value.to_string())
    }

    pub(crate) fn count(value: u64) -> Self {
        Self::new(html! { span data-value=(value) { (shown::count(value)) } }, value.to_string())
    }

    pub(crate) fn at(at: Timestamp) -> Self {
        Self::new(shown::at(at), shown::rfc3339(at))
    }

    pub(crate) fn at_or(at: Option<Timestamp>, otherwise: &str) -> Self {
        let text = at.map(shown::rfc3339).unwrap_or_default();
        let is_void = at.is_none() && otherwise == VOID;
        Self { shown: shown::at_or(at, otherwise), text, is_void }
    }

    pub(crate) fn until(until: Timestamp, now: Timestamp) -> Self {
        Self::new(shown::until(until, now), shown::rfc3339(until))
    }

    pub(crate) fn money(amount: Credits) -> Self {
        let shown = html! { span data-value=(amount.get()) { (shown::money(amount)) } };
        Self::new(shown, amount.get().to_string())
    }

    pub(crate) fn link(to: &str, text: impl Into<String>) -> Self {
        let text = text.into();
        Self::new(html! { a href=(to) { (text) } }, text)
    }

    /// The end of a reference of many digits, by which people tell them apart; the whole of it on hover
    /// and in a file.
    pub(crate) fn short_reference(to: &str, text: impl Into<String>) -> Self {
        let text = text.into();
        let end = text.len().checked_sub(8).and_then(|at| text.get(at..)).unwrap_or(&text);
        Self::new(html! { a.id href=(to) title=(text) { "…" (end) } }, text)
    }

    fn class(&self, column: &Column) -> String {
        let void = if self.is_void { " void" } else { "" };
        format!("{}{void}", column.class())
    }

    /// A word that stands for a state, with a colour besides.
    pub(crate) fn badge(tone: Tone, word: &str) -> Self {
        Self::new(badge(tone, word), word)
    }
}

/// How a badge looks: never without its word.
#[derive(Clone, Copy)]
pub(crate) enum Tone {
    Good,
    Plain,
    Warn,
    Bad,
}

/// A word with a colour.
pub(crate) fn badge(tone: Tone, word: &str) -> Markup {
    let tone = match tone {
        Tone::Good => "good",
        Tone::Plain => "plain",
        Tone::Warn => "warn",
        Tone::Bad => "bad",
    };
    html! { span class={ "badge " (tone) } { (word) } }
}

impl Sheet {
    pub(crate) fn new(name: &'static str, columns: Vec<Column>, empty: Empty) -> Self {
        Self { name, columns, rows: Vec::new(), empty, chart: None }
    }

    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// With a plot above it.
    pub(crate) const fn plotted(mut self, kind: &'static str) -> Self {
        self.chart = Some(Chart::Open(kind));
        self
    }

    /// With a plot above it; its many rows are folded away.
    pub(crate) const fn plotted_and_folded(mut self, kind: &'static str) -> Self {
        self.chart = Some(Chart::Folded(kind));
        self
    }

    pub(crate) fn rows(mut self, rows: impl IntoIterator<Item = Vec<Cell>>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// As a table that answers a form: what was asked there decides whether it is had as a file.
    pub(crate) fn answer(&self) -> Markup {
        self.written(None)
    }

    /// As a table of a page, with the way to the same as a file.
    pub(crate) fn table(&self, visit: &Visit) -> Markup {
        let csv = with(visit, &[("format", "csv"), ("of", &self.slug()), ("done", "")]);
        self.written(Some(&csv))
    }

    /// Its name as an address and a file have it.
    fn slug(&self) -> String {
        self.name.to_lowercase().replace(|letter: char| !letter.is_ascii_alphanumeric(), "-")
    }

    fn written(&self, csv: Option<&str>) -> Markup {
        if self.rows.is_empty() {
            return html! {
                div.empty {
                    p.what { (self.empty.what) }
                    p { (self.empty.why) }
                    p { (self.empty.next) }
                }
            };
        }
        match self.chart {
            None => self.grid(csv),
            Some(Chart::Open(kind)) => html! { div.chart data-chart=(kind) {} (self.grid(csv)) },
            Some(Chart::Folded(kind)) => html! {
                div.chart data-chart=(kind) {}
                details { summary { "As a table" } (self.grid(csv)) }
            },
        }
    }

    fn grid(&self, csv: Option<&str>) -> Markup {
        html! {
            div.wide tabindex="0" role="region" aria-label=(self.name) {
                table {
                    thead { tr { @for column in &self.columns {
                        th scope="col" class=(column.class()) { (column.title()) }
                    } } }
                    tbody { @for row in &self.rows { tr {
                        @for (cell, column) in row.iter().zip(&self.columns) {
                            td class=(cell.class(column)) data-title=(column.title()) { (cell.shown) }
                        }
                    } } }
                }
            }
            @if let Some(csv) = csv { p.under { a.csv href=(csv) download { "CSV" } } }
        }
    }

    /// As a CSV file.
    pub(crate) fn csv(&self) -> HttpResponse {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let titles = self.columns.iter().map(|column| column.title().to_lowercase());
        let rows =
            self.rows.iter().map(|row| row.iter().map(|cell| harmless(&cell.text)).collect());
        for row in std::iter::once(titles.collect::<Vec<_>>()).chain(rows) {
            writer.write_record(row).expect("rows of equal length into memory");
        }
        let bytes = writer.into_inner().expect("memory takes what is written");
        HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
            .insert_header((
                CONTENT_DISPOSITION,
                format!("attachment; filename=\"{}.csv\"", self.slug()),
            ))
            .body(bytes)
    }
}

/// The file that is asked for: of these tables the one that is named, or the first.
pub(crate) fn file(visit: &Visit, sheets: &[&Sheet]) -> Option<HttpResponse> {
    if !visit.wants_csv() {
        return None;
    }
    let named = |sheet: &&&Sheet| visit.asked("of").is_some_and(|name| name == sheet.slug());
    let sheet = sheets.iter().find(named).or(sheets.first())?;
    Some(sheet.csv())
}

/// A text that a spreadsheet does not take for a formula.
pub(crate) fn harmless(text: &str) -> String {
    let is_number = text.strip_prefix(['+', '-']).is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    let is_formula = text.starts_with(['=', '@', '+', '-', '\t', '\r']) && !is_number;
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_without_anything_in_it_says_so() {
        let check = |cell: Cell, expected: &str| {
            assert_eq!(cell.class(&Column::Text("Until")), expected, "{}", cell.shown.0);
        };
        check(Cell::void(), "text void");
        check(Cell::text(""), "text void");
        check(Cell::text_or_void(Some("ada")), "text");
        check(Cell::at_or(None, "–"), "text void");
        check(Cell::at_or(None, "not sold"), "text");
    }

    #[test]
    fn no_cell_of_a_file_is_a_formula() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("@x", "'@x"),
            ("-12", "-12"),
            ("+60388880000", "+60388880000"),
            ("-a", "'-a"),
            ("Acme, Rides", "Acme, Rides"),
            ("", ""),
        ] {
            assert_eq!(harmless(text), expected);
        }
    }
}
