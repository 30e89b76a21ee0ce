//! Customers with their terms and balances.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::customer::{
    BlockRate, BlockSeconds, ChargeMethod, CreditLimit, Customer, CustomerProfile, CustomerStatus,
    CustomerView, Limit, PersonName, ServiceTerms,
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
    Ok(customers_for_change(tx, &[id])?.remove(&id))
}

/// These customers, held for a change until the transaction ends.
pub fn customers_for_change(
    tx: &mut Tx<'_>,
    ids: &[CustomerId],
) -> Result<HashMap<CustomerId, CustomerView>, StoreError> {
    lock(tx, Lock::Customers, ids)?;
    customers(tx, ids)
}

/// The customers that have these keys.
pub fn ids_by_key(
    tx: &mut Tx<'_>,
    keys: &[&str],
) -> Result<HashMap<String, CustomerId>, StoreError> {
    let keys = Rows::new("customer_key").texts(keys.iter().copied());
    let rows: Vec<(String, i64)> =
        Statement::<(Text, BigInt)>::new(IDS_BY_KEY).over(keys).load(tx.connection)?;
    rows.into_iter().map(|(key, id)| Ok((key, known(CustomerId::new(id), TABLE)?))).collect()
}

/// At most so many customers after one (or from the first on), in the order of their ids.
pub fn customers_after(
    tx: &mut Tx<'_>,
    after: Option<CustomerId>,
    limit: u32,
) -> Result<Vec<CustomerView>, StoreError> {
    let rows: Vec<i64> = Statement::<BigInt>::new(IDS_AFTER)
        .integer(after.map_or(0, CustomerId::get))
        .integer(i64::from(limit))
        .load(tx.connection)?;
    let ids: Result<Vec<_>, _> =
        rows.into_iter().map(|id| known(CustomerId::new(id), TABLE)).collect();
    let mut views: Vec<_> = customers(tx, &ids?)?.into_values().collect();
    views.sort_by_key(|view| view.customer.id);
    Ok(views)
}

/// How many leases of a customer are live, and how many numbers it holds in reserve.
pub fn holdings(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    now: Timestamp,
) -> Result<Holdings, StoreError> {
    let rows: Vec<(i64, i64)> = Statement::<(BigInt, BigInt)>::new(LIVE_BY_KIND)
        .integer(customer.get())
        .integer(now.micros())
        .integer(customer.get())
        .integer(now.micros())
        .load(tx.connection)?;
    let live = |kind: LeaseKind| {
        rows.iter().find(|(code, _)| *code == i64::from(kind.code())).map_or(0, |(_, live)| *live)
    };
    let (single, group) = (live(LeaseKind::Single), live(LeaseKind::Group));
    Ok(Holdings { single, group, reserved: super::numbers::reserved(tx, customer)? })
}

/// What a customer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holdings {
    /// Live single leases.
    pub single: i64,
    /// Live group leases.
    pub group: i64,
    /// Numbers in reserve.
    pub reserved: i64,
}

/// A customer's leases of one kind.
pub type CustomersLeases = (CustomerId, LeaseKind);

/// Holds how many leases these limited customers may have, and with it how many they get, against
/// other grants until the transaction ends.
pub fn hold_limits(tx: &mut Tx<'_>, limited: &[CustomersLeases]) -> Result<(), StoreError> {
    let ids: Vec<_> = limited.iter().map(|(id, _)| *id).collect();
    lock(tx, Lock::LimitedServices, &ids)
}

/// Leases that were not given back and end after an instant, up to another if there is one: after
/// now, those that are live; from then to now, those that have expired since.
#[derive(Clone, Copy, Debug)]
pub struct Unreleased {
    /// Whose, and of which kind.
    pub of: CustomersLeases,
    /// They end after it.
    pub after: Timestamp,
    /// They end by it.
    pub until: Option<Timestamp>,
}

/// How many leases each of these is.
pub fn unreleased(
    tx: &mut Tx<'_>,
    asked: &[Unreleased],
) -> Result<HashMap<CustomersLeases, i64>, StoreError> {
    let until = |asked: &Unreleased| asked.until.map_or(i64::MAX, Timestamp::micros);
    let rows = Rows::new("customer_id, kind, after, until")
        .integers(asked.iter().map(|asked| asked.of.0.get()))
        .integers(asked.iter().map(|asked| i64::from(asked.of.1.code())))
        .integers(asked.iter().map(|asked| asked.after.micros()))
        .integers(asked.iter().map(until));
    let rows: Vec<(i64, i64, i64)> =
        Statement::<(BigInt, BigInt, BigInt)>::new(UNRELEASED).over(rows).load(tx.connection)?;
    rows.into_iter().map(lease_count).collect()
}

fn lock(tx: &mut Tx<'_>, lock: Lock, ids: &[CustomerId]) -> Result<(), StoreError> {
    let ids: Vec<_> = ids.iter().map(|id| id.get()).collect();
    Ok(tx.connection.dialect().lock(lock, &ids)?)
}

fn lease_count(
    (customer, kind, count): (i64, i64, i64),
) -> Result<(CustomersLeases, i64), StoreError> {
    let customer = known(CustomerId::new(customer), "leases")?;
    let kind = known(i16::try_from(kind).ok(), "leases")?;
    Ok(((customer, LeaseKind::from_code(kind)?), count))
}

