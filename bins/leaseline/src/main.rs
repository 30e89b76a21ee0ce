//! The combined server and command line.

mod answer;
mod apply;
mod ask;
mod check;
mod cli;
mod completions;
mod customers;
mod db;
mod demo;
mod leases;
mod migrate;
mod numbers;
mod progress;
mod serve;
mod table;
mod token;
mod users;
mod when;

use std::process::ExitCode;

use clap::Parser;
use leaseline_service::{Config, Problem, finish, logs};

use crate::answer::Answers;
use crate::cli::{Cli, Command};

#[tokio::main]
async fn main() -> ExitCode {
    finish(run(Cli::parse()).await)
}

async fn run(cli: Cli) -> Result<(), Problem> {
    let answers = if cli.json { Answers::Json } else { Answers::Text };
    if let Command::Completions { shell } = cli.command {
        return completions::print(shell);
    }
    let config = Config::load(&cli.sources())?;
    logs::start(&config.log);
    match cli.command {
        Command::Serve(_) => serve::serve(&config, answers).await,
        Command::Demo(_) => demo::demo(config, answers).await,
        Command::Migrate => migrate::migrate(&config, answers),
        Command::Apply { file } => apply::apply(&config, &file, answers).await,
        Command::Db { command } => db::db(&config, command, answers).await,
        Command::Token { command } => token::token(&config, command, answers).await,
        Command::Users { command } => users::users(&config, command, answers).await,
        Command::Numbers { command } => numbers::numbers(&config, command, answers).await,
        Command::Customers { command } => customers::customers(&config, command, answers).await,
        Command::Leases { command } => leases::leases(&config, command, answers).await,
        Command::Check => check::check(&config, answers),
        Command::Completions { shell } => completions::print(shell),
    }
}
