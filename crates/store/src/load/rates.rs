//! Rate decks, and the rates of numbers.

use std::num::NonZeroU32;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::decimal::Rounding;
use leaseline_core::ids::RateDeckId;
use leaseline_core::phone::E164;
use leaseline_core::rating::{
    Counting, FoundRate, Price, Rate, RateDeck, RateTerms, RatedService, Step,
};

use crate::error::StoreError;
use crate::row::{Code, known};
use crate::schema::{rate_decks, rate_versions};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// Which rate is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WantedRate {
    /// Of which deck.
    pub deck: RateDeckId,
    /// For which service.
    pub service: RatedService,
    /// For which number.
    pub number: E164,
    /// In force at which instant.
    pub at: Timestamp,
}

/// The deck of this name.
pub fn deck(tx: &mut Tx<'_>, name: &str) -> Result<Option<RateDeck>, StoreError> {
    let row: Option<(i64, String)> =
        rate_decks::table.filter(rate_decks::name.eq(name)).first(tx.connection).optional()?;
    row.map(known_deck).transpose()
}

/// Every deck, in the order of their names.
pub fn decks(tx: &mut Tx<'_>) -> Result<Vec<RateDeck>, StoreError> {
    let rows: Vec<(i64, String)> = rate_decks::table.order(rate_decks::name).load(tx.connection)?;
    rows.into_iter().map(known_deck).collect()
}

fn known_deck((id, name): (i64, String)) -> Result<RateDeck, StoreError> {
    Ok(RateDeck { id: known(RateDeckId::new(id), "rate_decks")?, name: name.into() })
}

/// The digest of the version of a deck that is in force at an instant; none, if none is.
pub fn digest_at(
    tx: &mut Tx<'_>,
    deck: RateDeckId,
    at: Timestamp,
) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(rate_versions::table
        .filter(rate_versions::deck_id.eq(deck.get()))
        .filter(rate_versions::begins_at.le(at.micros()))
        .order((rate_versions::begins_at.desc(), rate_versions::id.desc()))
        .select(rate_versions::digest)
        .first(tx.connection)
        .optional()?)
}

/// Whether a deck has a version, be it one that is yet to begin.
pub fn has_version(tx: &mut Tx<'_>, deck: RateDeckId) -> Result<bool, StoreError> {
    let versions = rate_versions::table
        .filter(rate_versions::deck_id.eq(deck.get()))
        .filter(rate_versions::begins_at.is_not_null());
    let first: Option<i64> = versions.select(rate_versions::id).first(tx.connection).optional()?;
    Ok(first.is_some())
}

/// The rate of each that is wanted, in their order: of the rates that are in force the one with
/// the longest prefix.
pub fn rates(tx: &mut Tx<'_>, wanted: &[WantedRate]) -> Result<Vec<Option<FoundRate>>, StoreError> {
    let rows = Rows::new("place, deck_id, service, number, at")
        .integers((0..).take(wanted.len()))
        .integers(wanted.iter().map(|wanted| wanted.deck.get()))
        .integers(wanted.iter().map(|wanted| wanted.service.code().into()))
        .integers(wanted.iter().map(|wanted| wanted.number.integer()))
        .integers(wanted.iter().map(|wanted| wanted.at.micros()));
    let found: Vec<RateRow> =
        Statement::<RateSql>::new(LONGEST_FIRST).over(rows).load(tx.connection)?;
    let mut rates = vec![None; wanted.len()];
    for row in found {
        let place = usize::try_from(row.place).ok();
        let wanted = place.and_then(|place| Some((wanted.get(place)?, rates.get_mut(place)?)));
        if let Some((wanted, slot @ None)) = wanted {
            *slot = Some(row.found(wanted.service)?);
        }
    }
    Ok(rates)
}

