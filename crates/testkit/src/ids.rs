//! Ids that can be told beforehand.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use leaseline_hub::Ids;
use uuid::Uuid;

/// Counts 1, 2, 3, … and makes an id of each. Clones count together.
///
/// ```
/// use leaseline_hub::Ids;
/// use leaseline_testkit::CountingIds;
///
/// let ids = CountingIds::default();
/// assert_eq!(ids.next().to_string(), "00000000-0000-7000-8000-000000000001");
/// assert_eq!(ids.clone().next(), CountingIds::nth(2));
/// ```
#[derive(Clone, Debug, Default)]
pub struct CountingIds(Arc<AtomicU64>);

impl CountingIds {
    /// The id that is made as the `n`th.
    pub fn nth(n: u64) -> Uuid {
        Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000 + u128::from(n))
    }

    /// Goes on after `n`; going back makes ids a second time, as no source outside of tests does.
    pub fn go_on_after(&self, n: u64) {
        self.0.store(n, Ordering::Release);
    }

    /// How many were made.
    pub fn made(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

impl Ids for CountingIds {
    fn next(&self) -> Uuid {
        Self::nth(self.0.fetch_add(1, Ordering::AcqRel) + 1)
    }
}
