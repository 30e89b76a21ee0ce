//! CSV files of rates: a line a step.

use std::path::Path;

use csv::Trim;

use super::group::Rates;
use super::line::{COLUMNS, Line};
use crate::csv_lines::{self, Columns};
use crate::error::Error;
use crate::spot::{Origin, Spot};

const OF_RATES: Columns =
    Columns { known: &COLUMNS, needed: &["service", "prefix"], trim: Trim::All };

/// Reads a file line by line into `rates`, which come from `origin`; `spot` makes a spot of a
/// line.
pub(super) fn read(
    path: &Path,
    origin: &Origin,
    spot: fn(usize) -> Spot,
    rates: &mut Rates,
) -> Result<(), Error> {
    let fault = |line, what| origin.fault(spot(line), what);
    csv_lines::read(path, &OF_RATES, fault, |number, cells| {
        let mut line = Line::new(spot(number));
        cells.iter().for_each(|(column, text)| line.set(column, text));
        Ok(rates.push(line)?)
    })
}
