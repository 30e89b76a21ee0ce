//! A number's turns and reservations: who held it, and when.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::customer::PersonName;
use leaseline_core::history::{Around, NamedCustomer, Reservation, Stretch, Turn, WhoHeldIt};
use leaseline_core::ids::{CustomerId, NumberId};
use leaseline_core::lease::LeaseKind;
use leaseline_core::phone::E164;

use crate::error::StoreError;
use crate::load::catalogue::{NumberLine, number};
use crate::load::leases::{UserRow, UserSql, past_user};
use crate::row::{Code, instant, known, lease_id, quarantine};
use crate::statement::Statement;
use crate::transaction::Tx;

/// So many turns before and after the one that is looked for are looked at. Where more of them
/// began within a few seconds, the nearest are named.
const NEIGHBOURS: i64 = 32;

/// What became of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberHistory {
    /// The number as it is now.
    pub number: NumberLine,
    /// Its turns, the last one first.
    pub turns: Vec<Turn>,
    /// Before this turn the next page goes on, if there is one.
    pub next: Option<i64>,
    /// When it was in whose reserve, the last time first; as many as there may be turns.
    pub reservations: Vec<Reservation>,
    /// How long numbers of its pool rest after a lease.
    pub quarantine: Duration,
}

impl NumberHistory {
    /// The same as stretches of time, the last one first.
    pub fn stretches(&self) -> Vec<Stretch> {
        let around = Around {
            turns: self.turns.clone(),
            reservation: None,
            last_turn: self.number.turn,
            free_from: self.number.free_from,
            quarantine: self.quarantine,
        };
        around.stretches(&self.reservations)
    }
}

/// Who held a number at an instant; none when it is not a number of the inventory. The turn is
/// found by halving, so that the time this takes hardly grows with the past.
pub fn who(tx: &mut Tx<'_>, e164: E164, at: Timestamp) -> Result<Option<WhoHeldIt>, StoreError> {
    let rows: Vec<(i64, i64, i64, i64)> = Statement::<(BigInt, BigInt, BigInt, BigInt)>::new(STATE)
        .integer(e164.integer())
        .load(tx.connection)?;
    let Some((id, last_turn, free_from, micros)) = rows.first().copied() else { return Ok(None) };
    let id = known(NumberId::new(id), "numbers")?;
    let begun = last_turn_begun(tx, id, at)?;
    let around = Around {
        turns: turns(tx, id, begun - NEIGHBOURS, begun + NEIGHBOURS)?,
        reservation: reservations(tx, id, at, 1)?.pop(),
        last_turn,
        free_from: Timestamp::from_micros(free_from),
        quarantine: quarantine(micros)?,
    };
    Ok(Some(around.who(at)))
}

/// What became of a number, at most `limit` turns of it before a turn (or all); none when it is
/// not a number of the inventory.
pub fn history(
    tx: &mut Tx<'_>,
    e164: E164,
    before: Option<i64>,
    limit: u32,
    now: Timestamp,
) -> Result<Option<NumberHistory>, StoreError> {
    let Some(number) = number(tx, e164, now)? else { return Ok(None) };
    let last = before.map_or(number.turn, |before| number.turn.min(before.saturating_sub(1)));
    let first = last.saturating_sub(i64::from(limit)).saturating_add(1).max(1);
    let turns = turns(tx, number.id, first, last)?;
    let reservations = reservations(tx, number.id, Timestamp::from_micros(i64::MAX), limit)?;
    let next = (first > 1 && !turns.is_empty()).then_some(first);
    let state: Vec<(i64, i64, i64, i64)> =
        Statement::<(BigInt, BigInt, BigInt, BigInt)>::new(STATE)
            .integer(e164.integer())
            .load(tx.connection)?;
    let quarantine = quarantine(known(state.first(), "numbers")?.3)?;
    Ok(Some(NumberHistory { number, turns, next, reservations, quarantine }))
}

/// The turns of a number that held it at any time from one instant on and before another, the last
/// one first; none when it is not a number of the inventory. Of very many the last ones.
pub fn turns_within(
    tx: &mut Tx<'_>,
    e164: E164,
    from: Timestamp,
    until: Timestamp,
    now: Timestamp,
) -> Result<Option<Vec<Turn>>, StoreError> {
    let Some(number) = number(tx, e164, now)? else { return Ok(None) };
    let last = last_turn_begun(tx, number.id, until)?;
    let mut turns = turns(tx, number.id, last - NEIGHBOURS, last)?;
    turns.retain(|turn| turn.until() > from);
    Ok(Some(turns))
}

/// The last turn of a number that began at an instant or before; 0 if none did.
fn last_turn_begun(tx: &mut Tx<'_>, id: NumberId, at: Timestamp) -> Result<i64, StoreError> {
    let found: Vec<i64> = Statement::<BigInt>::new(LAST_TURN_BEGUN)
        .integer(id.get())
        .integer(at.micros())
        .integer(at.micros())
        .integer(id.get())
        .load(tx.connection)?;
    // A turn that is missing in the middle ends the search without a result.
    known(found.first().copied(), MEMBERS)
}

