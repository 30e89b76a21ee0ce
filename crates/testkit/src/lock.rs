//! A lock that keeps all writers of a database away.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

/// What a database's own shell holds, until this is dropped.
pub struct Lock {
    shell: Child,
    /// Its closing ends the shell, and the transaction with it.
    input: Option<ChildStdin>,
}

impl Lock {
    /// Has the shell take it by `statements`, the last of which says so; a shell that stops at the first
    /// error says nothing then.
    pub(crate) fn taken(shell: &mut Command, statements: &str) -> Self {
        let shell = shell.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut shell = shell.spawn().expect("there is a shell");
        let mut input = shell.stdin.take().expect("it was asked for");
        input.write_all(statements.as_bytes()).expect("the shell listens");
        let output = shell.stdout.take().expect("it was asked for");
        let said = BufReader::new(output).lines().next().expect("it could be taken");
        assert_eq!(said.expect("in text"), SAID, "{statements}");
        Self { shell, input: Some(input) }
    }
}

/// What the shell says when it has the lock.
const SAID: &str = "locked";

pub(crate) const ON_SQLITE: &str = ".timeout 5000\nBEGIN IMMEDIATE;\n.system echo locked\n";

/// Every batch begins by writing to this table.
pub(crate) const ON_POSTGRES: &str =
    "SET lock_timeout = '5s';\nBEGIN;\nLOCK TABLE writers IN EXCLUSIVE MODE;\n\\! echo locked\n";

impl Drop for Lock {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.shell.wait();
    }
}
