//! What the operator's commands have in common.

use std::fmt;

use leaseline_core::Refusal;
use leaseline_core::ids::CustomerId;
use leaseline_core::phone::PhoneNumber;
use leaseline_core::search::BadWord;
use leaseline_hub::Failure;
use leaseline_hub::insight::{self, Place};
use leaseline_service::{Config, Problem};
use serde::Serialize;
use uuid::Uuid;

/// How much of a list is shown.
#[derive(clap::Args, Clone, Copy, Debug)]
pub(crate) struct Page {
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100,
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) limit: u32,
}

/// A number that was typed, by the one rule for numbers.
pub(crate) fn number(config: &Config, text: &str) -> Result<PhoneNumber, Problem> {
    PhoneNumber::parse(text, &config.default_region).map_err(|error| {
        let hint = "write digits only, such as 0388880000 or +60388880000; where numbers without \
                    a country code belong, numbers.default_region says";
        Problem::new(format!("read {text:?}"), error, hint)
    })
}

/// Reads a customer's id.
pub(crate) fn customer_id(text: &str) -> Result<CustomerId, String> {
    let id = text.parse().ok().and_then(CustomerId::new);
    id.ok_or_else(|| "an id is a whole number from 1 on".into())
}

/// A filter with a word that is none.
pub(crate) fn unread(error: BadWord) -> Problem {
    let hint = "the words of a filter: --help; all of them have to fit";
    Problem::new("read the filter", error, hint)
}

/// Where a page begins.
pub(crate) fn place<K>(before: Option<K>, after: Option<K>) -> Place<K> {
    match (before, after) {
        (Some(before), _) => Place::OlderThan(before),
        (None, Some(after)) => Place::NewerThan(after),
        (None, None) => Place::Newest,
    }
}

/// Where the pages before and after a list's page begin.
#[derive(Serialize)]
pub(crate) struct Neighbours {
    #[serde(skip_serializing_if = "Option::is_none")]
    newer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    older: Option<String>,
}

impl Neighbours {
    pub(crate) fn of<T, K>(page: &insight::Page<T, K>, write: impl Fn(&K) -> String) -> Self {
        let written = |key: &Option<K>| key.as_ref().map(&write);
        Self { newer: written(&page.newer), older: written(&page.older) }
    }
}

impl fmt::Display for Neighbours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.older.iter().try_for_each(|older| writeln!(f, "older ones: --before {older}"))
    }
}

/// Reads what is written as a UUID.
pub(crate) fn uuid<T>(text: &str, make: impl Fn(Uuid) -> T, otherwise: &str) -> Result<T, String> {
    Uuid::try_parse(text).map(make).map_err(|_| otherwise.to_owned())
}

/// What the hub did not do, with what to do about it.
pub(crate) fn not_done(what: impl Into<String>, failure: Failure) -> Problem {
    let hint = match failure {
        Failure::Refused(Refusal::CustomerUnknown) => "the ids there are: leaseline customers list",
        Failure::Refused(Refusal::LeaseUnknown) => {
            "it is over or was given back: leaseline leases show REFERENCE"
        }
        Failure::Refused(_) => "change what stands against it first",
        Failure::Overloaded | Failure::Locked => "nothing was changed: try again in a moment",
        Failure::Unavailable => {
            "what the database said is in the log above; look whether it was done before you try \
             again"
        }
    };
    Problem::new(what, failure, hint)
}

/// It is none of our numbers.
pub(crate) fn not_ours(what: impl Into<String>) -> Problem {
    let hint = "numbers come in by `leaseline numbers import` or `leaseline apply`";
    Problem::new(what, "it is not a number of the inventory", hint)
}
