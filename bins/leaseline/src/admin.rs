//! `leaseline admin`: who may look at the console.

use std::fmt;

use clap::{Args, Subcommand};
use leaseline_core::staff::{StaffMember, StaffName, StaffRole};
use leaseline_hub::Hub;
use leaseline_hub::staff::{AddStaff, ChangeStaff, MakeLink, NoSuchStaff, StaffToken};
use leaseline_service::{Config, Problem, rfc3339, with_hub};
use serde::Serialize;

use crate::answer::Answers;
use crate::ask::not_done;
use crate::table::Table;

/// Who did it, in the audit log.
pub(crate) const BY: &str = "command line";

#[derive(Subcommand)]
pub(crate) enum AdminCommand {
    /// Makes a user of the console, and prints a link by which it sets its password
    Add {
        #[arg(value_parser = name)]
        name: StaffName,
        /// viewer, support, finance, operator or admin
        #[arg(long, value_parser = role)]
        role: StaffRole,
        #[command(flatten)]
        base: Base,
    },
    /// Prints a link by which a user sets a new password: good once, for 15 minutes
    Link {
        name: String,
        #[command(flatten)]
        base: Base,
    },
    /// Lists the users of the console
    List,
    /// Gives a user another role; its sessions end
    Role {
        name: String,
        #[arg(value_parser = role)]
        role: StaffRole,
    },
    /// Shuts a user out; its sessions end
    Disable { name: String },
    /// Lets a disabled user in again
    Enable { name: String },
}

#[derive(Args)]
pub(crate) struct Base {
    /// How browsers reach the server, such as <https://console.example.com>
    /// [default: http:// or https:// and the address of `listen`]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

impl Base {
    fn or_of(self, config: &Config) -> String {
        let url = self.url.unwrap_or_else(|| format!("{}://{}", config.scheme(), config.listen));
        url.trim_end_matches('/').to_owned()
    }
}

pub(crate) async fn admin(
    config: &Config,
    command: AdminCommand,
    answers: Answers,
) -> Result<(), Problem> {
    match command {
        AdminCommand::Add { name, role, base } => {
            let base = base.or_of(config);
            let made = async |hub: &Hub| {
                add(hub, name.clone(), role).await?;
                link(hub, name.as_str(), &base).await
            };
            answers.print(&with_hub(config, made).await?)
        }
        AdminCommand::Link { name, base } => {
            let base = base.or_of(config);
            let made = async |hub: &Hub| link(hub, &name, &base).await;
            answers.print(&with_hub(config, made).await?)
        }
        AdminCommand::List => {
            let list = async |hub: &Hub| {
                let found = hub.staff().await;
                found.map_err(|failure| not_done("list the users of the console", failure))
            };
            let found = with_hub(config, list).await?;
            answers.print(&Users { users: found.iter().map(Shown::from).collect() })
        }
        AdminCommand::Role { name, role } => change(config, answers, name, Some(role), None).await,
        AdminCommand::Disable { name } => change(config, answers, name, None, Some(false)).await,
        AdminCommand::Enable { name } => change(config, answers, name, None, Some(true)).await,
    }
}

/// Makes a user of the console.
pub(crate) async fn add(hub: &Hub, name: StaffName, role: StaffRole) -> Result<(), Problem> {
    let what = format!("make the user {:?} of the console", name.as_str());
    let added = hub.ask(AddStaff { name, role, by: BY.into() }).await;
    let added = added.map_err(|failure| not_done(what.clone(), failure))?;
    let hint = "the names there are: leaseline admin list";
    added.map(drop).map_err(|exists| Problem::new(what, exists, hint))
}

/// Makes a link for a user.
pub(crate) async fn link(hub: &Hub, name: &str, base: &str) -> Result<Link, Problem> {
    let what = format!("make a link for {name:?}");
    let token = StaffToken::fresh().map_err(|failure| not_done(what.clone(), failure))?;
    let make = MakeLink { name: name.to_owned(), token: token.clone(), by: BY.into() };
    let made = hub.ask(make).await.map_err(|failure| not_done(what.clone(), failure))?;
    let until = made.map_err(|why| no_such_user(what, why))?;
    let link = format!("{base}{}", leaseline_console::set_up_path(&token));
    Ok(Link { user: name.to_owned(), link, until: rfc3339::format(until) })
}

async fn change(
    config: &Config,
    answers: Answers,
    name: String,
    role: Option<StaffRole>,
    enabled: Option<bool>,
) -> Result<(), Problem> {
    let what = format!("change the user {name:?} of the console");
    let ask = ChangeStaff { name, role, enabled, by: BY.into() };
    let changed = async |hub: &Hub| {
        let changed = hub.ask(ask).await.map_err(|failure| not_done(what.clone(), failure))?;
        changed.map_err(|why| no_such_user(what, why))
    };
    let member = with_hub(config, changed).await?;
    answers.print(&Users { users: vec![Shown::from(&member)] })
}

fn no_such_user(what: String, why: NoSuchStaff) -> Problem {
    Problem::new(what, why, "the names there are: leaseline admin list")
}

fn name(text: &str) -> Result<StaffName, String> {
    StaffName::parse(text).ok_or_else(|| "a name is 1 to 64 letters, digits, . - _ or @".into())
}

fn role(text: &str) -> Result<StaffRole, String> {
    let roles = || StaffRole::ALL.map(StaffRole::name).join(", ");
    StaffRole::by_name(text).ok_or_else(|| format!("the roles are {}", roles()))
}

/// A link by which somebody sets a password.
#[derive(Serialize)]
pub(crate) struct Link {
    user: String,
    pub(crate) link: String,
    until: String,
}

#[derive(Serialize)]
struct Users {
    users: Vec<Shown>,
}

#[derive(Serialize)]
struct Shown {
    name: String,
    role: &'static str,
    enabled: bool,
    has_password: bool,
}

impl From<&StaffMember> for Shown {
    fn from(member: &StaffMember) -> Self {
        Self {
            name: member.name.to_string(),
            role: member.role.name(),
            enabled: member.enabled,
            has_password: member.password.is_some(),
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\ngood once, until {}", self.link, self.until)
    }
}

impl fmt::Display for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yes = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
        let cells = |user: &Shown| {
            [user.name.clone(), user.role.into(), yes(user.enabled), yes(user.has_password)]
        };
        let rows = self.users.iter().map(cells);
        Table::new(["NAME", "ROLE", "ENABLED", "PASSWORD"]).rows(rows).fmt(f)
    }
}
