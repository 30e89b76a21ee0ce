//! Customers with their terms and balances.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::customer::{
    BlockRate, BlockSeconds, ChargeMethod, Customer, CustomerProfile, CustomerStatus, CustomerView,
    Limit, PersonName, ServiceTerms,
};
use leaseline_core::ids::{CustomerId, LedgerId};
use leaseline_core::lease::LeaseKind;
use leaseline_core::money::Credits;
use leaseline_core::phone::Prefix;

use crate::dialect::Lock;
use crate::error::StoreError;
use crate::row::{Code, instant, known};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// These customers, as far as they exist.
pub fn customers(
    tx: &mut Tx<'_>,
    ids: &[CustomerId],
) -> Result<HashMap<CustomerId, CustomerView>, StoreError> {
    let rows = Rows::new("id").integers(ids.iter().map(|id| id.get()));
    let rows: Vec<CustomerRow> =
        Statement::<CustomerSql>::new(CUSTOMERS).over(rows).load(tx.connection)?;
    let views = rows.into_iter().map(CustomerView::try_from);
    views.map(|view| view.map(|view| (view.customer.id, view))).collect()
}

/// These customers, held against changes until the transaction ends.
pub fn customers_unchanging(
    tx: &mut Tx<'_>,
    ids: &[CustomerId],
) -> Result<HashMap<CustomerId, CustomerView>, StoreError> {
    lock(tx, Lock::CustomersShared, ids)?;
    customers(tx, ids)
}

/// This customer, held for a change until the transaction ends.
pub fn customer_for_change(
    tx: &mut Tx<'_>,
    id: CustomerId,
) -> Result<Option<CustomerView>, StoreError> {
    lock(tx, Lock::Customers, &[id])?;
    Ok(customers(tx, &[id])?.remove(&id))
}

/// How many leases of each kind these limited customers have live, held against other grants
/// until the transaction ends.
pub fn live_leases(
    tx: &mut Tx<'_>,
    limited: &[(CustomerId, LeaseKind)],
    now: Timestamp,
) -> Result<HashMap<(CustomerId, LeaseKind), i64>, StoreError> {
    let ids: Vec<_> = limited.iter().map(|(id, _)| *id).collect();
    lock(tx, Lock::LimitedServices, &ids)?;
    let rows = Rows::new("customer_id, kind")
        .integers(limited.iter().map(|(id, _)| id.get()))
        .integers(limited.iter().map(|(_, kind)| i64::from(kind.code())));
    let rows: Vec<(i64, i64, i64)> = Statement::<(BigInt, BigInt, BigInt)>::new(LIVE_LEASES)
        .integer(now.micros())
        .over(rows)
        .load(tx.connection)?;
    rows.into_iter().map(live_count).collect()
}

fn lock(tx: &mut Tx<'_>, lock: Lock, ids: &[CustomerId]) -> Result<(), StoreError> {
    let ids: Vec<_> = ids.iter().map(|id| id.get()).collect();
    Ok(tx.connection.dialect().lock(lock, &ids)?)
}

fn live_count(
    (customer, kind, live): (i64, i64, i64),
) -> Result<((CustomerId, LeaseKind), i64), StoreError> {
    let customer = known(CustomerId::new(customer), "leases")?;
    let kind = known(i16::try_from(kind).ok(), "leases")?;
    Ok(((customer, LeaseKind::from_code(kind)?), live))
}

const CUSTOMERS: &str = "
    SELECT c.id, c.ledger_id, c.first_name, c.last_name, c.status, c.charge_method,
           c.max_reserved, c.allowed_prefixes, c.created_at, c.suspended_at,
           one.enabled, one.charge_block, one.charge_rate, one.max_leases,
           two.enabled, two.charge_block, two.charge_rate, two.max_leases,
           l.balance,
           CASE WHEN EXISTS (SELECT 1 FROM numbers n WHERE n.shelf = c.id) THEN 1 ELSE 0 END
    FROM v JOIN customers c ON c.id = v.id
    JOIN customer_services one ON one.customer_id = c.id AND one.kind = 1
    JOIN customer_services two ON two.customer_id = c.id AND two.kind = 2
    JOIN ledgers l ON l.id = c.ledger_id";

// The condition is spelt as in the partial index.
const LIVE_LEASES: &str = "
    SELECT v.customer_id, v.kind,
           (SELECT count(*) FROM leases l
            WHERE l.customer_id = v.customer_id AND l.kind = v.kind
              AND l.released_at IS NULL AND l.expires_at > {})
    FROM v WHERE v.customer_id IS NOT NULL";

type TermsSql = (SmallInt, BigInt, BigInt, BigInt);
type CustomerSql = (
    BigInt,
    BigInt,
    Text,
    Text,
    SmallInt,
    SmallInt,
    BigInt,
    Text,
    BigInt,
    Nullable<BigInt>,
    TermsSql,
    TermsSql,
    BigInt,
    Integer,
);

#[derive(Queryable)]
struct CustomerRow {
    id: i64,
    ledger_id: i64,
    first_name: String,
    last_name: String,
    status: i16,
    charge_method: i16,
    max_reserved: i64,
    allowed_prefixes: String,
    created_at: i64,
    suspended_at: Option<i64>,
    single: TermsRow,
    group: TermsRow,
    balance: i64,
    has_reserve: i32,
}

type TermsRow = (i16, i64, i64, i64);

impl TryFrom<CustomerRow> for CustomerView {
    type Error = StoreError;

    fn try_from(row: CustomerRow) -> Result<Self, StoreError> {
        let customer = Customer {
            id: known(CustomerId::new(row.id), TABLE)?,
            ledger: known(LedgerId::new(row.ledger_id), TABLE)?,
            created_at: Timestamp::from_micros(row.created_at),
            suspended_at: instant(row.suspended_at),
            has_reserve: row.has_reserve != 0,
            profile: CustomerProfile {
                first_name: known(PersonName::parse(&row.first_name), TABLE)?,
                last_name: known(PersonName::parse(&row.last_name), TABLE)?,
                status: CustomerStatus::from_code(row.status)?,
                charge_method: ChargeMethod::from_code(row.charge_method)?,
                single: terms(row.single)?,
                group: terms(row.group)?,
                max_reserved: known(Limit::new(row.max_reserved), TABLE)?,
                allowed_prefixes: prefixes(&row.allowed_prefixes)?,
            },
        };
        Ok(Self { customer, balance: Credits::new(row.balance) })
    }
}

const TABLE: &str = "customers";

fn terms((enabled, block, rate, most): TermsRow) -> Result<ServiceTerms, StoreError> {
    Ok(ServiceTerms {
        enabled: enabled != 0,
        charge_block: known(BlockSeconds::new(block), "customer_services")?,
        charge_rate: known(BlockRate::new(rate), "customer_services")?,
        max_leases: known(Limit::new(most), "customer_services")?,
    })
}

fn prefixes(text: &str) -> Result<Vec<Prefix>, StoreError> {
    text.split_ascii_whitespace().map(|digits| known(Prefix::parse(digits), TABLE)).collect()
}
