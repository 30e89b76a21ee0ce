//! Switches of a provisioning file.

use leaseline_core::customer::MissingField;
use leaseline_core::ids::SwitchId;
use leaseline_core::password::PasswordHash;
use leaseline_core::switch::{Switch, SwitchChange, SwitchNo, SwitchTerms};
use leaseline_store::record::switches::SwitchToBe;
use leaseline_store::{StoreError, Tx, load, record};

use super::carry_out::{changed, kept, made};
use super::{Entered, EntryIndex, Misfit, Unfit};

/// A switch as it is to be.
#[derive(Clone, Debug)]
pub struct SwitchEntry {
    /// Its name, by which it is known.
    pub name: String,
    /// The hash of another password; none when it stays.
    pub password: Option<PasswordHash>,
    /// Whether it is let in.
    pub enabled: Option<bool>,
    /// What holds for its calls.
    pub change: SwitchChange,
}

/// Brings about what the entries say, one after the other.
pub(super) fn carry_out(
    tx: &mut Tx<'_>,
    entries: &[SwitchEntry],
) -> Result<Result<Vec<Entered<SwitchId>>, Misfit>, StoreError> {
    let mut switches = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        match enter(tx, entry)? {
            Ok(entered) => switches.push(entered),
            Err(reason) => {
                return Ok(Err(Misfit { entry: EntryIndex::Switch(index), reason }));
            }
        }
    }
    Ok(Ok(switches))
}

fn enter(
    tx: &mut Tx<'_>,
    entry: &SwitchEntry,
) -> Result<Result<Entered<SwitchId>, Unfit>, StoreError> {
    let found = load::switches::switch(tx, &entry.name)?;
    let after = match after(entry, found.as_ref()) {
        Ok(after) => after,
        Err(no) => return Ok(Err(no.into())),
    };
    let (password, enabled, terms) = after;
    if let Some(found) = &found
        && (&found.password, found.enabled, &*found.terms) == (&password, enabled, &terms)
    {
        return Ok(Ok(kept(found.id)));
    }
    let switch = SwitchToBe { name: &entry.name, password: &password, enabled, terms: &terms };
    let id = record::switches::put(tx, switch)?;
    Ok(Ok(if found.is_some() { changed(id) } else { made(id) }))
}

fn after(
    entry: &SwitchEntry,
    found: Option<&Switch>,
) -> Result<(PasswordHash, bool, SwitchTerms), SwitchNo> {
    let change = entry.change.clone();
    let terms = match found {
        Some(found) => SwitchTerms::clone(&found.terms).changed(change)?,
        None => SwitchTerms::of_new(change)?,
    };
    let present = found.map(|found| &found.password);
    let password = entry.password.as_ref().or(present).ok_or(MissingField("password"))?;
    let enabled = entry.enabled.unwrap_or(found.is_none_or(|found| found.enabled));
    Ok((password.clone(), enabled, terms))
}
