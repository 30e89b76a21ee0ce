//! PostgreSQL's programs, run as child processes: what a test does behind the product's back
//! needs no code in the product.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;

/// The folder of the server's binaries, as `scripts/postgres` finds it.
pub(crate) fn binaries() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| PathBuf::from(output_of(Command::new(script("postgres")).arg("--find"))))
}

/// A script of ours.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts").join(name)
}

/// A script that runs a command beside servers, whose command is to wait until nobody holds the
/// other end of its input. So the servers are gone even after a test that was killed.
pub(crate) struct Keeper {
    child: Child,
    /// Its closing ends the keeper.
    input: Option<ChildStdin>,
}

impl Keeper {
    /// Starts it; when the servers are there, it tells the values of these variables.
    pub(crate) fn start<const N: usize>(name: &str, variables: [&str; N]) -> (Self, [String; N]) {
        let tell = variables.map(|variable| format!("echo \"${variable}\"; ")).concat();
        let mut child = Command::new(script(name))
            .args(["bash", "-c", &format!("{tell}exec cat >/dev/null")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the script can be run");
        let input = child.stdin.take();
        let mut lines = BufReader::new(child.stdout.take().expect("it was asked for")).lines();
        let values = variables.map(|_| {
            let line = lines.next().unwrap_or_else(|| panic!("scripts/{name} could not start"));
            line.expect("in text")
        });
        (Self { child, input }, values)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
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
pub(crate) fn program(name: &str) -> PathBuf {
    let beside = binaries().join(name);
    if beside.exists() { beside } else { name.into() }
}
