//! Who may try to log in. Failures are counted in the store, so that they count in every process
//! and after a restart; that there is nothing to hold against somebody is remembered for less
//! than a second, so that who logs in as he should costs nothing.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use leaseline_core::Timestamp;
use leaseline_store::load::logins::LoginKey;
use leaseline_store::{Tx, load, record};
use sha2::{Digest, Sha256};

use crate::failure::Failure;
use crate::hub::{Hub, lock};
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Request, Way};

/// How long it is remembered that a try may be made.
const ADMITTED: Duration = Duration::from_millis(500);

/// How long a login is not written down again.
const WRITTEN: Duration = Duration::from_secs(24 * 3_600);

/// So many users and sources are remembered; then all are forgotten.
const MOST_REMEMBERED: usize = 10_000;

/// What somebody logs in to. Users of equal names in two of them are two users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Realm {
    /// The TraiTel API.
    Traitel,
    /// The MOR API.
    Mor,
    /// Call control and records.
    Switch,
    /// The console.
    Console,
    /// Calls with calling cards.
    Card,
    /// The Apigate API. Its tokens are not guessed at, so nobody logs in there.
    Apigate,
}

/// A user and where the try comes from. `Debug` does not show the user, who may have typed a
/// password there.
#[derive(Clone)]
pub struct Login {
    realm: Realm,
    source: IpAddr,
    key: LoginKey,
}

/// A login that failed, to be counted.
struct LoginFailed(LoginKey);

/// A login that is not judged.
struct LoginHeldOff(LoginKey);

/// A login that went well, to be remembered.
struct LoginSucceeded(LoginKey);

/// What this process knows without asking.
#[derive(Default)]
pub(crate) struct Recent(Mutex<Known>);

#[derive(Default)]
struct Known {
    admitted: HashMap<LoginKey, Instant>,
    /// How many failures there were in this process: what the store said before the last one is
    /// not to be remembered after it.
    failures: u64,
    written: HashMap<LoginKey, Instant>,
    being_written: HashSet<LoginKey>,
}

/// When the store was asked, and what had happened before.
struct Asking {
    since: Instant,
    failures: u64,
}

impl Hub {
    /// Whether this login is judged by what it brings; if not, it fails, a right password
    /// included.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn may_log_in(&self, login: &Login) -> Result<bool, Failure> {
        if self.recent_logins().is_admitted(&login.key) {
            return Ok(true);
        }
        let key = login.key.clone();
        let (rule, asked, asking) = (*self.throttle(), key.clone(), self.recent_logins().ask());
        let tries = self.read(move |tx| load::logins::tries(tx, &asked, &rule)).await?;
        let admitted = rule.admits(&tries, self.now());
        if admitted {
            self.recent_logins().admit(key, asking);
        }
        Ok(admitted)
    }

    /// Counts a failed login. One without a password is none.
    ///
    /// # Errors
    /// [`Failure`] when it could not be counted, or nobody can say.
    pub async fn login_failed(&self, login: &Login) -> Result<(), Failure> {
        let counted = self.ask(LoginFailed(login.key.clone())).await;
        self.recent_logins().judge_anew(&login.key.source);
        counted
    }

    /// Takes as long as counting a failed login, and counts nothing: whoever is held off is not to
    /// notice it.
    ///
    /// # Errors
    /// [`Failure`] when nothing can be written.
    pub async fn login_held_off(&self, login: &Login) -> Result<(), Failure> {
        self.ask(LoginHeldOff(login.key.clone())).await
    }

    /// Remembers from where somebody logged in, once a day.
    ///
    /// # Errors
    /// [`Failure`] when it could not be written down, or nobody can say.
    pub async fn login_succeeded(&self, login: &Login) -> Result<(), Failure> {
        if self.recent_logins().is_written(&login.key) {
            return Ok(());
        }
        self.ask(LoginSucceeded(login.key.clone())).await?;
        self.recent_logins().write(login.key.clone());
        Ok(())
    }

    /// The same, but nobody waits for it: where somebody logged in from is a help against the next
    /// flood, not a condition. Of many logins at once one is written down.
    pub fn remember_login(&self, login: &Login) {
        if !self.recent_logins().begin_to_write(&login.key) {
            return;
        }
        let (hub, login) = (self.clone(), login.clone());
        tokio::spawn(async move {
            if let Err(failure) = hub.login_succeeded(&login).await {
                tracing::warn!(%failure, "a login was not written down");
            }
            hub.recent_logins().end_to_write(&login.key);
        });
    }
}

impl Request for LoginHeldOff {
    type Outcome = ();

