//! Users of the APIs and their tokens.

use std::sync::Arc;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use leaseline_core::Timestamp;
use leaseline_core::api_user::{ApiUser, Role};
use leaseline_core::ids::{ApiUserId, CustomerId};

use crate::error::StoreError;
use crate::row::{instant, known};
use crate::schema::{api_user_customers, api_users, tokens};
use crate::statement::Statement;
use crate::transaction::Tx;

/// A token that was issued or revoked; the token itself is kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// Its `jti`.
    pub jti: String,
    /// For whom; unknown for one that was revoked without having been issued here.
    pub user: Option<String>,
    /// When it was issued here.
    pub issued_at: Option<Timestamp>,
    /// When it ends by itself, if it does.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

/// The code of [`Role::Admin`] and [`Role::Client`].
pub(crate) const ADMIN: i16 = 1;
pub(crate) const CLIENT: i16 = 2;

/// The user of this name.
pub fn api_user(tx: &mut Tx<'_>, name: &str) -> Result<Option<ApiUser>, StoreError> {
    let row: Option<UserRow> = api_users::table
        .filter(api_users::name.eq(name))
        .select((
            api_users::id,
            api_users::name,
            api_users::role,
            api_users::may_top_up,
            api_users::enabled,
        ))
        .first(tx.connection)
        .optional()?;
    row.map(|row| user(tx, row)).transpose()
}

/// At most so many users after one (or from the first on), in the order of their ids.
pub fn api_users_after(
    tx: &mut Tx<'_>,
    after: Option<ApiUserId>,
    limit: u32,
) -> Result<Vec<ApiUser>, StoreError> {
    let rows: Vec<UserRow> = api_users::table
        .filter(api_users::id.gt(after.map_or(0, ApiUserId::get)))
        .order(api_users::id)
        .limit(i64::from(limit))
        .select((
            api_users::id,
            api_users::name,
            api_users::role,
            api_users::may_top_up,
            api_users::enabled,
        ))
        .load(tx.connection)?;
    rows.into_iter().map(|row| user(tx, row)).collect()
}

/// Whether the token with this `jti` was revoked.
pub fn is_revoked(tx: &mut Tx<'_>, jti: &str) -> Result<bool, StoreError> {
    let revoked: Option<Option<i64>> =
        tokens::table.find(jti).select(tokens::revoked_at).first(tx.connection).optional()?;
    Ok(revoked.flatten().is_some())
}

/// All tokens that were issued or revoked, the oldest first.
pub fn tokens(tx: &mut Tx<'_>) -> Result<Vec<TokenRecord>, StoreError> {
    let rows: Vec<TokenRow> =
        tokens::table.order((tokens::issued_at, tokens::jti)).load(tx.connection)?;
    Ok(rows.into_iter().map(token).collect())
}

/// At most so many tokens of the users who may act for a customer, the latest first. Administrators act
/// for everybody and are left out.
pub fn tokens_for(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    limit: u32,
) -> Result<Vec<TokenRecord>, StoreError> {
    let rows: Vec<TokenRow> = Statement::<TokenSql>::new(TOKENS_FOR)
        .integer(customer.get())
        .integer(i64::from(limit))
        .load(tx.connection)?;
    Ok(rows.into_iter().map(token).collect())
}

const TOKENS_FOR: &str = "
    SELECT t.jti, t.user_name, t.issued_at, t.expires_at, t.revoked_at
    FROM api_user_customers a JOIN api_users u ON u.id = a.user_id
    JOIN tokens t ON t.user_name = u.name
    WHERE a.customer_id = {} ORDER BY t.issued_at DESC, t.jti LIMIT {}";

type TokenSql = (Text, Nullable<Text>, Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>);
type UserRow = (i64, String, i16, i16, i16);
type TokenRow = (String, Option<String>, Option<i64>, Option<i64>, Option<i64>);

fn user(
    tx: &mut Tx<'_>,
    (id, name, role, may_top_up, enabled): UserRow,
) -> Result<ApiUser, StoreError> {
    let role = match role {
        ADMIN => Role::Admin,
        CLIENT => Role::Client {
            customers: Arc::new(customers_of(tx, id)?.into_iter().collect()),
            may_top_up: may_top_up != 0,
        },
        _ => return Err(StoreError::corrupt("api_users")),
    };
    let id = known(ApiUserId::new(id), "api_users")?;
    Ok(ApiUser { id, name: name.into(), role, enabled: enabled != 0 })
}

fn customers_of(tx: &mut Tx<'_>, user: i64) -> Result<Vec<CustomerId>, StoreError> {
    let ids: Vec<i64> = api_user_customers::table
        .filter(api_user_customers::user_id.eq(user))
        .select(api_user_customers::customer_id)
        .load(tx.connection)?;
    ids.into_iter().map(|id| known(CustomerId::new(id), "api_user_customers")).collect()
}

fn token((jti, user, issued_at, expires_at, revoked_at): TokenRow) -> TokenRecord {
    TokenRecord {
        jti,
        user,
        issued_at: instant(issued_at),
        expires_at: instant(expires_at),
        revoked_at: instant(revoked_at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Planner;

    #[test]
    fn a_customers_tokens_are_found_along_indexes() {
        let asked = Statement::<TokenSql>::new(TOKENS_FOR).integer(1).integer(50);
        let plan = Planner::new().plan(&asked);
        assert!(plan.walks_no_table(), "{plan:#?}");
    }
}
