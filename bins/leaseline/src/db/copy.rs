//! `leaseline db copy`.

use std::fmt;

use leaseline_hub::upkeep;
use leaseline_service::{DatabaseUrl, Problem};
use serde::Serialize;

use super::progress::Bar;
use super::tables::Tables;
use super::trouble::problem;
use crate::answer::Answers;

pub(super) fn copy(from: &DatabaseUrl, to: &DatabaseUrl, answers: Answers) -> Result<(), Problem> {
    let bar = Bar::new("copying");
    let copied = upkeep::copy(from.as_str(), to.as_str(), &mut |progress| bar.show(progress));
    drop(bar);
    let copied = copied.map_err(|error| {
        let not_empty = "copy into a new database: on PostgreSQL CREATE DATABASE, on SQLite a file \
                         that is not there yet";
        problem(format!("copy {from} to {to}"), error, not_empty)
    })?;
    answers.print(&Done {
        from: from.to_string(),
        to: to.to_string(),
        tables: copied.tables.into(),
        source_went_on: copied.source_went_on,
    })
}

#[derive(Serialize)]
struct Done {
    from: String,
    to: String,
    tables: Tables,
    source_went_on: bool,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "copied {} to {}; counts and sums are equal:", self.from, self.to)?;
        self.tables.fmt(f)?;
        if self.source_went_on {
            writeln!(f, "warning: somebody wrote to the source meanwhile; the copy lacks that")?;
        }
        Ok(())
    }
}
