//! `leaseline demo`: a small world to try things in, with ninety days that went before, gone at exit.

mod cards;
mod clock;
mod log;
mod past;
mod welcome;
mod world;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use leaseline_apigate::TokenKeys;
use leaseline_core::Timestamp;
use leaseline_core::staff::{StaffName, StaffRole};
use leaseline_hub::{Clock, Commits, Hub, Ids, Settings, SystemClock, Vault};
use leaseline_service::{Config, Listen, Problem, Server, database, rfc3339};
use leaseline_web::Stop;

use crate::admin;
use crate::answer::Answers;
use crate::facades::Facades;
use crate::token;
use cards::SeededDigits;
use clock::{SeededIds, StillClock};
use welcome::{User, Welcome};
use world::Present;

/// A demo that runs longer than this wants a real database.
const TOKEN_LIFETIME: Duration = Duration::from_secs(86_400);

/// What the demo is made of.
#[derive(clap::Args, Clone, Copy, Debug)]
pub(crate) struct DemoArgs {
    #[command(flatten)]
    pub(crate) listen: Listen,
    /// Of one seed comes one world
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Has the demo's clock stand still at this instant, such as 2026-11-26T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = instant)]
    now: Option<Timestamp>,
}

pub(crate) async fn demo(
    mut config: Config,
    args: DemoArgs,
    answers: Answers,
) -> Result<(), Problem> {
    // Whoever stops it before its world is made leaves nothing behind either.
    let stop = Stop::on_signals().map_err(not_made)?;
    // Dropped, and its folder with it, only after the hub is closed.
    let folder = tempfile::Builder::new().prefix("leaseline-demo-").tempdir();
    let folder = folder.map_err(not_made)?;
    use_database_in(folder.path(), &mut config)?;
    database::migrate(&config)?;
    let facades = Facades::configured(&config)?;
    let present = lived(&config, args, facades.mor.vault.clone(), &stop).await?;
    let Some(present) = present.filter(|_| !stop.is_asked()) else { return Ok(()) };
    let server = Server::open_as(&config, |settings| match args.now {
        Some(now) => Settings { clock: Box::new(StillClock::at(now)), ..settings },
        None => settings,
    })?;
    let users = users(server.hub(), &facades.apigate.tokens).await?;
    let prefix = facades.apigate.path_prefixes.first().cloned().unwrap_or_default();
    let console = console(server.hub()).await?;
    let announce = |url: &str| {
        let base = format!("{url}{prefix}");
        // Whoever closed standard output does not want to know.
        let _ = answers.print(&Welcome::new(url, &base, users, &console, &present));
    };
    server.run(|hub| facades.routes(hub), announce).await
}

/// Makes the world, lives through its past and brings it to the present, unless it is stopped before.
/// Commits wait for no disk: it is thrown away in the end.
async fn lived(
    config: &Config,
    args: DemoArgs,
    vault: Vault,
    stop: &Stop,
) -> Result<Option<Present>, Problem> {
    let now = args.now.unwrap_or_else(|| SystemClock.now());
    let clock = StillClock::at(now.saturating_sub(past::PAST));
    let ids = Arc::new(SeededIds::new(clock.clone(), args.seed));
    let of_hub: Arc<dyn Ids> = ids.clone();
    let hub = database::open_as(config, |settings| Settings {
        clock: Box::new(clock.clone()),
        ids: of_hub,
        digits: Arc::new(SeededDigits::of(args.seed)),
        commits: Commits::AtOnce,
        ..settings
    })?;
    let present = async {
        let world = world::make(&hub, vault).await?;
        let region = &config.default_region;
        past::live(&hub, &clock, region, &world, (args.seed, now)).await?;
        hub.remember_requests(&log::requests(&ids, args.seed, &world, now)).await?;
        world::present(&hub, &world).await
    };
    let present = tokio::select! {
        present = present => present.map(Some).map_err(not_made),
        () = stop.asked() => Ok(None),
    };
    hub.close().await;
    present
}

fn instant(text: &str) -> Result<Timestamp, String> {
    rfc3339::parse(text).map_err(|error| error.to_string())
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

#[cfg(test)]
mod tests;
