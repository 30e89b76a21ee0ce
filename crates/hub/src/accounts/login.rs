//! Which account logs in by a name. What was read is remembered for less than a second, so that
//! a disabled account and an old password are out in every process within one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use leaseline_core::account::AccountLogin;
use leaseline_store::load;

use crate::failure::Failure;
use crate::hub::{Hub, lock};

/// How long an answer is remembered.
const REMEMBERED: Duration = Duration::from_millis(500);

/// So many answers are remembered; then all are forgotten.
const MOST_REMEMBERED: usize = 10_000;

/// The logins that were asked for a moment ago.
#[derive(Default)]
pub(crate) struct Memory(Mutex<HashMap<String, Remembered>>);

struct Remembered {
    since: Instant,
    login: Arc<AccountLogin>,
}

impl Memory {
    fn recall(&self, user: &str) -> Option<Arc<AccountLogin>> {
        let known = lock(&self.0);
        let known = known.get(user)?;
        (known.since.elapsed() < REMEMBERED).then(|| Arc::clone(&known.login))
    }

    /// `since` is when the answer was asked for, not when it came.
    fn remember(&self, since: Instant, login: &Arc<AccountLogin>) {
        let mut known = lock(&self.0);
        if known.len() >= MOST_REMEMBERED {
            known.clear();
        }
        let login = Arc::clone(login);
        known.insert(login.account.user.clone(), Remembered { since, login });
    }
}

impl Hub {
    /// The account that logs in by this name, enabled or not, with the hash that its password is
    /// to be compared with.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn account_login(&self, user: &str) -> Result<Option<Arc<AccountLogin>>, Failure> {
        if let Some(known) = self.account_logins().recall(user) {
            return Ok(Some(known));
        }
        let since = Instant::now();
        let asked = user.to_owned();
        let found = self.read(move |tx| load::accounts::login(tx, &asked)).await?;
        let found = found.map(Arc::new);
        if let Some(login) = &found {
            self.account_logins().remember(since, login);
        }
        Ok(found)
    }
}
