//! Leases with their members.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::ids::{ApiUserId, CustomerId, LeaseId, NumberId};
use leaseline_core::lease::{Lease, LeaseKind, LeaseMember};
use leaseline_core::phone::{E164, PhoneNumber};
use leaseline_core::release::Releasable;
use leaseline_core::subscriber::{Imsi, Mcc, Mnc, Network, Subscriber};

use crate::error::StoreError;
use crate::row::{Code, instant, known, lease_id, quarantine};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// One lease, with its members in the order they were asked for.
pub fn lease(tx: &mut Tx<'_>, id: LeaseId) -> Result<Option<Lease>, StoreError> {
    let reference = id.uuid();
    let rows: Vec<LeaseRow> = Statement::<LeaseSql>::new(LEASE)
        .over(Rows::new("id").bytes([reference.as_bytes().as_slice()]))
        .load(tx.connection)?;
    let mut rows = rows.into_iter();
    let Some(first) = rows.next() else { return Ok(None) };
    let mut lease = Lease::try_from(first)?;
    for row in rows {
        lease.members.push(member(row)?);
    }
    Ok(Some(lease))
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

/// In how many live leases of a customer these phones take part.
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

const LEASE: &str = "
    SELECT l.id, l.customer_id, l.kind, l.granted_by, l.granted_at, l.expires_at, l.released_at,
           m.number_id, n.e164, n.shown, m.turn, m.phone_e164, m.phone_sent, m.imsi, m.mcc, m.mnc
    FROM v JOIN leases l ON l.id = v.id
    JOIN lease_members m ON m.lease_id = l.id
    JOIN numbers n ON n.id = m.number_id
    ORDER BY m.position";

const RELEASABLE: &str = "
    SELECT l.id, l.customer_id, l.kind, l.granted_at, l.expires_at, l.released_at,
           m.number_id, p.quarantine_micros
    FROM v JOIN leases l ON l.id = v.id
    JOIN lease_members m ON m.lease_id = l.id
    JOIN numbers n ON n.id = m.number_id
    JOIN pools p ON p.id = n.pool_id
    ORDER BY l.id, m.position";

const LIVE_BY_PHONE: &str = "
    SELECT v.customer_id, v.phone, count(l.id)
    FROM v JOIN lease_members m ON m.phone_e164 = v.phone
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

type LeaseSql = (
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
    BigInt,
    Text,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
);

#[derive(Queryable)]
struct LeaseRow {
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
    phone_e164: i64,
    phone_sent: String,
    imsi: Option<String>,
    mcc: Option<String>,
    mnc: Option<String>,
}

const TABLE: &str = "leases";
const MEMBERS: &str = "lease_members";

/// A lease with the member of this row.
impl TryFrom<LeaseRow> for Lease {
    type Error = StoreError;

    fn try_from(row: LeaseRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: lease_id(&row.id)?,
            customer: known(CustomerId::new(row.customer_id), TABLE)?,
            kind: LeaseKind::from_code(row.kind)?,
            granted_by: known(ApiUserId::new(row.granted_by), TABLE)?,
            granted_at: Timestamp::from_micros(row.granted_at),
            expires_at: Timestamp::from_micros(row.expires_at),
            released_at: instant(row.released_at),
            members: vec![member(row)?],
        })
    }
}

fn member(row: LeaseRow) -> Result<LeaseMember, StoreError> {
    let number = known(E164::from_integer(row.number_e164).ok(), "numbers")?;
    let phone = known(E164::from_integer(row.phone_e164).ok(), MEMBERS)?;
    let phone = PhoneNumber::from_parts(&row.phone_sent, phone);
    let imsi = row.imsi.as_deref().map(|imsi| known(Imsi::parse(imsi), MEMBERS)).transpose()?;
    let network = network(row.mcc.as_deref(), row.mnc.as_deref())?;
    Ok(LeaseMember {
        number_id: known(NumberId::new(row.number_id), MEMBERS)?,
        number: PhoneNumber::from_parts(&row.number_shown, number),
        turn: row.turn,
        user: known(Subscriber::new(phone, imsi, network).ok(), MEMBERS)?,
    })
}

fn network(mcc: Option<&str>, mnc: Option<&str>) -> Result<Option<Network>, StoreError> {
    let (Some(mcc), Some(mnc)) = (mcc, mnc) else { return Ok(None) };
    let mcc = known(Mcc::parse(mcc), MEMBERS)?;
    let mnc = known(Mnc::parse(mnc), MEMBERS)?;
    Ok(Some(Network { mcc, mnc }))
}
