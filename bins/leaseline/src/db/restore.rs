//! `leaseline db restore`.

use std::fmt;
use std::path::Path;

use leaseline_hub::upkeep::{self, Existing};
use leaseline_service::{DatabaseUrl, Problem};
use serde::Serialize;

use super::progress::Bar;
use super::trouble::problem;
use crate::answer::Answers;

pub(super) fn restore(
    url: &DatabaseUrl,
    file: &Path,
    existing: Existing,
    answers: Answers,
) -> Result<(), Problem> {
    let bar = Bar::new("restoring");
    let mut listener = |progress| bar.show(progress);
    let restored = upkeep::restore(url.as_str(), file, existing, &mut listener);
    drop(bar);
    let restored = restored.map_err(|error| {
        let not_empty = "restore into an empty database, or let this one give way with --force";
        problem(format!("restore {} into {url}", file.display()), error, not_empty)
    })?;
    answers.print(&Done {
        database: url.to_string(),
        moved_aside: restored.moved_aside.map(|aside| aside.display().to_string()),
    })
}

#[derive(Serialize)]
struct Done {
    database: String,
    /// Where the database that was there before is now.
    moved_aside: Option<String>,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "restored {}", self.database)?;
        match &self.moved_aside {
            Some(aside) => writeln!(f, "what was there before is now {aside}"),
            None => Ok(()),
        }
    }
}
