//! `[[rate_decks]]`: rates in a CSV file, or in the entry itself with shorter ways to write them.

use std::path::{Path, PathBuf};

use leaseline_core::rating::RateEntry;

use super::csv_file;
use super::group::Rates;
use super::line::{COLUMNS, Line};
use crate::convert;
use crate::document::{At, Document, Entry};
use crate::error::{Error, Fault};
use crate::file::MOST_ENTRIES;
use crate::spot::{Origin, Spot};

/// A rate deck as the file has it.
#[derive(Clone, Debug)]
pub(crate) struct Deck {
    subject: String,
    pub(crate) name: String,
    csv: Option<At<PathBuf>>,
    lines: Vec<Line>,
}

/// The columns in which a step stands.
const STEP: [&str; 4] = ["from_second", "price", "per_seconds", "increment"];

pub(crate) fn read<'a>(document: &'a Document<'a>) -> Result<Vec<Deck>, Fault> {
    let entries = document.entries("rate_decks", "name", MOST_ENTRIES)?;
    entries.into_iter().map(|(name, entry)| deck(name, entry)).collect()
}

fn deck(name: String, mut entry: Entry<'_>) -> Result<Deck, Fault> {
    let csv = entry.find_at("csv", |value| convert::text(value).map(PathBuf::from))?;
    let mut lines = Vec::new();
    for rate in entry.tables("rates")? {
        lines.extend(rate_lines(rate)?);
    }
    entry.refuse_unknown()?;
    let deck = Deck { subject: entry.subject, name, csv, lines };
    // Without its file, which may not be there when the rest is wrong.
    deck.inline().and_then(Rates::checked)?;
    Ok(deck)
}

/// A rate as the lines that it would be in a CSV file.
fn rate_lines(mut rate: Entry<'_>) -> Result<Vec<Line>, Fault> {
    let mut line = Line::new(Spot::Here(rate.line));
    set(&mut line, &mut rate, COLUMNS)?;
    let mut lines = Vec::new();
    for (shorthand, seconds) in [("per_second", "1"), ("per_minute", "60")] {
        if let Some(price) = rate.find(shorthand, convert::cell)? {
            let mut line = line.clone();
            line.set("price", &price);
            line.set("per_seconds", seconds);
            line.set("increment", seconds);
            lines.push(line);
        }
    }
    for mut step in rate.tables("steps")? {
        let mut line = line.clone();
        line.spot = Spot::Here(step.line);
        set(&mut line, &mut step, STEP)?;
        step.refuse_unknown()?;
        lines.push(line);
    }
    let ways = ["price", "per_second", "per_minute", "steps"];
    let used = ways.into_iter().filter(|way| rate.has(way)).count();
    rate.refuse_unknown()?;
    if used > 1 {
        let what = "a rate has one of price, per_second, per_minute and steps";
        return Err(rate.fault(what));
    }
    let is_short = rate.has("per_second") || rate.has("per_minute");
    if is_short && (rate.has("per_seconds") || rate.has("increment")) {
        let what = "per_second and per_minute have an increment of their own: write price instead";
        return Err(rate.fault(what));
    }
    Ok(if lines.is_empty() { vec![line] } else { lines })
}

fn set<const N: usize>(
    line: &mut Line,
    entry: &mut Entry<'_>,
    columns: [&'static str; N],
) -> Result<(), Fault> {
    for column in columns {
        if let Some(text) = entry.find(column, convert::cell)? {
            line.set(column, &text);
        }
    }
    Ok(())
}

impl Deck {
    /// All rates of the entry and its file, in the order of their keys.
    pub(crate) fn rates(&self, folder: &Path) -> Result<Vec<RateEntry>, Error> {
        let mut rates = self.inline()?;
        if let Some(csv) = &self.csv {
            let path = folder.join(&csv.value);
            let read = csv_file::read(&path, &self.origin(), Spot::Csv, &mut rates);
            read.map_err(|error| match error {
                Error::Unreadable { source, .. } => {
                    let what = format!("{} can not be read: {source}", csv.value.display());
                    rates.fault(Spot::Here(csv.line), what).into()
                }
                other => other,
            })?;
        }
        Ok(rates.checked()?)
    }

    fn origin(&self) -> Origin {
        let csv = self.csv.as_ref();
        let csv = csv.map(|csv| At { line: csv.line, value: csv.value.display().to_string() });
        Origin { subject: self.subject.clone(), csv }
    }

    fn inline(&self) -> Result<Rates, Fault> {
        let mut rates = Rates::new(self.origin());
        self.lines.iter().try_for_each(|line| rates.push(line.clone()))?;
        Ok(rates)
    }
}
