//! The combined server and command line.

mod accounts;
mod admin;
mod answer;
mod apply;
mod ask;
mod calls;
mod check;
mod cli;
mod completions;
mod config;
mod customers;
mod db;
mod demo;
mod dids;
mod facades;
mod leases;
mod migrate;
mod mor;
mod numbers;
mod progress;
mod rates;
mod records;
mod requests;
mod serve;
mod table;
mod token;
mod typed;
mod users;
mod when;

use std::process::ExitCode;

use clap::Parser;
use leaseline_service::{Config, Problem, finish, logs};
use mimalloc::MiMalloc;

use crate::answer::Answers;
use crate::cli::{Cli, Command, ConfigCommand};

/// What a request needs is many small and short-lived pieces: see `docs/performance.md`.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    finish(run(Cli::parse()).await)
}

async fn run(cli: Cli) -> Result<(), Problem> {
    let answers = if cli.json { Answers::Json } else { Answers::Text };
    let sources = cli.sources();
    let configured = || {
        let config = Config::load(&sources)?;
        logs::start(&config.log);
        Ok::<_, Problem>(config)
    };
    match cli.command {
        Command::Serve(_) => serve::serve(&configured()?, answers).await,
        Command::Demo(args) => demo::demo(configured()?, args, answers).await,
        Command::Migrate => migrate::migrate(&configured()?, answers),
        Command::Mor { command } => mor::mor(&configured()?, command, answers).await,
        Command::Apply { file } => apply::apply(&configured()?, &file, answers).await,
        Command::Db { command } => db::db(&configured()?, command, answers).await,
        Command::Token { command } => token::token(&configured()?, command, answers).await,
        Command::Users { command } => users::users(&configured()?, command, answers).await,
        Command::Admin { command } => admin::admin(&configured()?, command, answers).await,
        Command::Accounts { command } => accounts::accounts(&configured()?, command, answers).await,
        Command::Dids { command } => dids::dids(&configured()?, command, answers).await,
        Command::Numbers { command } => numbers::numbers(&configured()?, command, answers).await,
        Command::Customers { command } => {
            customers::customers(&configured()?, command, answers).await
        }
        Command::Leases { command } => leases::leases(&configured()?, command, answers).await,
        Command::Rates { command } => rates::rates(&configured()?, command, answers).await,
        Command::Records { command } => records::records(&configured()?, command, answers).await,
        Command::Requests { command } => requests::requests(&configured()?, command, answers).await,
        Command::Calls { command } => calls::calls(&configured()?, command, answers).await,
        Command::Check => check::check(&configured()?, answers),
        Command::Config { command: ConfigCommand::Show } => config::show(&sources, answers),
        Command::Completions { shell } => completions::print(shell),
    }
}
