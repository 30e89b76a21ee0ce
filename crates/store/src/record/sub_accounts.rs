//! Sub-accounts made, changed and deleted.

use diesel::prelude::*;
use leaseline_core::Timestamp;
use leaseline_core::account::{Email, EmailOwner, SubAccount, SubAccountProfile};
use leaseline_core::ids::{AccountId, SubAccountId};

use crate::error::StoreError;
use crate::load::subscriptions::{FAX, SIP};
use crate::record::accounts::{give_email, move_email, take_email};
use crate::row::known;
use crate::schema::sub_accounts;
use crate::statement::Statement;
use crate::transaction::Tx;

/// Makes a sub-account.
pub fn new_sub_account(
    tx: &mut Tx<'_>,
    account: AccountId,
    profile: &SubAccountProfile,
    now: Timestamp,
) -> Result<SubAccountId, StoreError> {
    let id: i64 = diesel::insert_into(sub_accounts::table)
        .values((
            sub_accounts::account_id.eq(account.get()),
            sub_accounts::created_at.eq(now.micros()),
            Columns::from(profile),
        ))
        .returning(sub_accounts::id)
        .get_result(tx.connection)?;
    let id = known(SubAccountId::new(id), "sub_accounts")?;
    if let Some(email) = &profile.email {
        give_email(tx, &email.key(), account, Some(id))?;
    }
    Ok(id)
}

/// Writes down a sub-account as it is after a change; its e-mail address was `before`.
pub fn change(
    tx: &mut Tx<'_>,
    sub_account: &SubAccount,
    before: Option<&Email>,
) -> Result<(), StoreError> {
    diesel::update(sub_accounts::table.find(sub_account.id.get()))
        .set(Columns::from(&sub_account.profile))
        .execute(tx.connection)?;
    let owner = EmailOwner::SubAccount(sub_account.id);
    let after = sub_account.profile.email.as_ref();
    move_email(tx, (sub_account.account, owner), before, after)
}

/// Deletes a sub-account: its numbers go back to the account, unassigned, and its texts are gone.
pub fn delete(tx: &mut Tx<'_>, sub_account: &SubAccount, now: Timestamp) -> Result<(), StoreError> {
    let id = sub_account.id.get();
    if let Some(email) = &sub_account.profile.email {
        take_email(tx, &email.key())?;
    }
    let unassign = Statement::<()>::new(UNASSIGN).integer(sub_account.account.get());
    let unassign = unassign.integer(id).integer(i64::from(SIP)).integer(i64::from(FAX));
    unassign.execute(tx.connection)?;
    let delete = Statement::<()>::new(DELETE).integer(now.micros()).integer(now.micros());
    delete.integer(id).execute(tx.connection)?;
    Ok(())
}

const UNASSIGN: &str = "
    UPDATE did_subscriptions SET assigned = 0, assigned_id = NULL
    WHERE account_id = {} AND ended_at IS NULL AND assigned_id = {} AND assigned IN ({}, {})";

// Another process's clock may be a little ahead of ours.
const DELETE: &str = "
    UPDATE sub_accounts
    SET deleted_at = CASE WHEN created_at > {} THEN created_at ELSE {} END,
        alias = '', email = NULL, first_name = '', last_name = '', company = '', fax_headline = ''
    WHERE id = {}";

#[derive(AsChangeset, Insertable)]
#[diesel(table_name = sub_accounts, treat_none_as_null = true)]
struct Columns<'a> {
    alias: &'a str,
    email: Option<&'a str>,
    first_name: &'a str,
    last_name: &'a str,
    company: &'a str,
    fax_headline: &'a str,
}

impl<'a> From<&'a SubAccountProfile> for Columns<'a> {
    fn from(profile: &'a SubAccountProfile) -> Self {
        Self {
            alias: profile.alias.as_str(),
            email: profile.email.as_ref().map(Email::as_str),
            first_name: profile.first_name.as_str(),
            last_name: profile.last_name.as_str(),
            company: profile.company.as_str(),
            fax_headline: profile.fax_headline.as_str(),
        }
    }
}
