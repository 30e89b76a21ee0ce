//! The console in Debian's Chromium, against `leaseline demo`: journeys, accessibility, and that
//! nothing leaves this machine. What the browser does is in `journeys.mjs`; pictures of every page
//! go to `target/console-pages`.
//!
//! `scripts/prerequisites` installs the browser and what drives it. With `CI=true` they must be
//! there; elsewhere the test says that it did not run.

#![allow(clippy::unwrap_used, reason = "a test may say so by panicking")]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

#[test]
fn the_console_works_in_a_real_browser() {
    let Some(browser) = Browser::find() else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI=true, but no browser");
        eprintln!("no chromium, node or target/browser: the BROWSER TESTS DID NOT RUN");
        return;
    };
    let demo = Demo::start();
    let status = Command::new("node")
        .arg(root().join("tests/console/journeys.mjs"))
        .env("BASE", &demo.base)
        .env("LINK", &demo.link)
        .env("NOW", NOW)
        .env("CHROMIUM", &browser.chromium)
        .env("MODULES", &browser.modules)
        .env("PICTURES", root().join("target/console-pages"))
        .status();
    assert!(status.expect("there is a node").success(), "see above what the browser found");
}

/// The world that is looked at, and the instant at which its clock and the browser's stand still.
const SEED: &str = "1";
const NOW: &str = "2026-06-15T04:20:00Z";

/// What is needed to drive a browser.
struct Browser {
    chromium: PathBuf,
    modules: PathBuf,
}

impl Browser {
    fn find() -> Option<Self> {
        let chromium = on_path("chromium")?;
        on_path("node")?;
        let modules = root().join("target/browser/node_modules");
        modules.join("playwright-core").is_dir().then_some(Self { chromium, modules })
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths).map(|folder| folder.join(program)).find(|path| path.is_file())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// `leaseline demo` on a free port; killed when dropped.
struct Demo {
    child: Child,
    base: String,
    link: String,
}

impl Demo {
    fn start() -> Self {
        let binary = std::env::current_exe().unwrap();
        let binary = binary.parent().and_then(Path::parent).unwrap().join("leaseline");
        let mut child = Command::new(binary)
            .args(["--json", "demo", "--listen", "127.0.0.1:0", "--seed", SEED, "--now", NOW])
            .current_dir(std::env::temp_dir())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("`cargo build --workspace` has made the program");
        let output = child.stdout.take().unwrap();
        let line = BufReader::new(output).lines().next().expect("it says where it listens");
        let welcome: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let text = |name: &str| welcome[name].as_str().unwrap().to_owned();
        Self { base: text("listening"), link: text("console"), child }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
