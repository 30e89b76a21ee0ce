//! CSV files of rates: a line a step.

use std::fs::File;
use std::io;
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
    let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
    read_from(File::open(path).map_err(unreadable)?, path, origin, spot, rates)
}

/// The same of a file that is open, and is called so.
pub(super) fn read_from(
    file: impl io::Read,
    path: &Path,
    origin: &Origin,
    spot: fn(usize) -> Spot,
    rates: &mut Rates,
) -> Result<(), Error> {
    let fault = |line, what| origin.fault(spot(line), what);
    csv_lines::read(file, path, &OF_RATES, fault, |number, cells| {
        let mut line = Line::new(spot(number));
        cells.iter().for_each(|(column, text)| line.set(column, text));
        Ok(rates.push(line)?)
    })
}
