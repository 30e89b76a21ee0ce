//! Asking a server to stop.

use std::io;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// A wish that is made once, seen by everybody who holds a clone, and never taken back.
#[derive(Clone, Debug)]
pub struct Stop {
    asked: Arc<watch::Sender<bool>>,
}

impl Stop {
    /// Nobody has asked yet.
    pub fn new() -> Self {
        Self { asked: Arc::new(watch::Sender::new(false)) }
    }

    /// One that is asked for by SIGTERM or SIGINT, from now on and for good: their default of
    /// killing the process no longer applies. Needs a running tokio runtime.
    ///
    /// # Errors
    /// The system refuses to install a handler.
    pub fn on_signals() -> io::Result<Self> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let stop = Self::new();
        let asks = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            asks.ask();
        });
        Ok(stop)
    }

    /// Asks. Asking again changes nothing.
    pub fn ask(&self) {
        self.asked.send_replace(true);
    }

    /// Whether it has been asked for: the process is draining.
    pub fn is_asked(&self) -> bool {
        *self.asked.borrow()
    }

    /// Waits until it is asked for; at once when it already was.
    pub async fn asked(&self) {
        let mut asked = self.asked.subscribe();
        // An error would mean that the sender is gone, and we hold it.
        let _ = asked.wait_for(|asked| *asked).await;
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}
