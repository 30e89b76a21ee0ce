//! Softswitches made and changed.

use diesel::sql_types::BigInt;
use leaseline_core::ids::SwitchId;
use leaseline_core::password::PasswordHash;
use leaseline_core::switch::SwitchTerms;

use crate::error::StoreError;
use crate::row::known;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// A switch as it is to be written down.
#[derive(Clone, Copy, Debug)]
pub struct SwitchToBe<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its password, hashed.
    pub password: &'a PasswordHash,
    /// Whether it is let in.
    pub enabled: bool,
    /// What holds for its calls.
    pub terms: &'a SwitchTerms,
}

/// Writes a switch down, a new one or as it is after a change.
pub fn put(tx: &mut Tx<'_>, switch: SwitchToBe<'_>) -> Result<SwitchId, StoreError> {
    let terms = switch.terms;
    let [sources, emergency] = [&terms.sources, &terms.emergency];
    let sources = sources.as_ref().map(|all| all.join(" "));
    let emergency = emergency.as_ref().map(|all| all.join(" "));
    let codes: Vec<_> =
        terms.fax_codes.iter().map(|(theirs, ours)| format!("{theirs}={ours}")).collect();
    let codes = codes.join(" ");
    let rows = Rows::new(
        "name, password_hash, enabled, country_code, national_prefix, sources, has_events,
         dial_string, emergency, fax_codes",
    )
    .texts([switch.name])
    .texts([switch.password.expose()])
    .integers([switch.enabled.into()])
    .texts([terms.region.country_code()])
    .texts([terms.region.national_prefix().unwrap_or_default()])
    .optional_texts([sources.as_deref()])
    .integers([terms.has_events.into()])
    .optional_texts([terms.dial_string.as_deref()])
    .optional_texts([emergency.as_deref()])
    .texts([codes.as_str()]);
    let ids: Vec<i64> = Statement::<BigInt>::new(PUT).over(rows).load(tx.connection)?;
    known(ids.first().copied().and_then(SwitchId::new), "switches")
}

const PUT: &str = "
    INSERT INTO switches
      (name, password_hash, enabled, country_code, national_prefix, sources, has_events,
       dial_string, emergency, fax_codes)
    SELECT name, password_hash, enabled, country_code, national_prefix, sources, has_events,
           dial_string, emergency, fax_codes
    FROM v WHERE name IS NOT NULL
    ON CONFLICT (name) DO UPDATE SET
      password_hash = excluded.password_hash, enabled = excluded.enabled,
      country_code = excluded.country_code, national_prefix = excluded.national_prefix,
      sources = excluded.sources, has_events = excluded.has_events,
      dial_string = excluded.dial_string, emergency = excluded.emergency,
      fax_codes = excluded.fax_codes
    RETURNING id";
