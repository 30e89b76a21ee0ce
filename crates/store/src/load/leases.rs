//! Leases with their members.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::ids::{ApiUserId, CustomerId, LeaseId, LedgerId, NumberId};
use leaseline_core::lease::{Lease, LeaseKind, LeaseMember, PastLease, PastMember};
use leaseline_core::phone::{E164, PhoneNumber};
use leaseline_core::record::LeaseOwner;
use leaseline_core::release::Releasable;
use leaseline_core::subscriber::{Imsi, Mcc, Mnc, Network, Subscriber};

use super::SECOND;
use crate::error::StoreError;
use crate::row::{BY_OPERATOR, Code, instant, known, lease_id, quarantine};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// These leases, as far as they exist, with their members in the order they were asked for. One
/// whose users were erased is over, and left out.
pub fn leases(tx: &mut Tx<'_>, ids: &[LeaseId]) -> Result<HashMap<LeaseId, Lease>, StoreError> {
    let names: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let rows = Rows::new("id").bytes(names.iter().map(|name| name.as_bytes().as_slice()));
    let mut rows: Vec<(i16, LeaseRow)> =
        Statement::<(SmallInt, LeaseSql)>::new(LEASES).over(rows).load(tx.connection)?;
    // As a rule they come in order: SQLite would sort them all the same.
    rows.sort_by_key(|(position, _)| *position);
    let mut leases: HashMap<_, Lease> = HashMap::with_capacity(ids.len());
    for (_, row) in rows {
        let id = lease_id(&row.id)?;
        match leases.entry(id) {
            Entry::Occupied(lease) => lease.into_mut().members.push(member(row)?),
            Entry::Vacant(place) => drop(place.insert(Lease::try_from(row)?)),
        }
    }
    Ok(leases)
}

/// The leases that hold these numbers now, by number: each with its members.
pub fn live_by_number(
    tx: &mut Tx<'_>,
    numbers: &[E164],
    now: Timestamp,
) -> Result<HashMap<E164, Arc<Lease>>, StoreError> {
    let rows = Rows::new("number").integers(numbers.iter().map(|number| number.integer()));
    let rows: Vec<(i64, LeaseRow)> = Statement::<(BigInt, LeaseSql)>::new(LIVE_BY_NUMBER)
        .over(rows)
        .integer(now.micros())
        .load(tx.connection)?;
    let mut leases: HashMap<E164, Lease> = HashMap::new();
    for (number, row) in rows {
        let number = known(E164::from_integer(number).ok(), "numbers")?;
        match leases.get_mut(&number) {
            Some(lease) => lease.members.push(member(row)?),
            None => drop(leases.insert(number, Lease::try_from(row)?)),
        }
    }
    Ok(leases.into_iter().map(|(number, lease)| (number, Arc::new(lease))).collect())
}

/// Those of these numbers that somebody holds now.
pub fn leased(
    tx: &mut Tx<'_>,
    numbers: &[E164],
    now: Timestamp,
) -> Result<HashSet<E164>, StoreError> {
    let rows = Rows::new("number").integers(numbers.iter().map(|number| number.integer()));
    let rows: Vec<i64> =
        Statement::<BigInt>::new(LEASED).over(rows).integer(now.micros()).load(tx.connection)?;
    rows.into_iter().map(|number| known(E164::from_integer(number).ok(), "numbers")).collect()
}

/// A number that was called, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CalledThen {
    /// The number.
    pub number: E164,
    /// When. A switch's clock tells whole seconds, so any instant of that second counts.
    pub at: Timestamp,
}

/// The leases that these numbers belonged to then, and what a block cost then; in their order.
/// Where two leases met in one second it is the later one.
pub fn holders(
    tx: &mut Tx<'_>,
    called: &[CalledThen],
) -> Result<Vec<Option<LeaseOwner>>, StoreError> {
    let rows = Rows::new("place, number, at, until")
        .integers((0..).take(called.len()))
        .integers(called.iter().map(|called| called.number.integer()))
        .integers(called.iter().map(|called| called.at.micros()))
        .integers(called.iter().map(|called| called.at.saturating_add(SECOND).micros()));
    let rows: Vec<HolderRow> =
        Statement::<HolderSql>::new(HOLDERS).over(rows).load(tx.connection)?;
    let mut owners = vec![None; called.len()];
    for (place, id, kind, customer, ledger, (block, rate)) in rows {
        let place = known(usize::try_from(place).ok(), TABLE)?;
        let owner = LeaseOwner {
            lease: lease_id(&id)?,
            kind: LeaseKind::from_code(kind)?,
            customer: known(CustomerId::new(customer), TABLE)?,
            ledger: known(LedgerId::new(ledger), "customers")?,
            tariff: super::calls::tariff(block, rate)?,
        };
        *known(owners.get_mut(place), TABLE)? = Some(owner);
    }
    Ok(owners)
}

