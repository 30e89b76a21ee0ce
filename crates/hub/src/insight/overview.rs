//! How things stand, at a glance.

use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::call::{CallRefusal, Day};
use leaseline_core::customer::CustomerView;
use leaseline_core::money::Credits;
use leaseline_store::load;
use leaseline_store::load::requests::{Failures, Traffic};

use crate::failure::Failure;
use crate::hub::Hub;

/// So many customers and kinds of failures are named.
const NAMED: u32 = 10;

/// Leases that end within this are about to.
const SOON: Duration = Duration::from_secs(3_600);

/// How things stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// As of then. Today is the day of it in UTC.
    pub at: Timestamp,
    /// Live leases.
    pub active_leases: u64,
    /// Those of them that end within the hour.
    pub ending_leases: u64,
    /// What calls, faxes and messages cost today.
    pub charged_today: Credits,
    /// How many calls were refused today, by why, the most frequent first.
    pub refused_calls: Vec<(CallRefusal, u64)>,
    /// How many requests failed today, by facade and status, the most frequent first; as far as
    /// requests are remembered.
    pub failed_requests: Vec<Failures>,
    /// Active customers with the least credit.
    pub lowest_balances: Vec<CustomerView>,
}

impl Hub {
    /// How things stand.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn overview(&self) -> Result<Overview, Failure> {
        let now = self.now();
        self.read(move |tx| {
            let today = Day::of(now);
            let midnight = Timestamp::from_seconds(today.number().saturating_mul(86_400));
            let midnight = midnight.unwrap_or(Timestamp::EPOCH);
            let soon = now.saturating_add(SOON);
            let (active_leases, ending_leases) = load::lease_search::live(tx, now, soon)?;
            Ok(Overview {
                at: now,
                active_leases,
                ending_leases,
                charged_today: load::overview::charged_on(tx, today)?,
                refused_calls: load::overview::refused_calls(tx, midnight)?,
                failed_requests: load::requests::failures(tx, midnight, NAMED)?,
                lowest_balances: load::balances::lowest(tx, NAMED)?,
            })
        })
        .await
    }

    /// How many requests came in each minute of the last hour, by facade, in the order of time; as
    /// far as requests are remembered, each counting for those that it stands for.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn traffic(&self) -> Result<Vec<Traffic>, Failure> {
        let since = self.now().saturating_sub(Duration::from_secs(3_600));
        self.read(move |tx| load::requests::traffic(tx, since, Duration::from_secs(60))).await
    }
}
