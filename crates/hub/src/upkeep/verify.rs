//! Whether a backup can be relied on.

use std::path::Path;

use leaseline_store::transfer::{self, Sums};
use leaseline_store::{SchemaState, Session, Store, load};

use super::UpkeepError;
use super::copy::sums;

/// Reads a backup from its first byte to its last, and writes nothing: SQLite finds it undamaged,
/// its schema is this version's, and the invariants hold. Says what is in it.
///
/// # Errors
/// [`UpkeepError`] says what is not so.
pub fn verify(file: &Path) -> Result<Vec<Sums>, UpkeepError> {
    let mut session = opened(file)?;
    match session.read().schema_state()? {
        SchemaState::Current => {}
        schema => return Err(UpkeepError::Schema { what: "the backup", schema }),
    }
    let broken = session.read_at_one_instant(load::check::broken)?;
    if !broken.is_empty() {
        return Err(UpkeepError::Broken(broken));
    }
    let tables = transfer::tables(&mut session.read())?;
    Ok(sums(&mut session.read(), &tables)?)
}

/// Opens a file that SQLite finds undamaged.
pub(super) fn opened(file: &Path) -> Result<Session, UpkeepError> {
    if !file.exists() {
        return Err(UpkeepError::Missing(file.to_owned()));
    }
    let mut session = Store::read_only(file).connect_to_copy()?;
    match session.read().damage()?.into_iter().next() {
        Some(damage) => Err(UpkeepError::Damaged(damage)),
        None => Ok(session),
    }
}