type HolderSql = (BigInt, Binary, SmallInt, BigInt, BigInt, (BigInt, BigInt));
/// place, lease, kind, customer, ledger, block and rate.
type HolderRow = (i64, Vec<u8>, i16, i64, i64, (i64, i64));

/// A lease, and the name of who asked for it; no name for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseLine {
    /// The lease.
    pub lease: PastLease,
    /// The name of the API's user.
    pub granted_by: Option<String>,
}

/// One lease, live or not, and who asked for it.
pub fn lease_line(tx: &mut Tx<'_>, id: LeaseId) -> Result<Option<LeaseLine>, StoreError> {
    let reference = id.uuid();
    let rows: Vec<(LeaseRow, Option<String>)> = Statement::<LineSql>::new(LEASE_LINE)
        .over(Rows::new("id").bytes([reference.as_bytes().as_slice()]))
        .load(tx.connection)?;
    Ok(lines(rows)?.pop())
}

/// Rows of one lease follow one another.
pub(super) fn lines(rows: Vec<LineRow>) -> Result<Vec<LeaseLine>, StoreError> {
    let mut lines: Vec<LeaseLine> = Vec::new();
    for (row, granted_by) in rows {
        let id = lease_id(&row.id)?;
        match lines.last_mut().filter(|line| line.lease.id == id) {
            Some(line) => line.lease.members.push(past_member(row)?),
            None => lines.push(LeaseLine { lease: past_lease(row)?, granted_by }),
        }
    }
    Ok(lines)
}

/// What the release of these leases needs, as far as they exist; they are held until the
/// transaction ends.
pub fn leases_for_release(
    tx: &mut Tx<'_>,
    ids: &[LeaseId],
) -> Result<HashMap<LeaseId, Releasable>, StoreError> {
    let uuids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let bytes: Vec<_> = uuids.iter().map(|uuid| uuid.as_bytes().as_slice()).collect();
    tx.connection.dialect().lock_leases(&bytes)?;
    let rows: Vec<ReleasableRow> = Statement::<ReleasableSql>::new(RELEASABLE)
        .over(Rows::new("id").bytes(bytes))
        .load(tx.connection)?;
    let mut leases = HashMap::new();
    for row in rows {
        let number = known(NumberId::new(row.6), "lease_members")?;
        let rest = quarantine(row.7)?;
        let lease = leases.entry(lease_id(&row.0)?).or_insert(releasable(&row)?);
        lease.numbers.push((number, rest));
    }
    Ok(leases)
}

/// In how many live leases of a customer these phones take part, of those whose phones are counted.
pub fn live_by_phone(
    tx: &mut Tx<'_>,
    phones: &[(CustomerId, E164)],
    now: Timestamp,
) -> Result<HashMap<(CustomerId, E164), i64>, StoreError> {
    let rows = Rows::new("customer_id, phone")
        .integers(phones.iter().map(|(customer, _)| customer.get()))
        .integers(phones.iter().map(|(_, phone)| phone.integer()));
    let rows: Vec<(i64, i64, i64)> = Statement::<(BigInt, BigInt, BigInt)>::new(LIVE_BY_PHONE)
        .over(rows)
        .integer(now.micros())
        .load(tx.connection)?;
    rows.into_iter().map(phone_count).collect()
}

fn phone_count(
    (customer, phone, live): (i64, i64, i64),
) -> Result<((CustomerId, E164), i64), StoreError> {
    let customer = known(CustomerId::new(customer), "leases")?;
    let phone = known(E164::from_integer(phone).ok(), "lease_members")?;
    Ok(((customer, phone), live))
}

const LEASES: &str = "
    SELECT m.position,
           l.id, l.customer_id, l.kind, l.granted_by, l.granted_at, l.expires_at, l.released_at,
           m.number_id, n.e164, n.shown, m.turn, m.phone_e164, m.phone_sent, m.imsi, m.mcc, m.mnc
    FROM v JOIN leases l ON l.id = v.id
    JOIN lease_members m ON m.lease_id = l.id AND m.phone_e164 > 0
    JOIN numbers n ON n.id = m.number_id";

