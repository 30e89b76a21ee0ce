//! A program of ours, running.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use leaseline_apigate::{NewToken, TokenKey, TokenKeys};
use leaseline_core::Timestamp;
use leaseline_testkit::http::Call;

const SECRET: &str = "the secret of the black-box tests, long enough";

/// A process that serves on a free port; killed when dropped.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Program {
    /// Starts `leaseline-apigate` on a database and waits until it listens.
    pub(crate) fn apigate(database_url: &str) -> Self {
        Self::start("leaseline-apigate", database_url)
    }

    /// Starts `leaseline-traitel`.
    pub(crate) fn traitel(database_url: &str) -> Self {
        Self::start("leaseline-traitel", database_url)
    }

    /// Starts every facade in one process.
    pub(crate) fn combined(database_url: &str) -> Self {
        let mut command = Command::new(binary("leaseline"));
        Self::run(command.arg("serve"), database_url)
    }

    /// Starts a program by its name.
    pub(crate) fn start(name: &str, database_url: &str) -> Self {
        Self::run(&mut Command::new(binary(name)), database_url)
    }

    /// Starts a program with these variables in its environment.
    pub(crate) fn start_with(name: &str, database_url: &str, variables: &[(&str, &str)]) -> Self {
        Self::run(Command::new(binary(name)).envs(variables.iter().copied()), database_url)
    }

    /// Starts a program with what its command has been given besides.
    pub(crate) fn run(command: &mut Command, database_url: &str) -> Self {
        command
            .args(["--listen", "127.0.0.1:0", "--database-url", database_url])
            .env("LEASELINE_JWT__SECRET", SECRET)
            .env("LEASELINE_MOR__KEY", SECRET)
            .current_dir(std::env::temp_dir())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().expect("`cargo build --workspace` has made the program");
        let output = child.stdout.take().expect("it is piped");
        let line = BufReader::new(output).lines().next();
        let line = line.expect("it says where it listens").expect("in text");
        let address = line.split("://").nth(1).map(str::parse);
        let address = address.unwrap_or_else(|| panic!("{line:?} is no address")).expect("one");
        Self { child, address }
    }

    /// How much memory it takes at present.
    pub(crate) fn memory_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("it is running");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")).expect("a size");
        kilobytes.parse::<u64>().expect("a number") << 10
    }

    /// Ends it without warning, as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// Asks it to stop, as `systemctl stop` does.
    pub(crate) fn terminate(&self) {
        self.signal("-TERM");
    }

    /// Has it stand still: its connections stay open, and nothing is answered.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Has it go on.
    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args([signal, &id]).status();
        assert!(asked.expect("there is a kill").success());
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> ExitStatus {
        self.child.wait().expect("it ends")
    }

    /// Whether `/readyz` says so.
    pub(crate) fn is_ready(&self) -> bool {
        Call::new("GET", "/readyz").send(self.address).is_ok_and(|answer| answer.status == 200)
    }

    /// Asks `/readyz` until it says so.
    pub(crate) fn wait_until_ready(&self, patience: Duration) {
        self.wait_until(true, patience);
    }

    /// Asks `/readyz` until it says that it is not.
    pub(crate) fn wait_until_unready(&self, patience: Duration) {
        self.wait_until(false, patience);
    }

    fn wait_until(&self, ready: bool, patience: Duration) {
        let began = Instant::now();
        while self.is_ready() != ready {
            assert!(began.elapsed() < patience, "not so after {patience:?}: ready is {ready}");
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A token for the administrator of a test's world.
pub(crate) fn token() -> String {
    let key = TokenKey::new(None, SECRET.into(), None).expect("long enough");
    let token = NewToken {
        user: "admin".into(),
        jti: "black box".into(),
        issued_at: Timestamp::EPOCH,
        expires_at: None,
    };
    TokenKeys::new(vec![key], None, None).issue(&token).expect("a key without an end")
}

/// A program that `cargo build --workspace` made, beside this test's own folder.
pub(crate) fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this test is a file");
    let profile = test.ancestors().nth(2).expect("target/debug/deps/test");
    profile.join(name)
}
