//! `leaseline users`: who may use the APIs, and for whom.

use std::fmt;

use clap::{Args, Subcommand};
use leaseline_core::api_user::{ApiUser, Rights, Role};
use leaseline_core::ids::{ApiUserId, CustomerId};
use leaseline_hub::operator::{EnableApiUser, GrantRights, NotGranted, RevokeRights};
use leaseline_hub::{Failure, Hub};
use leaseline_service::{Config, Problem, with_hub};
use serde::Serialize;

use crate::answer::Answers;
use crate::ask::{Page, customer_id, not_done};
use crate::table::Table;

#[derive(Subcommand)]
pub(crate) enum UsersCommand {
    /// Lists users in the order in which they were made
    List {
        /// Only those after the user with this id, the last of the page before
        #[arg(long, value_name = "ID", value_parser = user_id)]
        after: Option<ApiUserId>,
        #[command(flatten)]
        page: Page,
    },
    /// Shuts a user out, in every process within a second
    Disable { name: String },
    /// Lets a disabled user in again
    Enable { name: String },
    /// Gives a client rights
    Grant {
        name: String,
        #[command(flatten)]
        rights: RightsArguments,
    },
    /// Takes rights from a client
    Revoke {
        name: String,
        #[command(flatten)]
        rights: RightsArguments,
    },
}

#[derive(Args)]
#[group(required = true, multiple = true)]
pub(crate) struct RightsArguments {
    /// To act for this customer; may be given several times
    #[arg(long = "customer", value_name = "ID", value_parser = customer_id)]
    customers: Vec<CustomerId>,
    /// To top up
    #[arg(long)]
    topup: bool,
}

pub(crate) async fn users(
    config: &Config,
    command: UsersCommand,
    answers: Answers,
) -> Result<(), Problem> {
    match command {
        UsersCommand::List { after, page } => {
            let list = async |hub: &Hub| {
                let found = hub.api_users(after, page.limit).await;
                found.map_err(|failure| not_done("list the users", failure))
            };
            let found = with_hub(config, list).await?;
            answers.print(&Users { users: found.iter().map(Shown::from).collect() })
        }
        UsersCommand::Disable { name } => {
            answers.print(&with_hub(config, async |hub| enable(hub, name, false).await).await?)
        }
        UsersCommand::Enable { name } => {
            answers.print(&with_hub(config, async |hub| enable(hub, name, true).await).await?)
        }
        UsersCommand::Grant { name, rights } => {
            let what = format!("grant rights to {name:?}");
            let rights = Rights::from(rights);
            let grant = async |hub: &Hub| hub.ask(GrantRights { name, rights }).await.or_say(what);
            answers.print(&with_hub(config, grant).await?)
        }
        UsersCommand::Revoke { name, rights } => {
            let what = format!("revoke rights of {name:?}");
            let rights = Rights::from(rights);
            let revoke =
                async |hub: &Hub| hub.ask(RevokeRights { name, rights }).await.or_say(what);
            answers.print(&with_hub(config, revoke).await?)
        }
    }
}

async fn enable(hub: &Hub, name: String, enabled: bool) -> Result<Enabled, Problem> {
    let what = format!("{} the user {name:?}", if enabled { "enable" } else { "disable" });
    let known = hub.ask(EnableApiUser { name: name.clone(), enabled }).await;
    if known.map_err(|failure| not_done(&what, failure))? {
        Ok(Enabled { user: name, enabled })
    } else {
        Err(no_such_user(what, NotGranted::UserUnknown))
    }
}

/// How a change of rights ended, as an answer.
trait OrSay {
    fn or_say(self, what: String) -> Result<Shown, Problem>;
}

impl OrSay for Result<Result<ApiUser, NotGranted>, Failure> {
    fn or_say(self, what: String) -> Result<Shown, Problem> {
        let granted = self.map_err(|failure| not_done(&what, failure))?;
        granted.map(|user| Shown::from(&user)).map_err(|why| no_such_user(what, why))
    }
}

fn no_such_user(what: String, why: NotGranted) -> Problem {
    let hint = match why {
        NotGranted::UserUnknown => "the names there are: leaseline users list",
        NotGranted::CustomerUnknown(_) => "the ids there are: leaseline customers list",
        NotGranted::HasEveryRight(_) => "name a user with the role client",
    };
    Problem::new(what, why, hint)
}

fn user_id(text: &str) -> Result<ApiUserId, String> {
    let id = text.parse().ok().and_then(ApiUserId::new);
    id.ok_or_else(|| "an id is a whole number from 1 on".into())
}

impl From<RightsArguments> for Rights {
    fn from(arguments: RightsArguments) -> Self {
        Self { customers: arguments.customers, top_up: arguments.topup }
    }
}

#[derive(Serialize)]
struct Users {
    users: Vec<Shown>,
}

/// A user; an administrator acts for all customers, which is `null`.
#[derive(Serialize)]
struct Shown {
    id: i64,
    name: String,
    role: &'static str,
    enabled: bool,
    may_top_up: bool,
    customers: Option<Vec<i64>>,
}

#[derive(Serialize)]
struct Enabled {
    user: String,
    enabled: bool,
}

impl From<&ApiUser> for Shown {
    fn from(user: &ApiUser) -> Self {
        let (role, may_top_up, customers) = match &user.role {
            Role::Admin => ("admin", true, None),
            Role::Client { customers, may_top_up } => {
                let mut ids: Vec<_> = customers.iter().map(|customer| customer.get()).collect();
                ids.sort_unstable();
                ("client", *may_top_up, Some(ids))
            }
        };
        let (id, name) = (user.id.get(), user.name.to_string());
        Self { id, name, role, enabled: user.enabled, may_top_up, customers }
    }
}

impl Shown {
    fn cells(&self) -> [String; 6] {
        let yes = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
        let customers = self
            .customers
            .as_ref()
            .map(|ids| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
        [
            self.id.to_string(),
            self.name.clone(),
            self.role.into(),
            yes(self.enabled),
            yes(self.may_top_up),
            customers.unwrap_or_else(|| "all".into()),
        ]
    }
}

const HEADINGS: [&str; 6] = ["ID", "NAME", "ROLE", "ENABLED", "TOPUP", "CUSTOMERS"];

impl fmt::Display for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Table::new(HEADINGS).rows(self.users.iter().map(Shown::cells)).fmt(f)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Table::new(HEADINGS).rows([self.cells()]).fmt(f)
    }
}

impl fmt::Display for Enabled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.enabled { "enabled" } else { "disabled" };
        writeln!(f, "{} is {state}", self.user)
    }
}
