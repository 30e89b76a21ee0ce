//! Currencies. The dollar is there without a row too, and is the system's unless another is.

use diesel::sql_types::{BigInt, SmallInt, Text};
use leaseline_core::currency::{Currency, CurrencyCode, CurrencyRate, CurrencyTerms};

use crate::error::StoreError;
use crate::row::known;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// The currency with this code.
pub fn currency(tx: &mut Tx<'_>, code: CurrencyCode) -> Result<Option<Currency>, StoreError> {
    let row = Rows::new("code").texts([code.as_str()]);
    let rows: Vec<CurrencyRow> =
        Statement::<CurrencySql>::new(BY_CODE).over(row).load(tx.connection)?;
    let found = rows.into_iter().next().map(found).transpose()?;
    if code != CurrencyCode::USD {
        return Ok(found);
    }
    let terms = found.map_or(CurrencyTerms::NEW, |dollar| dollar.terms);
    let system = terms.system || named_system(tx)?.is_none();
    Ok(Some(Currency { code, terms: CurrencyTerms { system, ..terms } }))
}

/// The system's currency.
pub fn system(tx: &mut Tx<'_>) -> Result<CurrencyCode, StoreError> {
    Ok(named_system(tx)?.unwrap_or(CurrencyCode::USD))
}

fn named_system(tx: &mut Tx<'_>) -> Result<Option<CurrencyCode>, StoreError> {
    let rows: Vec<String> = Statement::<Text>::new(SYSTEM).load(tx.connection)?;
    rows.first().map(|code| known(CurrencyCode::parse(code), TABLE)).transpose()
}

type CurrencySql = (Text, SmallInt, SmallInt, BigInt);
type CurrencyRow = (String, i16, i16, i64);

fn found((code, active, system, rate): CurrencyRow) -> Result<Currency, StoreError> {
    let terms = CurrencyTerms {
        active: active != 0,
        system: system != 0,
        rate: known(CurrencyRate::from_nanos(rate), TABLE)?,
    };
    Ok(Currency { code: known(CurrencyCode::parse(&code), TABLE)?, terms })
}

const TABLE: &str = "currencies";

const BY_CODE: &str = "
    SELECT c.code, c.active, c.is_system, c.rate FROM v JOIN currencies c ON c.code = v.code";

const SYSTEM: &str = "SELECT code FROM currencies WHERE is_system = 1";