    fn into_command(self, way: Way<()>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, held_off: &Self, now: Timestamp| {
            record::logins::held_off(tx, &held_off.0, now).map(Ok)
        })
    }
}

impl Realm {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Traitel => 1,
            Self::Mor => 2,
            Self::Switch => 3,
            Self::Console => 4,
            Self::Card => 5,
            Self::Apigate => 6,
        }
    }
}

impl Login {
    /// A try to log in to this, as the user whose name was sent like that, from there.
    pub fn new(realm: Realm, user: &str, source: IpAddr) -> Self {
        let who = Sha256::new().chain_update([realm.code()]).chain_update(user);
        let key = LoginKey { who: who.finalize().into(), source: network(source) };
        Self { realm, source, key }
    }
}

/// What counts as one source: an IPv4 address, or the first half of an IPv6 address, for whoever has
/// one of those has 2^64.
pub(crate) fn network(source: IpAddr) -> [u8; 16] {
    let mut octets = match source.to_canonical() {
        IpAddr::V4(address) => return address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => address.octets(),
    };
    octets[8..].fill(0);
    octets
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login")
            .field("realm", &self.realm)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

impl Recent {
    fn is_admitted(&self, key: &LoginKey) -> bool {
        lock(&self.0).admitted.get(key).is_some_and(|since| since.elapsed() < ADMITTED)
    }

    /// To be called before the store is asked.
    fn ask(&self) -> Asking {
        Asking { since: Instant::now(), failures: lock(&self.0).failures }
    }

    fn admit(&self, key: LoginKey, asking: Asking) {
        let mut known = lock(&self.0);
        if known.failures == asking.failures {
            put(&mut known.admitted, key, asking.since);
        }
    }

    /// After a failure, nobody from its source is admitted unasked.
    fn judge_anew(&self, source: &[u8; 16]) {
        let mut known = lock(&self.0);
        known.failures = known.failures.wrapping_add(1);
        known.admitted.retain(|key, _| key.source != *source);
    }

    fn is_written(&self, key: &LoginKey) -> bool {
        lock(&self.0).written.get(key).is_some_and(|since| since.elapsed() < WRITTEN)
    }

    /// Whether it is to be written down and nobody is about to.
    fn begin_to_write(&self, key: &LoginKey) -> bool {
        !self.is_written(key) && lock(&self.0).being_written.insert(key.clone())
    }

    fn end_to_write(&self, key: &LoginKey) {
        lock(&self.0).being_written.remove(key);
    }

    fn write(&self, key: LoginKey) {
        put(&mut lock(&self.0).written, key, Instant::now());
    }
}

fn put(known: &mut HashMap<LoginKey, Instant>, key: LoginKey, since: Instant) {
    if known.len() >= MOST_REMEMBERED {
        known.clear();
    }
    known.insert(key, since);
}

impl Request for LoginFailed {
    type Outcome = ();

    fn into_command(self, way: Way<()>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, failed: &Self, now: Timestamp| {
            record::logins::failed(tx, &failed.0, now).map(Ok)
        })
    }
}

impl Request for LoginSucceeded {
    type Outcome = ();

    fn into_command(self, way: Way<()>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, succeeded: &Self, now: Timestamp| {
            record::logins::succeeded(tx, &succeeded.0, now).map(Ok)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(realm: Realm, user: &str, source: &str) -> LoginKey {
        Login::new(realm, user, source.parse().unwrap()).key
    }

    #[test]
    fn a_user_of_another_realm_or_source_is_another() {
        let one = key(Realm::Mor, "admin", "192.0.2.1");
        assert_eq!(one, key(Realm::Mor, "admin", "::ffff:192.0.2.1"));
        for other in [
            key(Realm::Traitel, "admin", "192.0.2.1"),
            key(Realm::Mor, "Admin", "192.0.2.1"),
            key(Realm::Mor, "admin", "192.0.2.2"),
        ] {
            assert_ne!(one, other);
        }
        // Whoever has one address of IPv6 has as many as he likes.
        let six = key(Realm::Mor, "admin", "2001:db8:0:1::1");
        assert_eq!(six, key(Realm::Mor, "admin", "2001:db8:0:1:ffff::2"));
        assert_ne!(six, key(Realm::Mor, "admin", "2001:db8:0:2::1"));
    }

    #[test]
    fn debug_does_not_show_the_user() {
        let login = Login::new(Realm::Mor, "hunter2", [192, 0, 2, 1].into());
        assert_eq!(format!("{login:?}"), "Login { realm: Mor, source: 192.0.2.1, .. }");
    }
}
