//! `leaseline apply`: a provisioning file, all of it or nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use leaseline_provision::{Applied, Error, File, Progress};
use leaseline_service::{Config, Problem, database, with_hub};
use serde::Serialize;

use crate::answer::Answers;
use crate::progress::Bar;

pub(crate) async fn apply(config: &Config, path: &Path, answers: Answers) -> Result<(), Problem> {
    let problem = |error| problem(format!("apply {}", path.display()), error);
    // Before a database is made for it.
    let mut file = File::read(path).map_err(problem)?;
    if file.has_secrets() {
        file = file.sealed_by(leaseline_mor_server::vault(config)?);
    }
    database::migrate_if_empty(config)?;
    let applied = with_hub(config, async |hub| {
        let mut bar = Bar::default();
        let show = |progress: Progress<'_>| bar.show(progress);
        let applied = leaseline_provision::apply(hub, file, &config.default_region, show).await;
        applied.map_err(problem)
    });
    answers.print(&Report::from(applied.await?))
}

/// Why a file was not applied or imported, and what to do about it.
pub(crate) fn problem(what: String, error: Error) -> Problem {
    let hint = match &error {
        Error::Unreadable { .. } => "name a file that can be read",
        Error::Wrong(_) => "correct it; nothing was changed",
        Error::NoPool(_) => "make the pool with `leaseline apply`, or name another one",
        Error::TakenOver(_) => "run it again when the other import is done",
        Error::Failed(_) => "run it again: what is done already stays done",
    };
    Problem::new(what, error, hint)
}

/// What became of the file: each entry by the name that the operator gave it.
#[derive(Serialize)]
struct Report {
    customers: BTreeMap<String, i64>,
    accounts: BTreeMap<String, i64>,
    mor_users: BTreeMap<String, i64>,
    pools: BTreeMap<String, Pool>,
    changed: usize,
}

#[derive(Serialize)]
struct Pool {
    numbers: u64,
    added: usize,
}

impl From<Applied> for Report {
    fn from(applied: Applied) -> Self {
        let customers = applied.customers.into_iter().map(|(key, id)| (key, id.get()));
        let accounts = applied.accounts.into_iter().map(|(user, id)| (user, id.get()));
        let mor_users = applied.mor_users.into_iter().map(|(user, id)| (user, id.get()));
        let pools = applied.pools.into_iter();
        let pools = pools.map(|it| (it.name, Pool { numbers: it.numbers, added: it.added }));
        Self {
            customers: customers.collect(),
            accounts: accounts.collect(),
            mor_users: mor_users.collect(),
            pools: pools.collect(),
            changed: applied.changed,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, Pool { numbers, added }) in &self.pools {
            writeln!(f, "pool {name:?}: {numbers} numbers, {added} of them new")?;
        }
        for (key, id) in &self.customers {
            writeln!(f, "customer {key:?}: id {id}")?;
        }
        for (user, id) in &self.mor_users {
            writeln!(f, "MOR user {user:?}: id {id}")?;
        }
        for (user, id) in &self.accounts {
            writeln!(f, "account {user:?}: id {id}")?;
        }
        match self.changed {
            0 => writeln!(f, "nothing changed"),
            changed => writeln!(f, "changed: {changed}"),
        }
    }
}
