//! `leaseline completions`.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::Shell;
use leaseline_service::Problem;

use crate::cli::Cli;

/// Prints what a shell sources to complete our commands. Needs no configuration.
pub(crate) fn print(shell: Shell) -> Result<(), Problem> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "leaseline", &mut script);
    io::stdout().lock().write_all(&script).map_err(|error| {
        Problem::new("print the completions", error, "was standard output closed?")
    })
}