const IDS_AFTER: &str = "SELECT id FROM customers WHERE id > {} ORDER BY id LIMIT {}";

const LIVE_BY_KIND: &str = "
    SELECT CAST(kind AS BIGINT), count(*) FROM (
      SELECT l.kind FROM leases l
      WHERE l.unfiled IS NULL AND l.customer_id = {} AND l.kind IN (1, 2)
        AND l.released_at IS NULL AND l.expires_at > {}
      UNION ALL
      SELECT l.kind FROM leases l
      WHERE l.unfiled = 1 AND l.customer_id = {} AND l.kind IN (1, 2)
        AND l.released_at IS NULL AND l.expires_at > {}) live
    GROUP BY kind";

// Not EXISTS, for which PostgreSQL may read a whole table: an order that is the index's keeps it to the
// index. A number that is reserved and blocked is on no shelf, and reserved all the same.
const CUSTOMERS: &str = "
    SELECT c.id, c.ledger_id, c.first_name, c.last_name, c.status, c.charge_method,
           c.max_reserved, c.allowed_prefixes, c.created_at, c.suspended_at,
           c.credit_limit, c.max_calls, c.max_spend_per_day,
           one.enabled, one.charge_block, one.charge_rate, one.max_leases,
           two.enabled, two.charge_block, two.charge_rate, two.max_leases,
           l.balance,
           CASE WHEN (SELECT r.id FROM reservations r
                      WHERE r.customer_id = c.id AND r.unreserved_at IS NULL
                      ORDER BY r.customer_id, r.id LIMIT 1) IS NULL THEN 0 ELSE 1 END
    FROM v JOIN customers c ON c.id = v.id
    JOIN customer_services one ON one.customer_id = c.id AND one.kind = 1
    JOIN customer_services two ON two.customer_id = c.id AND two.kind = 2
    JOIN ledgers l ON l.id = c.ledger_id";

const IDS_BY_KEY: &str = "
    SELECT c.customer_key, c.id FROM v JOIN customers c ON c.customer_key = v.customer_key";

// The conditions are spelt as in the partial indexes.
const UNRELEASED: &str = "
    SELECT v.customer_id, v.kind,
           (SELECT count(*) FROM leases l
            WHERE l.unfiled IS NULL AND l.customer_id = v.customer_id AND l.kind = v.kind
              AND l.released_at IS NULL AND l.expires_at > v.after AND l.expires_at <= v.until)
         + (SELECT count(*) FROM leases l
            WHERE l.unfiled = 1 AND l.customer_id = v.customer_id AND l.kind = v.kind
              AND l.released_at IS NULL AND l.expires_at > v.after AND l.expires_at <= v.until)
    FROM v WHERE v.customer_id IS NOT NULL";

type TermsSql = (SmallInt, BigInt, BigInt, BigInt);
type CallsSql = (Nullable<BigInt>, BigInt, BigInt);
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
    CallsSql,
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
    calls: CallsRow,
    single: TermsRow,
    group: TermsRow,
    balance: i64,
    has_reserve: i32,
}

/// `credit_limit`, `max_calls`, `max_spend_per_day`.
type CallsRow = (Option<i64>, i64, i64);
type TermsRow = (i16, i64, i64, i64);

impl TryFrom<CustomerRow> for CustomerView {
    type Error = StoreError;

    fn try_from(row: CustomerRow) -> Result<Self, StoreError> {
        let (credit_limit, max_calls, max_spend_per_day) = row.calls;
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
                credit_limit: credit_limit.map(self::credit_limit).transpose()?,
                max_calls: known(Limit::new(max_calls), TABLE)?,
                max_spend_per_day: known(Limit::new(max_spend_per_day), TABLE)?,
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

fn credit_limit(credits: i64) -> Result<CreditLimit, StoreError> {
    known(CreditLimit::new(credits), TABLE)
}

fn prefixes(text: &str) -> Result<Vec<Prefix>, StoreError> {
    text.split_ascii_whitespace().map(|digits| known(Prefix::parse(digits), TABLE)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Plan, Planner};

    #[test]
    fn counting_walks_along_the_index() {
        let whose = Rows::new("customer_id, kind, after, until").integers([7, 8]).integers([1, 2]);
        let rows = whose.integers([0, 0]).integers([9, 9]);
        let plan = Planner::new().plan(&Statement::<()>::new(UNRELEASED).over(rows));
        assert!(plan.walks_no_table(), "{plan:#?}");
        goes_along_both(&plan);
        let held =
            [7, 0, 7, 0].into_iter().fold(Statement::<()>::new(LIVE_BY_KIND), Statement::integer);
        goes_along_both(&Planner::new().plan(&held));
    }

    fn goes_along_both(plan: &Plan) {
        for step in [
            "INDEX leases_unreleased (customer_id=? AND kind=? AND expires_at>?",
            "INDEX leases_unfiled (unfiled=? AND customer_id=? AND kind=? AND expires_at>?",
        ] {
            assert!(plan.goes_along(step), "{plan:#?}");
        }
    }
}
