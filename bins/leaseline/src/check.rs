//! `leaseline check`: whether what the database holds fits together.

use std::fmt;

use leaseline_hub::{Broken, Hub};
use leaseline_service::{Config, Problem};
use serde::Serialize;

use crate::answer::Answers;

/// Prints what is broken; that there is anything is a failure.
pub(crate) fn check(config: &Config, answers: Answers) -> Result<(), Problem> {
    let url = &config.database_url;
    let what = format!("find the database {url} sound");
    if url.sqlite_file().is_some_and(|file| !file.exists()) {
        return Err(Problem::new(
            what,
            "there is no such file",
            "name another with --database-url",
        ));
    }
    let broken = Hub::check(url.as_str()).map_err(|error| {
        let hint =
            "does the database answer, and has it this version's schema (leaseline migrate)?";
        Problem::new(what.clone(), error, hint)
    })?;
    let count = broken.len();
    answers.print(&Checked { broken: broken.into_iter().map(Finding::from).collect() })?;
    if count == 0 {
        return Ok(());
    }
    let hint = "keep a copy of it, stop writing to it, and compare it with the last backup";
    Err(Problem::new(what, format!("{count} findings"), hint))
}

#[derive(Serialize)]
struct Checked {
    broken: Vec<Finding>,
}

#[derive(Serialize)]
struct Finding {
    invariant: String,
    subject: String,
    finding: String,
}

impl From<Broken> for Finding {
    fn from(broken: Broken) -> Self {
        let finding = broken.to_string();
        Self { invariant: format!("{:?}", broken.invariant), subject: broken.subject, finding }
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.broken.is_empty() {
            return writeln!(f, "nothing is broken");
        }
        self.broken.iter().try_for_each(|finding| writeln!(f, "{}", finding.finding))
    }
}
