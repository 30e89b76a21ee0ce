//! Passwords: Argon2id, a bounded number at a time, and for at most a minute not twice the same.

mod hashing;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use leaseline_core::password::PasswordHash;
use sha2::{Digest, Sha256};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use self::hashing::Memories;
pub use self::hashing::{NotHashed, hash_password, password_matches};
use crate::failure::Failure;
use crate::hub::{Hub, lock};
use crate::logins::Login;
use crate::room::Room;

/// How long a password is remembered that was found to be right.
const REMEMBERED: Duration = Duration::from_secs(60);

/// So many right passwords are remembered; then all are forgotten.
const MOST_REMEMBERED: usize = 10_000;

/// So many passwords are checked at a time, if there are as many processors.
const MOST_AT_A_TIME: usize = 8;

/// So many may wait for their turn, if it comes soon; more are refused at once.
const MOST_WAITING: usize = 1_024;

/// What an unknown user's password is checked against: as dear as any other.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdC4$\
                      Vm9Uc2VnbWVudCBvZiBub3RoaW5nIGF0IGFsbC4uLi4";

/// The outcome of a check: the digest under which it is remembered, and a hash that it was right
/// against.
type Proof = [u8; 32];

/// Checks passwords for a hub.
pub(crate) struct Checker {
    turns: Semaphore,
    at_a_time: usize,
    queue: Semaphore,
    room: Room,
    memories: Memories,
    /// Makes the digests of this process worth nothing to anybody else.
    key: [u8; 32],
    right: Mutex<HashMap<Proof, Instant>>,
}

/// Somebody's turn, until it is dropped.
struct Turn<'a> {
    checker: &'a Checker,
    began: Instant,
    _turn: SemaphorePermit<'a>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let Checker { room, at_a_time, .. } = self.checker;
        room.done(*at_a_time, self.began.elapsed(), self.checker.waiting());
    }
}

impl Hub {
    /// Hashes a password.
    ///
    /// # Errors
    /// [`Failure`] when too many passwords wait.
    pub async fn hash_password(&self, password: &str) -> Result<PasswordHash, Failure> {
        let password = password.to_owned();
        let _turn = self.passwords().turn().await?;
        blocking(move || hash_password(&password)).await?.map_err(|_| Failure::Unavailable)
    }

    /// Whether a user's password is this one. It takes as long for nobody's (`None`), whose is
    /// none.
    ///
    /// # Errors
    /// [`Failure`] when too many passwords wait.
    pub async fn password_matches(
        &self,
        stored: Option<&PasswordHash>,
        given: &str,
    ) -> Result<bool, Failure> {
        let proof = stored.map(|stored| self.passwords().proof(stored, given));
        if proof.is_some_and(|proof| self.passwords().recalls(&proof)) {
            return Ok(true);
        }
        let _turn = self.passwords().turn().await?;
        self.verify(stored, given).await
    }

    /// Whether a user logs in: it is not held off after failures, and the password is its own. A
    /// failure is counted, and all failures take the same time. `stored` is the present hash;
    /// none for nobody, and for whoever may not log in.
    ///
    /// # Errors
    /// [`Failure`] when too many passwords wait, or the store does not answer.
    pub async fn log_in(
        &self,
        login: &Login,
        stored: Option<&PasswordHash>,
        given: &str,
    ) -> Result<bool, Failure> {
        let proof = stored.map(|stored| self.passwords().proof(stored, given));
        let is_right = proof.is_some_and(|proof| self.passwords().recalls(&proof));
        if is_right && self.may_log_in(login).await? {
            self.remember_login(login);
            return Ok(true);
        }
        // Whoever waits for a turn is judged when it comes: a flood of guesses that were sent at
        // once is held off after as many as one after the other.
        let _turn = self.passwords().turn().await?;
        // A right password comes here only when it was held off above; to ask again would tell it.
        if is_right || !self.may_log_in(login).await? {
            let refused = self.verify(None, given).await?;
            self.login_held_off(login).await?;
            return Ok(refused);
        }
        let logged_in = self.verify(stored, given).await?;
        if logged_in {
            self.remember_login(login);
        } else {
            self.login_failed(login).await?;
        }
        Ok(logged_in)
    }

    /// Takes as long as a login that fails, whatever was brought, and counts nothing.
    ///
    /// # Errors
    /// [`Failure`] when too many passwords wait, or the store does not answer.
    pub async fn refuse_login(&self, login: &Login, given: &str) -> Result<(), Failure> {
        let _turn = self.passwords().turn().await?;
        self.may_log_in(login).await?;
        self.verify(None, given).await?;
        self.login_held_off(login).await
    }

