//! Sub-accounts; deleted ones are not there.

use diesel::prelude::*;
use leaseline_core::account::{FreeText, ShownName, SubAccount, SubAccountProfile};
use leaseline_core::ids::{AccountId, SubAccountId};

use crate::error::StoreError;
use crate::load::accounts::email;
use crate::row::known;
use crate::schema::sub_accounts;
use crate::transaction::Tx;

/// All sub-accounts of an account, in the order of their ids.
pub fn sub_accounts(tx: &mut Tx<'_>, account: AccountId) -> Result<Vec<SubAccount>, StoreError> {
    let rows: Vec<SubAccountRow> = sub_accounts::table
        .filter(sub_accounts::account_id.eq(account.get()))
        .filter(sub_accounts::deleted_at.is_null())
        .order(sub_accounts::id)
        .select(SubAccountRow::as_select())
        .load(tx.connection)?;
    rows.into_iter().map(SubAccount::try_from).collect()
}

/// A sub-account of an account.
pub fn sub_account(
    tx: &mut Tx<'_>,
    account: AccountId,
    id: SubAccountId,
) -> Result<Option<SubAccount>, StoreError> {
    let row: Option<SubAccountRow> = sub_accounts::table
        .find(id.get())
        .filter(sub_accounts::account_id.eq(account.get()))
        .filter(sub_accounts::deleted_at.is_null())
        .select(SubAccountRow::as_select())
        .first(tx.connection)
        .optional()?;
    row.map(SubAccount::try_from).transpose()
}

/// The sub-account of an account that has this alias.
pub fn alias_owner(
    tx: &mut Tx<'_>,
    account: AccountId,
    alias: &ShownName,
) -> Result<Option<SubAccountId>, StoreError> {
    let id: Option<i64> = sub_accounts::table
        .filter(sub_accounts::account_id.eq(account.get()))
        .filter(sub_accounts::alias.eq(alias.as_str()))
        .filter(sub_accounts::deleted_at.is_null())
        .select(sub_accounts::id)
        .first(tx.connection)
        .optional()?;
    id.map(|id| known(SubAccountId::new(id), TABLE)).transpose()
}

const TABLE: &str = "sub_accounts";

#[derive(Queryable, Selectable)]
#[diesel(table_name = sub_accounts)]
struct SubAccountRow {
    id: i64,
    account_id: i64,
    alias: String,
    email: Option<String>,
    first_name: String,
    last_name: String,
    company: String,
    fax_headline: String,
}

impl TryFrom<SubAccountRow> for SubAccount {
    type Error = StoreError;

    fn try_from(row: SubAccountRow) -> Result<Self, StoreError> {
        let text = |text: &str| known(FreeText::parse(text), TABLE);
        let profile = SubAccountProfile {
            alias: known(ShownName::parse(&row.alias), TABLE)?,
            email: row.email.as_deref().map(|text| email(text, TABLE)).transpose()?,
            first_name: text(&row.first_name)?,
            last_name: text(&row.last_name)?,
            company: text(&row.company)?,
            fax_headline: text(&row.fax_headline)?,
        };
        let id = known(SubAccountId::new(row.id), TABLE)?;
        Ok(Self { id, account: known(AccountId::new(row.account_id), TABLE)?, profile })
    }
}
