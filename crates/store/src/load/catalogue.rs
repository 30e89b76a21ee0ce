//! Numbers one by one, as an operator looks at them: each with its state at an instant.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::ids::{CustomerId, LeaseId, NumberId, PoolId};
use leaseline_core::lease::LeaseKind;
use leaseline_core::phone::{E164, PhoneNumber};

use crate::error::StoreError;
use crate::load::inventory::NumberState;
use crate::load::page::MOST_WALKED;
use crate::row::{Code, known, lease_id};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// A number of the inventory, as it is at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberLine {
    /// Its id.
    pub id: NumberId,
    /// The number, as imported.
    pub number: PhoneNumber,
    /// The name of its pool.
    pub pool: String,
    /// What it is.
    pub state: NumberState,
    /// Whether the operator took it out; a lease that holds it goes on.
    pub is_blocked: bool,
    /// For whom it is set aside, if it is.
    pub reserved_for: Option<CustomerId>,
    /// The lease that holds it, if one does.
    pub lease: Option<LeaseId>,
    /// How often it was leased.
    pub turn: i64,
    /// From when on it can be leased again; the epoch for one that never was.
    pub free_from: Timestamp,
}

/// Which numbers to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NumberFilter {
    /// Only those of this pool.
    pub pool: Option<PoolId>,
    /// Only those in this state.
    pub state: Option<ListState>,
    /// Only those after this one, in the order of import.
    pub after: Option<NumberId>,
}

/// A state to list numbers by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListState {
    /// Free for everybody.
    Free,
    /// In a live lease.
    Leased,
    /// Somebody subscribes to it.
    Subscribed,
    /// Its lease or its subscription is over and its quarantine is not.
    Resting,
    /// Free for the one customer that it is reserved for.
    Reserved,
    /// The operator took it out, leased or not.
    Blocked,
}

/// Some numbers, in the order of import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberPage {
    /// There may be fewer than was asked for, and none, though the list goes on: a page looks through
    /// so many and no more.
    pub lines: Vec<NumberLine>,
    /// After which the list goes on, if it does.
    pub next: Option<NumberId>,
}

/// At most so many numbers, in the order of import.
pub fn numbers(
    tx: &mut Tx<'_>,
    filter: NumberFilter,
    limit: u32,
    now: Timestamp,
) -> Result<NumberPage, StoreError> {
    let pool = filter.pool.map_or(ANY, PoolId::get);
    let state = filter.state.map_or(ANY, ListState::code);
    let after = filter.after.map_or(0, NumberId::get);
    let stop = Statement::<BigInt>::new(STOP).integer(after).integer(MOST_WALKED - 1);
    let stop: Vec<i64> = stop.load(tx.connection)?;
    let stop = stop.first().copied();
    let listed = at(Statement::new(LIST), now)
        .integer(after)
        .integer(stop.unwrap_or(i64::MAX))
        .integer(pool)
        .integer(pool)
        .integer(state)
        .integer(state)
        .integer(state)
        .integer(i64::from(limit));
    let lines = lines(tx, listed)?;
    let is_full = lines.len() == usize::try_from(limit).unwrap_or(usize::MAX);
    let next =
        if is_full { lines.last().map(|line| line.id) } else { stop.and_then(NumberId::new) };
    Ok(NumberPage { lines, next })
}

/// The number with this normal form.
pub fn number(
    tx: &mut Tx<'_>,
    e164: E164,
    now: Timestamp,
) -> Result<Option<NumberLine>, StoreError> {
    Ok(lines(tx, at(Statement::new(ONE), now).integer(e164.integer()))?.pop())
}

