//! Files that hold secrets, and to whom they may be open.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::problem::Problem;
use crate::secret::Secret;

/// That everybody but the owner and the group may do anything.
pub(crate) const OTHERS: u32 = 0o007;

/// That everybody but the owner and the group may write. That they may read is no fault of a secret that
/// is handed to a container (Docker 0444, Kubernetes 0644).
pub(crate) const OTHERS_WRITE: u32 = 0o002;

/// Longer secrets than any are not read.
const LONGEST_SECRET: u64 = 64 << 10;

/// The bytes of a file that holds nothing but a secret, less the line break at its end.
///
/// # Errors
/// The file cannot be read, or one of the permission bits in `kept_from` is set.
pub(crate) fn secret(path: &Path, kept_from: u32) -> Result<Secret, Problem> {
    let unreadable = |error: io::Error| {
        let what = format!("read the secret in {}", path.display());
        Problem::new(what, error, "name a file that this process may read")
    };
    let file = File::open(path).map_err(unreadable)?;
    refuse_open_to(kept_from, &file, path)?;
    let bytes = at_most(LONGEST_SECRET, file).map_err(unreadable)?;
    let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    Ok(Secret::new(line.strip_suffix(b"\r").unwrap_or(line)))
}

/// The bytes of a file that is no secret, and no longer than so many bytes.
///
/// # Errors
/// It cannot be read, or is longer.
pub(crate) fn bytes(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    at_most(most, File::open(path)?)
}

fn at_most(most: u64, file: File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = file.take(most + 1).read_to_end(&mut bytes)?;
    let is_short = u64::try_from(read).is_ok_and(|read| read <= most);
    if is_short { Ok(bytes) } else { Err(io::ErrorKind::FileTooLarge.into()) }
}

/// Refuses a file on which any of these permission bits is set.
///
/// # Errors
/// One is; the hint is the command that mends it.
pub(crate) fn refuse_open_to(bits: u32, file: &File, path: &Path) -> Result<(), Problem> {
    let what = || format!("trust {}", path.display());
    let metadata = file
        .metadata()
        .map_err(|error| Problem::new(what(), error, "is it on a file system of this machine?"))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & bits == 0 {
        return Ok(());
    }
    let why = format!("it holds a secret and is open to others (mode {mode:03o})");
    Err(Problem::new(what(), why, format!("chmod 600 {}", path.display())))
}
