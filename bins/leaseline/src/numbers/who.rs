//! `numbers who`: the answer to a complaint.

use std::fmt;

use leaseline_core::Timestamp;
use leaseline_core::history::{Then, WhoHeldIt};
use leaseline_core::phone::PhoneNumber;
use leaseline_hub::{Hub, IanaZone};
use leaseline_service::{Problem, rfc3339};
use serde::Serialize;

use super::history::{ShownReservation, ShownTurn};
use crate::ask::not_done;
use crate::when::When;

/// A number and an instant.
pub(super) struct Question {
    number: PhoneNumber,
    at: Timestamp,
}

impl Question {
    pub(super) fn new(number: PhoneNumber, at: When, zone: &IanaZone) -> Result<Self, Problem> {
        let at = at.instant(zone).map_err(|why| {
            let hint = "write it in UTC: 2027-02-19T12:00:00Z, between the years 1 and 9999";
            Problem::new("read --at", why, hint)
        })?;
        Ok(Self { number, at })
    }

    pub(super) async fn ask(self, hub: &Hub) -> Result<Who, Problem> {
        let found = hub.who_held(self.number.e164(), self.at).await;
        let what = || format!("find who held {}", self.number.sent());
        let found = found.map_err(|failure| not_done(what(), failure))?;
        Ok(Who::new(&self, found))
    }
}

/// What the number was then, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Held,
    Resting,
    Reserved,
    Nobody,
    NotOurs,
}

/// `holders` are all who held the number then or within 2 seconds of it; of a number that was
/// held, the first of them held it.
#[derive(Serialize)]
pub(super) struct Who {
    number: String,
    at: String,
    answer: Word,
    resting_until: Option<String>,
    reserved: Option<ShownReservation>,
    holders: Vec<ShownTurn>,
}

impl Who {
    fn new(question: &Question, found: Option<WhoHeldIt>) -> Self {
        let (then, holders) = match &found {
            Some(found) => (Some(&found.then), found.holders.as_slice()),
            None => (None, [].as_slice()),
        };
        let (answer, resting_until, reserved) = match then {
            None => (Word::NotOurs, None, None),
            Some(Then::Held) => (Word::Held, None, None),
            Some(Then::Resting { until }) => (Word::Resting, Some(rfc3339::format(*until)), None),
            Some(Then::Reserved(by)) => (Word::Reserved, None, Some(ShownReservation::from(by))),
            Some(Then::Nobody) => (Word::Nobody, None, None),
        };
        Self {
            number: question.number.sent().to_owned(),
            at: rfc3339::format(question.at),
            answer,
            resting_until,
            reserved,
            holders: holders.iter().map(ShownTurn::from).collect(),
        }
    }

    fn sentence(&self) -> String {
        let Self { number, at, .. } = self;
        let nobody = || format!("nobody held {number} at {at}");
        match self.answer {
            Word::Held => format!("{number} was held at {at} by"),
            Word::Resting => {
                let until = self.resting_until.as_deref().unwrap_or("later");
                format!("{}: it was in quarantine until {until}", nobody())
            }
            Word::Reserved => match &self.reserved {
                Some(reserved) => format!("{}: it was {reserved}", nobody()),
                None => nobody(),
            },
            Word::Nobody => nobody(),
            Word::NotOurs => format!("{number} is not a number of the inventory"),
        }
    }
}

impl fmt::Display for ShownReservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("reserved for customer ")?;
        self.customer().fmt(f)
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.sentence())?;
        let exact = usize::from(self.answer == Word::Held);
        let (held, near) = self.holders.split_at(exact.min(self.holders.len()));
        held.iter().try_for_each(|turn| writeln!(f, "  {}", turn.sentence()))?;
        if !near.is_empty() {
            writeln!(f, "within 2 seconds of it by")?;
        }
        near.iter().try_for_each(|turn| writeln!(f, "  {}", turn.sentence()))
    }
}
