//! An empty folder to run `leaseline` in, and a server of ours in its run.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use leaseline_core::api_user::Role;
use leaseline_hub::operator::NewApiUser;
use leaseline_hub::{Hub, Settings};
use leaseline_testkit::http::{Answer, Call};
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub(crate) struct Place {
    folder: TempDir,
}

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A server; killed when dropped.
pub(crate) struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
    log: PathBuf,
}

impl Place {
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With a migrated `leaseline.db` in which there is an API user.
    pub(crate) fn with_user(name: &str) -> Self {
        let place = Self::empty();
        let url = format!("sqlite://{}", place.path().join("leaseline.db").display());
        make_user(&url, name);
        place
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// `leaseline` with these arguments, in this folder and in nobody's environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leaseline"));
        command.args(arguments).current_dir(self.path()).env_clear();
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.env("TMPDIR", self.path()).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        let output = self.command(arguments).output().unwrap();
        Done {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts a server on a free port and waits until it says where it listens.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        self.start_with(arguments, &[])
    }

    /// The same with these variables in its environment.
    pub(crate) fn start_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Running {
        let log = self.path().join("log");
        let mut command = self.command(arguments);
        command.args(["--listen", "127.0.0.1:0"]).envs(variables.iter().copied());
        let mut child =
            command.stdout(Stdio::piped()).stderr(File::create(&log).unwrap()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on http");
        let address = address.and_then(|url| url.split("://").nth(1)).map(str::parse);
        let address = address.unwrap_or_else(|| panic!("{line:?}, {:?}", read(&log))).unwrap();
        Running { child, stdout, address, log }
    }

    /// The names of what is in the folder, in their order, but for what SQLite may keep beside a
    /// database.
    pub(crate) fn contents(&self) -> Vec<String> {
        let entries = self.path().read_dir().unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| !name.ends_with("-wal") && !name.ends_with("-shm"));
        names.sort();
        names
    }
}

impl Running {
    pub(crate) fn get(&self, path: &str) -> Answer {
        Call::new("GET", path).send(self.address).unwrap()
    }

    /// The next line of standard output, without its end.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Sends a signal such as `-HUP`.
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// What it takes of the machine's memory, in KiB.
    pub(crate) fn memory(&self) -> u64 {
        let status = read(Path::new(&format!("/proc/{}/status", self.child.id())));
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.unwrap().trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Sends a signal such as `-TERM`, and waits for the end.
    pub(crate) fn end(mut self, signal: &str) -> (ExitStatus, String) {
        self.signal(signal);
        let status = self.child.wait().unwrap();
        (status, read(&self.log))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes an administrator, as provisioning would.
pub(crate) fn make_user(url: &str, name: &str) {
    Runtime::new().unwrap().block_on(async {
        Hub::migrate(url).unwrap();
        let hub = Hub::open(Settings::new(url)).unwrap();
        hub.ask(NewApiUser { name: name.into(), role: Role::Admin }).await.unwrap();
        hub.close().await;
    });
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}
