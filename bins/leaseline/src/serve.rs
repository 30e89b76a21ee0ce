//! `leaseline serve`: every facade and the console in one process.

use std::fmt;
use std::io::IsTerminal;

use leaseline_core::staff::{StaffName, StaffRole};
use leaseline_hub::Hub;
use leaseline_service::{Config, Problem, Server};
use serde::Serialize;

use crate::admin;
use crate::answer::Answers;
use crate::facades::Facades;

pub(crate) async fn serve(config: &Config, answers: Answers) -> Result<(), Problem> {
    let facades = Facades::configured(config)?;
    let server = Server::open(config)?;
    let link = first_link(config, server.hub()).await?;
    server.on_reload("token keys", leaseline_apigate_server::reloading(&facades.apigate.tokens));
    let announce = |url: &str| {
        // Whoever closed standard output does not want to know.
        let _ = answers.print(&Listening { listening: url });
        if let Some(link) = link {
            eprint!("\nto set the password of {FIRST:?} for the console:\n{link}");
        }
    };
    server.run(|hub| facades.routes(hub), announce).await
}

/// The first user of the console.
const FIRST: &str = "admin";

/// While the console has no user, and somebody sits at the terminal, its first one is made. Into a
/// log file no link is written.
async fn first_link(config: &Config, hub: &Hub) -> Result<Option<admin::Link>, Problem> {
    let what = "look for users of the console";
    let users = hub.staff().await.map_err(|failure| crate::ask::not_done(what, failure))?;
    if !users.is_empty() {
        return Ok(None);
    }
    if !(std::io::stdout().is_terminal() && std::io::stderr().is_terminal()) {
        tracing::info!("the console has no user: leaseline admin add NAME --role admin");
        return Ok(None);
    }
    let name = StaffName::parse(FIRST).expect("it is plain");
    admin::add(hub, name, StaffRole::Admin).await?;
    let base = format!("{}://{}", config.scheme(), config.listen);
    admin::link(hub, FIRST, &base).await.map(Some)
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
