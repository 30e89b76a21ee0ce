//! How many requests a user and a source may make, where the operator says so. Counted in this
//! process alone: of so many processes behind a balancer each admits as many.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

use leaseline_core::Timestamp;
use leaseline_core::quota::Quota;

use crate::failure::Failure;
use crate::hub::{Hub, lock};
use crate::logins::{Realm, network};
use crate::meters;

/// So many users and sources are counted at a time; then those that have used nothing up lately are
/// forgotten, and if that is not enough, all.
const MOST_COUNTED: usize = 10_000;

/// How many requests a second are admitted; `None` admits any number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quotas {
    /// Of one user.
    pub user: Option<Quota>,
    /// Of one source, whoever it says it is: an IPv4 address, or the first half of an IPv6 address.
    pub source: Option<Quota>,
}

/// Until when whoever asked has used up what he may.
#[derive(Default)]
pub(crate) struct Used(Mutex<HashMap<Who, Timestamp>>);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Who {
    User(u8, Box<str>),
    Source([u8; 16]),
}

impl Hub {
    /// Counts a request of a user who has proved who he is.
    ///
    /// # Errors
    /// [`Failure::Overloaded`] if it is one too many.
    pub fn count_user(&self, realm: Realm, user: &str) -> Result<(), Failure> {
        let Some(quota) = self.quotas().user else { return Ok(()) };
        let admitted = self.used().admits(Who::User(realm.code(), user.into()), quota, self.now());
        if !admitted {
            meters::over_quota("user");
        }
        admitted.then_some(()).ok_or(Failure::Overloaded)
    }

    /// Counts a request from a source, before it is asked who makes it.
    ///
    /// # Errors
    /// [`Failure::Overloaded`] if it is one too many.
    pub fn count_source(&self, source: IpAddr) -> Result<(), Failure> {
        let Some(quota) = self.quotas().source else { return Ok(()) };
        let admitted = self.used().admits(Who::Source(network(source)), quota, self.now());
        if !admitted {
            meters::over_quota("source");
        }
        admitted.then_some(()).ok_or(Failure::Overloaded)
    }
}

impl Used {
    fn admits(&self, who: Who, quota: Quota, now: Timestamp) -> bool {
        let mut counted = lock(&self.0);
        let used_until = counted.get(&who).copied().unwrap_or(Timestamp::EPOCH);
        let Some(used_until) = quota.admit(used_until, now) else { return false };
        if counted.len() >= MOST_COUNTED {
            counted.retain(|_, used_until| *used_until > now);
        }
        if counted.len() >= MOST_COUNTED {
            counted.clear();
        }
        counted.insert(who, used_until);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_are_counted() {
        let (used, quota) = (Used::default(), Quota::per_second(1).unwrap());
        let now = Timestamp::from_micros(1_700_000_000_000_000);
        for user in 0..2 * MOST_COUNTED {
            assert!(used.admits(Who::User(1, user.to_string().into()), quota, now));
        }
        assert!(lock(&used.0).len() <= MOST_COUNTED);
        let last = Who::User(1, (2 * MOST_COUNTED - 1).to_string().into());
        assert!(!used.admits(last, quota, now));
    }
}
