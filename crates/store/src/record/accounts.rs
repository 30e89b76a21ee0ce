//! Accounts made and changed.

use diesel::prelude::*;
use leaseline_core::Timestamp;
use leaseline_core::account::{Account, AccountProfile, Email, EmailKey, EmailOwner, FreeText};
use leaseline_core::ids::{AccountId, CustomerId, SubAccountId};
use leaseline_core::password::PasswordHash;

use crate::error::StoreError;
use crate::row::{flag, known};
use crate::schema::{account_emails, accounts};
use crate::transaction::Tx;

/// Makes an enabled account.
pub fn new_account(
    tx: &mut Tx<'_>,
    (user, password): (&str, &PasswordHash),
    customer: CustomerId,
    profile: &AccountProfile,
    now: Timestamp,
) -> Result<AccountId, StoreError> {
    let id: i64 = diesel::insert_into(accounts::table)
        .values((
            accounts::user_name.eq(user),
            accounts::password_hash.eq(password.expose()),
            accounts::customer_id.eq(customer.get()),
            accounts::enabled.eq(flag(true)),
            accounts::created_at.eq(now.micros()),
            Columns::from(profile),
        ))
        .returning(accounts::id)
        .get_result(tx.connection)?;
    let id = known(AccountId::new(id), "accounts")?;
    if let Some(email) = &profile.email {
        give_email(tx, &email.key(), id, None)?;
    }
    Ok(id)
}

/// Writes down an account as it is after a change; its e-mail address was `before`.
pub fn change(
    tx: &mut Tx<'_>,
    account: &Account,
    before: Option<&Email>,
) -> Result<(), StoreError> {
    diesel::update(accounts::table.find(account.id.get()))
        .set((
            accounts::customer_id.eq(account.customer.get()),
            accounts::enabled.eq(flag(account.enabled)),
            Columns::from(&account.profile),
        ))
        .execute(tx.connection)?;
    let owner = EmailOwner::Account(account.id);
    move_email(tx, (account.id, owner), before, account.profile.email.as_ref())
}

/// Enables or disables an account.
pub fn set_enabled(tx: &mut Tx<'_>, account: AccountId, enabled: bool) -> Result<(), StoreError> {
    diesel::update(accounts::table.find(account.get()))
        .set(accounts::enabled.eq(flag(enabled)))
        .execute(tx.connection)?;
    Ok(())
}

/// Gives an account another password.
pub fn set_password(
    tx: &mut Tx<'_>,
    account: AccountId,
    password: &PasswordHash,
) -> Result<(), StoreError> {
    diesel::update(accounts::table.find(account.get()))
        .set(accounts::password_hash.eq(password.expose()))
        .execute(tx.connection)?;
    Ok(())
}

/// Has an account read its logs in another zone.
pub fn set_time_zone(tx: &mut Tx<'_>, account: AccountId, name: &str) -> Result<(), StoreError> {
    diesel::update(accounts::table.find(account.get()))
        .set(accounts::time_zone.eq(name))
        .execute(tx.connection)?;
    Ok(())
}

/// Moves who has which address from the one before to the one after.
pub(super) fn move_email(
    tx: &mut Tx<'_>,
    (account, owner): (AccountId, EmailOwner),
    before: Option<&Email>,
    after: Option<&Email>,
) -> Result<(), StoreError> {
    let (before, after) = (before.map(Email::key), after.map(Email::key));
    if before == after {
        return Ok(());
    }
    if let Some(before) = before {
        take_email(tx, &before)?;
    }
    let sub_account = match owner {
        EmailOwner::Account(_) => None,
        EmailOwner::SubAccount(id) => Some(id),
    };
    after.map_or(Ok(()), |after| give_email(tx, &after, account, sub_account))
}

pub(super) fn give_email(
    tx: &mut Tx<'_>,
    key: &EmailKey,
    account: AccountId,
    sub_account: Option<SubAccountId>,
) -> Result<(), StoreError> {
    diesel::insert_into(account_emails::table)
        .values((
            account_emails::email_key.eq(key.as_str()),
            account_emails::account_id.eq(account.get()),
            account_emails::sub_account_id.eq(sub_account.map(SubAccountId::get)),
        ))
        .execute(tx.connection)?;
    Ok(())
}

pub(super) fn take_email(tx: &mut Tx<'_>, key: &EmailKey) -> Result<(), StoreError> {
    diesel::delete(account_emails::table.find(key.as_str())).execute(tx.connection)?;
    Ok(())
}

#[derive(AsChangeset, Insertable)]
#[diesel(table_name = accounts, treat_none_as_null = true)]
struct Columns<'a> {
    email: Option<&'a str>,
    first_name: &'a str,
    last_name: &'a str,
    time_zone: &'a str,
    ivr: i16,
    rate_deck: Option<&'a str>,
}

impl<'a> From<&'a AccountProfile> for Columns<'a> {
    fn from(profile: &'a AccountProfile) -> Self {
        Self {
            email: profile.email.as_ref().map(Email::as_str),
            first_name: FreeText::as_str(&profile.first_name),
            last_name: FreeText::as_str(&profile.last_name),
            time_zone: &profile.time_zone,
            ivr: flag(profile.ivr),
            rate_deck: profile.rate_deck.as_deref(),
        }
    }
}
