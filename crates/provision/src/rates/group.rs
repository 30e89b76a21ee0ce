//! From lines to rates: the lines of one service, prefix and beginning are one rate's steps.

use std::collections::BTreeMap;

use leaseline_core::Timestamp;
use leaseline_core::rating::{RateEntry, RateKey, RateTerms, Step};

use super::MOST_LINES;
use super::line::{BadCell, Line};
use crate::error::Fault;
use crate::spot::{Origin, Spot};

/// Rates that are being read.
pub(super) struct Rates {
    origin: Origin,
    drafts: BTreeMap<RateKey, Draft>,
    lines: usize,
}

/// A rate as far as it was read.
struct Draft {
    first: Line,
    valid_till: Option<Timestamp>,
    terms: RateTerms,
    steps: Vec<(Spot, Step)>,
}

impl Rates {
    pub(super) const fn new(origin: Origin) -> Self {
        Self { origin, drafts: BTreeMap::new(), lines: 0 }
    }

    pub(super) fn fault(&self, spot: Spot, what: impl Into<String>) -> Fault {
        self.origin.fault(spot, what)
    }

    /// Takes a line for what it means.
    pub(super) fn push(&mut self, line: Line) -> Result<(), Fault> {
        if self.lines == MOST_LINES {
            return Err(self.fault(line.spot, format!("a deck has at most {MOST_LINES} lines")));
        }
        self.lines += 1;
        let spot = line.spot;
        self.add(line).map_err(|bad| self.at(spot, bad))
    }

    fn add(&mut self, line: Line) -> Result<(), BadCell> {
        let (key, spot) = (line.key()?, line.spot);
        let Some(draft) = self.drafts.get_mut(&key) else {
            let (terms, valid_till) = (line.terms(key.service)?, line.valid_till()?);
            let steps = terms.steps.iter().map(|step| (spot, *step)).collect();
            self.drafts.insert(key, Draft { first: line, valid_till, terms, steps });
            return Ok(());
        };
        if let Some(column) = line.contradiction(&draft.first) {
            let first = self.origin.words(draft.first.spot);
            let what = format!("the rate begins in {first} and says something else there");
            return Err(BadCell { column, what });
        }
        match line.step(key.service)? {
            Some(step) => draft.steps.push((spot, step)),
            None => {
                let first = self.origin.words(draft.first.spot);
                let what = format!("the rate is there already, in {first}");
                return Err(BadCell { column: "prefix", what });
            }
        }
        Ok(())
    }

    /// All rates, in the order of their keys.
    pub(super) fn checked(self) -> Result<Vec<RateEntry>, Fault> {
        let origin = self.origin;
        let rates = self.drafts.into_iter().map(|(key, draft)| draft.checked(key, &origin));
        rates.collect()
    }

    fn at(&self, spot: Spot, BadCell { column, what }: BadCell) -> Fault {
        self.fault(spot, format!("column {column}: {what}"))
    }
}

impl Draft {
    fn checked(mut self, key: RateKey, origin: &Origin) -> Result<RateEntry, Fault> {
        self.steps.sort_by_key(|(_, step)| step.from_second);
        let steps = self.steps.iter().map(|(_, step)| *step).collect();
        let rate = RateTerms { steps, ..self.terms }.checked(key.service).map_err(|unsound| {
            let of_step = unsound.step().and_then(|step| self.steps.get(step));
            let spot = of_step.map_or(self.first.spot, |(spot, _)| *spot);
            origin.fault(spot, format!("column {}: {unsound}", unsound.column()))
        })?;
        Ok(RateEntry { key, valid_till: self.valid_till, rate })
    }
}
