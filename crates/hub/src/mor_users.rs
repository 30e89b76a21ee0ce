//! Who asks over MOR's interface. What was read is remembered for less than a second, so that a
//! disabled user is out in every process within one.

use std::sync::Arc;
use std::time::Instant;

use leaseline_core::Timestamp;
use leaseline_core::ids::MorUserId;
use leaseline_core::money::Credits;
use leaseline_core::mor_user::{MorCaller, MorUser};
use leaseline_store::load;
use leaseline_store::load::mor_users::SealedSecrets;

use crate::failure::Failure;
use crate::hub::Hub;
use crate::identity::Memory;
use crate::vault::Sealed;

/// A user, and the secret by which it proves who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MorIdentity {
    /// The user.
    pub user: MorUser,
    /// Its secrets, sealed: its own, or for an accountant without one the administrator's.
    pub secrets: Option<SealedSecrets>,
}

impl MorIdentity {
    /// The secrets that count at an instant.
    pub fn secrets_at(&self, now: Timestamp) -> Vec<&Sealed> {
        self.secrets.iter().flat_map(|secrets| secrets.at(now)).collect()
    }
}

/// Users of MOR's interface by their names.
pub(crate) type MorIdentities = Memory<String, MorIdentity>;

impl Hub {
    /// The user of this name, enabled or not.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn mor_user(&self, username: &str) -> Result<Option<Arc<MorIdentity>>, Failure> {
        if let Some(known) = self.mor_identities().recall(username) {
            return Ok(known);
        }
        let since = Instant::now();
        let name = username.to_owned();
        let found = self
            .read(move |tx| {
                let Some(user) = load::mor_users::mor_user(tx, &name)? else { return Ok(None) };
                let secrets = load::mor_users::secrets(tx, &user)?;
                Ok(Some(MorIdentity { user, secrets }))
            })
            .await?;
        let found = found.map(Arc::new);
        self.mor_identities().remember(username.to_owned(), since, found.clone());
        Ok(found)
    }

    /// A user's balance, which is that of its customer; `None` for a user whom the caller may not
    /// ask about, and for one who is not there or has no customer.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn mor_balance(
        &self,
        caller: &MorCaller,
        user: MorUserId,
    ) -> Result<Option<Credits>, Failure> {
        if !caller.sees_balance_of(user) {
            return Ok(None);
        }
        self.read(move |tx| load::mor_users::balance(tx, user)).await
    }
}
