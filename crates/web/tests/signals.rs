//! A signal asks for the stop. In a process of its own, for it is the process that is signalled.

use std::process::{Command, id};

use leaseline_web::Stop;

#[tokio::test]
async fn sigterm_asks_for_the_stop_and_does_not_kill() {
    let stop = Stop::on_signals().unwrap();
    assert!(!stop.is_asked());
    let killed = Command::new("kill").args(["-TERM", &id().to_string()]).status().unwrap();
    assert!(killed.success());
    stop.asked().await;
    assert!(stop.is_asked());
}
