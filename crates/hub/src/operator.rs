//! What an operator does: pools and numbers, users of the APIs, tokens.

use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::api_user::{ApiUser, Role};
use leaseline_core::ids::{ApiUserId, PoolId};
use leaseline_core::phone::PhoneNumber;
use leaseline_store::{Tx, load, record};

pub use leaseline_store::load::users::TokenRecord;

use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Decision, Request, Way};

/// A pool of numbers for leases, to be made.
#[derive(Clone, Debug)]
pub struct NewPool {
    /// Its name, unique.
    pub name: String,
    /// The code of the region in which its numbers are read, such as `MY`.
    pub region: String,
    /// How long its numbers rest after a lease.
    pub quarantine: Duration,
}

/// Numbers to be put into a pool, in their order. Those that are in a pool already stay there.
/// The outcome is how many were new.
#[derive(Clone, Debug)]
pub struct NewNumbers {
    /// Which pool.
    pub pool: PoolId,
    /// The numbers.
    pub numbers: Vec<PhoneNumber>,
}

/// A user of the APIs, to be made.
#[derive(Clone, Debug)]
pub struct NewApiUser {
    /// Its name, unique.
    pub name: String,
    /// What it may do.
    pub role: Role,
}

/// A user of the APIs to be enabled or disabled. The outcome says whether there is such a user.
#[derive(Clone, Debug)]
pub struct EnableApiUser {
    /// Its name.
    pub name: String,
    /// Whether it may do anything.
    pub enabled: bool,
}

/// A token that is about to be handed out. The outcome is whether there is such a user.
#[derive(Clone, Debug)]
pub struct TokenIssue {
    /// Its `jti`.
    pub jti: String,
    /// For which user.
    pub user: String,
    /// When it ends by itself, if it does.
    pub expires_at: Option<Timestamp>,
}

/// A token to be revoked, issued here or not.
#[derive(Clone, Debug)]
pub struct TokenRevocation {
    /// Its `jti`.
    pub jti: String,
}

/// Answers kept for repeated requests, to be forgotten a thousand at a time. The outcome is how
/// many were.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ForgetKeys {
    pub(crate) before: Timestamp,
}

impl Request for NewPool {
    type Outcome = PoolId;

    fn into_command(self, way: Way<PoolId>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, new: &Self, _: Timestamp| {
            record::numbers::new_pool(tx, &new.name, &new.region, new.quarantine).map(Ok)
        })
    }
}

impl Request for NewNumbers {
    type Outcome = usize;

    fn into_command(self, way: Way<usize>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, new: &Self, _: Timestamp| {
            record::numbers::new_numbers(tx, new.pool, &new.numbers).map(Ok)
        })
    }
}

impl Request for NewApiUser {
    type Outcome = ApiUserId;

    fn into_command(self, way: Way<ApiUserId>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, new: &Self, _: Timestamp| {
            record::users::new_api_user(tx, &new.name, &new.role).map(Ok)
        })
    }
}

impl Request for EnableApiUser {
    type Outcome = bool;

    fn into_command(self, way: Way<bool>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, change: &Self, _: Timestamp| {
            let Some(user) = load::users::api_user(tx, &change.name)? else {
                return Ok(Ok(false));
            };
            record::users::set_enabled(tx, &user, change.enabled)?;
            Ok(Ok(true))
        })
    }
}

impl Request for TokenIssue {
    type Outcome = bool;

    fn into_command(self, way: Way<bool>, _: &dyn Ids) -> Command {
        way.errand(self, issue_token)
    }
}

impl Request for TokenRevocation {
    type Outcome = ();

    fn into_command(self, way: Way<()>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, revocation: &Self, now: Timestamp| {
            record::users::token_revoked(tx, &revocation.jti, now).map(Ok)
        })
    }
}

impl Request for ForgetKeys {
    type Outcome = usize;

    fn into_command(self, way: Way<usize>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, old: &Self, _: Timestamp| {
            record::idempotency::forget(tx, old.before, 1_000).map(Ok)
        })
    }
}

fn issue_token(tx: &mut Tx<'_>, issue: &TokenIssue, now: Timestamp) -> Decision<bool> {
    let user: Option<ApiUser> = load::users::api_user(tx, &issue.user)?;
    if user.is_none() {
        return Ok(Ok(false));
    }
    record::users::token_issued(tx, &issue.jti, &issue.user, now, issue.expires_at)?;
    Ok(Ok(true))
}
