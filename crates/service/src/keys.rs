//! The keys that API tokens are signed and checked with, and the one that secrets are encrypted
//! with.

use leaseline_core::Timestamp;

use crate::config::{Config, JwtSource, KeyEntry, MorKey};
use crate::key_file::KeyFile;
use crate::private_file;
use crate::problem::Problem;
use crate::secret::Secret;

/// HS256 wants a key that is at least as long as its hash.
const FEWEST_BYTES: usize = 32;

/// One key.
#[derive(Clone, Debug)]
pub struct JwtKey {
    /// The `kid` that selects it.
    pub id: Option<String>,
    /// At least 32 bytes.
    pub secret: Secret,
    /// When it ceases to count.
    pub until: Option<Timestamp>,
}

/// The configured keys. Where none is configured, a SQLite database gets one of its own, made once
/// in `<database file>.keys`.
///
/// # Errors
/// A file with a secret cannot be read or is open to others; a secret is too short; nothing is
/// configured and the database is a server, whose processes could not share a file.
pub fn jwt_keys(config: &Config) -> Result<Vec<JwtKey>, Problem> {
    match (&config.jwt.source, config.database_url.sqlite_file()) {
        (Some(JwtSource::Keys(entries)), _) => entries.iter().map(from_entry).collect(),
        (Some(JwtSource::Secret { secret, place }), _) => only(secret.clone(), place),
        (None, Some(database)) => {
            let file = KeyFile::beside(database);
            only(file.secret("jwt.secret")?, &file.path().display().to_string())
        }
        (None, None) => Err(Problem::new(
            "find the key that API tokens are signed with",
            "jwt.secret is not configured, and only a SQLite database gets one made",
            "openssl rand -hex 32 > jwt.secret && chmod 600 jwt.secret, and for every process \
             that shares the database set LEASELINE_JWT__SECRET_FILE=jwt.secret",
        )),
    }
}

/// The text that the key for the secrets of MOR's users is made of. Where none is configured, a
/// SQLite database gets one of its own, made once in `<database file>.keys`.
///
/// # Errors
/// A file with it cannot be read or is open to others; it is too short; none is configured and the
/// database is a server, whose processes could not share a file.
pub fn mor_key(config: &Config) -> Result<Secret, Problem> {
    let (secret, place) = match (&config.mor.key, config.database_url.sqlite_file()) {
        (Some(MorKey { secret, place }), _) => (secret.clone(), place.clone()),
        (None, Some(database)) => {
            let file = KeyFile::beside(database);
            (file.secret("mor.key")?, file.path().display().to_string())
        }
        (None, None) => {
            return Err(Problem::new(
                "find the key that secrets of MOR's users are encrypted with",
                "mor.key is not configured, and only a SQLite database gets one made",
                "openssl rand -hex 32 > mor.key && chmod 600 mor.key, and for every process that \
                 shares the database set LEASELINE_MOR__KEY_FILE=mor.key",
            ));
        }
    };
    let what = format!("encrypt secrets with the key of {place}");
    has_enough_bytes(&secret).map_err(|why| Problem::new(what, why, GOOD_SECRET))?;
    Ok(secret)
}

fn only(secret: Secret, place: &str) -> Result<Vec<JwtKey>, Problem> {
    Ok(vec![JwtKey { id: None, secret: long_enough(secret, place)?, until: None }])
}

fn from_entry(entry: &KeyEntry) -> Result<JwtKey, Problem> {
    let secret = private_file::secret(&entry.secret_file, private_file::OTHERS_WRITE)?;
    let secret = long_enough(secret, &entry.secret_file.display().to_string())?;
    Ok(JwtKey { id: Some(entry.id.clone()), secret, until: entry.until })
}

fn long_enough(secret: Secret, place: &str) -> Result<Secret, Problem> {
    let what = format!("sign tokens with the secret of {place}");
    has_enough_bytes(&secret).map_err(|why| Problem::new(what, why, GOOD_SECRET))?;
    Ok(secret)
}

const GOOD_SECRET: &str = "make a good one: openssl rand -hex 32";

