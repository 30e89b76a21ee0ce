//! `leaseline completions`.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::Shell;
use leaseline_service::Problem;

use crate::answer::printed;
use crate::cli::Cli;

/// Prints what a shell sources to complete our commands. Needs no configuration.
pub(crate) fn print(shell: Shell) -> Result<(), Problem> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "leaseline", &mut script);
    printed(io::stdout().lock().write_all(&script), "print the completions")
}
