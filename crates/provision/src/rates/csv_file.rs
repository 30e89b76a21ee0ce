//! CSV files of rates: a line a step.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use csv::{ErrorKind, ReaderBuilder, StringRecord};

use super::group::Rates;
use super::line::{COLUMNS, Line};
use crate::document::nearest;
use crate::error::Error;
use crate::spot::Spot;

/// Reads a file line by line into `rates`; `spot` makes a spot of a line.
pub(super) fn read(path: &Path, spot: fn(usize) -> Spot, rates: &mut Rates) -> Result<(), Error> {
    let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut reader = ReaderBuilder::new().trim(csv::Trim::All).from_reader(file);
    let mut record = StringRecord::new();
    let columns = match reader.headers() {
        Ok(header) => columns(header).map_err(|what| rates.fault(spot(1), what))?,
        Err(error) => return Err(not_read(error, path, spot, rates)),
    };
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => return Err(not_read(error, path, spot, rates)),
        }
        let mut line = Line::new(spot(record.position().map_or(0, position)));
        for (column, text) in columns.iter().zip(&record) {
            line.set(column, text);
        }
        rates.push(line)?;
    }
}

/// The header's columns, in its order.
fn columns(header: &StringRecord) -> Result<Vec<&'static str>, String> {
    let known = |written: &str| {
        let found = COLUMNS.into_iter().find(|column| *column == written);
        found.ok_or_else(|| {
            let nearest = nearest(written, COLUMNS.into_iter()).unwrap_or_default();
            format!("there is no column {written:?}; the nearest known one is {nearest:?}")
        })
    };
    let columns = header.iter().map(known).collect::<Result<Vec<_>, _>>()?;
    if columns.len() != columns.iter().collect::<BTreeSet<_>>().len() {
        return Err("a column is there twice".into());
    }
    match ["service", "prefix"].into_iter().find(|needed| !columns.contains(needed)) {
        Some(missing) => Err(format!("there is no column {missing:?}")),
        None => Ok(columns),
    }
}

fn not_read(error: csv::Error, path: &Path, spot: fn(usize) -> Spot, rates: &Rates) -> Error {
    let at = error.position().map_or(1, position);
    let what = match error.into_kind() {
        ErrorKind::Io(source) => return Error::Unreadable { path: path.to_owned(), source },
        ErrorKind::Utf8 { .. } => "it is not UTF-8".into(),
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("the header has {expected_len} columns, this line has {len}")
        }
        _ => {
            return Error::Unreadable { path: path.to_owned(), source: io::Error::other("no CSV") };
        }
    };
    rates.fault(spot(at), what).into()
}

fn position(position: &csv::Position) -> usize {
    usize::try_from(position.line()).unwrap_or(usize::MAX)
}
