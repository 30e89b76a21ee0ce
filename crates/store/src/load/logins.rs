//! Failed logins, and from where somebody has logged in.

use diesel::prelude::*;
use leaseline_core::Timestamp;
use leaseline_core::throttle::{Throttle, Tries};

use crate::error::StoreError;
use crate::schema::{login_failures, logins};
use crate::transaction::Tx;

/// A user and where the try came from, as they are kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LoginKey {
    /// A digest of the user's name and what it logs in to.
    pub who: [u8; 32],
    /// An address in its IPv6 form.
    pub source: [u8; 16],
}

/// What the rule may see of a user and a source.
pub fn tries(tx: &mut Tx<'_>, key: &LoginKey, rule: &Throttle) -> Result<Tries, StoreError> {
    let from_here = || login_failures::table.filter(login_failures::source.eq(&key.source[..]));
    let of_user = from_here()
        .filter(login_failures::who.eq(&key.who[..]))
        .order(login_failures::at.desc())
        .limit(rule.failures.into())
        .select(login_failures::at)
        .load(tx.connection)?;
    let of_source = from_here()
        .order(login_failures::at.desc())
        .limit(rule.source_failures.into())
        .select(login_failures::at)
        .load(tx.connection)?;
    let before: i64 = logins::table
        .filter(logins::who.eq(&key.who[..]))
        .filter(logins::source.eq(&key.source[..]))
        .count()
        .get_result(tx.connection)?;
    Ok(Tries {
        of_user: instants(of_user),
        of_source: instants(of_source),
        has_logged_in: before > 0,
    })
}

fn instants(micros: Vec<i64>) -> Vec<Timestamp> {
    micros.into_iter().map(Timestamp::from_micros).collect()
}
