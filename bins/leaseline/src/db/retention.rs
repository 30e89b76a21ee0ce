//! `leaseline db retention`.

use std::fmt;

use leaseline_core::Timestamp;
use leaseline_hub::retention::Retained;
use leaseline_hub::upkeep::{Journal, empty_journal};
use leaseline_service::{Config, Problem, rfc3339, with_hub};
use serde::Serialize;
use tokio::runtime::Handle;

use super::progress::Bar;
use super::trouble::problem;
use crate::answer::Answers;
use crate::ask::not_done;

pub(super) fn retention(config: &Config, answers: Answers) -> Result<(), Problem> {
    let url = &config.database_url;
    let gone = Handle::current().block_on(erase(config))?;
    let journal = empty_journal(url.as_str());
    let journal =
        journal.map_err(|error| problem(format!("empty the journal of {url}"), error, ""))?;
    answers.print(&Gone { journal_emptied: journal == Journal::Emptied, ..gone })
}

async fn erase(config: &Config) -> Result<Gone, Problem> {
    let terms = config.retention;
    let bar = Bar::new("erasing");
    let mut told = |gone: Retained| bar.count("erasing", rows(gone));
    with_hub(config, async |hub| {
        let phones_before = terms.horizons(hub.now()).phones;
        let gone = hub.retain(terms, &mut told).await;
        let gone = gone.map_err(|failure| not_done("erase what is past its term", failure))?;
        Ok(Gone::new(gone, phones_before))
    })
    .await
}

const fn rows(gone: Retained) -> usize {
    gone.users + gone.records + gone.decisions + gone.answers
}

#[derive(Serialize)]
struct Gone {
    users_erased: usize,
    records_erased: usize,
    decisions_removed: usize,
    answers_removed: usize,
    /// Phones that are older are gone; RFC 3339, UTC.
    phones_before: String,
    journal_emptied: bool,
}

impl Gone {
    fn new(gone: Retained, phones_before: Timestamp) -> Self {
        Self {
            users_erased: gone.users,
            records_erased: gone.records,
            decisions_removed: gone.decisions,
            answers_removed: gone.answers,
            phones_before: rfc3339::format(phones_before),
            journal_emptied: false,
        }
    }
}

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "no phone is older than {}", self.phones_before)?;
        writeln!(f, "users of leases erased:  {}", self.users_erased)?;
        writeln!(f, "records erased:          {}", self.records_erased)?;
        writeln!(f, "decisions removed:       {}", self.decisions_removed)?;
        writeln!(f, "answers removed:         {}", self.answers_removed)?;
        if self.journal_emptied {
            return Ok(());
        }
        writeln!(f, "somebody reads: the journal holds what was erased until it is written over")
    }
}
