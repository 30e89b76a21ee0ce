//! Who a token speaks for. What was read is remembered for less than a second, so that a
//! disabled user and a revoked token are out in every process within one.

use std::collections::HashMap;
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
struct Presented {
    user: String,
    jti: Option<String>,
}

#[derive(Default)]
pub(crate) struct Memory(Mutex<HashMap<Presented, Remembered>>);

struct Remembered {
    since: Instant,
    user: Option<Arc<ApiUser>>,
}

impl Memory {
    fn recall(&self, presented: &Presented) -> Option<Option<Arc<ApiUser>>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get(presented)?;
        (known.since.elapsed() < REMEMBERED).then(|| known.user.clone())
    }

    /// `since` is when the answer was asked for, not when it came.
    fn remember(&self, presented: Presented, since: Instant, user: Option<Arc<ApiUser>>) {
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
