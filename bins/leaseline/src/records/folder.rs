//! A folder of files that FreeSWITCH's `mod_json_cdr` wrote while nobody took its records.

use std::path::{Path, PathBuf};

use leaseline_core::record::Intake;
use leaseline_hub::Hub;
use leaseline_hub::records::TakeInRecords;
use leaseline_provision::RecordsTaken;
use leaseline_service::Problem;
use leaseline_switch::fs::call_in_file;

use crate::ask::not_done;
use crate::progress::Bar;

/// What became of a folder.
pub(super) struct FolderTaken {
    pub(super) taken: RecordsTaken,
    /// Files of the calls' other legs, which are not billed.
    pub(super) other_legs: usize,
    /// Files that are no records, each with what is wrong.
    pub(super) wrong: Vec<String>,
}

/// Takes in every file of the folder that ends in `.json`, as this switch's; where none is named, as
/// those of the only one that there is.
pub(super) async fn import(
    hub: &Hub,
    folder: &Path,
    name: Option<&str>,
) -> Result<FolderTaken, Problem> {
    let what = || format!("import {}", folder.display());
    let names = hub.switch_names().await.map_err(|failure| not_done(what(), failure))?;
    let name = match (name, &*names) {
        (Some(name), _) => name,
        (None, [only]) => only,
        (None, _) => {
            let why = "nobody knows whose files these are";
            return Err(Problem::new(what(), why, "name the switch: --switch NAME"));
        }
    };
    let found = hub.switch(name).await.map_err(|failure| not_done(what(), failure))?;
    let switch = found.ok_or_else(|| {
        let hint = "switches come in by `leaseline apply` ([[switches]])";
        Problem::new(what(), format!("there is no switch {name:?}"), hint)
    })?;
    let files = files(folder)?;
    let mut done = FolderTaken { taken: RecordsTaken::default(), other_legs: 0, wrong: Vec::new() };
    let mut bar = Bar::default();
    let mut reached = 0;
    for chunk in files.chunks(TakeInRecords::MOST) {
        let mut records = Vec::new();
        for file in chunk {
            let bytes = std::fs::read(file).map_err(|error| unreadable(file, error))?;
            match call_in_file(&bytes, &switch) {
                Ok(Some(record)) => records.push(record),
                Ok(None) => done.other_legs += 1,
                Err(error) => done.wrong.push(format!("{}: {error}", file.display())),
            }
        }
        let records = TakeInRecords::new(records).expect("a chunk has no more files than it takes");
        let intakes = hub.ask(records).await.map_err(|failure| not_done(what(), failure))?;
        intakes.into_iter().for_each(|intake| count(&mut done.taken, intake));
        reached += chunk.len();
        bar.reach("files", reached, files.len());
    }
    Ok(done)
}

/// In the order of their names, so that a second run goes the same way.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, error))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(folder, error))?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn unreadable(path: &Path, error: std::io::Error) -> Problem {
    Problem::new(format!("read {}", path.display()), error, "look whether it may be read")
}

const fn count(taken: &mut RecordsTaken, intake: Intake) {
    match intake {
        Intake::Stored => taken.stored += 1,
        Intake::Orphan => taken.orphans += 1,
        Intake::Duplicate => taken.duplicates += 1,
        Intake::Updated => taken.updated += 1,
        Intake::Conflict => taken.conflicts += 1,
    }
}