const LIVE_BY_NUMBER: &str = "
    SELECT v.number, l.id, l.customer_id, l.kind, l.granted_by, l.granted_at, l.expires_at,
           l.released_at, m.number_id, o.e164, o.shown, m.turn,
           m.phone_e164, m.phone_sent, m.imsi, m.mcc, m.mnc
    FROM v JOIN numbers n ON n.e164 = v.number
    JOIN leases l ON l.id = n.lease_id
    JOIN lease_members m ON m.lease_id = l.id
    JOIN numbers o ON o.id = m.number_id
    WHERE l.released_at IS NULL AND l.expires_at > {}
    ORDER BY v.number, m.position";

const LEASED: &str = "
    SELECT n.e164 FROM v JOIN numbers n ON n.e164 = v.number JOIN leases l ON l.id = n.lease_id
    WHERE l.released_at IS NULL AND l.expires_at > {}";

// From the last turn backwards: records that come late are few, and seldom come very late.
const HOLDERS: &str = "
    SELECT v.place, l.id, l.kind, l.customer_id, c.ledger_id,
           COALESCE(t.charge_block, s.charge_block), COALESCE(t.charge_rate, s.charge_rate)
    FROM v JOIN numbers n ON n.e164 = v.number
    JOIN leases l ON l.id = (
      SELECT m.lease_id FROM lease_members m JOIN leases b ON b.id = m.lease_id
      WHERE m.number_id = n.id AND b.granted_at < v.until ORDER BY m.turn DESC LIMIT 1)
    JOIN customers c ON c.id = l.customer_id
    JOIN customer_services s ON s.customer_id = l.customer_id AND s.kind = l.kind
    LEFT JOIN customer_tariffs t ON t.customer_id = l.customer_id AND t.kind = l.kind
      AND t.until = (SELECT min(u.until) FROM customer_tariffs u
                     WHERE u.customer_id = l.customer_id AND u.kind = l.kind AND u.until > v.at)
    WHERE COALESCE(l.released_at, l.expires_at) > v.at";

// A macro because `concat!` takes nothing but literals: the columns are those of `LeaseRow`.
macro_rules! lines_of_page {
    () => {
        "SELECT l.id, l.customer_id, l.kind, l.granted_by, l.granted_at, l.expires_at,
                l.released_at, m.number_id, n.e164, n.shown, m.turn,
                m.phone_e164, m.phone_sent, m.imsi, m.mcc, m.mnc, u.name
         FROM page JOIN leases l ON l.id = page.id
         JOIN lease_members m ON m.lease_id = l.id
         JOIN numbers n ON n.id = m.number_id
         LEFT JOIN api_users u ON u.id = l.granted_by
         ORDER BY l.id DESC, m.position"
    };
}

pub(super) use lines_of_page;

const LEASE_LINE: &str =
    concat!(", page AS (SELECT v.id FROM v WHERE v.id IS NOT NULL) ", lines_of_page!());

pub(super) type LineSql = (LeaseSql, Nullable<Text>);
pub(super) type LineRow = (LeaseRow, Option<String>);

const RELEASABLE: &str = "
    SELECT l.id, l.customer_id, l.kind, l.granted_at, l.expires_at, l.released_at,
           m.number_id, p.quarantine_micros
    FROM v JOIN leases l ON l.id = v.id
    JOIN lease_members m ON m.lease_id = l.id
    JOIN numbers n ON n.id = m.number_id
    JOIN pools p ON p.id = n.pool_id";

const LIVE_BY_PHONE: &str = "
    SELECT v.customer_id, v.phone, count(l.id)
    FROM v JOIN lease_members m ON m.phone_e164 = v.phone AND m.counted = 1
    JOIN leases l ON l.id = m.lease_id AND l.customer_id = v.customer_id
    WHERE l.released_at IS NULL AND l.expires_at > {}
    GROUP BY v.customer_id, v.phone";

type ReleasableSql = (Binary, BigInt, SmallInt, BigInt, BigInt, Nullable<BigInt>, BigInt, BigInt);
type ReleasableRow = (Vec<u8>, i64, i16, i64, i64, Option<i64>, i64, i64);

