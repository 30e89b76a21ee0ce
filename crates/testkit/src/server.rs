//! PostgreSQL's programs, run as child processes: what a test does behind the product's back
//! needs no code in the product.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder of the server's binaries, as `scripts/postgres` finds it.
pub(crate) fn binaries() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| PathBuf::from(output_of(Command::new(script()).arg("--find"))))
}

/// `scripts/postgres`.
pub(crate) fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/postgres")
}

/// Runs statements, each in a transaction of its own, and returns the rows: a line a row, columns
/// separated by `|`.
pub(crate) fn psql(url: &str, statements: &[&str]) -> String {
    let mut command = Command::new(program("psql"));
    command.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]);
    command.arg("--set=ON_ERROR_STOP=1");
    command.args(statements.iter().flat_map(|sql| ["--command", sql]));
    output_of(command.arg(url))
}

/// Runs a program and returns what it prints, without the line's end.
pub(crate) fn output_of(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed:\n{errors}");
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// A client program: beside the server's where it is there, else wherever the shell finds it.
fn program(name: &str) -> PathBuf {
    let beside = binaries().join(name);
    if beside.exists() { beside } else { name.into() }
}
