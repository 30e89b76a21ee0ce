//! Servers as child processes of this program, and how the two speak: the child writes its
//! address in a line, and ends when its standard input does, so none outlives us however we end.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use tokio::sync::oneshot;

use crate::Failure;

/// A server that is running; it is stopped when dropped.
pub(crate) struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts this program with these arguments, and returns when it listens.
    pub(crate) fn start(arguments: &[String]) -> Result<Self, Failure> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("read a server's output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim_end().parse();
        let address = address.map_err(|_| "start a server: it told no address")?;
        Ok(Self { process, address })
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process.id()
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // A child that can not be waited for is gone already.
        let _ = self.process.wait();
    }
}

/// In the child: tells where it listens.
pub(crate) fn announce(address: SocketAddr) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{address}")?;
    output.flush()
}

/// In the child: waits until the parent closes the child's input, or is gone.
pub(crate) async fn input_ends() {
    let (over, ended) = oneshot::channel::<()>();
    // A thread of its own, for tokio's would hold up the runtime's end.
    std::thread::spawn(move || {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        drop(over);
    });
    // The sender's end is the message.
    let _ = ended.await;
}
