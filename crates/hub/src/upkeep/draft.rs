//! A file in the making: beside the place where it will stand, and complete on the disk before it
//! stands there.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Existing, UpkeepError, at};

/// A backup holds people's phone numbers.
const OWNER_ONLY: u32 = 0o600;

/// A folder of its own, as SQLite keeps files beside a database while it writes it; gone with all
/// that is in it when dropped.
pub(super) struct Draft {
    folder: TempDir,
    place: PathBuf,
}

impl Draft {
    /// A draft of a file that will stand at `place`.
    pub(super) fn of(place: &Path) -> Result<Self, UpkeepError> {
        let folder = tempfile::Builder::new().prefix(".leaseline-").tempdir_in(parent(place));
        Ok(Self { folder: folder.map_err(at(place))?, place: place.to_owned() })
    }

    /// Where to write it.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("draft.db")
    }

    /// Puts the file into its place, whole and durable. Says how many bytes it has.
    pub(super) fn publish(self, existing: Existing) -> Result<u64, UpkeepError> {
        let draft = self.path();
        let bytes = flushed(&draft).map_err(at(&draft))?;
        let placed = match existing {
            Existing::Replaced => fs::rename(&draft, &self.place),
            // Unlike a rename, a link never takes the place of another file.
            Existing::Refused => fs::hard_link(&draft, &self.place),
        };
        placed.and_then(|()| flush_folder_of(&self.place)).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => UpkeepError::Exists(self.place.clone()),
            _ => UpkeepError::File(self.place.clone(), error),
        })?;
        Ok(bytes)
    }
}

fn flushed(file: &Path) -> io::Result<u64> {
    let file = File::options().write(true).open(file)?;
    file.set_permissions(Permissions::from_mode(OWNER_ONLY))?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}

/// The new name is on the disk only when its folder is.
pub(super) fn flush_folder_of(file: &Path) -> io::Result<()> {
    File::open(parent(file))?.sync_all()
}

fn parent(file: &Path) -> &Path {
    let parent = file.parent().unwrap_or(Path::new("."));
    if parent.as_os_str().is_empty() { Path::new(".") } else { parent }
}
