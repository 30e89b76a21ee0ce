//! What the configuration came to: each key, its value, and the layer that it comes from.

use config::{Value, ValueKind};

use crate::config::layer::Layer;
use crate::config::reader::Reader;

/// What stands in place of a secret.
const MASK: &str = "********";

/// A key of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The key, such as `apigate.time_zone`.
    pub key: String,
    /// Its value, secrets masked; none when it is not set and has no default.
    pub value: Option<String>,
    /// Where the value was written; none when it is not set.
    pub origin: Option<String>,
}

impl Reader {
    /// Every key that was asked for, in alphabetical order.
    pub(super) fn settings(&self) -> Vec<Setting> {
        self.known().map(|key| self.setting(key)).collect()
    }

    /// A secret has a value, too, where the file counts that its twin names; and a twin has none that
    /// another layer's secret wins over.
    fn setting(&self, key: &str) -> Setting {
        let secret = key.strip_suffix("_file").filter(|secret| self.is_secret(secret));
        let winner = match secret {
            Some(secret) => self.winner_of_secret(secret).filter(|layer| layer.get(key).is_some()),
            None if self.is_secret(key) => self.winner_of_secret(key),
            None => self.winner(key),
        };
        let shown = |layer: &Layer| {
            let value = layer.get(key).map(text).unwrap_or_default();
            if self.is_secret(key) { masked(&value) } else { value }
        };
        Setting {
            key: key.to_owned(),
            value: winner.map(shown),
            origin: winner.map(|layer| layer.origin.place()),
        }
    }
}

fn text(value: &Value) -> String {
    match &value.kind {
        ValueKind::Array(values) => {
            let texts: Vec<_> = values.iter().map(|value| format!("{:?}", text(value))).collect();
            format!("[{}]", texts.join(", "))
        }
        _ => value.to_string(),
    }
}

/// Nothing of a secret is shown; of a database's URL, all but the password.
fn masked(value: &str) -> String {
    match value.split_once("://") {
        Some((scheme, rest)) => format!("{scheme}://{}", without_password(rest)),
        None => MASK.to_owned(),
    }
}

fn without_password(rest: &str) -> String {
    let (before, place) = without_query(rest).rsplit_once('@').unwrap_or(("", without_query(rest)));
    match before.split_once(':') {
        Some((user, _)) => format!("{user}:{MASK}@{place}"),
        None if before.is_empty() => place.to_owned(),
        None => format!("{before}@{place}"),
    }
}

/// A query may name a password too, and a password in front of the servers' names may have a
/// question mark in it.
fn without_query(rest: &str) -> &str {
    let user_ends = rest.find(['@', '/']).unwrap_or_default();
    let query = rest[user_ends..].find('?').map(|at| user_ends + at);
    query.map_or(rest, |at| &rest[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_and_places_are_not() {
        let check = |value, expected| assert_eq!(masked(value), expected, "{value}");
        check("a secret of thirty-two bytes, and more", MASK);
        check("sqlite://leaseline.db", "sqlite://leaseline.db");
        check("postgres://ada@db/lines", "postgres://ada@db/lines");
        check("postgres://ada:pw@db/lines?sslmode=x", "postgres://ada:********@db/lines");
        check("postgres://ada:p@w@db/lines?password=pw", "postgres://ada:********@db/lines");
        check("postgres://ada:p?w@db/lines", "postgres://ada:********@db/lines");
        check("postgres://ada@db:5432/lines?password=p@w", "postgres://ada@db:5432/lines");
        check("postgres://db/lines?password=pw", "postgres://db/lines");
        check("postgres://db:5432?password=pw", "postgres://db:5432");
        check("postgres://ada:pw@a:1,b:2/lines?x=y", "postgres://ada:********@a:1,b:2/lines");
    }
}
