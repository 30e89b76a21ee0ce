//! The combined server and command line.

mod answer;
mod cli;
mod demo;
mod migrate;
mod serve;
mod token;

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
    let config = Config::load(&cli.sources())?;
    logs::start(&config.log);
    match cli.command {
        Command::Serve(_) => serve::serve(&config, answers).await,
        Command::Demo(_) => demo::demo(config, answers).await,
        Command::Migrate => migrate::migrate(&config, answers),
        Command::Token { command } => token::token(&config, command, answers).await,
    }
}
