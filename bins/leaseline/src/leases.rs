//! `leaseline leases`: live and past leases, and giving one back.

use std::fmt;

use clap::Subcommand;
use leaseline_core::Timestamp;
use leaseline_core::api_user::Caller;
use leaseline_core::ids::{CustomerId, LeaseId};
use leaseline_core::lease::PastMember;
use leaseline_core::release::ReleaseRequest;
use leaseline_core::search::{LeaseSearch, SearchedState};
use leaseline_hub::Hub;
use leaseline_hub::insight::Place;
use leaseline_hub::operator::LeaseLine;
use leaseline_service::{Config, Problem, rfc3339, with_hub};
use serde::Serialize;

use crate::answer::Answers;
use crate::ask::{Neighbours, Page, customer_id, not_done, place, unread, uuid};
use crate::numbers::kind;
use crate::table::{Table, cell};

#[derive(Subcommand)]
pub(crate) enum LeasesCommand {
    /// Lists leases, the latest first
    List {
        /// Only those of this customer
        #[arg(long, value_name = "ID", value_parser = customer_id)]
        customer: Option<CustomerId>,
        /// Only those that hold now
        #[arg(long)]
        active: bool,
        /// Only those that fit all of these words: customer:8, state:active, state:expired or
        /// state:released, kind:single or kind:group, exp:<1h or exp:>1h (active ones with so much
        /// time left), the first digits of a number
        #[arg(long, value_name = "WORDS", conflicts_with_all = ["customer", "active"])]
        filter: Option<String>,
        /// Only those before this one: `older` of the page before
        #[arg(long, value_name = "REFERENCE", value_parser = reference)]
        before: Option<LeaseId>,
        /// Only those after this one: `newer` of the page after
        #[arg(long, value_name = "REFERENCE", value_parser = reference, conflicts_with = "before")]
        after: Option<LeaseId>,
        #[command(flatten)]
        page: Page,
    },
    /// Shows a lease, live or not
    Show {
        #[arg(value_parser = reference)]
        reference: LeaseId,
    },
    /// Gives a live lease back: its numbers lead to nobody from now on
    Release {
        #[arg(value_parser = reference)]
        reference: LeaseId,
    },
}

pub(crate) async fn leases(
    config: &Config,
    command: LeasesCommand,
    answers: Answers,
) -> Result<(), Problem> {
    match command {
        LeasesCommand::List { customer, active, filter, before, after, page } => {
            let search = match filter {
                Some(words) => {
                    LeaseSearch::parse(&words, &config.default_region).map_err(unread)?
                }
                None => LeaseSearch {
                    customer,
                    state: active.then_some(SearchedState::Active),
                    ..LeaseSearch::default()
                },
            };
            let place = place(before, after);
            let list = async |hub: &Hub| list(hub, search, place, page).await;
            answers.print(&with_hub(config, list).await?)
        }
        LeasesCommand::Show { reference } => {
            let what = format!("show the lease {reference}");
            answers.print(&with_hub(config, async |hub| show(hub, reference, &what).await).await?)
        }
        LeasesCommand::Release { reference } => {
            answers.print(&with_hub(config, async |hub| release(hub, reference).await).await?)
        }
    }
}

async fn list(
    hub: &Hub,
    search: LeaseSearch,
    place: Place<LeaseId>,
    page: Page,
) -> Result<Leases, Problem> {
    let found = hub.find_leases(search, place, page.limit).await;
    let found = found.map_err(|failure| not_done("list the leases", failure))?;
    let now = hub.now();
    Ok(Leases {
        leases: found.lines.iter().map(|line| Shown::new(line, now)).collect(),
        neighbours: Neighbours::of(&found, ToString::to_string),
    })
}

async fn show(hub: &Hub, reference: LeaseId, what: &str) -> Result<Shown, Problem> {
    Ok(Shown::new(&load(hub, reference, what).await?, hub.now()))
}

async fn release(hub: &Hub, reference: LeaseId) -> Result<Shown, Problem> {
    let what = format!("release the lease {reference}");
    let kind = load(hub, reference, &what).await?.lease.kind;
    let request = ReleaseRequest { caller: Caller::operator(), lease: reference, kind };
    hub.ask(request).await.map_err(|failure| not_done(&what, failure))?;
    show(hub, reference, &what).await
}

