//! Users of the console, their sessions and the links by which they set their passwords.

use diesel::prelude::*;
use leaseline_core::Timestamp;
use leaseline_core::ids::StaffId;
use leaseline_core::password::PasswordHash;
use leaseline_core::staff::{StaffMember, StaffName, StaffRole};

use crate::error::StoreError;
use crate::row::{Code, known};
use crate::schema::{staff, staff_links, staff_sessions};
use crate::transaction::Tx;

/// What is kept of a cookie or a link: its SHA-256.
pub type Digest = [u8; 32];

/// A session, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffSession {
    /// Whose.
    pub member: StaffMember,
    /// When it was last used, as far as that was written down.
    pub seen_at: Timestamp,
}

/// A link to set a password, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffLink {
    /// Whose.
    pub member: StaffMember,
    /// From when on it is good for nothing.
    pub expires_at: Timestamp,
}

/// The user of this name.
pub fn member(tx: &mut Tx<'_>, name: &str) -> Result<Option<StaffMember>, StoreError> {
    let row: Option<MemberRow> = staff::table
        .filter(staff::name.eq(name))
        .select((staff::id, staff::name, staff::role, staff::enabled, staff::password_hash))
        .first(tx.connection)
        .optional()?;
    row.map(read).transpose()
}

/// Every user, in the order in which they were made.
pub fn members(tx: &mut Tx<'_>) -> Result<Vec<StaffMember>, StoreError> {
    let rows: Vec<MemberRow> = staff::table
        .order(staff::id)
        .select((staff::id, staff::name, staff::role, staff::enabled, staff::password_hash))
        .load(tx.connection)?;
    rows.into_iter().map(read).collect()
}

/// The session that is known by this digest, however long it has been idle.
pub fn session(tx: &mut Tx<'_>, digest: &Digest) -> Result<Option<StaffSession>, StoreError> {
    let found: Option<(i64, i64)> = staff_sessions::table
        .find(&digest[..])
        .select((staff_sessions::staff_id, staff_sessions::seen_at))
        .first(tx.connection)
        .optional()?;
    let Some((id, seen_at)) = found else { return Ok(None) };
    let seen_at = Timestamp::from_micros(seen_at);
    Ok(Some(StaffSession { member: by_id(tx, id)?, seen_at }))
}

/// The link that is known by this digest, good or not.
pub fn link(tx: &mut Tx<'_>, digest: &Digest) -> Result<Option<StaffLink>, StoreError> {
    let found: Option<(i64, i64)> = staff_links::table
        .find(&digest[..])
        .select((staff_links::staff_id, staff_links::expires_at))
        .first(tx.connection)
        .optional()?;
    let Some((id, expires_at)) = found else { return Ok(None) };
    let expires_at = Timestamp::from_micros(expires_at);
    Ok(Some(StaffLink { member: by_id(tx, id)?, expires_at }))
}

/// id, name, role, enabled, password.
type MemberRow = (i64, String, i16, i16, Option<String>);

fn by_id(tx: &mut Tx<'_>, id: i64) -> Result<StaffMember, StoreError> {
    let row: MemberRow = staff::table
        .find(id)
        .select((staff::id, staff::name, staff::role, staff::enabled, staff::password_hash))
        .first(tx.connection)?;
    read(row)
}

fn read((id, name, role, enabled, password): MemberRow) -> Result<StaffMember, StoreError> {
    let password = password.map(|hash| known(PasswordHash::parse(&hash), TABLE)).transpose()?;
    Ok(StaffMember {
        id: known(StaffId::new(id), TABLE)?,
        name: known(StaffName::parse(&name), TABLE)?,
        role: StaffRole::from_code(role)?,
        enabled: enabled != 0,
        password,
    })
}

const TABLE: &str = "staff";
