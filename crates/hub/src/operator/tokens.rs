//! Tokens: which were handed out, which no longer count.

use leaseline_core::Timestamp;
use leaseline_store::{Tx, load, record};

use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Decision, Request, Way};

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

fn issue_token(tx: &mut Tx<'_>, issue: &TokenIssue, now: Timestamp) -> Decision<bool> {
    if load::users::api_user(tx, &issue.user)?.is_none() {
        return Ok(Ok(false));
    }
    record::users::token_issued(tx, &issue.jti, &issue.user, now, issue.expires_at)?;
    Ok(Ok(true))
}
