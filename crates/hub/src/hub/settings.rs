//! How a hub is set up.

use std::sync::Arc;
use std::time::Duration;

use leaseline_core::customer::Limit;
use leaseline_core::retention::RetentionTerms;
use leaseline_core::throttle::Throttle;
use leaseline_store::Commits;

use crate::clock::{Clock, SystemClock};
use crate::digits::{Digits, RandomDigits};
use crate::ids::{Ids, RandomIds};
use crate::insight::Keeping;
use crate::quotas::Quotas;

/// How a hub is set up. Everything in it is bounded.
pub struct Settings {
    /// The database: `sqlite://PATH` or `postgres://…`.
    pub database_url: String,
    /// At most so many requests share a transaction.
    pub batch_limit: usize,
    /// At most so many requests wait for the writer, and only as many as it gets to soon; more are
    /// refused at once.
    pub inbox: usize,
    /// At most so many connections read.
    pub readers: usize,
    /// After so long a caller hears that the store is unavailable.
    pub patience: Duration,
    /// So many live leases of one customer a phone may take part in.
    pub max_leases_per_phone: Limit,
    /// How many failed logins are too many.
    pub throttle: Throttle,
    /// How many requests a second are admitted.
    pub quotas: Quotas,
    /// So long an answer that was given under an idempotency key is repeated.
    pub answers_kept: Duration,
    /// Which requests are remembered, and for how long.
    pub requests: Keeping,
    /// When a commit is answered.
    pub commits: Commits,
    /// The clock.
    pub clock: Box<dyn Clock>,
    /// The source of ids.
    pub ids: Arc<dyn Ids>,
    /// The source of PINs.
    pub digits: Arc<dyn Digits>,
}

impl Settings {
    /// The defaults, for this database.
    pub fn new(database_url: &str) -> Self {
        Self {
            database_url: database_url.to_owned(),
            batch_limit: 256,
            inbox: 4_096,
            readers: 4,
            patience: Duration::from_millis(1_900),
            max_leases_per_phone: Limit::NONE,
            throttle: Throttle::default(),
            quotas: Quotas::default(),
            answers_kept: RetentionTerms::default().idempotency,
            requests: Keeping::default(),
            commits: Commits::default(),
            clock: Box::new(SystemClock),
            ids: Arc::new(RandomIds),
            digits: Arc::new(RandomDigits),
        }
    }
}
