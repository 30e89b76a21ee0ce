//! CSV files whose header names columns that we know, in any order, read line by line.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use csv::{ErrorKind, Position, ReaderBuilder, StringRecord, Trim};

use crate::csv_spot::Lines;
use crate::document::nearest;
use crate::error::{Error, Fault};
use crate::numbers::shown;

/// The columns that a kind of file may have, and must have.
pub(crate) struct Columns {
    pub(crate) known: &'static [&'static str],
    pub(crate) needed: &'static [&'static str],
    /// Whether blanks round a cell belong to it.
    pub(crate) trim: Trim,
}

/// Hands over a file, which is called so, line by line: its number, and its cells under the names of
/// their columns. `fault` makes a fault of a line's number and what is wrong with it.
pub(crate) fn read(
    file: impl io::Read,
    path: &Path,
    columns: &Columns,
    fault: impl Fn(usize, String) -> Fault,
    mut each: impl FnMut(usize, &[(&'static str, &str)]) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut reader = ReaderBuilder::new().trim(columns.trim).from_reader(file);
    let mut record = StringRecord::new();
    let header = match reader.headers() {
        Ok(header) => columns.of(header).map_err(|what| fault(1, what))?,
        Err(error) => return Err(not_read(error, path, |_, what| fault(1, what))),
    };
    let lines = Lines::after_header(&reader);
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => {
                return Err(not_read(error, path, |at, what| fault(lines.of(at), what)));
            }
        }
        let cells: Vec<_> = header.iter().copied().zip(&record).collect();
        each(lines.of(record.position()), &cells)?;
    }
}

impl Columns {
    /// The header's columns, in its order.
    fn of(&self, header: &StringRecord) -> Result<Vec<&'static str>, String> {
        let known = |written: &str| {
            let found = self.known.iter().copied().find(|column| *column == written);
            found.ok_or_else(|| {
                let nearest = nearest(written, self.known.iter().copied()).unwrap_or_default();
                let written = shown(written);
                format!("there is no column {written}; the nearest known one is {nearest:?}")
            })
        };
        let columns = header.iter().map(known).collect::<Result<Vec<_>, _>>()?;
        if columns.len() != columns.iter().collect::<BTreeSet<_>>().len() {
            return Err("a column is there twice".into());
        }
        match self.needed.iter().find(|needed| !columns.contains(needed)) {
            Some(missing) => Err(format!("there is no column {missing:?}")),
            None => Ok(columns),
        }
    }
}

fn not_read(
    error: csv::Error,
    path: &Path,
    fault: impl Fn(Option<&Position>, String) -> Fault,
) -> Error {
    let at = error.position().cloned();
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
    fault(at.as_ref(), what).into()
}
