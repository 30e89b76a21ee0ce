//! Bringing a backup back.

use std::fs;
use std::path::{Path, PathBuf};

use leaseline_store::transfer::{self, Contents};
use leaseline_store::{SchemaState, Session, Store};

use super::backup::is_same;
use super::copy::{fill, into_empty};
use super::draft::{Draft, flush_folder_of};
use super::verify::opened;
use super::{Existing, Listener, UpkeepError, at};

/// A database that was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Where the SQLite database that was there before is now.
    pub moved_aside: Option<PathBuf>,
}

/// Brings a backup back. A database that holds something gives way only when
/// [`Existing::Replaced`] is asked for, and one that somebody is connected to never does: a
/// service that runs would go on with what it remembers of the old one.
///
/// A SQLite database is replaced as a file, the old one moved aside; a PostgreSQL database is
/// filled in one transaction.
///
/// # Errors
/// [`UpkeepError`]; the database is then as it was.
pub fn restore(
    database_url: &str,
    file: &Path,
    existing: Existing,
    listener: Listener<'_>,
) -> Result<Restored, UpkeepError> {
    let store = Store::from_url(database_url)?;
    let mut backup = opened(file)?;
    if let schema @ (SchemaState::Empty | SchemaState::Newer) = backup.read().schema_state()? {
        return Err(UpkeepError::Schema { what: "the backup", schema });
    }
    match store.file() {
        Some(database) if is_same(database, file) => Err(UpkeepError::Same),
        Some(database) => replace(&mut backup, &store, database, existing),
        None => {
            let source = Store::read_only(file);
            match existing {
                Existing::Refused => into_empty(&source, &store, listener)?,
                Existing::Replaced => {
                    fill(&source, &mut store.connect()?, Contents::Dropped, listener)?
                }
            };
            Ok(Restored { moved_aside: None })
        }
    }
}

fn replace(
    backup: &mut Session,
    store: &Store,
    database: &Path,
    existing: Existing,
) -> Result<Restored, UpkeepError> {
    let draft = Draft::of(database)?;
    backup.copy_into(&draft.path())?;
    if !database.exists() {
        draft.publish(Existing::Refused)?;
        return Ok(Restored { moved_aside: None });
    }
    let mut old = store.connect()?;
    if existing == Existing::Refused {
        refuse_contents(&mut old)?;
    }
    if old.is_in_use()? {
        return Err(UpkeepError::InUse);
    }
    // Nobody can read or write the old file while the names change. Who opens it in that very
    // moment waits for the lock, and then finds the old database, moved aside, as it was.
    old.alone(|_| {
        let aside = free_name_beside(database);
        fs::rename(database, &aside).map_err(at(database))?;
        draft.publish(Existing::Refused)?;
        flush_folder_of(database).map_err(at(database))?;
        Ok(Restored { moved_aside: Some(aside) })
    })
}

fn refuse_contents(old: &mut Session) -> Result<(), UpkeepError> {
    match old.read().schema_state()? {
        SchemaState::Empty => return Ok(()),
        SchemaState::Current => {}
        schema => return Err(UpkeepError::Schema { what: "the database that is there", schema }),
    }
    let tables = transfer::tables(&mut old.read())?;
    match transfer::first_with_rows(&mut old.read(), &tables)? {
        Some(table) => Err(UpkeepError::NotEmpty(table.name.clone())),
        None => Ok(()),
    }
}

fn free_name_beside(database: &Path) -> PathBuf {
    let name = |nth: u32| PathBuf::from(format!("{}.before-restore-{nth}", database.display()));
    let free = (1..).map(name).find(|name| !name.exists());
    free.expect("a folder does not hold so many files")
}
