//! `leaseline serve`: every facade in one process.

use std::fmt;

use leaseline_service::{Config, Problem, Server};
use serde::Serialize;

use crate::answer::Answers;
use crate::facades::Facades;

pub(crate) async fn serve(config: &Config, answers: Answers) -> Result<(), Problem> {
    let facades = Facades::configured(config)?;
    let server = Server::open(config)?;
    let announce = |url: &str| {
        // Whoever closed standard output does not want to know.
        let _ = answers.print(&Listening { listening: url });
    };
    server.run(|hub| facades.routes(hub), announce).await
}

/// Where the server listens. The first line of standard output, so that who started it on port 0
/// can read the port there.
#[derive(Serialize)]
struct Listening<'a> {
    listening: &'a str,
}

impl fmt::Display for Listening<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "listening on {}", self.listening)
    }
}