async fn load(hub: &Hub, reference: LeaseId, what: &str) -> Result<LeaseLine, Problem> {
    let found = hub.lease(reference).await.map_err(|failure| not_done(what, failure))?;
    found.ok_or_else(|| {
        let hint = "the references there are: leaseline leases list";
        Problem::new(what, "there is no such lease", hint)
    })
}

fn reference(text: &str) -> Result<LeaseId, String> {
    uuid(text, LeaseId::new, "a reference is a UUID, as the answer to a lease has it")
}

#[derive(Serialize)]
struct Leases {
    leases: Vec<Shown>,
    #[serde(flatten)]
    neighbours: Neighbours,
}

#[derive(Serialize)]
struct Shown {
    reference: String,
    customer: i64,
    kind: &'static str,
    active: bool,
    granted: String,
    granted_by: Option<String>,
    expires: String,
    released: Option<String>,
    members: Vec<Member>,
}

#[derive(Serialize)]
struct Member {
    number: String,
    turn: i64,
    /// None of these once they were erased.
    phone: Option<String>,
    imsi: Option<String>,
    mcc: Option<String>,
    mnc: Option<String>,
}

impl Shown {
    fn new(LeaseLine { lease, granted_by }: &LeaseLine, now: Timestamp) -> Self {
        Self {
            reference: lease.id.to_string(),
            customer: lease.customer.get(),
            kind: kind(lease.kind),
            active: lease.is_live(now),
            granted: rfc3339::format(lease.granted_at),
            granted_by: granted_by.clone(),
            expires: rfc3339::format(lease.expires_at),
            released: lease.released_at.map(rfc3339::format),
            members: lease.members.iter().map(Member::from).collect(),
        }
    }

    /// In a word.
    const fn state(&self) -> &'static str {
        match (self.active, &self.released) {
            (true, _) => "active",
            (false, Some(_)) => "released",
            (false, None) => "expired",
        }
    }

    fn cells(&self) -> [String; 8] {
        let each =
            |part: fn(&Member) -> &str| self.members.iter().map(part).collect::<Vec<_>>().join(" ");
        [
            self.reference.clone(),
            self.customer.to_string(),
            self.kind.into(),
            self.state().into(),
            self.granted.clone(),
            self.released.as_ref().unwrap_or(&self.expires).clone(),
            each(|member| &member.number),
            each(|member| member.phone.as_deref().unwrap_or("-")),
        ]
    }
}

impl From<&PastMember> for Member {
    fn from(member: &PastMember) -> Self {
        let user = member.user.as_ref();
        Self {
            number: member.number.sent().to_owned(),
            turn: member.turn,
            phone: user.map(|user| user.phone().sent().to_owned()),
            imsi: user.and_then(|user| Some(user.imsi()?.as_str().to_owned())),
            mcc: user.and_then(|user| Some(user.network()?.mcc.as_str().to_owned())),
            mnc: user.and_then(|user| Some(user.network()?.mnc.as_str().to_owned())),
        }
    }
}

impl fmt::Display for Leases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headings =
            ["REFERENCE", "CUSTOMER", "KIND", "STATE", "FROM", "UNTIL", "NUMBERS", "PHONES"];
        Table::new(headings).rows(self.leases.iter().map(Shown::cells)).fmt(f)?;
        self.neighbours.fmt(f)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reference, customer, kind, granted, expires, .. } = self;
        writeln!(f, "{kind} lease {reference} of customer {customer}: {}", self.state())?;
        writeln!(f, "granted: {granted}, by: {}", cell(self.granted_by.as_ref()))?;
        writeln!(f, "expires: {expires}, released: {}", cell(self.released.as_ref()))?;
        let cells = |member: &Member| {
            let network = member.mcc.iter().chain(&member.mnc).cloned().collect::<Vec<_>>();
            [
                member.number.clone(),
                member.turn.to_string(),
                cell(member.phone.as_ref()),
                cell(member.imsi.as_ref()),
                cell(Some(network.join(" ")).filter(|network| !network.is_empty())),
            ]
        };
        let headings = ["NUMBER", "TURN", "PHONE", "IMSI", "NETWORK"];
        Table::new(headings).rows(self.members.iter().map(cells)).fmt(f)
    }
}
