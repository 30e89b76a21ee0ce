//! Who a token speaks for. What was read is remembered for less than a second, so that a
//! disabled user and a revoked token are out in every process within one.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use leaseline_core::api_user::ApiUser;
use leaseline_store::load;

use crate::failure::Failure;
use crate::hub::Hub;

/// How long an answer is remembered.
const REMEMBERED: Duration = Duration::from_millis(500);

/// So many answers are remembered; then all are forgotten.
const MOST_REMEMBERED: usize = 10_000;

/// A user and the token it came with.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Presented {
    user: String,
    jti: Option<String>,
}

/// Users of the APIs.
pub(crate) type Identities = Memory<Presented, ApiUser>;

/// What was read about whoever came with a `K`.
pub(crate) struct Memory<K, V>(Mutex<HashMap<K, Remembered<V>>>);

struct Remembered<V> {
    since: Instant,
    user: Option<Arc<V>>,
}

impl<K, V> Default for Memory<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V> Memory<K, V> {
    pub(crate) fn recall<Q: Eq + Hash + ?Sized>(&self, presented: &Q) -> Option<Option<Arc<V>>>
    where
        K: Borrow<Q>,
    {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get(presented)?;
        (known.since.elapsed() < REMEMBERED).then(|| known.user.clone())
    }

    /// `since` is when the answer was asked for, not when it came.
    pub(crate) fn remember(&self, presented: K, since: Instant, user: Option<Arc<V>>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_REMEMBERED {
            known.clear();
        }
        known.insert(presented, Remembered { since, user });
    }
}

impl Hub {
    /// The enabled user of this name, unless the token with this `jti` was revoked.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn api_user(
        &self,
        name: &str,
        jti: Option<&str>,
    ) -> Result<Option<Arc<ApiUser>>, Failure> {
        let presented = Presented { user: name.to_owned(), jti: jti.map(str::to_owned) };
        if let Some(known) = self.identities().recall(&presented) {
            return Ok(known);
        }
        let since = Instant::now();
        let asked = presented.clone();
        let user = self
            .read(move |tx| match &asked.jti {
                Some(jti) if load::users::is_revoked(tx, jti)? => Ok(None),
                _ => load::users::api_user(tx, &asked.user),
            })
            .await?;
        let user = user.filter(|user| user.enabled).map(Arc::new);
        self.identities().remember(presented, since, user.clone());
        Ok(user)
    }
}
