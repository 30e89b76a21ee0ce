//! Currencies made and changed.

use leaseline_core::currency::Currency;

use crate::error::StoreError;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// Writes down a currency as it is to be. If it is the system's now, the one before is no longer.
pub fn put(tx: &mut Tx<'_>, currency: &Currency) -> Result<(), StoreError> {
    if currency.terms.system {
        Statement::<()>::new("UPDATE currencies SET is_system = 0 WHERE is_system = 1")
            .execute(tx.connection)?;
    }
    let row = Rows::new("code, active, is_system, rate")
        .texts([currency.code.as_str()])
        .integers([currency.terms.active.into()])
        .integers([currency.terms.system.into()])
        .integers([currency.terms.rate.nanos()]);
    Statement::<()>::new(PUT).over(row).execute(tx.connection)?;
    Ok(())
}

const PUT: &str = "
    INSERT INTO currencies (code, active, is_system, rate)
    SELECT code, active, is_system, rate FROM v WHERE code IS NOT NULL
    ON CONFLICT (code) DO UPDATE SET active = excluded.active, is_system = excluded.is_system,
      rate = excluded.rate";
