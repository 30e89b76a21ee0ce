//! A PostgreSQL cluster of a test's own, which can be stopped and frozen.

use std::process::Command;

use crate::database::Database;
use crate::server::{Keeper, binaries, output_of, psql};

/// A PostgreSQL cluster of its own for one test, on loopback and in a temporary folder; gone when
/// dropped. Durability stays at its defaults: a test that kills it means it.
pub struct Cluster {
    url: String,
    folder: String,
    _keeper: Keeper,
    is_frozen: bool,
}

/// How a server is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopMode {
    /// Open transactions are rolled back and connections closed.
    Fast,
    /// As if it had crashed: the next start recovers.
    Immediate,
}

impl Cluster {
    /// Starts one, if this run has a PostgreSQL half at all: see [`databases`](crate::databases).
    pub fn start() -> Option<Self> {
        Database::postgres_is_wanted().then(Self::new)
    }

    fn new() -> Self {
        let (keeper, [url]) = Keeper::start("postgres", ["LEASELINE_TEST_POSTGRES"]);
        let folder = psql(&format!("{url}/postgres"), &["SHOW data_directory"]);
        Self { url, folder, _keeper: keeper, is_frozen: false }
    }

    /// A fresh database on it.
    pub fn database(&self) -> Database {
        Database::on_server(&self.url)
    }

    /// Runs SQL, outside of any test's database, and returns the rows: a line a row, columns
    /// separated by `|`.
    pub fn psql(&self, sql: &str) -> String {
        psql(&format!("{}/postgres", self.url), &[sql])
    }

    /// Stops the server, and returns when it has stopped.
    pub fn stop(&self, mode: StopMode) {
        let mode = match mode {
            StopMode::Fast => "--mode=fast",
            StopMode::Immediate => "--mode=immediate",
        };
        self.pg_ctl(&["stop", mode]);
    }

    /// Starts a stopped server again on the same port, and returns when it answers.
    pub fn start_again(&self) {
        let port = self.url.rsplit_once(':').map(|(_, port)| port).expect("the URL has a port");
        let sockets = self.folder.rsplit_once('/').map(|(root, _)| root).expect("a path");
        let options = format!(
            "--options=-p {port} -k '{sockets}' -c listen_addresses=127.0.0.1 \
             -c max_connections=200"
        );
        let log = format!("--log={sockets}/server.log");
        self.pg_ctl(&["start", &log, &options]);
    }

    /// Has all its processes stand still: connections stay open, and nothing is answered.
    pub fn freeze(&mut self) {
        // The first one too, or it would start new ones.
        self.signal("STOP");
        self.is_frozen = true;
    }

    /// Has them go on.
    pub fn thaw(&mut self) {
        self.signal("CONT");
        self.is_frozen = false;
    }

    fn signal(&self, signal: &str) {
        let kill = "read -r first <\"$1/postmaster.pid\"
            kill -\"$2\" \"$first\"
            kill -\"$2\" $(ps -A -o ppid=,pid= | awk -v first=\"$first\" '$1 == first { print $2 }')";
        output_of(Command::new("bash").args(["-c", kill, "bash", &self.folder, signal]));
    }

    fn pg_ctl(&self, arguments: &[&str]) {
        let mut command = Command::new("bash");
        command.args(["-c", AS_OWNER, "bash"]).arg(binaries().join("pg_ctl")).args(arguments);
        command.args(["--pgdata", &self.folder, "--wait", "--silent"]);
        output_of(command.current_dir("/"));
    }
}

/// PostgreSQL refuses to run as root.
const AS_OWNER: &str = "[ \"$(id -u)\" != 0 ] || set -- \
    setpriv --reuid=postgres --regid=postgres --init-groups \"$@\"; exec \"$@\"";

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.is_frozen {
            self.thaw();
        }
    }
}
