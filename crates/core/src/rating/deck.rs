//! Rate decks: rates by service and by the first digits of a number.

use std::sync::Arc;

use super::price::Price;
use super::rate::{Rate, Step};
use super::service::RatedService;
use crate::Timestamp;
use crate::ids::RateDeckId;
use crate::phone::{E164, Prefix};

/// A rate deck. Its rates have versions: a call keeps the one in force at its start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateDeck {
    /// Its id.
    pub id: RateDeckId,
    /// Its name, unique.
    pub name: Arc<str>,
}

/// A rate of a deck, and for what it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RateEntry {
    /// For what.
    pub key: RateKey,
    /// Not from this instant on, if it has an end.
    pub valid_till: Option<Timestamp>,
    /// The rate.
    pub rate: Rate,
}

/// For what a rate is. A version of a deck has one rate for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RateKey {
    /// Which service.
    pub service: RatedService,
    /// Numbers that begin with these digits, as an integer: no number begins with 0.
    prefix: i64,
    /// From this instant on, if it has a beginning.
    pub valid_from: Option<Timestamp>,
}

/// What a number costs by a deck: the rate of the longest prefix that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundRate {
    /// The prefix.
    pub prefix: i64,
    /// The rate.
    pub rate: Rate,
}

impl RateKey {
    /// For numbers that begin with this prefix; `None` when the prefix begins with 0, as no
    /// number does.
    pub fn new(
        service: RatedService,
        prefix: &Prefix,
        valid_from: Option<Timestamp>,
    ) -> Option<Self> {
        let digits = prefix.as_str();
        let prefix = digits.parse().ok().filter(|_| !digits.starts_with('0'))?;
        Some(Self { service, prefix, valid_from })
    }

    /// The first digits.
    pub const fn prefix(self) -> i64 {
        self.prefix
    }

    /// Whether the number begins with the prefix.
    pub fn covers(self, number: E164) -> bool {
        number.to_string().starts_with(&self.prefix.to_string())
    }
}

impl RateEntry {
    /// All that it says, in words that stay the same from version to version of this program: two
    /// entries say the same if and only if their words are equal.
    pub fn in_words(&self) -> String {
        let RateKey { service, prefix, valid_from } = self.key;
        let micros = |at: Option<Timestamp>| at.map(Timestamp::micros);
        let nanodollars = |price: Option<Price>| price.map(Price::nanodollars);
        let terms = self.rate.terms();
        let step = |step: &Step| {
            let Step { from_second, price, per_seconds, increment } = step;
            format!("{from_second},{price},{per_seconds},{increment}")
        };
        let steps: Vec<_> = terms.steps.iter().map(step).collect();
        format!(
            "{service:?} {prefix} {:?} {:?} {} {} {:?} {:?} {:?} {:?} {} {:?}",
            micros(valid_from),
            micros(self.valid_till),
            terms.connect_fee,
            steps.join(" "),
            terms.counting,
            nanodollars(terms.per_page),
            nanodollars(terms.per_message),
            terms.rounding,
            terms.decimals,
            nanodollars(terms.max_cost),
        )
    }

    /// Whether it is in force at an instant.
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.key.valid_from.is_none_or(|from| from <= at)
            && self.valid_till.is_none_or(|till| at < till)
    }
}

/// When a new version of a deck begins: when somebody asks for it, else now. Before the first
/// version there is nothing that it could change, so it has no beginning unless one is asked for,
/// and calls that come to be known late have a rate.
pub fn version_begins(
    asked: Option<Timestamp>,
    is_first_of_deck: bool,
    now: Timestamp,
) -> Timestamp {
    asked.unwrap_or(if is_first_of_deck { Timestamp::EPOCH } else { now })
}
