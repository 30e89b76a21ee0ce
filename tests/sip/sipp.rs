//! SIPp, calling and being called.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const SCENARIOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sip/scenarios");

/// A telephone in the middle of a call.
pub(crate) struct Phone {
    child: Child,
    name: String,
    messages: PathBuf,
}

/// How a telephone behaves: a scenario, with words in it replaced.
#[derive(Clone, Copy)]
pub(crate) struct Behaviour<'a> {
    pub(crate) scenario: &'a str,
    pub(crate) words: &'a [(&'a str, &'a str)],
}

impl Phone {
    /// A telephone that waits for a call.
    pub(crate) fn called(folder: &Path, at: SocketAddr, behaviour: Behaviour<'_>) -> Self {
        Self::start(folder, "callee", at, behaviour, &[])
    }

    /// A telephone that calls a number through a proxy.
    pub(crate) fn calling(
        folder: &Path,
        name: &str,
        (at, through): (SocketAddr, SocketAddr),
        number: &str,
        behaviour: Behaviour<'_>,
    ) -> Self {
        let through = through.to_string();
        Self::start(folder, name, at, behaviour, &[&through, "-s", number])
    }

    fn start(
        folder: &Path,
        name: &str,
        at: SocketAddr,
        behaviour: Behaviour<'_>,
        more: &[&str],
    ) -> Self {
        let shipped = format!("{SCENARIOS}/{}.xml", behaviour.scenario);
        let mut text = std::fs::read_to_string(shipped).expect("a scenario");
        for (word, value) in behaviour.words {
            text = text.replace(word, value);
        }
        let file = folder.join(format!("{name}.xml"));
        std::fs::write(&file, text).expect("room on the disk");
        let messages = folder.join(format!("{name}.log"));
        let child = Command::new("sipp")
            .args(more)
            .args(["-sf".as_ref(), file.as_os_str()])
            .args(["-i", "127.0.0.1", "-p", &at.port().to_string(), "-m", "1", "-nostdin"])
            .args(["-timeout", "30", "-timeout_error", "-trace_msg", "-message_file"])
            .arg(&messages)
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("sipp starts");
        Self { child, name: name.to_owned(), messages }
    }

    /// Waits until the call went as the scenario says; all messages that were sent and received.
    pub(crate) fn done(mut self) -> String {
        let status = self.child.wait().expect("it ends");
        let messages = std::fs::read_to_string(&self.messages).unwrap_or_default();
        let beside = self.messages.with_file_name("kamailio.log");
        let log = std::fs::read_to_string(beside).unwrap_or_default();
        assert!(status.success(), "{} went otherwise:\n{messages}\n{log}", self.name);
        messages
    }

    /// Ends a telephone that nobody called.
    pub(crate) fn was_not_called(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let messages = std::fs::read_to_string(&self.messages).unwrap_or_default();
        assert!(!messages.contains("INVITE"), "{} was called:\n{messages}", self.name);
    }
}

/// The Call-ID in messages.
pub(crate) fn call_id(messages: &str) -> String {
    let line = messages.lines().find_map(|line| line.strip_prefix("Call-ID: "));
    line.expect("every message has one").trim().to_owned()
}
