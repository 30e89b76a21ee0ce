//! `leaseline db backup`.

use std::fmt;
use std::path::Path;

use leaseline_hub::upkeep::{Existing, back_up};
use leaseline_service::{DatabaseUrl, Problem};
use serde::Serialize;

use super::progress::Bar;
use super::trouble::problem;
use crate::answer::Answers;

pub(super) fn backup(
    url: &DatabaseUrl,
    file: &Path,
    existing: Existing,
    answers: Answers,
) -> Result<(), Problem> {
    let bar = Bar::new("backing up");
    let made = back_up(url.as_str(), file, existing, &mut |progress| bar.show(progress));
    drop(bar);
    let made = made.map_err(|error| problem(format!("back up {url}"), error, ""))?;
    answers.print(&Made {
        file: file.display().to_string(),
        bytes: made.bytes,
        without: url.sqlite_file().map(|database| format!("{}.keys", database.display())),
    })
}

#[derive(Serialize)]
struct Made {
    file: String,
    bytes: u64,
    /// What belongs to the database and is not in the backup.
    without: Option<String>,
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "backed up into {} ({} bytes)", self.file, self.bytes)?;
        match &self.without {
            Some(keys) => writeln!(f, "without the keys in {keys}: keep those somewhere else"),
            None => writeln!(f, "without keys: those are where the configuration says"),
        }
    }
}
