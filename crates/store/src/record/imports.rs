//! Imports: numbers inserted a chunk at a time, invisible until all are there.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use leaseline_core::Timestamp;
use leaseline_core::ids::PoolId;
use leaseline_core::phone::E164;
use leaseline_core::pool::NewNumber;

use crate::error::StoreError;
use crate::row::known;
use crate::schema::number_imports;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// So many numbers go into one statement: SQLite takes no more than 32,766 values.
pub const MOST_AT_ONCE: usize = 4_096;

/// An import as somebody found it who works on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenImport {
    id: i64,
    pool: PoolId,
    robbed: i64,
    holds_off_others: bool,
}

/// What became of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staged {
    /// All of it is there.
    Whole,
    /// This number came into another pool meanwhile.
    Elsewhere {
        /// The number.
        number: E164,
        /// The pool it is in.
        pool: PoolId,
    },
}

/// Whether an import can still be worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can.
    Open,
    /// Somebody else with the same numbers has finished it.
    Live,
    /// Another import took numbers out of it.
    Robbed,
}

impl OpenImport {
    /// Whether nobody else can write while a chunk of it is written.
    pub const fn holds_off_others(self) -> bool {
        self.holds_off_others
    }
}

/// Opens an import: the one that has these numbers and is not live, else a new one.
pub fn open(
    tx: &mut Tx<'_>,
    pool: PoolId,
    digest: &[u8],
    now: Timestamp,
) -> Result<OpenImport, StoreError> {
    tx.connection.dialect().provision_alone()?;
    let known: Option<(i64, i64)> = number_imports::table
        .filter(number_imports::pool_id.eq(pool.get()))
        .filter(number_imports::digest.eq(digest))
        .filter(number_imports::live_at.is_null())
        .select((number_imports::id, number_imports::robbed))
        .first(tx.connection)
        .optional()?;
    let (id, robbed) = match known {
        Some(known) => known,
        None => (begin(tx, pool, Some(digest), now, None)?, 0),
    };
    let holds_off_others = tx.connection.dialect().writes_alone();
    Ok(OpenImport { id, pool, robbed, holds_off_others })
}

/// Makes an import that is live from its beginning, and returns its id.
pub(super) fn begin_live(tx: &mut Tx<'_>, pool: PoolId, now: Timestamp) -> Result<i64, StoreError> {
    begin(tx, pool, None, now, Some(now))
}

fn begin(
    tx: &mut Tx<'_>,
    pool: PoolId,
    digest: Option<&[u8]>,
    started_at: Timestamp,
    live_at: Option<Timestamp>,
) -> Result<i64, StoreError> {
    Ok(diesel::insert_into(number_imports::table)
        .values((
            number_imports::pool_id.eq(pool.get()),
            number_imports::digest.eq(digest),
            number_imports::started_at.eq(started_at.micros()),
            number_imports::live_at.eq(live_at.map(Timestamp::micros)),
        ))
        .returning(number_imports::id)
        .get_result(tx.connection)?)
}

/// How an import stands.
pub fn standing(tx: &mut Tx<'_>, import: OpenImport) -> Result<Standing, StoreError> {
    let (live_at, robbed): (Option<i64>, i64) = number_imports::table
        .find(import.id)
        .select((number_imports::live_at, number_imports::robbed))
        .first(tx.connection)?;
    Ok(match live_at {
        Some(_) => Standing::Live,
        None if robbed != import.robbed => Standing::Robbed,
        None => Standing::Open,
    })
}

/// Puts numbers into an open import's pool, in their order and at most [`MOST_AT_ONCE`]. Those
/// that another import of the pool left behind are taken over; those that are live stay.
pub fn stage(
    tx: &mut Tx<'_>,
    import: OpenImport,
    numbers: &[&NewNumber],
) -> Result<Staged, StoreError> {
    if insert(tx, import.pool, import.id, numbers)? == numbers.len() {
        return Ok(Staged::Whole);
    }
    take_over(tx, import, numbers)?;
    elsewhere(tx, import, numbers)
}