fn releasable(row: &ReleasableRow) -> Result<Releasable, StoreError> {
    Ok(Releasable {
        customer: known(CustomerId::new(row.1), TABLE)?,
        kind: LeaseKind::from_code(row.2)?,
        granted_at: Timestamp::from_micros(row.3),
        expires_at: Timestamp::from_micros(row.4),
        released_at: instant(row.5),
        numbers: Vec::new(),
    })
}

pub(super) type LeaseSql = (
    Binary,
    BigInt,
    SmallInt,
    BigInt,
    BigInt,
    BigInt,
    Nullable<BigInt>,
    BigInt,
    BigInt,
    Text,
    BigInt,
    UserSql,
);

/// The user of a member: `phone_e164`, `phone_sent`, imsi, mcc, mnc.
pub(crate) type UserSql = (BigInt, Text, Nullable<Text>, Nullable<Text>, Nullable<Text>);
pub(crate) type UserRow = (i64, String, Option<String>, Option<String>, Option<String>);

#[derive(Queryable)]
pub(super) struct LeaseRow {
    id: Vec<u8>,
    customer_id: i64,
    kind: i16,
    granted_by: i64,
    granted_at: i64,
    expires_at: i64,
    released_at: Option<i64>,
    number_id: i64,
    number_e164: i64,
    number_shown: String,
    turn: i64,
    user: UserRow,
}

const TABLE: &str = "leases";
const MEMBERS: &str = "lease_members";

/// A lease with the member of this row.
impl TryFrom<LeaseRow> for Lease {
    type Error = StoreError;

    fn try_from(row: LeaseRow) -> Result<Self, StoreError> {
        lease_with(row, member)
    }
}

fn past_lease(row: LeaseRow) -> Result<PastLease, StoreError> {
    lease_with(row, past_member)
}

fn lease_with<U>(
    row: LeaseRow,
    member: impl Fn(LeaseRow) -> Result<LeaseMember<U>, StoreError>,
) -> Result<Lease<U>, StoreError> {
    Ok(Lease {
        id: lease_id(&row.id)?,
        customer: known(CustomerId::new(row.customer_id), TABLE)?,
        kind: LeaseKind::from_code(row.kind)?,
        granted_by: granted_by(row.granted_by)?,
        granted_at: Timestamp::from_micros(row.granted_at),
        expires_at: Timestamp::from_micros(row.expires_at),
        released_at: instant(row.released_at),
        members: vec![member(row)?],
    })
}

fn member(row: LeaseRow) -> Result<LeaseMember, StoreError> {
    known(past_member(row)?.known(), MEMBERS)
}

fn past_member(row: LeaseRow) -> Result<PastMember, StoreError> {
    let number = known(E164::from_integer(row.number_e164).ok(), "numbers")?;
    Ok(LeaseMember {
        number_id: known(NumberId::new(row.number_id), MEMBERS)?,
        number: PhoneNumber::from_parts(&row.number_shown, number),
        turn: row.turn,
        user: past_user(row.user)?,
    })
}

/// None where it was erased.
pub(crate) fn past_user(row: UserRow) -> Result<Option<Subscriber>, StoreError> {
    if row.0 < 0 { Ok(None) } else { subscriber(row).map(Some) }
}

fn subscriber((e164, sent, imsi, mcc, mnc): UserRow) -> Result<Subscriber, StoreError> {
    let phone = known(E164::from_integer(e164).ok(), MEMBERS)?;
    let phone = PhoneNumber::from_parts(&sent, phone);
    let imsi = imsi.as_deref().map(|imsi| known(Imsi::parse(imsi), MEMBERS)).transpose()?;
    let network = network(mcc.as_deref(), mnc.as_deref())?;
    known(Subscriber::new(phone, imsi, network).ok(), MEMBERS)
}

fn granted_by(column: i64) -> Result<Option<ApiUserId>, StoreError> {
    match column {
        BY_OPERATOR => Ok(None),
        user => known(ApiUserId::new(user), TABLE).map(Some),
    }
}

fn network(mcc: Option<&str>, mnc: Option<&str>) -> Result<Option<Network>, StoreError> {
    let (Some(mcc), Some(mnc)) = (mcc, mnc) else { return Ok(None) };
    let mcc = known(Mcc::parse(mcc), MEMBERS)?;
    let mnc = known(Mnc::parse(mnc), MEMBERS)?;
    Ok(Some(Network { mcc, mnc }))
}
