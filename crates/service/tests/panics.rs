//! A panic is logged without what it says. In a process of its own, for the hook is the process's.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

use std::io::{self, Write};
use std::panic::catch_unwind;
use std::sync::{Arc, Mutex};

use leaseline_service::logs;

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_panic_is_logged_by_its_place_and_not_by_its_message() {
    let written = Written::default();
    let writer = written.clone();
    let log = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
    logs::hush_panics();
    let phone = "0195730424";
    let panicked = tracing::subscriber::with_default(log, || catch_unwind(|| panic!("{phone}")));
    assert!(panicked.is_err());

    let log = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("panicked") && log.contains("tests/panics.rs:"), "{log}");
    assert!(!log.contains(phone), "{log}");
}