/// Makes all numbers of an open import visible, unless it was robbed a moment ago. Says how it
/// stands now.
pub fn set_live(
    tx: &mut Tx<'_>,
    import: OpenImport,
    now: Timestamp,
) -> Result<Standing, StoreError> {
    diesel::update(number_imports::table.find(import.id))
        .filter(number_imports::robbed.eq(import.robbed))
        .filter(number_imports::live_at.is_null())
        .set(number_imports::live_at.eq(now.micros()))
        .execute(tx.connection)?;
    standing(tx, import)
}

/// Inserts those that are in no pool yet, and counts them.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    pool: PoolId,
    import: i64,
    numbers: &[&NewNumber],
) -> Result<usize, StoreError> {
    let place = |number: &&NewNumber| number.place.clone();
    let places: Vec<_> = numbers.iter().map(place).collect();
    let each = || places.iter().map(Option::as_deref);
    let rows = Rows::new("place, e164, shown, country, city")
        .integers((0..).take(numbers.len()))
        .integers(numbers.iter().map(|new| new.number.e164().integer()))
        .texts(numbers.iter().map(|new| new.number.sent()))
        .optional_texts(each().map(|place| place.and_then(|place| place.country.as_deref())))
        .optional_texts(each().map(|place| place.and_then(|place| place.city.as_deref())));
    let insert = Statement::<()>::new(INSERT).over(rows);
    let insert = insert.integer(pool.get()).integer(pool.get()).integer(import);
    Ok(insert.execute(tx.connection)?)
}

/// First the imports that lose numbers are told so, which holds them against going live.
fn take_over(
    tx: &mut Tx<'_>,
    import: OpenImport,
    numbers: &[&NewNumber],
) -> Result<(), StoreError> {
    let rows = || Rows::new("e164").integers(numbers.iter().map(|new| new.number.e164().integer()));
    let rob = Statement::<()>::new(ROB).over(rows()).integer(import.pool.get()).integer(import.id);
    if rob.execute(tx.connection)? > 0 {
        let take = Statement::<()>::new(TAKE).over(rows());
        let take = take.integer(import.id).integer(import.pool.get()).integer(import.pool.get());
        take.execute(tx.connection)?;
    }
    Ok(())
}

fn elsewhere(
    tx: &mut Tx<'_>,
    import: OpenImport,
    numbers: &[&NewNumber],
) -> Result<Staged, StoreError> {
    let rows = Rows::new("place, e164")
        .integers((0..).take(numbers.len()))
        .integers(numbers.iter().map(|new| new.number.e164().integer()));
    let found: Vec<(i64, i64)> = Statement::<(BigInt, BigInt)>::new(ELSEWHERE)
        .over(rows)
        .integer(import.pool.get())
        .load(tx.connection)?;
    let Some((e164, pool)) = found.first() else { return Ok(Staged::Whole) };
    let number = known(E164::from_integer(*e164).ok(), "numbers")?;
    Ok(Staged::Elsewhere { number, pool: known(PoolId::new(*pool), "numbers")? })
}

// Numbers for subscriptions stand on no shelf, so that no lease finds them.
const INSERT: &str = "
    INSERT INTO numbers (pool_id, e164, shown, country, city, shelf, free_from, turn)
    SELECT {}, e164, shown, country, city,
           (SELECT CASE purpose WHEN 1 THEN 0 END FROM pools WHERE id = {}), {}, 0
    FROM v WHERE e164 IS NOT NULL ORDER BY place
    ON CONFLICT (e164) DO NOTHING";

const ROB: &str = "
    UPDATE number_imports SET robbed = robbed + 1
    WHERE live_at IS NULL AND pool_id = {} AND id <> {}
      AND id IN (SELECT n.free_from FROM v JOIN numbers n ON n.e164 = v.e164)";

const TAKE: &str = "
    UPDATE numbers SET free_from = {}
    FROM v WHERE numbers.e164 = v.e164 AND numbers.pool_id = {}
      AND numbers.free_from IN
        (SELECT id FROM number_imports WHERE live_at IS NULL AND pool_id = {})";

const ELSEWHERE: &str = "
    SELECT n.e164, n.pool_id FROM v JOIN numbers n ON n.e164 = v.e164
    WHERE n.pool_id <> {} ORDER BY v.place LIMIT 1";
