//! CSV files of activity records: calls, faxes and text messages that switches reported.

mod line;
#[cfg(any(test, fuzzing))]
pub(crate) mod properties;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use csv::Trim;
use leaseline_core::record::{Intake, NewRecord};
use leaseline_core::region::Region;
use leaseline_hub::records::TakeInRecords;
use leaseline_hub::{Failure, Hub};

use crate::csv_lines::{self, Columns};
use crate::error::{Error, Fault};
use line::{COLUMNS, Line};

// A message may begin with a blank.
const OF_RECORDS: Columns =
    Columns { known: &COLUMNS, needed: &["kind", "from", "to"], trim: Trim::None };

/// A CSV file of records that was read once and found sound. It is read again when it is taken in,
/// so that its size does not matter.
#[derive(Clone, Debug)]
pub struct RecordsFile {
    path: PathBuf,
    regions: Regions,
    records: usize,
}

/// The regions that numbers without a country code are read in: each switch has its own.
#[derive(Clone, Debug)]
pub struct Regions {
    elsewhere: Region,
    of_switches: HashMap<String, Region>,
}

impl Regions {
    /// Those of the switches that there are, and this one elsewhere.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn load(hub: &Hub, elsewhere: &Region) -> Result<Self, Failure> {
        let mut regions = Self::only(elsewhere);
        for name in hub.switch_names().await? {
            if let Some(switch) = hub.switch_now(&name).await? {
                regions.of_switches.insert(name, switch.terms.region.clone());
            }
        }
        Ok(regions)
    }

    /// This one everywhere.
    pub fn only(elsewhere: &Region) -> Self {
        Self { elsewhere: elsewhere.clone(), of_switches: HashMap::new() }
    }

    fn of(&self, switch: Option<&str>) -> &Region {
        switch.and_then(|name| self.of_switches.get(name)).unwrap_or(&self.elsewhere)
    }
}

/// What became of the records of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordsTaken {
    /// So many were written down.
    pub stored: usize,
    /// So many of nobody we know were.
    pub orphans: usize,
    /// So many were there already.
    pub duplicates: usize,
    /// So many told of a message that is further now.
    pub updated: usize,
    /// So many said something else than the first one of their name, and were kept for review.
    pub conflicts: usize,
}

impl RecordsFile {
    /// Reads a file whose header names `kind` (`call`, `fax` or `sms`) and the fields of those
    /// records, in any order. Numbers are read in the region of the record's switch.
    ///
    /// # Errors
    /// [`Error::Unreadable`], or [`Error::Wrong`] with line and column of the first thing that is
    /// wrong.
    pub fn read(path: &Path, regions: Regions) -> Result<Self, Error> {
        let mut file = Self { path: path.to_owned(), regions, records: 0 };
        let mut records = 0;
        file.each(|_| {
            records += 1;
            Ok(())
        })?;
        file.records = records;
        Ok(file)
    }

    /// How many records are in it.
    pub const fn records(&self) -> usize {
        self.records
    }

    fn each(&self, take: impl FnMut(NewRecord) -> Result<(), Error>) -> Result<(), Error> {
        let unreadable = |source| Error::Unreadable { path: self.path.clone(), source };
        let file = File::open(&self.path).map_err(unreadable)?;
        each_of(file, &self.path, &self.regions, take)
    }
}

/// Hands over the records of a file that is open, and is called so.
fn each_of(
    file: impl io::Read,
    path: &Path,
    regions: &Regions,
    mut take: impl FnMut(NewRecord) -> Result<(), Error>,
) -> Result<(), Error> {
    let fault = |line, what| Fault::new(line, "", what);
    csv_lines::read(file, path, &OF_RECORDS, fault, |number, cells| {
        let record = Line::new(cells).record(regions);
        let wrong = |(column, what)| fault(number, format!("column {column}: {what}"));
        take(record.map_err(wrong)?)
    })
}

/// Takes in the records of a file. Those that are there already change nothing, so that a file can
/// be taken in again when it was cut off. `progress` hears how many were dealt with.
///
/// # Errors
/// [`Error::Failed`] when the store does not answer, [`Error::Unreadable`] or [`Error::Wrong`] when
/// the file is another one by now.
pub async fn import_records(
    hub: &Hub,
    file: &RecordsFile,
    mut progress: impl FnMut(usize),
) -> Result<RecordsTaken, Error> {
    let mut taken = RecordsTaken::default();
    let (sender, mut chunks) = tokio::sync::mpsc::channel(1);
    let reading = {
        let file = file.clone();
        tokio::task::spawn_blocking(move || send_chunks(&file, &sender))
    };
    while let Some(chunk) = chunks.recv().await {
        let outcomes = hub.ask(chunk).await?;
        outcomes.into_iter().for_each(|intake| taken.count(intake));
        progress(taken.all());
    }
    reading.await.map_err(|_| Failure::Unavailable)??;
    Ok(taken)
}

fn send_chunks(
    file: &RecordsFile,
    sender: &tokio::sync::mpsc::Sender<TakeInRecords>,
) -> Result<(), Error> {
    let mut chunk = Vec::with_capacity(TakeInRecords::MOST);
    let send = |chunk: Vec<NewRecord>| {
        let chunk = TakeInRecords::new(chunk).expect("a chunk is no longer than it may be");
        // Nobody listens any more: he has an error of his own to tell of.
        let _ = sender.blocking_send(chunk);
    };
    file.each(|record| {
        chunk.push(record);
        if chunk.len() == TakeInRecords::MOST {
            send(std::mem::take(&mut chunk));
        }
        Ok(())
    })?;
    if !chunk.is_empty() {
        send(chunk);
    }
    Ok(())
}

impl RecordsTaken {
    /// How many records were dealt with.
    pub const fn all(&self) -> usize {
        self.stored + self.orphans + self.duplicates + self.updated + self.conflicts
    }

    const fn count(&mut self, intake: Intake) {
        match intake {
            Intake::Stored => self.stored += 1,
            Intake::Orphan => self.orphans += 1,
            Intake::Duplicate => self.duplicates += 1,
            Intake::Updated => self.updated += 1,
            Intake::Conflict => self.conflicts += 1,
        }
    }
}
