//! `leaseline numbers`: putting them in, what they are, who had them, and taking them out.

mod change;
mod history;
mod import;
mod list;
mod who;

pub(crate) use history::kind;

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use leaseline_core::ids::{CustomerId, NumberId};
use leaseline_hub::IanaZone;
use leaseline_hub::operator::ListState;
use leaseline_service::{Config, Problem, with_hub};

use crate::answer::Answers;
use crate::ask::{Page, customer_id, number};
use crate::when::When;

#[derive(Subcommand)]
pub(crate) enum NumbersCommand {
    /// Puts the numbers of a CSV file into a pool; a live service is not disturbed, and nobody can
    /// lease one of them before all are there
    Import {
        /// CSV file with the header `number` or `number,country,city`
        file: PathBuf,
        /// The pool, which must be there
        #[arg(long, value_name = "NAME")]
        pool: String,
    },
    /// Lists numbers in the order of import, or counts them
    List {
        /// Only those of this pool
        #[arg(long, value_name = "NAME")]
        pool: Option<String>,
        /// Only those in this state
        #[arg(long)]
        state: Option<StateArgument>,
        /// Only those after the number with this id, the last one of the page before
        #[arg(long, value_name = "ID", value_parser = number_id)]
        after: Option<NumberId>,
        #[command(flatten)]
        page: Page,
        /// How many of each pool are in each state, instead of the numbers
        #[arg(long, conflicts_with_all = ["pool", "state", "after", "limit"])]
        count: bool,
    },
    /// Shows who had a number, and when; the last one first
    History {
        number: String,
        /// Only the turns before this one, the last one of the page before
        #[arg(long, value_name = "TURN", value_parser = clap::value_parser!(i64).range(1..))]
        before: Option<i64>,
        #[command(flatten)]
        page: Page,
    },
    /// Says who held a number at an instant, and everybody who held it within 2 seconds of it
    Who {
        number: String,
        /// 2027-02-19T12:00:00Z, or `2027-02-19 20:00` as the clocks of --tz show it
        #[arg(long, value_name = "TIME", value_parser = When::parse)]
        at: When,
        /// Zone of a time without an offset, such as Asia/Kuala_Lumpur
        #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = zone)]
        tz: IanaZone,
    },
    /// Gives reserved numbers back to the general pool, free ones first; leases go on
    Unreserve {
        /// Whose reserve
        #[arg(long, value_name = "ID", value_parser = customer_id)]
        customer: CustomerId,
        /// At most so many [default: all]
        #[arg(long, value_name = "N")]
        count: Option<NonZeroU32>,
    },
    /// Takes a number out: a lease that holds it goes on, and nobody can lease it after
    Block { number: String },
    /// Puts a blocked number back where it belongs
    Unblock { number: String },
}

/// A state to list by.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum StateArgument {
    Free,
    Leased,
    Subscribed,
    Resting,
    Reserved,
    Blocked,
}

pub(crate) async fn numbers(
    config: &Config,
    command: NumbersCommand,
    answers: Answers,
) -> Result<(), Problem> {
    match command {
        NumbersCommand::Import { file, pool } => {
            let imported = async |hub: &_| import::import(hub, &file, &pool).await;
            answers.print(&with_hub(config, imported).await?)
        }
        NumbersCommand::List { count: true, .. } => {
            let stock = with_hub(config, list::count).await?;
            answers.print(&stock)
        }
        NumbersCommand::List { pool, state, after, page, count: false } => {
            let wanted = list::Wanted { pool, state: state.map(Into::into), after, page };
            answers.print(&with_hub(config, async |hub| list::list(hub, wanted).await).await?)
        }
        NumbersCommand::History { number: typed, before, page } => {
            let number = number(config, &typed)?;
            let history = async |hub: &_| history::history(hub, &number, before, page).await;
            answers.print(&with_hub(config, history).await?)
        }
        NumbersCommand::Who { number: typed, at, tz } => {
            let question = who::Question::new(number(config, &typed)?, at, &tz)?;
            answers.print(&with_hub(config, async |hub| question.ask(hub).await).await?)
        }
        NumbersCommand::Unreserve { customer, count } => {
            let unreserve = async |hub: &_| change::unreserve(hub, customer, count).await;
            answers.print(&with_hub(config, unreserve).await?)
        }
        NumbersCommand::Block { number: typed } => {
            let number = number(config, &typed)?;
            answers.print(&with_hub(config, async |hub| change::block(hub, &number).await).await?)
        }
        NumbersCommand::Unblock { number: typed } => {
            let number = number(config, &typed)?;
            answers.print(&with_hub(config, async |hub| change::unblock(hub, &number).await).await?)
        }
    }
}

impl From<StateArgument> for ListState {
    fn from(state: StateArgument) -> Self {
        match state {
            StateArgument::Free => Self::Free,
            StateArgument::Leased => Self::Leased,
            StateArgument::Subscribed => Self::Subscribed,
            StateArgument::Resting => Self::Resting,
            StateArgument::Reserved => Self::Reserved,
            StateArgument::Blocked => Self::Blocked,
        }
    }
}

fn number_id(text: &str) -> Result<NumberId, String> {
    let id = text.parse().ok().and_then(NumberId::new);
    id.ok_or_else(|| "an id is a whole number from 1 on".into())
}

fn zone(name: &str) -> Result<IanaZone, String> {
    IanaZone::by_name(name).map_err(|error| error.to_string())
}
