//! The load tool: how many requests a second the server takes, and how long each of them waits.
//!
//! A figure by itself says more about the machine than about the server, so `compare` measures
//! three things within one run, on one machine, by one client, and prints ratios: the server as it
//! is, the same server with one transaction for each request, and actix's hello-world. `run`
//! measures any server that is there already, `grow` the same server on a small and a large
//! database, `overload` how it does when far too much is asked.
//!
//! Servers are child processes of this same program ([`hello`], [`serve`]); the client is
//! hand-written ([`wire`]) and costs little of the processors that it shares with them. What the
//! figures mean and what they do not say is in `docs/performance.md`.

mod bar;
mod call;
mod cards;
mod child;
mod cli;
mod client;
mod compare;
mod database;
mod disk;
mod figures;
mod grow;
mod hello;
mod leases;
mod look;
mod overload;
mod pages;
mod report;
mod run;
mod scenario;
mod serve;
mod target;
mod wire;
mod world;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

use crate::cli::{Cli, Command};

/// That of the programs.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A failure of the tool itself; what a server answers wrongly is counted instead.
type Failure = Box<dyn Error + Send + Sync>;

/// Whether everything was answered as expected and every bar was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Good,
    Bad,
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Compare(arguments) => compare::compare(&arguments),
        Command::Look(arguments) => look::look(&arguments),
        Command::Grow(arguments) => grow::grow(&arguments),
        Command::Overload(arguments) => overload::overload(&arguments),
        Command::Hello => hello::hello().map(|()| Verdict::Good),
        Command::Serve(arguments) => serve::serve(&arguments).map(|()| Verdict::Good),
    };
    match done {
        Ok(Verdict::Good) => ExitCode::SUCCESS,
        Ok(Verdict::Bad) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("leaseline-load failed to {error}");
            ExitCode::FAILURE
        }
    }
}
