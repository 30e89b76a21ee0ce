//! `leaseline requests`: what was asked of the facades in the last days.

use std::fmt;

use clap::Subcommand;
use leaseline_core::request_log::{RequestId, RequestLine};
use leaseline_core::search::RequestSearch;
use leaseline_hub::Hub;
use leaseline_hub::insight::Place;
use leaseline_service::{Config, Problem, rfc3339, with_hub};
use serde::Serialize;

use crate::answer::Answers;
use crate::ask::{Neighbours, Page, not_done, place, unread, uuid};
use crate::table::{Table, cell};

#[derive(Subcommand)]
pub(crate) enum RequestsCommand {
    /// Lists requests, the latest first: those that failed or changed something, and of the others one
    /// in so many as requests.sample says
    List {
        /// Only those that fit all of these words: facade:apigate, status:24, customer:8,
        /// effect:failed, effect:changed or effect:looked, age:<2h or age:>2h, the id of a request
        #[arg(long, value_name = "WORDS", default_value = "")]
        filter: String,
        /// Only those before this one: `older` of the page before
        #[arg(long, value_name = "ID", value_parser = request_id)]
        before: Option<RequestId>,
        /// Only those after this one: `newer` of the page after
        #[arg(long, value_name = "ID", value_parser = request_id, conflicts_with = "before")]
        after: Option<RequestId>,
        #[command(flatten)]
        page: Page,
    },
    /// Shows the request whose answer had this Request-Id in its head
    Show {
        #[arg(value_parser = request_id)]
        id: RequestId,
    },
}

pub(crate) async fn requests(
    config: &Config,
    command: RequestsCommand,
    answers: Answers,
) -> Result<(), Problem> {
    match command {
        RequestsCommand::List { filter, before, after, page } => {
            let search = RequestSearch::parse(&filter).map_err(unread)?;
            let place = place(before, after);
            let list = async |hub: &Hub| list(hub, search, place, page).await;
            answers.print(&with_hub(config, list).await?)
        }
        RequestsCommand::Show { id } => {
            answers.print(&with_hub(config, async |hub| show(hub, id).await).await?)
        }
    }
}

async fn list(
    hub: &Hub,
    search: RequestSearch,
    place: Place<RequestId>,
    page: Page,
) -> Result<Requests, Problem> {
    let found = hub.find_requests(search, place, page.limit).await;
    let found = found.map_err(|failure| not_done("list the requests", failure))?;
    Ok(Requests {
        requests: found.lines.iter().map(Shown::from).collect(),
        neighbours: Neighbours::of(&found, ToString::to_string),
    })
}

async fn show(hub: &Hub, id: RequestId) -> Result<Shown, Problem> {
    let what = || format!("show the request {id}");
    let found = hub.request(id).await.map_err(|failure| not_done(what(), failure))?;
    found.as_ref().map(Shown::from).ok_or_else(|| {
        let why = "it is not remembered: it is too old, or changed nothing and was not one of those \
                   that are";
        Problem::new(what(), why, "those there are: leaseline requests list")
    })
}

fn request_id(text: &str) -> Result<RequestId, String> {
    uuid(text, RequestId::new, "the id of a request is a UUID, as the header Request-Id has it")
}

#[derive(Serialize)]
struct Requests {
    requests: Vec<Shown>,
    #[serde(flatten)]
    neighbours: Neighbours,
}

/// `stands_for`: so many requests, where not each of them is remembered.
#[derive(Serialize)]
struct Shown {
    id: String,
    at: String,
    facade: String,
    operation: String,
    status: String,
    effect: &'static str,
    milliseconds: f64,
    customer: Option<i64>,
    user: Option<String>,
    stands_for: u32,
}

impl From<&RequestLine> for Shown {
    fn from(line: &RequestLine) -> Self {
        Self {
            id: line.id.to_string(),
            at: rfc3339::format(line.at),
            facade: line.facade.to_string(),
            operation: line.operation.to_string(),
            status: line.status.to_string(),
            effect: line.effect.name(),
            milliseconds: line.took.as_secs_f64() * 1_000.0,
            customer: line.customer.map(|customer| customer.get()),
            user: line.user.as_deref().map(str::to_owned),
            stands_for: line.weight,
        }
    }
}

const HEADINGS: [&str; 9] =
    ["ID", "AT", "FACADE", "OPERATION", "STATUS", "EFFECT", "MS", "CUSTOMER", "USER"];

impl Shown {
    fn cells(&self) -> [String; 9] {
        [
            self.id.clone(),
            self.at.clone(),
            self.facade.clone(),
            self.operation.clone(),
            self.status.clone(),
            self.effect.into(),
            format!("{:.1}", self.milliseconds),
            cell(self.customer),
            cell(self.user.as_ref()),
        ]
    }
}

impl fmt::Display for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Table::new(HEADINGS).rows(self.requests.iter().map(Shown::cells)).fmt(f)?;
        self.neighbours.fmt(f)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Table::new(HEADINGS).rows([self.cells()]).fmt(f)
    }
}
