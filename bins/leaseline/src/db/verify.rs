//! `leaseline db verify`.

use std::fmt;
use std::path::Path;

use leaseline_hub::upkeep;
use leaseline_service::Problem;
use serde::Serialize;

use super::progress::Bar;
use super::tables::Tables;
use super::trouble::problem;
use crate::answer::Answers;

pub(super) fn verify(file: &Path, answers: Answers) -> Result<(), Problem> {
    let bar = Bar::new("verifying");
    let verified = upkeep::verify(file);
    drop(bar);
    let file = file.display().to_string();
    let tables = verified.map_err(|error| problem(format!("verify {file}"), error, ""))?.into();
    answers.print(&Verified { file, tables })
}

#[derive(Serialize)]
struct Verified {
    file: String,
    tables: Tables,
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: undamaged, of this version's schema, every invariant holds", self.file)?;
        self.tables.fmt(f)
    }
}
