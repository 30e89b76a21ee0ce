//! Requests that may be sent twice and are carried out once: the answer is kept under the key in
//! the transaction of its effect.

use std::collections::HashMap;
use std::fmt;

use leaseline_core::Refusal;
use leaseline_core::Timestamp;
use leaseline_store::load::idempotency::{KeyHolder, KeyOwner, StoredAnswer};
use leaseline_store::{StoreError, Tx, load, record};

use crate::failure::Failure;
use crate::hub::Hub;
use crate::inbox::Verdict;

/// The key of a request, and how its answer will read.
pub struct Idempotency<O> {
    owner: KeyOwner,
    fingerprint: Vec<u8>,
    answer: Box<dyn Fn(&O) -> String + Send + Sync>,
}

/// How a request was settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled<O> {
    /// It was carried out just now.
    Fresh(O),
    /// It was carried out before, with this answer.
    Repeated(String),
}

impl<O> Idempotency<O> {
    /// A key belongs to a user and an operation. `fingerprint` is a digest of the parameters;
    /// `answer` writes the answer to be kept.
    pub fn new(
        user: impl Into<KeyHolder>,
        operation: &'static str,
        key: String,
        fingerprint: Vec<u8>,
        answer: impl Fn(&O) -> String + Send + Sync + 'static,
    ) -> Self {
        let owner = KeyOwner { user: user.into(), operation, key };
        Self { owner, fingerprint, answer: Box::new(answer) }
    }

    pub(crate) const fn owner(&self) -> &KeyOwner {
        &self.owner
    }
}

impl<O> fmt::Debug for Idempotency<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Idempotency").field(&self.owner).finish()
    }
}

impl Hub {
    /// The answer that the same request had under its key, if it was carried out before: for whoever
    /// finds a request wrong that may have been right then.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn answered_before<O>(
        &self,
        key: &Idempotency<O>,
    ) -> Result<Option<String>, Failure> {
        let since = self.now().saturating_sub(self.answers_kept());
        let (owner, fingerprint) = (key.owner.clone(), key.fingerprint.clone());
        let stored = self.read(move |tx| {
            let mut answers = load::idempotency::answers(tx, &[&owner], since)?;
            Ok(answers.remove(&owner))
        });
        let same = stored.await?.filter(|stored| stored.fingerprint == fingerprint);
        Ok(same.map(|stored| stored.answer))
    }
}

/// The keys of a batch: what was answered under them before, and what is answered now.
pub(crate) struct KeyDesk {
    answers: HashMap<KeyOwner, StoredAnswer>,
    fresh: Vec<(KeyOwner, StoredAnswer)>,
    since: Timestamp,
}

impl KeyDesk {
    /// Answers that were given since an instant are repeated.
    pub(crate) fn open(
        tx: &mut Tx<'_>,
        keys: &[&KeyOwner],
        since: Timestamp,
    ) -> Result<Self, StoreError> {
        let answers = load::idempotency::answers(tx, keys, since)?;
        Ok(Self { answers, fresh: Vec::new(), since })
    }

    /// Decides a request unless it was carried out before.
    pub(crate) fn settle<O>(
        &mut self,
        key: Option<&Idempotency<O>>,
        decide: impl FnOnce() -> Result<O, Refusal>,
    ) -> Verdict<O> {
        match self.before(key) {
            Some(verdict) => verdict,
            None => self.after(key, decide()),
        }
    }

    /// The verdict on a request whose key was used before.
    pub(crate) fn before<O>(&self, key: Option<&Idempotency<O>>) -> Option<Verdict<O>> {
        let key = key?;
        let stored = self.answers.get(&key.owner)?;
        if stored.fingerprint != key.fingerprint {
            return Some(Err(Refusal::KeyReused));
        }
        Some(Ok(Settled::Repeated(stored.answer.clone())))
    }

    /// The verdict on a request that was decided now; its answer is kept. A refusal is not: a
    /// repeated request is decided anew.
    pub(crate) fn after<O>(
        &mut self,
        key: Option<&Idempotency<O>>,
        decided: Result<O, Refusal>,
    ) -> Verdict<O> {
        let outcome = decided?;
        if let Some(key) = key {
            let fingerprint = key.fingerprint.clone();
            let stored = StoredAnswer { fingerprint, answer: (key.answer)(&outcome) };
            self.fresh.push((key.owner.clone(), stored.clone()));
            self.answers.insert(key.owner.clone(), stored);
        }
        Ok(Settled::Fresh(outcome))
    }

    pub(crate) fn close(self, tx: &mut Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
        if self.fresh.is_empty() {
            return Ok(());
        }
        record::idempotency::answers(tx, &self.fresh, now, self.since)
    }
}
