//! Users of the console, their sessions and links.

use diesel::prelude::*;
use leaseline_core::Timestamp;
use leaseline_core::ids::StaffId;
use leaseline_core::password::PasswordHash;
use leaseline_core::staff::{SESSION_IDLE, StaffMember, StaffName, StaffRole};

use crate::error::StoreError;
use crate::load::staff::Digest;
use crate::row::{Code, flag, known};
use crate::schema::{staff, staff_links, staff_sessions};
use crate::transaction::Tx;

/// Makes an enabled user without a password.
pub fn new_member(
    tx: &mut Tx<'_>,
    name: &StaffName,
    role: StaffRole,
    now: Timestamp,
) -> Result<StaffId, StoreError> {
    let id: i64 = diesel::insert_into(staff::table)
        .values((
            staff::name.eq(name.as_str()),
            staff::role.eq(role.code()),
            staff::enabled.eq(flag(true)),
            staff::created_at.eq(now.micros()),
        ))
        .returning(staff::id)
        .get_result(tx.connection)?;
    known(StaffId::new(id), "staff")
}

/// Writes down a user as it is after a change.
pub fn change(tx: &mut Tx<'_>, member: &StaffMember) -> Result<(), StoreError> {
    diesel::update(staff::table.find(member.id.get()))
        .set((
            staff::role.eq(member.role.code()),
            staff::enabled.eq(flag(member.enabled)),
            staff::password_hash.eq(member.password.as_ref().map(PasswordHash::expose)),
        ))
        .execute(tx.connection)?;
    Ok(())
}

/// Writes down a link, which takes the place of those before it.
pub fn link(
    tx: &mut Tx<'_>,
    digest: &Digest,
    member: StaffId,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    forget_links(tx, member)?;
    diesel::insert_into(staff_links::table)
        .values((
            staff_links::digest.eq(&digest[..]),
            staff_links::staff_id.eq(member.get()),
            staff_links::expires_at.eq(expires_at.micros()),
        ))
        .execute(tx.connection)?;
    Ok(())
}

/// Uses a link up, and says whether it was still there: of two who come with it, one finds it.
pub fn use_link(tx: &mut Tx<'_>, digest: &Digest) -> Result<bool, StoreError> {
    let used = diesel::delete(staff_links::table.find(&digest[..])).execute(tx.connection)?;
    Ok(used > 0)
}

/// Forgets the links of a user.
pub fn forget_links(tx: &mut Tx<'_>, member: StaffId) -> Result<(), StoreError> {
    diesel::delete(staff_links::table.filter(staff_links::staff_id.eq(member.get())))
        .execute(tx.connection)?;
    Ok(())
}

/// Writes down a new session, and forgets those that are over.
pub fn begin_session(
    tx: &mut Tx<'_>,
    digest: &Digest,
    member: StaffId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let idle = staff_sessions::seen_at.le(now.saturating_sub(SESSION_IDLE).micros());
    diesel::delete(staff_sessions::table.filter(idle)).execute(tx.connection)?;
    diesel::insert_into(staff_sessions::table)
        .values((
            staff_sessions::digest.eq(&digest[..]),
            staff_sessions::staff_id.eq(member.get()),
            staff_sessions::began_at.eq(now.micros()),
            staff_sessions::seen_at.eq(now.micros()),
        ))
        .execute(tx.connection)?;
    Ok(())
}

/// Writes down that a session is used.
pub fn session_seen(tx: &mut Tx<'_>, digest: &Digest, now: Timestamp) -> Result<(), StoreError> {
    let earlier = staff_sessions::seen_at.lt(now.micros());
    diesel::update(staff_sessions::table.find(&digest[..]).filter(earlier))
        .set(staff_sessions::seen_at.eq(now.micros()))
        .execute(tx.connection)?;
    Ok(())
}

/// Ends a session.
pub fn end_session(tx: &mut Tx<'_>, digest: &Digest) -> Result<(), StoreError> {
    diesel::delete(staff_sessions::table.find(&digest[..])).execute(tx.connection)?;
    Ok(())
}

/// Ends every session of a user.
pub fn end_sessions(tx: &mut Tx<'_>, member: StaffId) -> Result<(), StoreError> {
    diesel::delete(staff_sessions::table.filter(staff_sessions::staff_id.eq(member.get())))
        .execute(tx.connection)?;
    Ok(())
}
