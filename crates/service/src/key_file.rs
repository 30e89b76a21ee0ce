//! The file beside a SQLite database with the secrets that were made for it.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use config::ValueKind;

use crate::config::flat_toml;
use crate::private_file::refuse_open_to;
use crate::problem::Problem;
use crate::secret::Secret;

/// Everybody but the owner.
const GROUP_AND_OTHERS: u32 = 0o077;

const SECRET_BYTES: usize = 32;

/// `<database file>.keys`: TOML, a secret a line under the key it has in the configuration. It is
/// never inside the database, so that whoever gets a copy of that cannot sign tokens.
pub(crate) struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    pub(crate) fn beside(database: &Path) -> Self {
        let mut path = OsString::from(database);
        path.push(".keys");
        Self { path: path.into() }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The secret under this key: 32 random bytes in hexadecimal, made now if there is none. It
    /// is the text that counts, so that it can be copied into a configuration as it stands.
    ///
    /// The file's lock is held from the look to the end of the writing: of processes that start
    /// at once one makes the secret, and the others find it.
    ///
    /// # Errors
    /// The file cannot be read or made, is open to others, or is not what we wrote.
    pub(crate) fn secret(&self, key: &str) -> Result<Secret, Problem> {
        let file = self.open().map_err(|error| self.unusable(error))?;
        refuse_open_to(GROUP_AND_OTHERS, &file, &self.path)?;
        file.lock().map_err(|error| self.unusable(error))?;
        let text = io::read_to_string(&file).map_err(|error| self.unusable(error))?;
        match self.find(&text, key)? {
            Some(secret) => Ok(secret),
            None => self.make(key).map_err(|error| self.unusable(error)),
        }
    }

    /// The file as it is, or an empty one made just now by us or by another process.
    fn open(&self) -> io::Result<File> {
        match File::open(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            found => return found,
        }
        let made =
            OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&self.path);
        match made {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => File::open(&self.path),
            made => made,
        }
    }

    fn find(&self, text: &str, key: &str) -> Result<Option<Secret>, Problem> {
        // The parser's message quotes the line, and that is the secret.
        let values = flat_toml(text).map_err(|_| self.unusable("it is not TOML"))?;
        match values.get(key).map(|value| &value.kind) {
            None => Ok(None),
            Some(ValueKind::String(text)) => Ok(Some(Secret::new(text.as_str()))),
            Some(_) => Err(self.unusable(format!("`{key}` is not a text in it"))),
        }
    }

    /// Nobody has seen the secret before it is on the disk.
    fn make(&self, key: &str) -> io::Result<Secret> {
        let secret = random_hex()?;
        let mut file = OpenOptions::new().append(true).open(&self.path)?;
        file.write_all(format!("{key} = \"{secret}\"\n").as_bytes())?;
        file.sync_all()?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        tracing::info!(%key, file = %self.path.display(), "made a secret");
        Ok(Secret::new(secret))
    }

    fn unusable(&self, why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Problem {
        let what = format!("keep secrets in {}", self.path.display());
        let hint = "make its folder writable and mend the file, or configure jwt.secret_file \
                    (with another secret all tokens have to be issued anew)";
        Problem::new(what, why, hint)
    }
}

fn random_hex() -> io::Result<String> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::thread;

    use super::*;

    fn in_folder() -> (tempfile::TempDir, KeyFile) {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::beside(&folder.path().join("leaseline.db"));
        (folder, file)
    }

    #[test]
    fn a_secret_is_made_once_and_for_its_owner_alone() {
        let (folder, file) = in_folder();
        let made = file.secret("jwt.secret").unwrap();
        assert_eq!(file.secret("jwt.secret").unwrap(), made);

        let path = folder.path().join("leaseline.db.keys");
        let hex = String::from_utf8(made.expose().to_vec()).unwrap();
        assert_eq!(hex.len(), 64);
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("jwt.secret = \"{hex}\"\n"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn another_secret_is_added_and_the_first_one_stays() {
        let (_folder, file) = in_folder();
        let first = file.secret("jwt.secret").unwrap();
        let second = file.secret("mor.key").unwrap();
        assert_ne!(first, second);
        assert_eq!(file.secret("jwt.secret").unwrap(), first);
        assert_eq!(file.secret("mor.key").unwrap(), second);
    }

    #[test]
    fn those_who_start_at_once_agree() {
        let (_folder, file) = in_folder();
        let secrets: Vec<_> = thread::scope(|scope| {
            let starts: Vec<_> =
                (0..16).map(|_| scope.spawn(|| file.secret("jwt.secret").unwrap())).collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        assert!(secrets.iter().all(|secret| *secret == secrets[0]));
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let (folder, file) = in_folder();
        file.secret("jwt.secret").unwrap();
        let path = folder.path().join("leaseline.db.keys");
        for mode in [0o640, 0o604, 0o644] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let path = path.display();
            assert_eq!(
                file.secret("jwt.secret").unwrap_err().report(),
                format!(
                    "error: failed to trust {path}: it holds a secret and is open to others \
                     (mode {mode:03o})\nhint: chmod 600 {path}"
                )
            );
        }
    }

    #[test]
    fn a_file_that_is_not_ours_is_not_quoted() {
        let (folder, file) = in_folder();
        let path = folder.path().join("leaseline.db.keys");
        fs::write(&path, "hush").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let report = file.secret("jwt.secret").unwrap_err().report();
        assert!(report.contains("it is not TOML") && !report.contains("hush"), "{report}");
    }
}
