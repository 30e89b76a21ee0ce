//! Passwords of entries.

use leaseline_core::password::PasswordHash;
use leaseline_hub::Hub;

use crate::convert::{self, Secret};
use crate::document::Entry;
use crate::error::{Error, Fault};

/// A password, or the hash of one.
#[derive(Clone, Debug)]
pub(crate) enum Password {
    Plain(Secret),
    Hashed(PasswordHash),
}

/// `password` or `password_hash`, not both.
pub(crate) fn password(entry: &mut Entry<'_>) -> Result<Option<Password>, Fault> {
    let plain = entry.find("password", convert::password)?.map(Password::Plain);
    let hashed = entry.find("password_hash", convert::password_hash)?.map(Password::Hashed);
    if plain.is_some() && hashed.is_some() {
        return Err(entry.fault("it has both `password` and `password_hash`"));
    }
    Ok(plain.or(hashed))
}

impl Password {
    /// The hash to be kept; none when the present one is of the same password.
    pub(crate) async fn to_be_kept(
        &self,
        hub: &Hub,
        present: Option<&PasswordHash>,
    ) -> Result<Option<PasswordHash>, Error> {
        match self {
            Self::Hashed(hash) => Ok(Some(hash.clone()).filter(|hash| present != Some(hash))),
            Self::Plain(secret) => {
                let given = secret.expose();
                if present.is_some() && hub.password_matches(present, given).await? {
                    return Ok(None);
                }
                Ok(Some(hub.hash_password(given).await?))
            }
        }
    }
}
