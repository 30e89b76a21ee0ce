//! Pools of numbers.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use leaseline_core::ids::PoolId;
use leaseline_core::pool::{Fee, Pool, PoolTerms, Purpose, Service};
use leaseline_core::region::RegionCode;

use crate::error::StoreError;
use crate::row::{Code, known, quarantine};
use crate::schema::pools;
use crate::statement::Statement;
use crate::transaction::Tx;

/// The pool of this name.
pub fn pool(tx: &mut Tx<'_>, name: &str) -> Result<Option<Pool>, StoreError> {
    let row: Option<PoolRow> =
        pools::table.filter(pools::name.eq(name)).first(tx.connection).optional()?;
    row.map(Pool::try_from).transpose()
}

/// A pool's name.
pub fn name(tx: &mut Tx<'_>, pool: PoolId) -> Result<String, StoreError> {
    Ok(pools::table.find(pool.get()).select(pools::name).first(tx.connection)?)
}

/// How many numbers are in a pool, staged ones left out. It counts them one by one.
pub fn numbers(tx: &mut Tx<'_>, pool: PoolId) -> Result<i64, StoreError> {
    let rows: Vec<i64> =
        Statement::<BigInt>::new(NUMBERS).integer(pool.get()).load(tx.connection)?;
    known(rows.first().copied(), "numbers")
}

const NUMBERS: &str = "
    SELECT count(*) FROM numbers
    WHERE pool_id = {} AND free_from NOT IN (SELECT id FROM number_imports WHERE live_at IS NULL)";

#[derive(Queryable)]
struct PoolRow {
    id: i64,
    name: String,
    region: String,
    quarantine_micros: i64,
    purpose: i16,
    country: Option<String>,
    city: Option<String>,
    services: String,
    setup_fee: i64,
    monthly_fee: i64,
}

impl TryFrom<PoolRow> for Pool {
    type Error = StoreError;

    fn try_from(row: PoolRow) -> Result<Self, StoreError> {
        let terms = PoolTerms {
            purpose: Purpose::from_code(row.purpose)?,
            country: row.country,
            city: row.city,
            region: known(RegionCode::parse(&row.region), TABLE)?,
            quarantine: quarantine(row.quarantine_micros)?,
            services: services(&row.services)?,
            setup_fee: known(Fee::new(row.setup_fee), TABLE)?,
            monthly_fee: known(Fee::new(row.monthly_fee), TABLE)?,
        };
        Ok(Self { id: known(PoolId::new(row.id), TABLE)?, name: row.name, terms })
    }
}

const TABLE: &str = "pools";

fn services(text: &str) -> Result<BTreeSet<Service>, StoreError> {
    let all = [Service::Voice, Service::Fax, Service::Sms];
    let service = |written: &str| all.into_iter().find(|service| service.word() == written);
    text.split_ascii_whitespace().map(|written| known(service(written), TABLE)).collect()
}
