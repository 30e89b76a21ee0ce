//! What holders of accounts do and ask (TraiTel): their sub-accounts, the numbers that they
//! subscribe to, what answers calls there, and the months that these cost.
//!
//! Whoever asks here was let in before: a request names its account by the id that the login gave.

mod fees;
mod ivml;
mod login;
mod numbers;
mod stock;
mod sub_accounts;
mod subscribe;
mod zones;

pub use fees::ChargeMonth;
pub(crate) use fees::{charge_begun, charge_due_months};
pub(crate) use ivml::numbers_at;
pub use ivml::{AddIvml, DeleteIvml, IvmlLine, IvrMenuLine, UpdateIvml};
pub(crate) use login::Memory;
pub use numbers::AssignNumber;
pub use sub_accounts::{AddSubAccount, DeleteSubAccount, UpdateSubAccount};
pub use subscribe::SubscribeDid;
pub use zones::SetTimeZone;

use leaseline_core::account::Account;
use leaseline_core::ids::AccountId;
use leaseline_core::money::Credits;
use leaseline_store::{StoreError, Tx, load};

use crate::failure::Failure;
use crate::hub::Hub;

/// An account that somebody was let in to, for a change. Accounts are never deleted.
fn held(tx: &mut Tx<'_>, account: AccountId) -> Result<Account, StoreError> {
    load::accounts::account_for_change(tx, account)?.ok_or(StoreError::corrupt("accounts"))
}

impl Hub {
    /// The balance that an account spends, as of now: that of its customer.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer, or there is no such account.
    pub async fn account_balance(&self, account: AccountId) -> Result<Credits, Failure> {
        let found = self.look_up(|lanes| &lanes.balances, account).await?;
        found.ok_or(Failure::Unavailable)
    }

    /// An account as of now.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer, or there is no such account.
    pub async fn account(&self, account: AccountId) -> Result<Account, Failure> {
        let found = self.read(move |tx| load::accounts::account(tx, account)).await?;
        found.ok_or(Failure::Unavailable)
    }
}
