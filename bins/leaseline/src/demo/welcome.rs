//! What the demo prints: who may do what, and a command to paste for each thing to try.

use std::fmt;

use serde::Serialize;

use super::world::{
    ACCOUNT, ADMIN, MOR_SECRET, PASSWORD, PHONES, Present, SWITCH, SWITCH_PASSWORD,
};

/// All of it.
#[derive(Serialize)]
pub(super) struct Welcome {
    listening: String,
    /// Where the console's user sets its password.
    console: String,
    users: [User; 2],
    commands: Vec<Command>,
}

/// An API user of the demo.
#[derive(Serialize)]
pub(super) struct User {
    pub(super) name: &'static str,
    pub(super) may: &'static str,
    pub(super) token: String,
}

/// A line for a shell. The lines work as they stand, one after the other.
#[derive(Serialize)]
struct Command {
    name: &'static str,
    does: &'static str,
    line: String,
}

impl Welcome {
    /// `base` is the URL with the prefix of Apigate's paths; the commands are the first user's.
    pub(super) fn new(
        url: &str,
        base: &str,
        users: [User; 2],
        console: &str,
        world: &Present,
    ) -> Self {
        let mut commands = commands(base, &users[0].token, world);
        commands.push(balance(url));
        commands.push(card_group(url));
        commands.push(call(url, world));
        let console = format!("{url}{console}");
        Self { listening: url.into(), console, users, commands }
    }
}

fn commands(base: &str, token: &str, Present { customer, lease, .. }: &Present) -> Vec<Command> {
    let command = |name, does, operation: &str, parameters: String| {
        let line = format!(
            "curl -s -w '\\n' {base}/api/v1/{operation} \
             -H 'Authorization: Bearer {token}' -d '{parameters}'"
        );
        Command { name, does, line }
    };
    let phone = PHONES[0];
    let request = format!("customer_id={customer}&phone={phone}&expiry_value=1&expiry_unit=days");
    let reference = format!("reference_id={lease}");
    let reserve = format!("customer_id={customer}&quantity=10");
    let view = format!("customer_id={customer}");
    vec![
        command("request", "lease a number for a day", "leasesingle/request", request),
        command("query", "look up a lease", "leasesingle/query", reference.clone()),
        command("release", "give that lease back", "leasesingle/release", reference),
        command("reserve", "set ten numbers aside", "customer/reserve", reserve),
        command("view", "show the customer", "customer/view", view),
    ]
}

/// TraiTel knows no tokens.
fn balance(url: &str) -> Command {
    let parameters = format!("user={ACCOUNT}&pass={PASSWORD}&mode=querybalance");
    let line = format!("curl -s {url}/accountmanager.pl -d '{parameters}'");
    Command { name: "querybalance", does: "ask for the balance, over TraiTel's API", line }
}

/// MOR is proved by a hash over the name and the secret.
fn card_group(url: &str) -> Command {
    const NAME: &str = "card_group_test";
    let hash = leaseline_mor::hash::hex([NAME.as_bytes()], MOR_SECRET.as_bytes());
    let parameters = format!("u={ADMIN}&name={NAME}&hash={hash}");
    let line = format!("curl -s {url}/billing/api/cc_group_create -d '{parameters}'");
    Command { name: "cc_group_create", does: "make a group of calling cards, over MOR's API", line }
}

/// As a softswitch asks about a call within the group.
fn call(url: &str, world: &Present) -> Command {
    let question =
        format!(r#"{{"call_id":"demo-1","from":"{}","to":"{}"}}"#, PHONES[1], world.called.sent());
    let line = format!(
        "curl -s -w '\\n' -u {SWITCH}:{SWITCH_PASSWORD} {url}/call/v1/authorise -d '{question}'"
    );
    Command { name: "authorise", does: "ask what to do with a call, as a switch", line }
}

impl fmt::Display for Welcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "listening on {}\n\n{WORLD}\n", self.listening)?;
        self.users.iter().try_for_each(|user| user.fmt(f))?;
        writeln!(
            f,
            "\nThe console, for {ADMIN}: set a password within 15 minutes at\n  {}",
            self.console
        )?;
        writeln!(f, "\nApigate, as {}:", self.users[0].name)?;
        self.commands.iter().try_for_each(|command| command.fmt(f))
    }
}

const WORLD: &str = "\
A small world in a throw-away database. It ends with this process: Ctrl-C.

  90 days of leases, calls and payments that went before
  1,000 numbers from 0388880000 in the pool kl
  520 numbers from 0778880000 in the pool jb, which runs low
  customer 1, Acme Rides: prepaid, 1,000,000 credits, a lease
  customer 2, Bayu Motors: postpaid, 20 numbers in reserve, a group lease
  customer 3, Cahaya Parcels: prepaid, suspended
  customer 4, Delima Logistics: prepaid, short of credit
  customer 5, with a long name: prepaid, has done nothing yet
  24 calling cards, nine of them sold

Tokens, good for a day:
";

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {}: {}\n    {}", self.name, self.may, self.token)
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n# {}: {}\n{}", self.name, self.does, self.line)
    }
}
