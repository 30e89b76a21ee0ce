//! CSV files of numbers: `number[,country,city]`.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::Path;
use std::sync::Arc;

use csv::{ErrorKind, Position, ReaderBuilder, StringRecord};
use leaseline_core::customer::PersonName;
use leaseline_core::phone::PhoneNumber;
use leaseline_core::pool::{NewNumber, Place};
use leaseline_core::region::Region;

use crate::csv_spot::Lines;
use crate::document::nearest;
use crate::error::{Error, Fault};
use crate::numbers::{self, Input, masked};
use crate::spot::Spot;

const COLUMNS: [&str; 3] = ["number", "country", "city"];

/// Which field of a line is what.
struct Columns {
    number: usize,
    country: Option<usize>,
    city: Option<usize>,
}

/// The places that were met, each kept once.
#[derive(Default)]
struct Places(BTreeSet<Arc<Place>>);

/// Reads a file line by line into `input`; `spot` makes a spot of a line.
pub(crate) fn read(
    path: &Path,
    region: &Region,
    spot: fn(usize) -> Spot,
    input: &mut Input,
) -> Result<(), Error> {
    let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    read_from(file, path, region, spot, input)
}

/// The same of a file that is open, and is called so.
pub(crate) fn read_from(
    file: impl io::Read,
    path: &Path,
    region: &Region,
    spot: fn(usize) -> Spot,
    input: &mut Input,
) -> Result<(), Error> {
    let mut reader = ReaderBuilder::new().from_reader(file);
    let mut record = StringRecord::new();
    let mut places = Places::default();
    let columns = match reader.headers() {
        Ok(header) => columns(header).map_err(|what| input.fault(spot(1), what))?,
        Err(error) => return Err(not_read(error, path, |_| spot(1), input)),
    };
    let lines = Lines::after_header(&reader);
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => {
                return Err(not_read(error, path, |position| spot(lines.of(position)), input));
            }
        }
        let spot = spot(lines.of(record.position()));
        let number = columns.number(&record, region, &mut places);
        input.push(number.map_err(|what| input.fault(spot, what))?, spot)?;
    }
}

/// What is wrong with a text, line by line, and the numbers of the other lines.
pub(crate) struct Report {
    pub(crate) numbers: Vec<(NewNumber, usize)>,
    pub(crate) faults: Vec<Fault>,
}

/// Reads all of a text and names every line that is wrong; of a header that is wrong nothing can be
/// read.
pub(crate) fn report(text: &str, region: &Region) -> Report {
    let mut reader = ReaderBuilder::new().from_reader(text.as_bytes());
    let (mut places, mut known) = (Places::default(), HashMap::new());
    let mut report = Report { numbers: Vec::new(), faults: Vec::new() };
    let columns = match reader.headers().map(columns) {
        Ok(Ok(columns)) => columns,
        Ok(Err(what)) => {
            report.faults.push(Fault::new(1, "", what));
            return report;
        }
        Err(_) => {
            report.faults.push(Fault::new(1, "", "it is no CSV"));
            return report;
        }
    };
    let lines = Lines::after_header(&reader);
    let mut record = StringRecord::new();
    loop {
        let (at, number) = match reader.read_record(&mut record) {
            Ok(false) => return report,
            Ok(true) => (lines.of(record.position()), columns.number(&record, region, &mut places)),
            Err(error) => {
                let at = lines.of(error.position());
                let what = match error.kind() {
                    ErrorKind::UnequalLengths { expected_len, len, .. } => {
                        format!("the header has {expected_len} columns, this line has {len}")
                    }
                    _ => "it is no CSV".into(),
                };
                (at, Err(what))
            }
        };
        let number = number.and_then(|new| match known.insert(new.number.e164(), at) {
            None => Ok(new),
            Some(first) => {
                Err(format!("{} is there twice, first in line {first}", new.number.e164().masked()))
            }
        });
        match number {
            Ok(new) => report.numbers.push((new, at)),
            Err(what) => report.faults.push(Fault::new(at, "", what)),
        }
    }
}

fn columns(header: &StringRecord) -> Result<Columns, String> {
    let find = |name: &str| header.iter().position(|column| column == name);
    if let Some(unknown) = header.iter().find(|column| !COLUMNS.contains(column)) {
        let nearest = nearest(unknown, COLUMNS.into_iter()).unwrap_or_default();
        let unknown = numbers::shown(unknown);
        return Err(format!("there is no column {unknown}; the nearest known one is {nearest:?}"));
    }
    if header.len() != header.iter().collect::<BTreeSet<_>>().len() {
        return Err("a column is there twice".into());
    }
    let number = find("number").ok_or("there is no column \"number\"")?;
    Ok(Columns { number, country: find("country"), city: find("city") })
}

impl Columns {
    fn number(
        &self,
        record: &StringRecord,
        region: &Region,
        places: &mut Places,
    ) -> Result<NewNumber, String> {
        let text = record.get(self.number).unwrap_or_default();
        let number = PhoneNumber::parse(text, region)
            .map_err(|error| format!("{} is {error}", masked(text)))?;
        let place = |column: Option<usize>| {
            let text = column.and_then(|column| record.get(column)).unwrap_or_default();
            (!text.is_empty()).then(|| shown(text)).transpose()
        };
        let place = Place { country: place(self.country)?, city: place(self.city)? };
        Ok(NewNumber { number, place: places.once(place) })
    }
}

fn shown(text: &str) -> Result<String, String> {
    let name = PersonName::parse(text).map(|name| name.as_str().to_owned());
    name.ok_or_else(|| "a place is at most 100 characters, none of them a control character".into())
}

impl Places {
    fn once(&mut self, place: Place) -> Option<Arc<Place>> {
        if place == Place::default() {
            return None;
        }
        if let Some(known) = self.0.get(&place) {
            return Some(Arc::clone(known));
        }
        let place = Arc::new(place);
        self.0.insert(Arc::clone(&place));
        Some(place)
    }
}

fn not_read(
    error: csv::Error,
    path: &Path,
    spot: impl Fn(Option<&Position>) -> Spot,
    input: &Input,
) -> Error {
    let at = spot(error.position());
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
    input.fault(at, what).into()
}
