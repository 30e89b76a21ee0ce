//! `rates quote`.

use std::fmt;

use leaseline_core::phone::E164;
use leaseline_core::rating::Rated;
use leaseline_hub::Hub;
use leaseline_service::Problem;
use serde::Serialize;

use super::Quote;
use super::traced::{Traced, traced};
use crate::ask::not_done;

pub(super) async fn quote(hub: &Hub, quote: &Quote, number: E164) -> Result<Quoted, Problem> {
    let what = || format!("quote by the deck {:?}", quote.deck);
    let failed = |failure| not_done(what(), failure);
    let problem = |why: &str, hint: &str| Problem::new(what(), why.to_owned(), hint);
    let deck = hub.rate_deck(&quote.deck).await.map_err(failed)?;
    let deck = deck.ok_or_else(|| {
        problem("there is no such deck", "decks are made by `leaseline rates import`")
    })?;
    let at = quote.at.unwrap_or_else(|| hub.now());
    let (service, usage) = quote.used();
    let found = hub.rate(deck.id, service, number, at).await.map_err(failed)?;
    let found = found.ok_or_else(|| {
        let hint = "look at --service and --at, and whether the deck has a prefix for the number";
        problem("it has no rate for that number then", hint)
    })?;
    let rated = found.rate.cost(usage);
    let rated = rated.map_err(|error| problem(&error.to_string(), "ask for less than a year"))?;
    Ok(Quoted::from(&rated))
}

#[derive(Serialize)]
pub(crate) struct Quoted {
    cost: String,
    billed_seconds: u64,
    trace: Vec<Traced>,
    #[serde(skip)]
    lines: Vec<String>,
}

impl From<&Rated> for Quoted {
    fn from(rated: &Rated) -> Self {
        Self {
            cost: rated.cost.in_dollars().to_string(),
            billed_seconds: rated.billed_seconds,
            trace: rated.trace.lines().iter().map(traced).collect(),
            lines: rated.trace.lines().iter().map(ToString::to_string).collect(),
        }
    }
}

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))?;
        writeln!(f, "cost {}, {} s billed", self.cost, self.billed_seconds)
    }
}
