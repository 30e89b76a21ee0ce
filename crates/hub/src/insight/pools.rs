//! How pools stand and how they stood.

use std::collections::HashMap;
use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::ids::PoolId;
use leaseline_core::look_back::LookBack;
use leaseline_core::stock::{Stock, StockSample, empty_in};
use leaseline_store::load;

use crate::failure::Failure;
use crate::hub::Hub;

/// The present rate is that of so long until now.
const RATE_OVER: Duration = Duration::from_secs(7 * 86_400);

/// All pools, as they were counted last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolsNow {
    /// When that was; none as long as nobody has counted.
    pub counted_at: Option<Timestamp>,
    /// The pools, in the order of their ids.
    pub pools: Vec<PoolNow>,
}

/// A pool, as it was counted last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolNow {
    /// Its id.
    pub id: PoolId,
    /// Its name.
    pub name: String,
    /// How many of its numbers are in which state; zeros, if it was not counted yet.
    pub stock: Stock,
    /// After so long no number is free, if it goes on as in the last week.
    pub empty_in: Option<Duration>,
}

impl Hub {
    /// All pools, as this process counted them last, else as any process did.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn pools_now(&self) -> Result<PoolsNow, Failure> {
        let week_ago = self.now().saturating_sub(RATE_OVER);
        let read = self.read(move |tx| {
            Ok((load::inventory::pool_names(tx)?, load::samples::ends(tx, week_ago)?))
        });
        let (names, ends) = read.await?;
        let sampled_at = ends.first().map(|(_, _, last)| last.at);
        let ends: HashMap<_, _> =
            ends.into_iter().map(|(id, then, now)| (id, (then, now))).collect();
        let counted = self.stock_counted();
        let pool = |(id, name)| {
            let sampled = ends.get(&id).copied();
            let here = counted.as_ref().and_then(|(at, stock)| {
                let stock = stock.get(&id).copied()?;
                Some(StockSample { at: *at, stock })
            });
            let now = here.or(sampled.map(|(_, last)| last));
            let then = sampled.map(|(first, _)| first).or(now);
            let empty_in = then.zip(now).and_then(|(then, now)| empty_in(then, now));
            PoolNow { id, name, stock: now.map(|now| now.stock).unwrap_or_default(), empty_in }
        };
        let pools = names.into_iter().map(pool).collect();
        Ok(PoolsNow { counted_at: counted.as_ref().map(|(at, _)| *at).or(sampled_at), pools })
    }

    /// How a pool, or the sum of all, stood at each step of a span of time; steps at which nobody
    /// counted are left out.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn stock_over(
        &self,
        pool: Option<PoolId>,
        span: LookBack,
    ) -> Result<Vec<StockSample>, Failure> {
        let steps = span.steps(self.now());
        self.read(move |tx| load::samples::firsts(tx, &steps, pool)).await
    }
}
