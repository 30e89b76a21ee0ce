//! Counting the inventory, for the gauges that say how many numbers are left.
//!
//! A count over ten million numbers takes seconds, and a scrape must cost the same whatever there
//! is to count. So it is counted in the background, piece by piece: each piece is a read of some
//! milliseconds, and after it the census rests nine times as long as the read took. That bounds
//! what it may cost, a tenth of one reader, rather than how long it takes; how old the figures are
//! is a figure of its own.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use leaseline_core::ids::PoolId;
use leaseline_core::lease::LeaseKind;
use leaseline_core::stock as core;
use leaseline_store::load;
use leaseline_store::load::inventory::{NumberState, Place, Stock};
use tokio::time::sleep;

use crate::failure::Failure;
use crate::hub::Hub;
use crate::insight;
use crate::meters;

/// From the beginning of one census to that of the next, or longer if it takes longer.
const EVERY: Duration = Duration::from_secs(60);

/// So many numbers are counted in one read.
const PIECE: u32 = 10_000;

/// Of ten parts of the time the census rests nine.
const REST: u32 = 9;

/// So many pools have figures of their own; those of the others are summed under [`OTHERS`].
const MOST_POOLS: usize = 500;
const OTHERS: &str = "-";

/// The states of a number as the metrics name them.
const STATES: [&str; 6] = ["free", "reserved", "leased", "subscribed", "quarantined", "blocked"];

/// What was counted so far.
struct Census {
    labels: HashMap<PoolId, String>,
    numbers: HashMap<(String, &'static str), u64>,
    leased: HashMap<LeaseKind, u64>,
    stock: HashMap<PoolId, core::Stock>,
}

/// Counts from time to time, until it is dropped.
pub(crate) async fn run(hub: &Hub) {
    loop {
        let began = Instant::now();
        // A read that failed has logged why; the figures grow old, which is a figure too.
        if let Ok(census) = take(hub).await {
            census.publish();
            meters::inventory_counted(began.elapsed());
            let at = hub.now();
            // What failed is logged; the next census is soon enough.
            let _ = insight::keep_samples(hub, at, &census.stock).await;
            hub.inventory_was_counted(at, census.stock);
        }
        sleep(EVERY.saturating_sub(began.elapsed())).await;
    }
}

async fn take(hub: &Hub) -> Result<Census, Failure> {
    let mut census = Census::of(hub.read(load::inventory::pool_names).await?);
    let mut place = Some(Place::default());
    while let Some(from) = place {
        let (now, began) = (hub.now(), Instant::now());
        let read = hub.read(move |tx| load::inventory::stock(tx, from, PIECE, now));
        let (stock, next) = read.await?;
        stock.into_iter().for_each(|stock| census.add(stock));
        place = next;
        sleep(began.elapsed() * REST).await;
    }
    Ok(census)
}

impl Census {
    fn of(pools: Vec<(PoolId, String)>) -> Self {
        let ids: Vec<PoolId> = pools.iter().map(|(id, _)| *id).collect();
        let labels: HashMap<_, _> = pools.into_iter().take(MOST_POOLS).collect();
        let zeros = labels.values().flat_map(|pool| STATES.map(|state| ((pool.clone(), state), 0)));
        let leased = HashMap::from([(LeaseKind::Single, 0), (LeaseKind::Group, 0)]);
        let stock = ids.into_iter().map(|pool| (pool, core::Stock::default())).collect();
        Self { numbers: zeros.collect(), labels, leased, stock }
    }

    fn add(&mut self, Stock { pool, state, numbers }: Stock) {
        let stock = self.stock.entry(pool).or_default();
        *part(stock, state) += numbers;
        let pool = self.labels.get(&pool).map_or(OTHERS, String::as_str).to_owned();
        *self.numbers.entry((pool, label(state))).or_default() += numbers;
        if let NumberState::Leased(kind) = state {
            *self.leased.entry(kind).or_default() += numbers;
        }
    }

    fn publish(&self) {
        for ((pool, state), numbers) in &self.numbers {
            meters::numbers(pool, state, *numbers);
        }
        for (kind, numbers) in &self.leased {
            meters::active_leases(*kind, numbers / numbers_of(*kind));
        }
    }
}

/// The part of a pool's stock that is in this state.
pub(crate) const fn part(stock: &mut core::Stock, state: NumberState) -> &mut u64 {
    match state {
        NumberState::Free => &mut stock.free,
        NumberState::Reserved => &mut stock.reserved,
        NumberState::Leased(_) => &mut stock.leased,
        NumberState::Subscribed => &mut stock.subscribed,
        NumberState::Resting => &mut stock.resting,
        NumberState::Blocked => &mut stock.blocked,
    }
}

const fn label(state: NumberState) -> &'static str {
    match state {
        NumberState::Free => "free",
        NumberState::Reserved => "reserved",
        NumberState::Leased(_) => "leased",
        NumberState::Subscribed => "subscribed",
        NumberState::Resting => "quarantined",
        NumberState::Blocked => "blocked",
    }
}

/// How many numbers a lease of this kind holds.
const fn numbers_of(kind: LeaseKind) -> u64 {
    match kind {
        LeaseKind::Single => 1,
        LeaseKind::Group => 2,
    }
}
