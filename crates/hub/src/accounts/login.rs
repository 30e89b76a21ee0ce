//! Which account logs in by a name. What was read is remembered for less than a second, so that
//! a disabled account and an old password are out in every process within one. That there is none
//! is remembered too: else a name that nobody has would take longer to be refused.

use std::sync::Arc;
use std::time::Instant;

use leaseline_core::account::AccountLogin;
use leaseline_store::load;

use crate::failure::Failure;
use crate::hub::Hub;
use crate::identity;

/// The logins that were asked for a moment ago.
pub(crate) type Memory = identity::Memory<String, AccountLogin>;

impl Hub {
    /// The account that logs in by this name, enabled or not, with the hash that its password is
    /// to be compared with; as it is, or was a moment ago.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn account_login(&self, user: &str) -> Result<Option<Arc<AccountLogin>>, Failure> {
        if let Some(known) = self.account_logins().recall(user) {
            return Ok(known);
        }
        let since = Instant::now();
        let found = self.account_login_now(user).await?.map(Arc::new);
        self.account_logins().remember(user.to_owned(), since, found.clone());
        Ok(found)
    }

    /// The same as it is, for whoever is about to change it.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn account_login_now(&self, user: &str) -> Result<Option<AccountLogin>, Failure> {
        let asked = user.to_owned();
        self.read(move |tx| load::accounts::login(tx, &asked)).await
    }
}
