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
    let text = tx.connection.dialect().rates();
    let found: Vec<RateRow> = Statement::<RateSql>::new(text).over(rows).load(tx.connection)?;
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

pub(crate) type RateSql = (
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
