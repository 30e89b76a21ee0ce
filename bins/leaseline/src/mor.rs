//! `leaseline mor`: which bytes prove a request, and their digest; another secret for a user.

use std::fmt;
use std::time::Duration;

use clap::{Args, Subcommand};
use leaseline_hub::operator::SetMorSecret;
use leaseline_hub::{Hub, Secret};
use leaseline_mor::{Method, hash};
use leaseline_mor_server::vault;
use leaseline_service::{Config, Problem, duration, with_hub};
use serde::Serialize;

use crate::answer::Answers;
use crate::ask::not_done;
use crate::typed::secret_line;

#[derive(Subcommand)]
pub(crate) enum MorCommand {
    /// Shows which bytes of a request are hashed (the secret masked), and the hash
    Hash(HashOf),
    /// Gives a user another secret, read from standard input: one line. It counts in every process
    /// within a second
    Secret {
        username: String,
        /// For how long the present secret counts too, such as 24h
        #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = overlap)]
        overlap: Duration,
    },
}

#[derive(Args)]
pub(crate) struct HashOf {
    /// The group's name, for `cc_group_create`
    #[arg(long)]
    name: Option<String>,

    /// Another method, such as `calling_cards_create`
    #[arg(long, default_value = "cc_group_create", value_parser = method)]
    method: Method,

    /// A hashed parameter of the method, such as `user_id=1`; once for each
    #[arg(long = "parameter", value_name = "NAME=VALUE")]
    parameters: Vec<String>,

    /// Whose secret it is hashed with
    #[arg(long, default_value = "admin")]
    user: String,
}

fn method(name: &str) -> Result<Method, String> {
    Method::by_name(name).ok_or_else(|| {
        let known: Vec<_> = Method::ALL.iter().map(|method| method.name()).collect();
        format!("the methods are {}", known.join(", "))
    })
}

/// A year: whoever needs longer does not mean to change the secret.
const LONGEST_OVERLAP: Duration = Duration::from_secs(366 * 86_400);

fn overlap(text: &str) -> Result<Duration, String> {
    let overlap = duration::parse(text).map_err(|error| error.to_string())?;
    if overlap > LONGEST_OVERLAP {
        return Err("two secrets count together for at most a year".into());
    }
    Ok(overlap)
}

pub(crate) async fn mor(
    config: &Config,
    command: MorCommand,
    answers: Answers,
) -> Result<(), Problem> {
    match command {
        MorCommand::Hash(asked) => show_hash(config, &asked, answers).await,
        MorCommand::Secret { username, overlap } => {
            let secret = secret_line("secret", "leaseline mor secret USERNAME")?;
            let vault = vault(config)?;
            let ask = SetMorSecret { username, secret: Secret::new(secret), vault, overlap };
            answers.print(&with_hub(config, async |hub| set_secret(hub, ask).await).await?)
        }
    }
}

async fn set_secret(hub: &Hub, ask: SetMorSecret) -> Result<Changed, Problem> {
    let (username, overlap) = (ask.username.clone(), ask.overlap);
    let what = format!("set the secret of {username:?}");
    let known = hub.ask(ask).await.map_err(|failure| not_done(&what, failure))?;
    if !known {
        let hint = "`leaseline apply` a file with [[mor_users]]";
        return Err(Problem::new(what, "there is no such MOR user", hint));
    }
    Ok(Changed { username, secret: "changed", overlap_seconds: overlap.as_secs() })
}

async fn show_hash(config: &Config, asked: &HashOf, answers: Answers) -> Result<(), Problem> {
    let values = asked.values()?;
    let vault = vault(config)?;
    let secret = with_hub(config, async |hub| {
        let sealed = secret_of(hub, &asked.user).await?;
        vault.open(&sealed).ok_or_else(|| {
            let what = format!("open the secret of {:?}", asked.user);
            let hint = "configure the mor.key that it was encrypted with, or apply the user again";
            Problem::new(what, "it was encrypted with another key", hint)
        })
    })
    .await?;
    answers.print(&Shown::of(&values, &secret))
}

async fn secret_of(hub: &Hub, user: &str) -> Result<leaseline_hub::Sealed, Problem> {
    let hint = "`leaseline apply` a file with [[mor_users]]";
    let what = || format!("hash with the secret of {user:?}");
    let found = hub.mor_user(user).await;
    let found = found.map_err(|error| Problem::new(what(), error, "is the database there?"))?;
    let found = found.ok_or_else(|| Problem::new(what(), "there is no such MOR user", hint))?;
    let secret = found.secrets.clone().map(|secrets| secrets.present);
    secret.ok_or_else(|| Problem::new(what(), "it has none", hint))
}

impl HashOf {
    /// The values that are hashed, in their order.
    fn values(&self) -> Result<Vec<String>, Problem> {
        let mut given = Vec::new();
        given.extend(self.name.as_deref().map(|name| ("name", name)));
        for parameter in &self.parameters {
            let wrong = || {
                let what = format!("understand --parameter {parameter:?}");
                Problem::new(what, "it has no `=`", "write NAME=VALUE")
            };
            given.push(parameter.split_once('=').ok_or_else(wrong)?);
        }
        let hashed = self.method.hashed();
        if let Some((name, _)) = given.iter().find(|(name, _)| !hashed.contains(name)) {
            let what = format!("hash {name:?}");
            let why = format!("{} hashes {hashed:?}", self.method.name());
            return Err(Problem::new(what, why, "leave it out: it takes no part"));
        }
        let value = |name: &&str| given.iter().rev().find(|(known, _)| known == name);
        Ok(hashed.iter().filter_map(value).map(|(_, value)| (*value).to_owned()).collect())
    }
}

/// A user whose secret was changed.
#[derive(Serialize)]
struct Changed {
    username: String,
    secret: &'static str,
    overlap_seconds: u64,
}

/// What is hashed, the secret masked, and the hash.
#[derive(Serialize)]
struct Shown {
    hashed: String,
    bytes: String,
    hash: String,
}

impl Shown {
    fn of(values: &[String], secret: &Secret) -> Self {
        let values_in_a_row = values.concat();
        let bytes: Vec<_> = values_in_a_row.bytes().map(|byte| format!("{byte:02x}")).collect();
        Self {
            hashed: format!("{values_in_a_row}<secret>"),
            bytes: format!("{} <secret>", bytes.join(" ")).trim_start().to_owned(),
            hash: hash::hex(values.iter().map(String::as_bytes), secret.expose()),
        }
    }
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} has another secret", self.username)?;
        match self.overlap_seconds {
            0 => writeln!(f),
            seconds => writeln!(f, "; the present one counts for {seconds} seconds more"),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "hashed: {}", self.hashed)?;
        writeln!(f, "bytes:  {}", self.bytes)?;
        writeln!(f, "hash:   {}", self.hash)
    }
}
