//! Sub-accounts.

use leaseline_core::Timestamp;
use leaseline_core::account::{
    Email, ShownName, SubAccount, SubAccountChange, SubAccountNo, SubAccountProfile, SubAccountView,
};
use leaseline_core::ids::{AccountId, SubAccountId};
use leaseline_store::{StoreError, Tx, load, record};

use super::held;
use crate::failure::Failure;
use crate::hub::Hub;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Decision, Request, Way};

/// A sub-account to be made. The outcome is its id, or why there is none.
#[derive(Clone, Debug)]
pub struct AddSubAccount {
    /// Of which account.
    pub account: AccountId,
    /// What is known of it.
    pub profile: SubAccountProfile,
}

/// A sub-account to be changed. The outcome is the sub-account after the change, or why it stays.
#[derive(Clone, Debug)]
pub struct UpdateSubAccount {
    /// Of which account.
    pub account: AccountId,
    /// Which.
    pub id: SubAccountId,
    /// What changes.
    pub change: SubAccountChange,
}

/// A sub-account to be deleted; its numbers go back to the account, unassigned. The outcome is no
/// more than whether there was such a one.
#[derive(Clone, Copy, Debug)]
pub struct DeleteSubAccount {
    /// Of which account.
    pub account: AccountId,
    /// Which.
    pub id: SubAccountId,
}

impl Request for AddSubAccount {
    type Outcome = Result<SubAccountId, SubAccountNo>;

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, add)
    }
}

impl Request for UpdateSubAccount {
    type Outcome = Result<SubAccount, SubAccountNo>;

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, update)
    }
}

impl Request for DeleteSubAccount {
    type Outcome = Result<(), SubAccountNo>;

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, delete)
    }
}

fn add(
    tx: &mut Tx<'_>,
    ask: &AddSubAccount,
    now: Timestamp,
) -> Decision<Result<SubAccountId, SubAccountNo>> {
    held(tx, ask.account)?;
    let profile = &ask.profile;
    let view = view(tx, ask.account, profile.email.as_ref(), Some(&profile.alias))?;
    if let Err(no) = view.permit_new() {
        return Ok(Ok(Err(no)));
    }
    let id = record::sub_accounts::new_sub_account(tx, ask.account, profile, now)?;
    Ok(Ok(Ok(id)))
}

fn update(
    tx: &mut Tx<'_>,
    ask: &UpdateSubAccount,
    _: Timestamp,
) -> Decision<Result<SubAccount, SubAccountNo>> {
    held(tx, ask.account)?;
    let found = load::sub_accounts::sub_account(tx, ask.account, ask.id)?;
    let before = found.as_ref().and_then(|found| found.profile.email.clone());
    let email = ask.change.email.as_ref().and_then(Option::as_ref);
    let view = view(tx, ask.account, email, ask.change.alias.as_ref())?;
    let changed = view.change(found, ask.change.clone());
    if let Ok(changed) = &changed {
        record::sub_accounts::change(tx, changed, before.as_ref())?;
    }
    Ok(Ok(changed))
}

fn delete(
    tx: &mut Tx<'_>,
    ask: &DeleteSubAccount,
    now: Timestamp,
) -> Decision<Result<(), SubAccountNo>> {
    held(tx, ask.account)?;
    let Some(found) = load::sub_accounts::sub_account(tx, ask.account, ask.id)? else {
        return Ok(Ok(Err(SubAccountNo::Unknown)));
    };
    record::sub_accounts::delete(tx, &found, now)?;
    Ok(Ok(Ok(())))
}

/// Who has the address and the alias that are asked for. When another account takes the address
/// at the same time, the second to write it meets the schema and is decided anew.
fn view(
    tx: &mut Tx<'_>,
    account: AccountId,
    email: Option<&Email>,
    alias: Option<&ShownName>,
) -> Result<SubAccountView, StoreError> {
    let email = email.map(|email| load::accounts::email_owner(tx, &email.key())).transpose()?;
    let alias =
        alias.map(|alias| load::sub_accounts::alias_owner(tx, account, alias)).transpose()?;
    Ok(SubAccountView { email: email.flatten(), alias: alias.flatten() })
}

impl Hub {
    /// All sub-accounts of an account, in the order of their ids.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn sub_accounts(&self, account: AccountId) -> Result<Vec<SubAccount>, Failure> {
        self.read(move |tx| load::sub_accounts::sub_accounts(tx, account)).await
    }

    /// A sub-account of an account; none when it has no such one, or it was deleted.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn sub_account(
        &self,
        account: AccountId,
        id: SubAccountId,
    ) -> Result<Option<SubAccount>, Failure> {
        self.read(move |tx| load::sub_accounts::sub_account(tx, account, id)).await
    }
}
