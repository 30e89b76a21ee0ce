//! Every command of the README, as printed.
//!
//! Where `CI` is `true`, the demo is really built and started by the printed command; elsewhere the
//! program that was built for the tests is started in its place, for it is the same but for minutes
//! of compilation. `scripts/test` is what runs this test.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::program::binary;

const DEMO: &str = "cargo run --release -- demo";
const TESTS: &str = "scripts/test";

/// A demo that is running; killed when dropped.
struct Demo {
    child: Child,
    url: String,
    token: String,
}

impl Demo {
    fn start() -> Self {
        let mut child = demo_command()
            .current_dir(root())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the demo starts");
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let mut lines = lines.map(|line| line.expect("text"));
        let url = lines.find_map(|line| Some(line.strip_prefix("listening on ")?.to_owned()));
        // The line after the one that names the user.
        let token = lines.skip_while(|line| !line.trim().starts_with("apisample:")).nth(1);
        let token = token.expect("a token").trim().to_owned();
        Self { child, url: url.expect("it says where it listens"), token }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.child.wait();
    }
}

fn demo_command() -> Command {
    if std::env::var("CI").as_deref() == Ok("true") {
        let mut words = DEMO.split(' ');
        let mut command = Command::new(words.next().expect("a program"));
        command.args(words);
        return command;
    }
    let mut command = Command::new(binary("leaseline"));
    command.args(["demo", "--listen", "127.0.0.1:0"]);
    command
}

#[test]
fn every_command_of_the_readme_works_as_printed() {
    let demo = Demo::start();
    let mut leased = 0;
    for command in commands() {
        match command.as_str() {
            DEMO | TESTS => {}
            curl if curl.starts_with("curl ") => {
                let printed = curl.replace("http://127.0.0.1:8080", &demo.url);
                let answer: Value = serde_json::from_str(&shell(&printed, &demo.token)).unwrap();
                assert_eq!(answer["status"], 0, "{answer}");
                leased += 1;
            }
            example => assert!(!shell(example, "").is_empty(), "{example} prints something"),
        }
    }
    assert_eq!(leased, 1);
}

/// Runs a line as somebody would who stands in a fresh clone.
fn shell(line: &str, token: &str) -> String {
    let mut shell = Command::new("sh");
    let output = shell.args(["-c", line]).env("TOKEN", token).current_dir(root()).output();
    let output = output.expect("there is a shell");
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// The lines of the README's `sh` blocks.
fn commands() -> Vec<String> {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("there is a README");
    let blocks = readme.split("```sh\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().expect("a block has an end"));
    blocks.flat_map(str::lines).map(str::to_owned).collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}
