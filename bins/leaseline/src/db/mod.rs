//! `leaseline db`: the database as a whole.

mod backup;
mod clock;
mod command;
mod copy;
mod progress;
mod restore;
mod retention;
mod tables;
mod trouble;
mod verify;

use leaseline_hub::upkeep::Existing;
use leaseline_service::{Config, Problem};

use crate::answer::Answers;

pub(crate) use command::DbCommand;

/// Runs one of them, on a thread of its own: all of them block.
pub(crate) async fn db(
    config: &Config,
    command: DbCommand,
    answers: Answers,
) -> Result<(), Problem> {
    let config = config.clone();
    let work = tokio::task::spawn_blocking(move || run(&config, command, answers));
    work.await.unwrap_or_else(|panicked| {
        Err(Problem::new("end in order", panicked, "report it, with the log above"))
    })
}

fn run(config: &Config, command: DbCommand, answers: Answers) -> Result<(), Problem> {
    let url = &config.database_url;
    match command {
        DbCommand::Backup { file, force } => backup::backup(url, &file, existing(force), answers),
        DbCommand::Restore { file, force } => {
            restore::restore(url, &file, existing(force), answers)
        }
        DbCommand::Verify { file } => verify::verify(&file, answers),
        DbCommand::Copy { to } => copy::copy(url, &to, answers),
        DbCommand::Retention => retention::retention(config, answers),
        DbCommand::Clock(ask) => clock::clock(url, ask, answers),
    }
}

const fn existing(force: bool) -> Existing {
    if force { Existing::Replaced } else { Existing::Refused }
}
