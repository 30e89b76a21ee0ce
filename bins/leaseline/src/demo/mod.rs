//! `leaseline demo`: a small world to try things in, gone at exit.

mod welcome;
mod world;

use std::path::Path;
use std::time::Duration;

use leaseline_apigate::TokenKeys;
use leaseline_core::staff::{StaffName, StaffRole};
use leaseline_hub::Hub;
use leaseline_service::{Config, Problem, Server};

use crate::admin;
use crate::answer::Answers;
use crate::facades::Facades;
use crate::token;
use welcome::{User, Welcome};

/// A demo that runs longer than this wants a real database.
const TOKEN_LIFETIME: Duration = Duration::from_secs(86_400);

pub(crate) async fn demo(mut config: Config, answers: Answers) -> Result<(), Problem> {
    // Dropped, and its folder with it, only after the hub is closed.
    let folder = tempfile::Builder::new().prefix("leaseline-demo-").tempdir();
    let folder = folder.map_err(not_made)?;
    use_database_in(folder.path(), &mut config)?;
    let server = Server::open(&config)?;
    let facades = Facades::configured(&config)?;
    let world = world::make(server.hub(), facades.mor.vault.clone()).await.map_err(not_made)?;
    let users = users(server.hub(), &facades.apigate.tokens).await?;
    let prefix = facades.apigate.path_prefixes.first().cloned().unwrap_or_default();
    let console = console(server.hub()).await?;
    let announce = |url: &str| {
        let base = format!("{url}{prefix}");
        // Whoever closed standard output does not want to know.
        let _ = answers.print(&Welcome::new(url, &base, users, &console, &world));
    };
    server.run(|hub| facades.routes(hub), announce).await
}

fn use_database_in(folder: &Path, config: &mut Config) -> Result<(), Problem> {
    let url = format!("sqlite://{}/demo.db", folder.display());
    config.database_url = url.parse().map_err(not_made)?;
    Ok(())
}

async fn users(hub: &Hub, keys: &TokenKeys) -> Result<[User; 2], Problem> {
    Ok([
        User {
            name: world::CLIENT,
            may: "request, query, release, reserve, view and top up customer 1",
            token: token::issue(hub, keys, world::CLIENT, Some(TOKEN_LIFETIME)).await?.token,
        },
        User {
            name: world::ADMIN,
            may: "everything, for every customer",
            token: token::issue(hub, keys, world::ADMIN, Some(TOKEN_LIFETIME)).await?.token,
        },
    ])
}

/// A user of the console, and the path of a link to set its password.
async fn console(hub: &Hub) -> Result<String, Problem> {
    let name = StaffName::parse(world::ADMIN).expect("it is plain");
    admin::add(hub, name, StaffRole::Admin).await?;
    Ok(admin::link(hub, world::ADMIN, "").await?.link)
}

fn not_made(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Problem {
    Problem::new("make the demo's world", why, "is the temporary folder (TMPDIR) writable?")
}
