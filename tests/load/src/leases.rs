//! Leases that a database has before it is measured: granted by the hub like all others, those that
//! are over with a clock that is behind.

use std::sync::Arc;
use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::api_user::{Caller, Reach};
use leaseline_core::expiry::{LeaseTerm, TermUnit};
use leaseline_core::ids::{ApiUserId, CustomerId};
use leaseline_core::lease::{LeaseRequest, Party};
use leaseline_core::phone::PhoneNumber;
use leaseline_core::region::Region;
use leaseline_core::subscriber::Subscriber;
use leaseline_core::timestamp::Utc;
use leaseline_hub::{Clock, Commits, Hub, Settings, SystemClock};

use crate::Failure;
use crate::world::{Size, region};

/// So many leases are asked for at once: as many as share a transaction, so that none is refused.
const AT_ONCE: usize = 1_024;

/// Filling waits for a machine that is busy with something else.
const PATIENCE: Duration = Duration::from_secs(60);

/// A past lease is for an hour. After two nobody has a number any more.
const TURN: Duration = Duration::from_secs(2 * 3_600);

/// A clock that is behind by this much.
struct Behind(Duration);

impl Clock for Behind {
    fn now(&self) -> Timestamp {
        SystemClock.now().saturating_sub(self.0)
    }
}

/// A hub at a time before the first of the past leases.
pub(crate) fn long_ago(url: &str, size: &Size) -> Settings {
    at(url, TURN * (turns(size) + 1))
}

/// Leases every number again and again, until there were so many leases.
pub(crate) async fn past(url: &str, size: &Size, customers: &[i64]) -> Result<(), Failure> {
    let mut left = size.past;
    for turn in (1..=turns(size)).rev() {
        let count = left.min(size.numbers);
        grant(at(url, TURN * turn), count, customers, term(1)?).await?;
        left -= count;
    }
    Ok(())
}

/// Leases so many numbers for a month.
pub(crate) async fn live(url: &str, size: &Size, customers: &[i64]) -> Result<(), Failure> {
    grant(filling(url), size.live, customers, term(30 * 24)?).await
}

/// How often a number is leased at most.
fn turns(size: &Size) -> u32 {
    u32::try_from(size.past.div_ceil(size.numbers.max(1))).unwrap_or(u32::MAX)
}

fn at(url: &str, behind: Duration) -> Settings {
    Settings { clock: Box::new(Behind(behind)), ..filling(url) }
}

/// As many leases in a transaction as are asked for at once, and none waits for the disk.
fn filling(url: &str) -> Settings {
    let commits = Commits::AtOnce;
    Settings { batch_limit: AT_ONCE, commits, patience: PATIENCE, ..Settings::new(url) }
}

fn term(hours: i64) -> Result<LeaseTerm, Failure> {
    Ok(LeaseTerm::new(hours, TermUnit::Hours).ok_or("make a term")?)
}

async fn grant(
    settings: Settings,
    count: usize,
    customers: &[i64],
    term: LeaseTerm,
) -> Result<(), Failure> {
    let (hub, region) = (Hub::open(settings)?, region());
    for first in (0..count).step_by(AT_ONCE) {
        let chunk = first..count.min(first + AT_ONCE);
        let asked = chunk.map(|nth| {
            let request = request(nth, customers, term, &region)?;
            let hub = hub.clone();
            Ok(tokio::spawn(async move { hub.ask(request).await.map(drop) }))
        });
        for asked in asked.collect::<Result<Vec<_>, Failure>>()? {
            asked.await??;
        }
    }
    hub.close().await;
    Ok(())
}

fn request(
    nth: usize,
    customers: &[i64],
    term: LeaseTerm,
    region: &Region,
) -> Result<LeaseRequest, Failure> {
    let administrator = ApiUserId::new(1).ok_or("find the administrator")?;
    let phone = PhoneNumber::parse(&format!("012{nth:07}"), region)?;
    let customer = CustomerId::new(customers[nth % customers.len()]);
    Ok(LeaseRequest {
        caller: Caller::new(administrator, Reach::Everyone),
        customer: customer.ok_or("find the customer")?,
        party: Party::single(Subscriber::new(phone, None, None)?),
        term,
        zone: Arc::new(Utc),
    })
}
