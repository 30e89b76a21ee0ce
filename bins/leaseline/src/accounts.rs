//! `leaseline accounts`: who logs in to the TraiTel API, and whose balance it spends.

use std::fmt;

use clap::Subcommand;
use leaseline_core::account::{Account, Email};
use leaseline_core::ids::AccountId;
use leaseline_core::password::PasswordHash;
use leaseline_hub::operator::{EnableAccount, SetAccountPassword};
use leaseline_hub::{Failure, Hub};
use leaseline_service::{Config, Problem, with_hub};
use serde::Serialize;

use crate::answer::Answers;
use crate::ask::{Page, not_done};
use crate::table::{Table, cell};
use crate::typed::secret_line;

#[derive(Subcommand)]
pub(crate) enum AccountsCommand {
    /// Lists accounts in the order in which they were made
    List {
        /// Only those after the account with this id, the last of the page before
        #[arg(long, value_name = "ID", value_parser = account_id)]
        after: Option<AccountId>,
        #[command(flatten)]
        page: Page,
    },
    /// Shuts an account out, in every process within a second; its numbers stay its own
    Disable { user: String },
    /// Lets a disabled account in again
    Enable { user: String },
    /// Gives an account another password, read from standard input: one line
    Password {
        user: String,
        /// The hash of the password instead, such as $argon2id$v=19$m=19456,t=2,p=1$…
        #[arg(long, value_name = "PHC", value_parser = password_hash)]
        hash: Option<PasswordHash>,
    },
}

pub(crate) async fn accounts(
    config: &Config,
    command: AccountsCommand,
    answers: Answers,
) -> Result<(), Problem> {
    match command {
        AccountsCommand::List { after, page } => {
            let list = async |hub: &Hub| {
                let found = hub.accounts(after, page.limit).await;
                found.map_err(|failure| not_done("list the accounts", failure))
            };
            let found = with_hub(config, list).await?;
            answers.print(&Accounts { accounts: found.iter().map(Shown::from).collect() })
        }
        AccountsCommand::Disable { user } => {
            answers.print(&with_hub(config, async |hub| enable(hub, user, false).await).await?)
        }
        AccountsCommand::Enable { user } => {
            answers.print(&with_hub(config, async |hub| enable(hub, user, true).await).await?)
        }
        AccountsCommand::Password { user, hash } => {
            let password = match hash {
                Some(hash) => Given::Hashed(hash),
                None => Given::Plain(secret_line("password", "leaseline accounts password USER")?),
            };
            let set = async |hub: &Hub| set_password(hub, user, password).await;
            answers.print(&with_hub(config, set).await?)
        }
    }
}

enum Given {
    Plain(String),
    Hashed(PasswordHash),
}

async fn enable(hub: &Hub, user: String, enabled: bool) -> Result<Enabled, Problem> {
    let what = format!("{} the account {user:?}", if enabled { "enable" } else { "disable" });
    let known = hub.ask(EnableAccount { user: user.clone(), enabled }).await;
    there_is(what, known)?;
    Ok(Enabled { account: user, enabled })
}

async fn set_password(hub: &Hub, user: String, given: Given) -> Result<Changed, Problem> {
    let what = format!("set the password of {user:?}");
    let password = match given {
        Given::Hashed(hash) => hash,
        Given::Plain(text) => {
            hub.hash_password(&text).await.map_err(|failure| not_done(&what, failure))?
        }
    };
    let known = hub.ask(SetAccountPassword { user: user.clone(), password }).await;
    there_is(what, known)?;
    Ok(Changed { account: user, password: "changed" })
}

fn there_is(what: String, known: Result<bool, Failure>) -> Result<(), Problem> {
    if known.map_err(|failure| not_done(&what, failure))? {
        return Ok(());
    }
    let hint = "the names there are: leaseline accounts list";
    Err(Problem::new(what, "there is no such account", hint))
}

pub(crate) fn account_id(text: &str) -> Result<AccountId, String> {
    let id = text.parse().ok().and_then(AccountId::new);
    id.ok_or_else(|| "an id is a whole number from 1 on".into())
}

fn password_hash(text: &str) -> Result<PasswordHash, String> {
    PasswordHash::parse(text).ok_or_else(|| "it is not an Argon2id hash".into())
}

#[derive(Serialize)]
struct Accounts {
    accounts: Vec<Shown>,
}

#[derive(Serialize)]
struct Shown {
    id: i64,
    user: String,
    customer: i64,
    enabled: bool,
    email: Option<String>,
    first_name: String,
    last_name: String,
    time_zone: String,
    ivr: bool,
    rate_deck: Option<String>,
}

#[derive(Serialize)]
struct Enabled {
    account: String,
    enabled: bool,
}

#[derive(Serialize)]
struct Changed {
    account: String,
    password: &'static str,
}

impl From<&Account> for Shown {
    fn from(account: &Account) -> Self {
        let profile = &account.profile;
        Self {
            id: account.id.get(),
            user: account.user.clone(),
            customer: account.customer.get(),
            enabled: account.enabled,
            email: profile.email.as_ref().map(Email::as_str).map(str::to_owned),
            first_name: profile.first_name.as_str().to_owned(),
            last_name: profile.last_name.as_str().to_owned(),
            time_zone: profile.time_zone.clone(),
            ivr: profile.ivr,
            rate_deck: profile.rate_deck.clone(),
        }
    }
}

impl Shown {
    fn cells(&self) -> [String; 7] {
        let yes = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
        [
            self.id.to_string(),
            self.user.clone(),
            self.customer.to_string(),
            yes(self.enabled),
            yes(self.ivr),
            self.time_zone.clone(),
            cell(self.rate_deck.as_ref()),
        ]
    }
}

const HEADINGS: [&str; 7] = ["ID", "USER", "CUSTOMER", "ENABLED", "IVR", "TIME ZONE", "RATE DECK"];

impl fmt::Display for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Table::new(HEADINGS).rows(self.accounts.iter().map(Shown::cells)).fmt(f)
    }
}

impl fmt::Display for Enabled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.enabled { "enabled" } else { "disabled" };
        writeln!(f, "{} is {state}", self.account)
    }
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} has another password", self.account)
    }
}