/// These turns of a number, the last one first.
fn turns(tx: &mut Tx<'_>, id: NumberId, first: i64, last: i64) -> Result<Vec<Turn>, StoreError> {
    let rows: Vec<TurnRow> = Statement::<TurnSql>::new(TURNS)
        .integer(id.get())
        .integer(first)
        .integer(last)
        .load(tx.connection)?;
    rows.into_iter().map(Turn::try_from).collect()
}

/// Reservations of a number that began at an instant or before, the last one first.
fn reservations(
    tx: &mut Tx<'_>,
    id: NumberId,
    at: Timestamp,
    limit: u32,
) -> Result<Vec<Reservation>, StoreError> {
    let rows: Vec<ReservationRow> = Statement::<ReservationSql>::new(RESERVATIONS)
        .integer(id.get())
        .integer(at.micros())
        .integer(i64::from(limit))
        .load(tx.connection)?;
    rows.into_iter().map(reservation).collect()
}

const STATE: &str = "
    SELECT n.id, n.turn, n.free_from, p.quarantine_micros
    FROM numbers n JOIN pools p ON p.id = n.pool_id WHERE n.e164 = {}";

// Turns have no gaps and begin in their order, so the range is halved: each step is one look at
// the index of turns. CROSS JOIN keeps SQLite from walking the number's turns first.
const LAST_TURN_BEGUN: &str = "
    WITH RECURSIVE range (low, high) AS (
      SELECT CAST(0 AS BIGINT), n.turn FROM numbers n WHERE n.id = {}
      UNION ALL
      SELECT CASE WHEN l.granted_at <= {} THEN m.turn ELSE r.low END,
             CASE WHEN l.granted_at <= {} THEN r.high ELSE m.turn - 1 END
      FROM range r CROSS JOIN lease_members m CROSS JOIN leases l
      WHERE r.low < r.high AND m.number_id = {} AND m.turn = (r.low + r.high + 1) / 2
        AND l.id = m.lease_id
    )
    SELECT low FROM range WHERE low = high";

const TURNS: &str = "
    SELECT m.turn, l.id, l.kind, l.customer_id, c.first_name, c.last_name,
           m.phone_e164, m.phone_sent, m.imsi, m.mcc, m.mnc,
           u.name, l.granted_at, l.expires_at, l.released_at
    FROM lease_members m JOIN leases l ON l.id = m.lease_id
    LEFT JOIN customers c ON c.id = l.customer_id
    LEFT JOIN api_users u ON u.id = l.granted_by
    WHERE m.number_id = {} AND m.turn BETWEEN {} AND {}
    ORDER BY m.turn DESC";

const RESERVATIONS: &str = "
    SELECT r.customer_id, c.first_name, c.last_name, r.reserved_at, r.unreserved_at
    FROM reservations r LEFT JOIN customers c ON c.id = r.customer_id
    WHERE r.number_id = {} AND r.reserved_at <= {}
    ORDER BY r.reserved_at DESC, r.id DESC LIMIT {}";

const MEMBERS: &str = "lease_members";

type NamedSql = (BigInt, Nullable<Text>, Nullable<Text>);
type NamedRow = (i64, Option<String>, Option<String>);

type TurnSql =
    (BigInt, Binary, SmallInt, NamedSql, UserSql, Nullable<Text>, BigInt, BigInt, Nullable<BigInt>);

#[derive(Queryable)]
struct TurnRow {
    turn: i64,
    lease: Vec<u8>,
    kind: i16,
    customer: NamedRow,
    user: UserRow,
    granted_by: Option<String>,
    granted_at: i64,
    expires_at: i64,
    released_at: Option<i64>,
}

impl TryFrom<TurnRow> for Turn {
    type Error = StoreError;

    fn try_from(row: TurnRow) -> Result<Self, StoreError> {
        Ok(Self {
            turn: row.turn,
            lease: lease_id(&row.lease)?,
            kind: LeaseKind::from_code(row.kind)?,
            customer: named(&row.customer)?,
            user: past_user(row.user)?,
            granted_by: row.granted_by,
            from: Timestamp::from_micros(row.granted_at),
            expires_at: Timestamp::from_micros(row.expires_at),
            released_at: instant(row.released_at),
        })
    }
}

type ReservationSql = (NamedSql, BigInt, Nullable<BigInt>);
type ReservationRow = (NamedRow, i64, Option<i64>);

fn reservation((customer, from, until): ReservationRow) -> Result<Reservation, StoreError> {
    let customer = named(&customer)?;
    Ok(Reservation { customer, from: Timestamp::from_micros(from), until: instant(until) })
}

fn named((id, first, last): &NamedRow) -> Result<NamedCustomer, StoreError> {
    let name =
        |text: &Option<String>| known(text.as_deref().and_then(PersonName::parse), "customers");
    let id = known(CustomerId::new(*id), "customers")?;
    Ok(NamedCustomer { id, first_name: name(first)?, last_name: name(last)? })
}
