//! The MOR facade alone.

use std::process::ExitCode;

use clap::Parser;
use leaseline_mor_server::settings;
use leaseline_service::{Config, Flags, Listen, Problem, Server, announce, finish, logs};
use mimalloc::MiMalloc;

/// What a request needs is many small and short-lived pieces: see `docs/performance.md`.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Serves MOR's interface for calling cards, and nothing else, until SIGTERM or SIGINT.
#[derive(Parser)]
#[command(name = "leaseline-mor", version)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    listen: Listen,
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(serve(&Cli::parse()).await)
}

async fn serve(cli: &Cli) -> Result<(), Problem> {
    let config = Config::load(&cli.listen.on(cli.flags.sources("127.0.0.1:8082")))?;
    logs::start(&config.log);
    let settings = settings(&config)?;
    let server = Server::open(&config)?;
    server.run(|hub| leaseline_mor::routes(hub, settings), announce).await
}
