//! `leaseline migrate`.

use std::fmt;

use leaseline_service::{Config, Problem, database};
use serde::Serialize;

use crate::answer::Answers;

pub(crate) fn migrate(config: &Config, answers: Answers) -> Result<(), Problem> {
    let done = database::migrate(config)?;
    answers.print(&Migrated { steps: done.steps, backup: done.backup })
}

#[derive(Serialize)]
struct Migrated {
    steps: usize,
    backup: Option<String>,
}

impl fmt::Display for Migrated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.steps, &self.backup) {
            (0, _) => writeln!(f, "nothing to migrate"),
            (steps, None) => writeln!(f, "migrated; steps: {steps}"),
            (steps, Some(backup)) => writeln!(f, "migrated; steps: {steps}; backup: {backup}"),
        }
    }
}
