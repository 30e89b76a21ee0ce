//! Users of the APIs and their tokens.

use diesel::prelude::*;
use leaseline_core::Timestamp;
use leaseline_core::api_user::{ApiUser, Role};
use leaseline_core::ids::ApiUserId;

use crate::error::StoreError;
use crate::load::users::{ADMIN, CLIENT};
use crate::row::{flag, known};
use crate::schema::{api_user_customers, api_users, tokens};
use crate::transaction::Tx;

/// Makes an enabled user.
pub fn new_api_user(tx: &mut Tx<'_>, name: &str, role: &Role) -> Result<ApiUserId, StoreError> {
    let (code, may_top_up) = columns(role);
    let id: i64 = diesel::insert_into(api_users::table)
        .values((
            api_users::name.eq(name),
            api_users::role.eq(code),
            api_users::may_top_up.eq(flag(may_top_up)),
            api_users::enabled.eq(flag(true)),
        ))
        .returning(api_users::id)
        .get_result(tx.connection)?;
    grant_all(tx, id, role)?;
    known(ApiUserId::new(id), "api_users")
}

/// Writes down a user as it is after a change.
pub fn change(tx: &mut Tx<'_>, user: &ApiUser) -> Result<(), StoreError> {
    let id = user.id.get();
    let (code, may_top_up) = columns(&user.role);
    diesel::update(api_users::table.find(id))
        .set((
            api_users::role.eq(code),
            api_users::may_top_up.eq(flag(may_top_up)),
            api_users::enabled.eq(flag(user.enabled)),
        ))
        .execute(tx.connection)?;
    diesel::delete(api_user_customers::table.filter(api_user_customers::user_id.eq(id)))
        .execute(tx.connection)?;
    grant_all(tx, id, &user.role)
}

/// Enables or disables a user, and says whether there is one of this name.
pub fn set_enabled(tx: &mut Tx<'_>, user: &ApiUser, enabled: bool) -> Result<(), StoreError> {
    diesel::update(api_users::table.find(user.id.get()))
        .set(api_users::enabled.eq(flag(enabled)))
        .execute(tx.connection)?;
    Ok(())
}

/// Writes down that a token was issued.
pub fn token_issued(
    tx: &mut Tx<'_>,
    jti: &str,
    user: &str,
    issued_at: Timestamp,
    expires_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    diesel::insert_into(tokens::table)
        .values((
            tokens::jti.eq(jti),
            tokens::user_name.eq(user),
            tokens::issued_at.eq(issued_at.micros()),
            tokens::expires_at.eq(expires_at.map(Timestamp::micros)),
        ))
        .execute(tx.connection)?;
    Ok(())
}

/// Revokes the token with this `jti`, issued here or not; the first revocation's time stays.
pub fn token_revoked(tx: &mut Tx<'_>, jti: &str, now: Timestamp) -> Result<(), StoreError> {
    let known: i64 = tokens::table.find(jti).count().get_result(tx.connection)?;
    if known == 0 {
        diesel::insert_into(tokens::table)
            .values((tokens::jti.eq(jti), tokens::revoked_at.eq(now.micros())))
            .execute(tx.connection)?;
        return Ok(());
    }
    diesel::update(tokens::table.find(jti).filter(tokens::revoked_at.is_null()))
        .set(tokens::revoked_at.eq(now.micros()))
        .execute(tx.connection)?;
    Ok(())
}

const fn columns(role: &Role) -> (i16, bool) {
    match role {
        Role::Admin => (ADMIN, true),
        Role::Client { may_top_up, .. } => (CLIENT, *may_top_up),
    }
}

fn grant_all(tx: &mut Tx<'_>, user: i64, role: &Role) -> Result<(), StoreError> {
    if let Role::Client { customers, .. } = role {
        for customer in customers.iter() {
            grant(tx, user, customer.get())?;
        }
    }
    Ok(())
}

fn grant(tx: &mut Tx<'_>, user: i64, customer: i64) -> Result<(), StoreError> {
    diesel::insert_into(api_user_customers::table)
        .values((
            api_user_customers::user_id.eq(user),
            api_user_customers::customer_id.eq(customer),
        ))
        .execute(tx.connection)?;
    Ok(())
}
