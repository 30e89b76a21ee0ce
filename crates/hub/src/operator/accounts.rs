//! Accounts: which there are, letting them in and out.

use leaseline_core::Timestamp;
use leaseline_core::account::Account;
use leaseline_core::ids::AccountId;
use leaseline_core::password::PasswordHash;
use leaseline_store::{Tx, load, record};

use crate::failure::Failure;
use crate::hub::Hub;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Request, Way};

/// An account to be enabled or disabled. The outcome says whether there is such an account.
#[derive(Clone, Debug)]
pub struct EnableAccount {
    /// The name it logs in by.
    pub user: String,
    /// Whether it may do anything.
    pub enabled: bool,
}

/// Another password for an account. The outcome says whether there is such an account.
#[derive(Clone, Debug)]
pub struct SetAccountPassword {
    /// The name it logs in by.
    pub user: String,
    /// The hash of the password.
    pub password: PasswordHash,
}

impl Request for EnableAccount {
    type Outcome = bool;

    fn into_command(self, way: Way<bool>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, _: Timestamp| {
            let Some(login) = load::accounts::login(tx, &ask.user)? else { return Ok(Ok(false)) };
            record::accounts::set_enabled(tx, login.account.id, ask.enabled)?;
            Ok(Ok(true))
        })
    }
}

impl Request for SetAccountPassword {
    type Outcome = bool;

    fn into_command(self, way: Way<bool>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, _: Timestamp| {
            let Some(login) = load::accounts::login(tx, &ask.user)? else { return Ok(Ok(false)) };
            record::accounts::set_password(tx, login.account.id, &ask.password)?;
            Ok(Ok(true))
        })
    }
}

impl Hub {
    /// At most so many accounts after one (or from the first on), in the order in which they were
    /// made.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn accounts(
        &self,
        after: Option<AccountId>,
        limit: u32,
    ) -> Result<Vec<Account>, Failure> {
        self.read(move |tx| load::accounts::accounts_after(tx, after, limit)).await
    }
}