    async fn verify(&self, stored: Option<&PasswordHash>, given: &str) -> Result<bool, Failure> {
        let Some(stored) = stored.cloned() else {
            let nobody = PasswordHash::parse(NOBODY).ok_or(Failure::Unavailable)?;
            let given = given.to_owned();
            return self.passwords().matches(nobody, given).await.map(|_| false);
        };
        let proof = self.passwords().proof(&stored, given);
        // Of a client's many first requests one has it checked while the others wait.
        if self.passwords().recalls(&proof) {
            return Ok(true);
        }
        let since = Instant::now();
        let is_right = self.passwords().matches(stored, given.to_owned()).await?;
        if is_right {
            self.passwords().remember(proof, since);
        }
        Ok(is_right)
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Failure::Unavailable)
}

impl Checker {
    /// # Errors
    /// The operating system has no randomness.
    pub(crate) fn new() -> Result<Arc<Self>, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let at_a_time = processors.min(MOST_AT_A_TIME);
        Ok(Arc::new(Self {
            turns: Semaphore::new(at_a_time),
            at_a_time,
            queue: Semaphore::new(MOST_WAITING),
            room: Room::of_equals(MOST_WAITING),
            memories: Memories::default(),
            key,
            right: Mutex::default(),
        }))
    }

    async fn turn(&self) -> Result<Turn<'_>, Failure> {
        if !self.room.admits(self.waiting()) {
            return Err(Failure::Overloaded);
        }
        let place = self.queue.try_acquire().map_err(|_| Failure::Overloaded)?;
        let turn = timeout(PATIENCE, self.turns.acquire()).await;
        drop(place);
        let turn = turn.map_err(|_| Failure::Overloaded)?.map_err(|_| Failure::Unavailable)?;
        Ok(Turn { checker: self, began: Instant::now(), _turn: turn })
    }

    async fn matches(
        self: &Arc<Self>,
        stored: PasswordHash,
        given: String,
    ) -> Result<bool, Failure> {
        let checker = Arc::clone(self);
        blocking(move || checker.memories.matches(&stored, &given)).await
    }

    fn waiting(&self) -> usize {
        MOST_WAITING - self.queue.available_permits()
    }

    /// A hash that was changed meanwhile gives another proof, so a password never outlives it.
    fn proof(&self, stored: &PasswordHash, given: &str) -> Proof {
        let stored = stored.expose().as_bytes();
        let digest = Sha256::new()
            .chain_update(self.key)
            .chain_update(stored.len().to_le_bytes())
            .chain_update(stored)
            .chain_update(given);
        digest.finalize().into()
    }

    fn recalls(&self, proof: &Proof) -> bool {
        lock(&self.right).get(proof).is_some_and(|since| since.elapsed() < REMEMBERED)
    }

    fn remember(&self, proof: Proof, since: Instant) {
        let mut right = lock(&self.right);
        if right.len() >= MOST_REMEMBERED {
            right.clear();
        }
        right.insert(proof, since);
    }
}

/// So long a password waits for its turn.
const PATIENCE: Duration = Duration::from_millis(1_500);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_checked_as_anybody_is() {
        let nobody = PasswordHash::parse(NOBODY).unwrap();
        assert!(argon2::password_hash::phc::PasswordHash::new(nobody.expose()).is_ok());
        assert!(!password_matches(&nobody, ""));
    }

    #[test]
    fn a_proof_names_its_hash() {
        let checker = Checker::new().unwrap();
        let [old, new] = ["a", "a"].map(|password| hash_password(password).unwrap());
        let proof = checker.proof(&old, "a");
        checker.remember(proof, Instant::now());
        assert!(checker.recalls(&checker.proof(&old, "a")));
        assert!(!checker.recalls(&checker.proof(&new, "a")));
        assert!(!checker.recalls(&checker.proof(&old, "b")));
        assert!(!Checker::new().unwrap().recalls(&proof));
    }

    #[test]
    fn a_proof_ends() {
        let checker = Checker::new().unwrap();
        let proof = checker.proof(&PasswordHash::parse(NOBODY).unwrap(), "a");
        if let Some(since) = Instant::now().checked_sub(REMEMBERED) {
            checker.remember(proof, since);
            assert!(!checker.recalls(&proof));
        }
    }
}
