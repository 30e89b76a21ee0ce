//! Pools made and changed.

use std::time::Duration;

use diesel::prelude::*;
use leaseline_core::ids::PoolId;
use leaseline_core::pool::{Pool, PoolTerms};

use crate::error::StoreError;
use crate::row::{Code, known};
use crate::schema::pools;
use crate::transaction::Tx;

/// Makes a pool of numbers.
pub fn new_pool(tx: &mut Tx<'_>, name: &str, terms: &PoolTerms) -> Result<PoolId, StoreError> {
    let id: i64 = diesel::insert_into(pools::table)
        .values((pools::name.eq(name), columns(terms)))
        .returning(pools::id)
        .get_result(tx.connection)?;
    known(PoolId::new(id), "pools")
}

/// Writes down a pool's terms as they are after a change.
pub fn change(tx: &mut Tx<'_>, pool: &Pool) -> Result<(), StoreError> {
    diesel::update(pools::table.find(pool.id.get()))
        .set(columns(&pool.terms))
        .execute(tx.connection)?;
    Ok(())
}

#[derive(AsChangeset, Insertable)]
#[diesel(table_name = pools, treat_none_as_null = true)]
struct Columns<'a> {
    region: &'a str,
    quarantine_micros: i64,
    purpose: i16,
    country: Option<&'a str>,
    city: Option<&'a str>,
    services: String,
    setup_fee: i64,
    monthly_fee: i64,
}

fn columns(terms: &PoolTerms) -> Columns<'_> {
    let services: Vec<_> = terms.services.iter().map(|service| service.word()).collect();
    Columns {
        region: terms.region.as_str(),
        quarantine_micros: micros(terms.quarantine),
        purpose: terms.purpose.code(),
        country: terms.country.as_deref(),
        city: terms.city.as_deref(),
        services: services.join(" "),
        setup_fee: terms.setup_fee.get(),
        monthly_fee: terms.monthly_fee.get(),
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}
