//! Writing down what was decided.

pub mod accounts;
pub mod audit;
pub mod calls;
pub mod cards;
pub mod currencies;
pub mod customers;
pub mod idempotency;
pub mod imports;
pub mod ivr;
pub mod leases;
pub mod ledgers;
pub mod logins;
pub mod mor_items;
pub mod mor_users;
pub mod numbers;
pub mod pools;
pub mod rates;
pub mod records;
pub mod requests;
pub mod reservations;
pub mod retention;
pub mod samples;
pub mod staff;
pub mod sub_accounts;
pub mod subscriptions;
pub mod switches;
pub mod users;
pub mod writers;

use crate::error::StoreError;
use crate::transaction::Tx;

/// Holds everybody else off who makes by name what may not be there yet, until the transaction
/// ends.
pub fn provision_alone(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    Ok(tx.connection.dialect().provision_alone()?)
}
