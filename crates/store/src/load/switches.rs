//! Softswitches.

use std::sync::Arc;

use diesel::sql_types::{BigInt, Nullable, SmallInt, Text};
use leaseline_core::ids::SwitchId;
use leaseline_core::password::PasswordHash;
use leaseline_core::region::Region;
use leaseline_core::switch::{Switch, SwitchTerms};

use crate::error::StoreError;
use crate::row::known;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// The switch of this name, enabled or not.
pub fn switch(tx: &mut Tx<'_>, name: &str) -> Result<Option<Switch>, StoreError> {
    let name = Rows::new("name").texts([name]);
    let rows: Vec<SwitchRow> =
        Statement::<SwitchSql>::new(SWITCH).over(name).load(tx.connection)?;
    rows.into_iter().next().map(read).transpose()
}

/// The names of all switches, in their order.
pub fn names(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    Ok(Statement::<Text>::new("SELECT name FROM switches ORDER BY name").load(tx.connection)?)
}

type SwitchSql = (
    BigInt,
    Text,
    Text,
    SmallInt,
    (Text, Text),
    Nullable<Text>,
    SmallInt,
    Nullable<Text>,
    Nullable<Text>,
    Text,
);
/// id, name, password, enabled, country code and national prefix, sources, events, dial string,
/// emergency, fax codes.
type SwitchRow = (
    i64,
    String,
    String,
    i16,
    (String, String),
    Option<String>,
    i16,
    Option<String>,
    Option<String>,
    String,
);

fn read(row: SwitchRow) -> Result<Switch, StoreError> {
    let (id, name, password, enabled, region, sources, has_events, dial_string, emergency, codes) =
        row;
    let (country_code, national_prefix) = region;
    let region = Region::new(&country_code, Some(&national_prefix)).ok();
    let terms = SwitchTerms {
        region: known(region, TABLE)?,
        sources: sources.as_deref().map(words),
        has_events: has_events != 0,
        dial_string: dial_string.map(Into::into),
        emergency: emergency.as_deref().map(words),
        fax_codes: codes.split_ascii_whitespace().map(pair).collect::<Result<_, _>>()?,
    };
    Ok(Switch {
        id: known(SwitchId::new(id), TABLE)?,
        name: name.into(),
        password: known(PasswordHash::parse(&password), TABLE)?,
        enabled: enabled != 0,
        terms: Arc::new(terms),
    })
}

fn words(text: &str) -> Vec<Box<str>> {
    text.split_ascii_whitespace().map(Into::into).collect()
}

fn pair(text: &str) -> Result<(Box<str>, Box<str>), StoreError> {
    let (theirs, ours) = known(text.split_once('='), TABLE)?;
    Ok((theirs.into(), ours.into()))
}

const TABLE: &str = "switches";

const SWITCH: &str = "
    SELECT s.id, s.name, s.password_hash, s.enabled, s.country_code, s.national_prefix, s.sources,
           s.has_events, s.dial_string, s.emergency, s.fax_codes
    FROM v JOIN switches s ON s.name = v.name";
