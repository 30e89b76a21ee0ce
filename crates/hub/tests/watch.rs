//! A clock that is not to be trusted is told of once a minute.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use leaseline_hub::{Clock, Inventory};
use leaseline_testkit::{Database, ManualClock, World};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| line.trim().to_owned()).collect()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_clock_that_is_behind_is_told_of_once_a_minute() {
    let log = Log::default();
    let lines = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).without_time();
    let _guard = tracing::subscriber::set_default(lines.finish());

    let database = Database::sqlite();
    let clock = ManualClock::new();
    let started = clock.now();
    clock.advance(Duration::from_secs(60));
    let ahead = World::new(database.hub(&clock)).await;
    ahead.hub.close().await;

    clock.set(started);
    let hub = database.hub(&clock);
    // From now on time passes as fast as everybody who waits for it allows.
    tokio::time::pause();
    hub.keep_watch(Inventory::LeftToOthers);
    tokio::time::sleep(Duration::from_secs(210)).await;
    hub.close().await;

    let line = "WARN leaseline_hub::watch: not ready reason=the clock is more than 5 s behind what \
                the store has seen: set the clock behind_seconds=60";
    assert_eq!(log.lines(), [line; 4]);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_right_is_no_news() {
    let log = Log::default();
    let lines = tracing_subscriber::fmt().with_writer(log.clone());
    let _guard = tracing::subscriber::set_default(lines.finish());
    let database = Database::sqlite();
    let hub = database.hub(&ManualClock::new());
    hub.keep_watch(Inventory::Counted);
    tokio::time::sleep(Duration::from_secs(210)).await;
    hub.close().await;
    assert_eq!(log.lines(), [""; 0]);
}
