//! What can be typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, Parser, Subcommand};
use clap_complete::Shell;
use leaseline_service::{Flags, Listen, Sources, duration};

use crate::accounts::AccountsCommand;
use crate::admin::AdminCommand;
use crate::calls::CallsCommand;
use crate::customers::CustomersCommand;
use crate::db::DbCommand;
use crate::demo::DemoArgs;
use crate::dids::DidsCommand;
use crate::leases::LeasesCommand;
use crate::mor::MorCommand;
use crate::numbers::NumbersCommand;
use crate::rates::RatesCommand;
use crate::records::RecordsCommand;
use crate::requests::RequestsCommand;
use crate::users::UsersCommand;

const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

/// Leases telephone numbers, routes the calls to them and bills the seconds.
///
/// Exit codes: 0 done, 1 failed, 2 wrong usage.
#[derive(Parser)]
#[command(name = "leaseline", version)]
pub(crate) struct Cli {
    #[command(flatten)]
    flags: Flags,

    /// Answer with one JSON document on standard output; all else goes to standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serves until SIGTERM or SIGINT; migrates a SQLite database first, after a backup
    Serve(Listen),
    /// Serves a small world with ninety days behind it in a throw-away database, and prints commands to
    /// try it with
    Demo(DemoArgs),
    /// Brings the database to this version's schema, under a lock
    Migrate,
    /// Brings about what a provisioning file says; a second time nothing is left to do
    Apply {
        /// The provisioning file, a TOML file
        file: PathBuf,
    },
    /// Issues, revokes and lists API tokens
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// Backs up, restores, verifies and moves the database
    Db {
        #[command(subcommand)]
        command: DbCommand,
    },
    /// Lists users of the APIs, lets them in and out, grants and revokes rights
    Users {
        #[command(subcommand)]
        command: UsersCommand,
    },
    /// Makes and changes users of the console, and links by which they set their passwords
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Lists TraiTel accounts, lets them in and out, sets passwords
    Accounts {
        #[command(subcommand)]
        command: AccountsCommand,
    },
    /// Lists which account has which number, and ends subscriptions
    Dids {
        #[command(subcommand)]
        command: DidsCommand,
    },
    /// Imports and lists numbers, says who had them, takes them out
    Numbers {
        #[command(subcommand)]
        command: NumbersCommand,
    },
    /// Makes, changes and lists customers; their balances and ledgers
    Customers {
        #[command(subcommand)]
        command: CustomersCommand,
    },
    /// Lists and shows leases, and gives them back
    Leases {
        #[command(subcommand)]
        command: LeasesCommand,
    },
    /// Imports rates, and says what something costs by them
    Rates {
        #[command(subcommand)]
        command: RatesCommand,
    },
    /// Shows what proves a request to MOR's interface
    Mor {
        #[command(subcommand)]
        command: MorCommand,
    },
    /// Takes in and shows what switches reported of calls, faxes and messages
    Records {
        #[command(subcommand)]
        command: RecordsCommand,
    },
    /// Lists and shows what was asked of the facades in the last days
    Requests {
        #[command(subcommand)]
        command: RequestsCommand,
    },
    /// Says what would become of a call
    Calls {
        #[command(subcommand)]
        command: CallsCommand,
    },
    /// Verifies every invariant of the database; exit code 1 if anything is broken
    Check,
    /// Shows the configuration
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Prints a shell's completions
    Completions { shell: Shell },
}

#[derive(Clone, Copy, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Shows each key, its value (secrets masked), and where the value comes from
    Show,
}

#[derive(Subcommand)]
pub(crate) enum TokenCommand {
    /// Issues a token for an API user, and prints it; it is kept nowhere
    Issue(Issue),
    /// Revokes a token, in every process within a second
    Revoke {
        /// The token's own id
        #[arg(long)]
        jti: String,
    },
    /// Lists the tokens that were issued here or revoked, the oldest first
    List,
}

#[derive(Args)]
#[command(group(ArgGroup::new("end").args(["expires_in", "no_expiry"])))]
pub(crate) struct Issue {
    /// Name of the API user
    #[arg(long, value_name = "NAME")]
    pub(crate) user: String,

    /// How long the token is good, such as 12h or 90d
    #[arg(long, value_name = "DURATION", default_value = "90d", value_parser = lifetime)]
    expires_in: Duration,

    /// The token is good until it is revoked
    #[arg(long)]
    no_expiry: bool,
}

impl Cli {
    /// Where the configuration comes from.
    pub(crate) fn sources(&self) -> Sources {
        let sources = self.flags.sources(DEFAULT_LISTEN);
        match self.command {
            Command::Serve(listen) => listen.on(sources),
            Command::Demo(demo) => demo.listen.on(sources),
            _ => sources,
        }
    }
}

impl Issue {
    /// How long the token is good; none means until it is revoked.
    pub(crate) fn lifetime(&self) -> Option<Duration> {
        if self.no_expiry { None } else { Some(self.expires_in) }
    }
}

/// A century, so that every end is a date that can be written.
const LONGEST: Duration = Duration::from_secs(36_525 * 86_400);

fn lifetime(text: &str) -> Result<Duration, String> {
    let lifetime = duration::parse(text).map_err(|error| error.to_string())?;
    match lifetime {
        Duration::ZERO => Err("a token has to last".into()),
        lifetime if lifetime > LONGEST => Err("a token lasts at most a century".into()),
        lifetime => Ok(lifetime),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