fn has_enough_bytes(secret: &Secret) -> Result<(), String> {
    match secret.expose().len() {
        FEWEST_BYTES.. => Ok(()),
        bytes => Err(format!("it has {bytes} bytes, fewer than {FEWEST_BYTES}")),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::*;
    use crate::config::Sources;

    const GOOD: &str = "0123456789abcdef0123456789abcdef";

    fn keys(pairs: &[(&str, &str)]) -> Result<Vec<JwtKey>, Problem> {
        let mut sources = Sources::of_process("127.0.0.1:0");
        sources.environment = Some(Default::default());
        let sources =
            pairs.iter().fold(sources, |sources, (key, value)| sources.with_flag(key, value));
        jwt_keys(&Config::load(&sources)?)
    }

    fn secret_file(folder: &Path, text: &str, mode: u32) -> String {
        let path = folder.join("secret");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path.display().to_string()
    }

    #[test]
    fn a_sqlite_database_gets_a_key_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/leaseline.db", folder.path().display());
        let made = keys(&[("database_url", &url)]).unwrap();
        let found = keys(&[("database_url", &url)]).unwrap();
        assert_eq!(made[0].secret, found[0].secret);
        assert!(folder.path().join("leaseline.db.keys").exists());
        assert!(!folder.path().join("leaseline.db").exists());
    }

    #[test]
    fn postgres_wants_one_configured() {
        let url = ("database_url", "postgres://localhost/leaseline");
        let report = keys(&[url]).unwrap_err().report();
        assert!(report.contains("jwt.secret is not configured"), "{report}");
        assert!(report.contains("LEASELINE_JWT__SECRET_FILE"), "{report}");
        assert_eq!(keys(&[url, ("jwt.secret", GOOD)]).unwrap()[0].secret, Secret::new(GOOD));
    }

    #[test]
    fn secrets_are_encrypted_with_a_key_of_their_own() {
        let key = |pairs: &[(&str, &str)]| {
            let mut sources = Sources::of_process("127.0.0.1:0");
            sources.environment = Some(Default::default());
            let sources =
                pairs.iter().fold(sources, |sources, (key, value)| sources.with_flag(key, value));
            mor_key(&Config::load(&sources)?)
        };
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/leaseline.db", folder.path().display());
        let made = key(&[("database_url", &url)]).unwrap();
        assert_eq!(key(&[("database_url", &url)]).unwrap(), made);
        assert_ne!(keys(&[("database_url", &url)]).unwrap()[0].secret, made);

        let server = ("database_url", "postgres://localhost/leaseline");
        let report = key(&[server]).unwrap_err().report();
        assert!(report.contains("LEASELINE_MOR__KEY_FILE"), "{report}");
        assert_eq!(key(&[server, ("mor.key", GOOD)]).unwrap(), Secret::new(GOOD));
        let report = key(&[("mor.key", "short")]).unwrap_err().report();
        assert!(report.contains("it has 5 bytes") && !report.contains("short"), "{report}");
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert_eq!(
            keys(&[("jwt.secret", &GOOD[1..])]).unwrap_err().report(),
            "error: failed to sign tokens with the secret of --jwt-secret: \
             it has 31 bytes, fewer than 32\nhint: make a good one: openssl rand -hex 32"
        );
    }

    #[test]
    fn a_secret_file_counts_without_its_line_break() {
        let folder = tempfile::tempdir().unwrap();
        for (ending, mode) in [("", 0o640), ("\n", 0o444), ("\r\n", 0o644)] {
            let path = secret_file(folder.path(), &format!("{GOOD}{ending}"), mode);
            let keys = keys(&[("jwt.secret_file", &path)]).unwrap();
            assert_eq!(keys[0].secret, Secret::new(GOOD));
        }
    }

    #[test]
    fn a_secret_file_that_others_can_write_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = secret_file(folder.path(), GOOD, 0o646);
        let report = keys(&[("jwt.secret_file", &path)]).unwrap_err().report();
        assert!(report.ends_with(&format!("hint: chmod 600 {path}")), "{report}");
    }
}
