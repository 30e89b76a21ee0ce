//! Kamailio with the configuration that we ship, the lines to change changed.

use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SHIPPED: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/switches/kamailio/kamailio.cfg");

/// How long it may take to come up.
const PATIENCE: Duration = Duration::from_secs(10);

/// Kamailio, listening; ended when dropped.
pub(crate) struct Kamailio {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Kamailio {
    /// Starts it in a folder: it asks `leaseline` and sends calls to telephones to `carrier`.
    pub(crate) fn start(folder: &Path, leaseline: SocketAddr, carrier: SocketAddr) -> Self {
        let address = free_address();
        let mut text = std::fs::read_to_string(SHIPPED).expect("it is shipped");
        for (name, value) in [
            ("LEASELINE_HOST", leaseline.to_string()),
            ("LISTEN", format!("udp:{address}")),
            ("CARRIER", carrier.to_string()),
        ] {
            text = with_line(&text, name, &value);
        }
        let file = folder.join("kamailio.cfg");
        std::fs::write(&file, text).expect("room on the disk");
        let log = std::fs::File::create(folder.join("kamailio.log")).expect("room on the disk");
        let child = Command::new("kamailio")
            .args(["-DD", "-E", "-m", "64", "-M", "8", "-f"])
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("kamailio starts");
        let kamailio = Self { child, address };
        kamailio.wait_until_it_answers();
        kamailio
    }

    fn wait_until_it_answers(&self) {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        socket.set_read_timeout(Some(Duration::from_millis(100))).expect("it can have one");
        let here = socket.local_addr().expect("it is bound");
        let options = format!(
            "OPTIONS sip:{to} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bKready\r\n\
             From: <sip:ready@{here}>;tag=1\r\nTo: <sip:{to}>\r\nCall-ID: ready\r\n\
             CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
            to = self.address
        );
        let began = Instant::now();
        let mut answer = [0; 2_048];
        loop {
            let _ = socket.send_to(options.as_bytes(), self.address);
            if socket.recv(&mut answer).is_ok() {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "Kamailio does not come up");
        }
    }
}

impl Drop for Kamailio {
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.child.wait();
    }
}

/// An address on loopback on which nobody listens at the moment.
pub(crate) fn free_address() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    socket.local_addr().expect("it is bound")
}

/// The text with another value for a name that is there to be changed.
fn with_line(text: &str, name: &str, value: &str) -> String {
    let begin = format!("#!substdef \"!{name}!");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let line = lines.iter_mut().find(|line| line.starts_with(&begin));
    *line.unwrap_or_else(|| panic!("there is no {name} to change")) = format!("{begin}{value}!g\"");
    lines.join("\n") + "\n"
}
