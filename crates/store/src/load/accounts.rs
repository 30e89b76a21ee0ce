//! Accounts, who has which e-mail address, and balances.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use leaseline_core::account::{
    Account, AccountLogin, AccountProfile, Email, EmailKey, EmailOwner, FreeText,
};
use leaseline_core::ids::{AccountId, CustomerId, SubAccountId};
use leaseline_core::money::Credits;
use leaseline_core::password::PasswordHash;

use crate::dialect::Lock;
use crate::error::StoreError;
use crate::row::known;
use crate::schema::{account_emails, accounts};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// The account that logs in by this name.
pub fn login(tx: &mut Tx<'_>, user: &str) -> Result<Option<AccountLogin>, StoreError> {
    let row: Option<AccountRow> = accounts::table
        .filter(accounts::user_name.eq(user))
        .select(AccountRow::as_select())
        .first(tx.connection)
        .optional()?;
    row.map(AccountLogin::try_from).transpose()
}

/// The account with this id.
pub fn account(tx: &mut Tx<'_>, id: AccountId) -> Result<Option<Account>, StoreError> {
    let row: Option<AccountRow> = accounts::table
        .find(id.get())
        .select(AccountRow::as_select())
        .first(tx.connection)
        .optional()?;
    Ok(row.map(AccountLogin::try_from).transpose()?.map(|login| login.account))
}

/// The account with this id, held with all that belongs to it until the transaction ends.
pub fn account_for_change(tx: &mut Tx<'_>, id: AccountId) -> Result<Option<Account>, StoreError> {
    tx.connection.dialect().lock(Lock::Accounts, &[id.get()])?;
    account(tx, id)
}

/// At most so many accounts after one (or from the first on), in the order of their ids.
pub fn accounts_after(
    tx: &mut Tx<'_>,
    after: Option<AccountId>,
    limit: u32,
) -> Result<Vec<Account>, StoreError> {
    let rows: Vec<AccountRow> = accounts::table
        .filter(accounts::id.gt(after.map_or(0, AccountId::get)))
        .order(accounts::id)
        .limit(i64::from(limit))
        .select(AccountRow::as_select())
        .load(tx.connection)?;
    rows.into_iter().map(|row| AccountLogin::try_from(row).map(|login| login.account)).collect()
}

/// What these accounts may spend, as far as they exist: the balances of their customers.
pub fn balances(
    tx: &mut Tx<'_>,
    accounts: &[AccountId],
) -> Result<HashMap<AccountId, Credits>, StoreError> {
    let rows = Rows::new("id").integers(accounts.iter().map(|id| id.get()));
    let rows: Vec<(i64, i64)> =
        Statement::<(BigInt, BigInt)>::new(BALANCES).over(rows).load(tx.connection)?;
    let read = |(id, balance)| Ok((known(AccountId::new(id), TABLE)?, Credits::new(balance)));
    rows.into_iter().map(read).collect()
}

/// Who has an e-mail address.
pub fn email_owner(tx: &mut Tx<'_>, key: &EmailKey) -> Result<Option<EmailOwner>, StoreError> {
    let row: Option<(i64, Option<i64>)> = account_emails::table
        .find(key.as_str())
        .select((account_emails::account_id, account_emails::sub_account_id))
        .first(tx.connection)
        .optional()?;
    row.map(|(account, sub_account)| match sub_account {
        Some(id) => known(SubAccountId::new(id), EMAILS).map(EmailOwner::SubAccount),
        None => known(AccountId::new(account), EMAILS).map(EmailOwner::Account),
    })
    .transpose()
}

const BALANCES: &str = "
    SELECT a.id, l.balance FROM v JOIN accounts a ON a.id = v.id
    JOIN customers c ON c.id = a.customer_id JOIN ledgers l ON l.id = c.ledger_id";

const TABLE: &str = "accounts";
const EMAILS: &str = "account_emails";

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
struct AccountRow {
    id: i64,
    user_name: String,
    customer_id: i64,
    password_hash: String,
    enabled: i16,
    email: Option<String>,
    first_name: String,
    last_name: String,
    time_zone: String,
    ivr: i16,
    rate_deck: Option<String>,
}

impl TryFrom<AccountRow> for AccountLogin {
    type Error = StoreError;

    fn try_from(row: AccountRow) -> Result<Self, StoreError> {
        let profile = AccountProfile {
            email: row.email.as_deref().map(|text| email(text, TABLE)).transpose()?,
            first_name: known(FreeText::parse(&row.first_name), TABLE)?,
            last_name: known(FreeText::parse(&row.last_name), TABLE)?,
            time_zone: row.time_zone,
            ivr: row.ivr != 0,
            rate_deck: row.rate_deck,
        };
        let account = Account {
            id: known(AccountId::new(row.id), TABLE)?,
            user: row.user_name,
            customer: known(CustomerId::new(row.customer_id), TABLE)?,
            profile,
            enabled: row.enabled != 0,
        };
        Ok(Self { account, password: known(PasswordHash::parse(&row.password_hash), TABLE)? })
    }
}

pub(super) fn email(text: &str, table: &'static str) -> Result<Email, StoreError> {
    known(Email::parse(text), table)
}