// CROSS JOIN keeps SQLite to this order: first the one version, then fifteen looks into the index,
// of which nothing but the longest prefix is kept; and only that one's rate is read. What is longest
// is a relation of its own, as PostgreSQL would else look for it once for every rate of the deck.
const LONGEST_FIRST: &str = "
    , longest AS (
      SELECT v.place, v.service, v.at, d.id AS version_id, max(q.prefix) AS prefix
      FROM v CROSS JOIN rate_versions d CROSS JOIN
        (SELECT 1 AS power UNION ALL SELECT 10 UNION ALL SELECT 100 UNION ALL SELECT 1000
         UNION ALL SELECT 10000 UNION ALL SELECT 100000 UNION ALL SELECT 1000000
         UNION ALL SELECT 10000000 UNION ALL SELECT 100000000 UNION ALL SELECT 1000000000
         UNION ALL SELECT 10000000000 UNION ALL SELECT 100000000000
         UNION ALL SELECT 1000000000000 UNION ALL SELECT 10000000000000
         UNION ALL SELECT 100000000000000) p
      CROSS JOIN rates q
      WHERE d.id = (SELECT e.id FROM rate_versions e
                    WHERE e.deck_id = v.deck_id AND e.begins_at <= v.at
                    ORDER BY e.begins_at DESC, e.id DESC LIMIT 1)
        AND q.version_id = d.id AND q.service = v.service AND q.prefix = v.number / p.power
        AND q.valid_from <= v.at AND (q.valid_till IS NULL OR q.valid_till > v.at)
      GROUP BY v.place, v.service, v.at, d.id
    )
    SELECT w.place, r.prefix, r.connect_fee, r.steps, r.counting, r.minimum, r.per_page,
           r.per_message, r.rounding, r.decimals, r.max_cost
    FROM longest w CROSS JOIN rates r
    WHERE r.version_id = w.version_id AND r.service = w.service AND r.prefix = w.prefix
      AND r.valid_from <= w.at AND (r.valid_till IS NULL OR r.valid_till > w.at)
    ORDER BY w.place, r.valid_from DESC";

type RateSql = (
    BigInt,
    BigInt,
    BigInt,
    Text,
    SmallInt,
    BigInt,
    Nullable<BigInt>,
    Nullable<BigInt>,
    SmallInt,
    SmallInt,
    Nullable<BigInt>,
);

#[derive(Queryable)]
struct RateRow {
    place: i64,
    prefix: i64,
    connect_fee: i64,
    steps: String,
    counting: i16,
    minimum: i64,
    per_page: Option<i64>,
    per_message: Option<i64>,
    rounding: i16,
    decimals: i16,
    max_cost: Option<i64>,
}

impl RateRow {
    fn found(self, service: RatedService) -> Result<FoundRate, StoreError> {
        let optional = |nanodollars: Option<i64>| nanodollars.map(price).transpose();
        let terms = RateTerms {
            connect_fee: price(self.connect_fee)?,
            steps: self.steps.split_ascii_whitespace().map(step).collect::<Result<_, _>>()?,
            counting: counting(self.counting, self.minimum)?,
            per_page: optional(self.per_page)?,
            per_message: optional(self.per_message)?,
            rounding: Rounding::from_code(self.rounding)?,
            decimals: known(u8::try_from(self.decimals).ok(), TABLE)?,
            max_cost: optional(self.max_cost)?,
        };
        let rate: Option<Rate> = terms.checked(service).ok();
        Ok(FoundRate { prefix: self.prefix, rate: known(rate, TABLE)? })
    }
}

const TABLE: &str = "rates";

fn price(nanodollars: i64) -> Result<Price, StoreError> {
    known(Price::new(nanodollars), TABLE)
}

fn counting(code: i16, minimum: i64) -> Result<Counting, StoreError> {
    match code {
        1 => Ok(Counting::AfterFirst),
        2 => Ok(Counting::FromZero { minimum: known(u32::try_from(minimum).ok(), TABLE)? }),
        _ => Err(StoreError::corrupt(TABLE)),
    }
}

/// As `record::rates` writes it: `from_second,price,per_seconds,increment`.
fn step(written: &str) -> Result<Step, StoreError> {
    let mut parts = written.split(',').map(|part| known(part.parse::<i64>().ok(), TABLE));
    let mut next = || parts.next().unwrap_or(Err(StoreError::corrupt(TABLE)));
    Ok(Step {
        from_second: known(u32::try_from(next()?).ok(), TABLE)?,
        price: price(next()?)?,
        per_seconds: seconds(next()?)?,
        increment: seconds(next()?)?,
    })
}

fn seconds(value: i64) -> Result<NonZeroU32, StoreError> {
    known(u32::try_from(value).ok().and_then(NonZeroU32::new), TABLE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Planner;

    #[test]
    fn a_rate_is_found_along_the_index() {
        let mut planner = Planner::new();
        let rows = Rows::new("place, deck_id, service, number, at");
        let rows = (0..5).fold(rows, |rows, value| rows.integers([value, value]));
        let plan = planner.plan(&Statement::<RateSql>::new(LONGEST_FIRST).over(rows));
        let key = "PRIMARY KEY (version_id=? AND service=? AND prefix=? AND valid_from<?)";
        assert!(plan.goes_along(key), "{plan:#?}");
        assert!(plan.goes_along("INDEX rate_versions_by_beginning"), "{plan:#?}");
    }
}
