//! Rate decks and their versions: nothing of a version that was seen is ever changed.

use diesel::prelude::*;
use leaseline_core::Timestamp;
use leaseline_core::ids::RateDeckId;
use leaseline_core::rating::{Counting, Price, RateEntry, RateTerms, Step};

use crate::error::StoreError;
use crate::row::{Code, known};
use crate::schema::{rate_decks, rate_versions};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// So many rates go into one statement: SQLite takes no more than 32,766 values.
pub const MOST_AT_ONCE: usize = 1_024;

/// A version whose rates come in, and that nobody sees yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StagedVersion(i64);

/// Makes a deck without rates.
pub fn new_deck(tx: &mut Tx<'_>, name: &str) -> Result<RateDeckId, StoreError> {
    let id: i64 = diesel::insert_into(rate_decks::table)
        .values(rate_decks::name.eq(name))
        .returning(rate_decks::id)
        .get_result(tx.connection)?;
    known(RateDeckId::new(id), "rate_decks")
}

/// Makes a version that nobody sees yet.
pub fn begin_version(
    tx: &mut Tx<'_>,
    deck: RateDeckId,
    digest: &[u8],
    now: Timestamp,
) -> Result<StagedVersion, StoreError> {
    let id = diesel::insert_into(rate_versions::table)
        .values((
            rate_versions::deck_id.eq(deck.get()),
            rate_versions::digest.eq(digest),
            rate_versions::started_at.eq(now.micros()),
        ))
        .returning(rate_versions::id)
        .get_result(tx.connection)?;
    Ok(StagedVersion(id))
}

/// Puts rates into a staged version, at most [`MOST_AT_ONCE`].
pub fn stage(
    tx: &mut Tx<'_>,
    StagedVersion(version): StagedVersion,
    rates: &[RateEntry],
) -> Result<(), StoreError> {
    let terms = || rates.iter().map(|entry| entry.rate.terms());
    let steps: Vec<_> = terms().map(steps).collect();
    let keys = || rates.iter().map(|entry| entry.key);
    let rows = Rows::new(COLUMNS)
        .integers(keys().map(|key| key.service.code().into()))
        .integers(keys().map(|key| key.prefix()))
        .integers(keys().map(|key| key.valid_from.map_or(0, Timestamp::micros)))
        .optional_integers(rates.iter().map(|entry| entry.valid_till.map(Timestamp::micros)))
        .integers(terms().map(|terms| terms.connect_fee.nanodollars()))
        .texts(steps.iter().map(String::as_str))
        .integers(terms().map(|terms| counting(terms.counting).0))
        .integers(terms().map(|terms| counting(terms.counting).1))
        .optional_integers(terms().map(|terms| terms.per_page.map(Price::nanodollars)))
        .optional_integers(terms().map(|terms| terms.per_message.map(Price::nanodollars)))
        .integers(terms().map(|terms| terms.rounding.code().into()))
        .integers(terms().map(|terms| terms.decimals.into()))
        .optional_integers(terms().map(|terms| terms.max_cost.map(Price::nanodollars)));
    Statement::<()>::new(INSERT).over(rows).integer(version).execute(tx.connection)?;
    Ok(())
}

/// Makes a version visible: from this instant on the deck says what is in it.
pub fn set_live(
    tx: &mut Tx<'_>,
    StagedVersion(version): StagedVersion,
    begins_at: Timestamp,
) -> Result<(), StoreError> {
    diesel::update(rate_versions::table.find(version))
        .filter(rate_versions::begins_at.is_null())
        .set(rate_versions::begins_at.eq(begins_at.micros()))
        .execute(tx.connection)?;
    Ok(())
}

const COLUMNS: &str = "service, prefix, valid_from, valid_till, connect_fee, steps, counting,
    minimum, per_page, per_message, rounding, decimals, max_cost";

const INSERT: &str = "
    INSERT INTO rates
      (version_id, service, prefix, valid_from, valid_till, connect_fee, steps, counting, minimum,
       per_page, per_message, rounding, decimals, max_cost)
    SELECT {}, service, prefix, valid_from, valid_till, connect_fee, steps, counting, minimum,
           per_page, per_message, rounding, decimals, max_cost
    FROM v WHERE service IS NOT NULL
    ON CONFLICT (version_id, service, prefix, valid_from) DO NOTHING";

/// The code of a counting, and its minimum.
fn counting(counting: Counting) -> (i64, i64) {
    match counting {
        Counting::AfterFirst => (1, 0),
        Counting::FromZero { minimum } => (2, minimum.into()),
    }
}

fn steps(terms: &RateTerms) -> String {
    let steps: Vec<_> = terms.steps.iter().map(step).collect();
    steps.join(" ")
}

fn step(step: &Step) -> String {
    let Step { from_second, price, per_seconds, increment } = step;
    format!("{from_second},{},{per_seconds},{increment}", price.nanodollars())
}
