//! Users of MOR's interface made and changed.

use diesel::sql_types::BigInt;
use leaseline_core::Timestamp;
use leaseline_core::ids::{CustomerId, MorUserId};
use leaseline_core::mor_user::{MorProfile, MorUser};

use crate::error::StoreError;
use crate::load::mor_users::SealedSecret;
use crate::row::{Code, known};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// Makes a user without a secret.
pub fn new_mor_user(
    tx: &mut Tx<'_>,
    username: &str,
    profile: &MorProfile,
) -> Result<MorUserId, StoreError> {
    let row = columns(
        Rows::new("username, role, calling_cards, enabled, customer_id"),
        username,
        profile,
    );
    let ids: Vec<i64> = Statement::<BigInt>::new(INSERT).over(row).load(tx.connection)?;
    known(ids.first().copied().and_then(MorUserId::new), "mor_users")
}

/// Writes down a user as it is after a change.
pub fn change(tx: &mut Tx<'_>, user: &MorUser) -> Result<(), StoreError> {
    let row = Rows::new("username, role, calling_cards, enabled, customer_id");
    let row = columns(row, &user.username, &user.profile);
    Statement::<()>::new(UPDATE).over(row).execute(tx.connection)?;
    Ok(())
}

/// Writes down a user's secret, encrypted as it is, and until when the one before it still counts:
/// `None` if from now on nothing but the new one does.
pub fn secret(
    tx: &mut Tx<'_>,
    user: MorUserId,
    sealed: &[u8],
    former: Option<(&SealedSecret, Timestamp)>,
) -> Result<(), StoreError> {
    let row = Rows::new("id, secret, former_secret, former_secret_until")
        .integers([user.get()])
        .bytes([sealed])
        .optional_bytes([former.map(|(secret, _)| &*secret.sealed)])
        .optional_integers([former.map(|(_, until)| until.micros())]);
    Statement::<()>::new(SET_SECRET).over(row).execute(tx.connection)?;
    Ok(())
}

fn columns<'a>(row: Rows<'a>, username: &'a str, profile: &MorProfile) -> Rows<'a> {
    row.texts([username])
        .integers([profile.role.code().into()])
        .integers([profile.calling_cards.into()])
        .integers([profile.enabled.into()])
        .optional_integers([profile.customer.map(CustomerId::get)])
}

const INSERT: &str = "
    INSERT INTO mor_users (username, role, calling_cards, enabled, customer_id)
    SELECT username, role, calling_cards, enabled, customer_id FROM v WHERE role IS NOT NULL
    RETURNING id";

const UPDATE: &str = "
    UPDATE mor_users SET role = v.role, calling_cards = v.calling_cards, enabled = v.enabled,
      customer_id = v.customer_id
    FROM v WHERE mor_users.username = v.username";

const SET_SECRET: &str = "
    UPDATE mor_users SET secret = v.secret, former_secret = v.former_secret,
      former_secret_until = v.former_secret_until
    FROM v WHERE mor_users.id = v.id";
