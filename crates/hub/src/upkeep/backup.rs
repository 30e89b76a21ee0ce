//! Backing up, while services run.

use std::path::Path;

use leaseline_store::Store;

use super::draft::Draft;
use super::{Existing, Listener, UpkeepError, copy};

/// A backup that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The file's size.
    pub bytes: u64,
}

/// Backs a database up as of one instant into a SQLite file, which is there only when it is
/// complete. The keys of `<database>.keys` are not part of it.
///
/// # Errors
/// [`UpkeepError`]; then there is no new file.
pub fn back_up(
    database_url: &str,
    file: &Path,
    existing: Existing,
    listener: Listener<'_>,
) -> Result<Backup, UpkeepError> {
    let store = Store::from_url(database_url)?;
    // Said at once rather than after the work; `publish` makes sure.
    if existing == Existing::Refused && file.exists() {
        return Err(UpkeepError::Exists(file.to_owned()));
    }
    let draft = Draft::of(file)?;
    match store.file() {
        Some(database) if !database.exists() => {
            return Err(UpkeepError::Missing(database.to_owned()));
        }
        Some(database) if is_same(database, file) => return Err(UpkeepError::Same),
        Some(database) if is_beside(database, file) => {
            return Err(UpkeepError::Beside(file.to_owned()));
        }
        Some(_) => store.connect_to_copy()?.copy_into(&draft.path())?,
        None => into_new_file(&store, &draft, listener)?,
    }
    Ok(Backup { bytes: draft.publish(existing)? })
}

fn into_new_file(store: &Store, draft: &Draft, listener: Listener<'_>) -> Result<(), UpkeepError> {
    let target = Store::from_url(&format!("sqlite://{}", draft.path().display()))?;
    copy::into_empty(store, &target, listener)?;
    // Folds the journal into the file, which then stands for itself.
    target.connect()?.is_in_use()?;
    Ok(())
}

/// Whether a file is one of those that a database has beside it, there or not: its log, what the
/// connections share, its keys.
fn is_beside(database: &Path, file: &Path) -> bool {
    let named = |path: &Path| {
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
        Some(folder.join(path.file_name()?))
    };
    let file = named(file);
    ["-wal", "-shm", "-journal", ".keys"].iter().any(|ending| {
        let mut name = database.as_os_str().to_owned();
        name.push(ending);
        file.is_some() && named(Path::new(&name)) == file
    })
}

/// Whether two names mean one file.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}
