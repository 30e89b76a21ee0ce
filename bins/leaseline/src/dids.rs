//! `leaseline dids`: which account has which number, and taking one back.

use std::fmt;

use clap::{Subcommand, ValueEnum};
use leaseline_core::account::AccountPart;
use leaseline_core::did::Assignment;
use leaseline_core::ids::{AccountId, SubscriptionId};
use leaseline_core::pool::Service;
use leaseline_hub::Hub;
use leaseline_hub::operator::{SubscriptionFilter, SubscriptionLine, Unsubscribe};
use leaseline_service::{Config, Problem, rfc3339, with_hub};
use serde::Serialize;

use crate::accounts::account_id;
use crate::answer::Answers;
use crate::ask::{Page, not_done, number};
use crate::table::{Table, cell};

#[derive(Subcommand)]
pub(crate) enum DidsCommand {
    /// Lists subscriptions in the order in which they began
    List {
        /// Only those of the account with this id
        #[arg(long, value_name = "ID", value_parser = account_id)]
        account: Option<AccountId>,
        /// Those that have ended too
        #[arg(long)]
        ended: bool,
        /// Only those after the subscription with this id, the last of the page before
        #[arg(long, value_name = "ID", value_parser = subscription_id)]
        after: Option<SubscriptionId>,
        #[command(flatten)]
        page: Page,
    },
    /// Ends a subscription: no further fee, and the number rests once it has no service left
    Unsubscribe {
        /// The number
        number: String,
        /// Which service of it
        #[arg(long)]
        service: ServiceWord,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ServiceWord {
    Voice,
    Fax,
    Sms,
}

pub(crate) async fn dids(
    config: &Config,
    command: DidsCommand,
    answers: Answers,
) -> Result<(), Problem> {
    match command {
        DidsCommand::List { account, ended, after, page } => {
            let filter = SubscriptionFilter { account, with_ended: ended, after };
            let list = async |hub: &Hub| {
                let found = hub.subscriptions(filter, page.limit).await;
                found.map_err(|failure| not_done("list the subscriptions", failure))
            };
            let found = with_hub(config, list).await?;
            answers.print(&Dids { dids: found.iter().map(Shown::from).collect() })
        }
        DidsCommand::Unsubscribe { number: text, service } => {
            let number = number(config, &text)?.e164();
            let service = Service::from(service);
            let what = format!("unsubscribe {number} from {}", service.word());
            let end = async |hub: &Hub| {
                let ended = hub.ask(Unsubscribe { number, service }).await;
                ended.map_err(|failure| not_done(&what, failure))
            };
            if !with_hub(config, end).await? {
                let hint = "the subscriptions there are: leaseline dids list";
                return Err(Problem::new(what, "nobody has this service of it", hint));
            }
            answers.print(&Ended { number: number.to_string(), service: service.word() })
        }
    }
}

impl From<ServiceWord> for Service {
    fn from(word: ServiceWord) -> Self {
        match word {
            ServiceWord::Voice => Self::Voice,
            ServiceWord::Fax => Self::Fax,
            ServiceWord::Sms => Self::Sms,
        }
    }
}

fn subscription_id(text: &str) -> Result<SubscriptionId, String> {
    let id = text.parse().ok().and_then(SubscriptionId::new);
    id.ok_or_else(|| "an id is a whole number from 1 on".into())
}

#[derive(Serialize)]
struct Dids {
    dids: Vec<Shown>,
}

/// A subscription; `assigned_id` 0 is the account itself.
#[derive(Serialize)]
struct Shown {
    id: i64,
    number: String,
    service: &'static str,
    account: i64,
    user: String,
    assigned: Option<&'static str>,
    assigned_id: Option<i64>,
    setup_fee: i64,
    monthly_fee: i64,
    subscribed: String,
    next_fee: Option<String>,
    ended: Option<String>,
}

#[derive(Serialize)]
struct Ended {
    number: String,
    service: &'static str,
}

impl From<&SubscriptionLine> for Shown {
    fn from(line: &SubscriptionLine) -> Self {
        let (assigned, assigned_id) = assignment(line.assigned);
        Self {
            id: line.id.get(),
            number: line.number.sent().to_owned(),
            service: line.service.word(),
            account: line.account.get(),
            user: line.user.clone(),
            assigned,
            assigned_id,
            setup_fee: line.fees.setup.get(),
            monthly_fee: line.fees.monthly.get(),
            subscribed: rfc3339::format(line.subscribed_at),
            next_fee: line.ended_at.is_none().then(|| rfc3339::format(line.next_due_at)),
            ended: line.ended_at.map(rfc3339::format),
        }
    }
}

fn assignment(assigned: Assignment) -> (Option<&'static str>, Option<i64>) {
    let part = |part| match part {
        AccountPart::Main => 0,
        AccountPart::Sub(id) => id.get(),
    };
    match assigned {
        Assignment::Nothing => (None, None),
        Assignment::Ivr(id) => (Some("IVR"), Some(id.get())),
        Assignment::Ivml(id) => (Some("IVML"), Some(id.get())),
        Assignment::Sip(to) => (Some("SIP"), Some(part(to))),
        Assignment::Fax(to) => (Some("fax"), Some(part(to))),
    }
}

const HEADINGS: [&str; 8] =
    ["ID", "NUMBER", "SERVICE", "USER", "ASSIGNED", "MONTHLY", "SUBSCRIBED", "NEXT FEE OR END"];

impl fmt::Display for Dids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Table::new(HEADINGS).rows(self.dids.iter().map(Shown::cells)).fmt(f)
    }
}

impl Shown {
    fn cells(&self) -> [String; 8] {
        let to = self.assigned_id.map(|id| format!("{} {id}", self.assigned.unwrap_or_default()));
        let ended = self.ended.as_ref().map(|at| format!("ended {at}"));
        [
            self.id.to_string(),
            self.number.clone(),
            self.service.into(),
            self.user.clone(),
            cell(to),
            self.monthly_fee.to_string(),
            self.subscribed.clone(),
            cell(ended.or_else(|| self.next_fee.clone())),
        ]
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} has no subscriber for {} any more", self.number, self.service)
    }
}
