//! `numbers block`, `unblock` and `unreserve`.

use std::fmt;
use std::num::NonZeroU32;

use leaseline_core::ids::CustomerId;
use leaseline_core::phone::PhoneNumber;
use leaseline_hub::operator::{BlockNumber, Changed, NumberChanged, UnblockNumber};
use leaseline_hub::{Failure, Hub};
use leaseline_service::Problem;
use serde::Serialize;

use super::list::Line;
use crate::ask::{not_done, not_ours};

pub(super) async fn block(hub: &Hub, number: &PhoneNumber) -> Result<Done, Problem> {
    let asked = hub.ask(BlockNumber { number: number.e164() }).await;
    done(format!("block {}", number.sent()), asked)
}

pub(super) async fn unblock(hub: &Hub, number: &PhoneNumber) -> Result<Done, Problem> {
    let asked = hub.ask(UnblockNumber { number: number.e164() }).await;
    done(format!("unblock {}", number.sent()), asked)
}

fn done(what: String, asked: Result<Option<NumberChanged>, Failure>) -> Result<Done, Problem> {
    let asked = asked.map_err(|failure| not_done(what.clone(), failure))?;
    let NumberChanged { number, changed } = asked.ok_or_else(|| not_ours(what))?;
    Ok(Done { number: Line::from(&number), changed: changed == Changed::Now })
}

pub(super) async fn unreserve(
    hub: &Hub,
    customer: CustomerId,
    count: Option<NonZeroU32>,
) -> Result<Unreserved, Problem> {
    let given = hub.unreserve(customer, count).await.map_err(|failure| {
        not_done(format!("give back the reserve of customer {customer}"), failure)
    })?;
    let numbers: Vec<_> = given.numbers.iter().map(|number| number.sent().to_owned()).collect();
    Ok(Unreserved { customer: customer.get(), unreserved: numbers.len(), numbers })
}

/// A number as it is after a change; `changed` says whether there was anything to change.
#[derive(Serialize)]
pub(super) struct Done {
    number: Line,
    changed: bool,
}

#[derive(Serialize)]
pub(super) struct Unreserved {
    customer: i64,
    unreserved: usize,
    numbers: Vec<String>,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.changed {
            f.write_str("nothing to change: ")?;
        }
        self.number.fmt(f)
    }
}

impl fmt::Display for Unreserved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { customer, unreserved, .. } = self;
        writeln!(f, "numbers of customer {customer} given back to the general pool: {unreserved}")
    }
}
