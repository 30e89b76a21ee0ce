//! Accounts (TraiTel): who subscribes to numbers, with sub-accounts below. Several accounts may
//! share the balance of one customer.

mod sub_account;
mod text;

use crate::ids::{AccountId, CustomerId, SubAccountId};
use crate::password::PasswordHash;

pub use sub_account::{
    SubAccount, SubAccountChange, SubAccountNo, SubAccountProfile, SubAccountView,
};
pub use text::{Email, EmailKey, FreeText, ShownName};

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The name it logs in by, unique.
    pub user: String,
    /// Whose balance it spends.
    pub customer: CustomerId,
    /// What is known of it.
    pub profile: AccountProfile,
    /// A disabled account can do nothing.
    pub enabled: bool,
}

/// What is known of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountProfile {
    /// Its e-mail address, which no other account or sub-account has.
    pub email: Option<Email>,
    /// First name of its owner; may be empty.
    pub first_name: FreeText,
    /// Last name of its owner; may be empty.
    pub last_name: FreeText,
    /// In which zone it reads its logs: a name of the IANA database, as it was sent.
    pub time_zone: String,
    /// Whether it has the IVR service.
    pub ivr: bool,
    /// The name of the rate deck by which its calls, faxes and messages are priced, if it has one.
    pub rate_deck: Option<String>,
}

/// A change of an account: what is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// E-mail address. What was set once can be changed, not taken away.
    pub email: Option<Email>,
    /// First name.
    pub first_name: Option<FreeText>,
    /// Last name.
    pub last_name: Option<FreeText>,
    /// Name of the zone.
    pub time_zone: Option<String>,
    /// Whether it has the IVR service.
    pub ivr: Option<bool>,
    /// Name of the rate deck.
    pub rate_deck: Option<String>,
}

/// An account with what its password is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountLogin {
    /// The account, enabled or not.
    pub account: Account,
    /// The hash of its password.
    pub password: PasswordHash,
}

/// The main account or one of its sub-accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountPart {
    /// The account itself (on the wire: `0`).
    Main,
    /// A sub-account.
    Sub(SubAccountId),
}

/// Who has an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailOwner {
    /// An account.
    Account(AccountId),
    /// A sub-account of whichever account.
    SubAccount(SubAccountId),
}

/// The address belongs to another account or sub-account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("another account or sub-account has this e-mail address")]
pub struct EmailTaken;

/// The zone that a new account reads its logs in.
const DEFAULT_ZONE: &str = "UTC";

impl AccountProfile {
    /// The profile of a new account of which this is known. Unless told otherwise it has empty
    /// names, reads its logs in UTC, and has neither the IVR service nor a rate deck.
    pub fn of_new(known: AccountChange) -> Self {
        let blank = Self {
            email: None,
            first_name: FreeText::default(),
            last_name: FreeText::default(),
            time_zone: DEFAULT_ZONE.into(),
            ivr: false,
            rate_deck: None,
        };
        blank.changed(known)
    }

    /// This profile after the change.
    #[must_use]
    pub fn changed(self, change: AccountChange) -> Self {
        Self {
            email: change.email.or(self.email),
            first_name: change.first_name.unwrap_or(self.first_name),
            last_name: change.last_name.unwrap_or(self.last_name),
            time_zone: change.time_zone.unwrap_or(self.time_zone),
            ivr: change.ivr.unwrap_or(self.ivr),
            rate_deck: change.rate_deck.or(self.rate_deck),
        }
    }
}

impl EmailOwner {
    /// Whether the address may belong to `to` from now on, given who has it now.
    ///
    /// # Errors
    /// [`EmailTaken`].
    pub fn may_give(owner: Option<Self>, to: Option<Self>) -> Result<(), EmailTaken> {
        if owner.is_none() || owner == to { Ok(()) } else { Err(EmailTaken) }
    }
}