/// At most so many numbers that are set aside for a customer, after one or from the first on, in the
/// order of import.
pub fn reserved(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    after: Option<NumberId>,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<NumberLine>, StoreError> {
    let listed = at(Statement::new(OF_RESERVE), now)
        .integer(customer.get())
        .integer(after.map_or(0, NumberId::get))
        .integer(i64::from(limit));
    lines(tx, listed)
}

/// The pool of this name.
pub fn pool_named(tx: &mut Tx<'_>, name: &str) -> Result<Option<PoolId>, StoreError> {
    let rows: Vec<i64> =
        Statement::<BigInt>::new("SELECT p.id FROM v JOIN pools p ON p.name = v.name")
            .over(Rows::new("name").texts([name]))
            .load(tx.connection)?;
    rows.first().map(|id| known(PoolId::new(*id), "pools")).transpose()
}

/// Where no filter is set.
const ANY: i64 = 0;

/// The instant, as often as `states!` asks for it.
fn at<ST>(statement: Statement<'static, ST>, now: Timestamp) -> Statement<'static, ST> {
    let now = now.micros();
    statement.integer(now).integer(now).integer(now)
}

fn lines(
    tx: &mut Tx<'_>,
    statement: Statement<'_, LineSql>,
) -> Result<Vec<NumberLine>, StoreError> {
    let rows: Vec<LineRow> = statement.load(tx.connection)?;
    rows.into_iter().map(NumberLine::try_from).collect()
}

// A macro because `concat!` takes nothing but literals: what a state is must not be written down
// three times. A lease is looked up only where one may hold the number.
macro_rules! states {
    () => {
        "SELECT n.id, n.pool_id, n.e164, n.shown, n.turn, n.free_from, p.name AS pool,
                l.id AS lease,
                CASE WHEN n.shelf > 0 THEN n.shelf ELSE r.customer_id END AS reserved_for,
                n.blocked, l.kind,
                CASE WHEN l.id IS NOT NULL THEN 1 WHEN n.account_id IS NOT NULL THEN 7
                     WHEN n.shelf IS NULL AND (p.purpose <> 2 OR n.blocked = 1) THEN 2
                     WHEN n.turn = 0 AND i.id IS NOT NULL THEN 2
                     WHEN n.free_from > {} THEN 3 WHEN n.shelf > 0 THEN 4 ELSE 5 END AS state
         FROM numbers n
         JOIN pools p ON p.id = n.pool_id
         LEFT JOIN leases l ON l.id = CASE WHEN n.free_from > {} THEN n.lease_id END
           AND l.released_at IS NULL AND l.expires_at > {}
         LEFT JOIN number_imports i ON i.id = n.free_from AND i.live_at IS NULL
         LEFT JOIN reservations r ON r.number_id = n.id AND r.unreserved_at IS NULL"
    };
}

/// The last number that a page looks at, unless it is the last page.
const STOP: &str = "SELECT n.id FROM numbers n WHERE n.id > {} ORDER BY n.id LIMIT 1 OFFSET {}";

const LIST: &str = concat!(
    "SELECT s.id, s.e164, s.shown, s.pool, CAST(s.state AS BIGINT), s.kind, s.blocked,
            s.reserved_for, s.lease, s.turn, s.free_from
     FROM (",
    states!(),
    ") s WHERE s.id > {} AND s.id <= {} AND ({} = 0 OR s.pool_id = {}) AND ({} = 0 OR s.state = {} OR ({} = 6 AND s.blocked = 1))
     ORDER BY s.id LIMIT {}"
);

const ONE: &str = concat!(
    "SELECT s.id, s.e164, s.shown, s.pool, CAST(s.state AS BIGINT), s.kind, s.blocked,
            s.reserved_for, s.lease, s.turn, s.free_from
     FROM (",
    states!(),
    ") s WHERE s.e164 = {}"
);

const OF_RESERVE: &str = concat!(
    "SELECT s.id, s.e164, s.shown, s.pool, CAST(s.state AS BIGINT), s.kind, s.blocked,
            s.reserved_for, s.lease, s.turn, s.free_from
     FROM (",
    states!(),
    ") s WHERE s.id IN (SELECT o.number_id FROM reservations o
                        WHERE o.customer_id = {} AND o.unreserved_at IS NULL
                          AND o.number_id > {})
     ORDER BY s.id LIMIT {}"
);

impl ListState {
    /// As `states!` has them.
    const fn code(self) -> i64 {
        match self {
            Self::Free => FREE,
            Self::Leased => LEASED,
            Self::Subscribed => SUBSCRIBED,
            Self::Resting => RESTING,
            Self::Reserved => RESERVED,
            Self::Blocked => BLOCKED,
        }
    }
}

const LEASED: i64 = 1;
const NO_SHELF: i64 = 2;
const RESTING: i64 = 3;
const RESERVED: i64 = 4;
const FREE: i64 = 5;
const SUBSCRIBED: i64 = 7;
/// No state of its own: a blocked number may be leased.
const BLOCKED: i64 = 6;

type LineSql = (
    BigInt,
    BigInt,
    Text,
    Text,
    BigInt,
    Nullable<SmallInt>,
    SmallInt,
    Nullable<BigInt>,
    Nullable<Binary>,
    BigInt,
    BigInt,
);

#[derive(Queryable)]
struct LineRow {
    id: i64,
    e164: i64,
    shown: String,
    pool: String,
    state: i64,
    kind: Option<i16>,
    blocked: i16,
    reserved_for: Option<i64>,
    lease: Option<Vec<u8>>,
    turn: i64,
    free_from: i64,
}

const TABLE: &str = "numbers";

impl TryFrom<LineRow> for NumberLine {
    type Error = StoreError;

    fn try_from(row: LineRow) -> Result<Self, StoreError> {
        let e164 = known(E164::from_integer(row.e164).ok(), TABLE)?;
        let customer = |id| known(CustomerId::new(id), TABLE);
        Ok(Self {
            id: known(NumberId::new(row.id), TABLE)?,
            number: PhoneNumber::from_parts(&row.shown, e164),
            pool: row.pool,
            state: state(row.state, row.kind)?,
            is_blocked: row.blocked != 0,
            reserved_for: row.reserved_for.map(customer).transpose()?,
            lease: row.lease.map(|id| lease_id(&id)).transpose()?,
            turn: row.turn,
            free_from: Timestamp::from_micros(row.free_from),
        })
    }
}

fn state(code: i64, kind: Option<i16>) -> Result<NumberState, StoreError> {
    match (code, kind) {
        (LEASED, Some(kind)) => Ok(NumberState::Leased(LeaseKind::from_code(kind)?)),
        (SUBSCRIBED, _) => Ok(NumberState::Subscribed),
        (NO_SHELF, _) => Ok(NumberState::Blocked),
        (RESTING, _) => Ok(NumberState::Resting),
        (RESERVED, _) => Ok(NumberState::Reserved),
        (FREE, _) => Ok(NumberState::Free),
        _ => Err(StoreError::corrupt(TABLE)),
    }
}
