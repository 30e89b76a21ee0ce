//! Samples of how pools stand: one each five minutes, whichever process counts first; after a week
//! one an hour stays, and after 400 days none.

use std::collections::HashMap;

use leaseline_core::Timestamp;
use leaseline_core::ids::PoolId;
use leaseline_core::stock::{SAMPLES_KEPT, Stock, slot, thinned};
use leaseline_store::load::inventory::Place;
use leaseline_store::record::samples::SlotSample;
use leaseline_store::{Tx, load, record};

use crate::census::part;
use crate::failure::Failure;
use crate::hub::Hub;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Request, Way};

/// So many samples are removed in one transaction.
const AT_A_TIME: i64 = 1_000;

/// So many numbers are counted in one read.
const PIECE: u32 = 10_000;

/// So many pools are sampled, those with the lowest ids.
const MOST_POOLS: usize = 500;

/// Samples to be kept, unless somebody else was first.
struct KeepSamples(Vec<SlotSample>);

/// Samples that are too old to be removed. The outcome is how many were.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ThinSamples;

/// Keeps what was counted, if it is the first in its five minutes.
pub(crate) async fn keep(
    hub: &Hub,
    at: Timestamp,
    stock: &HashMap<PoolId, Stock>,
) -> Result<(), Failure> {
    let slot = slot(at);
    if hub.read(move |tx| load::samples::is_taken(tx, slot)).await? {
        return Ok(());
    }
    let mut samples: Vec<_> = stock.iter().map(|(pool, stock)| (slot, *pool, *stock)).collect();
    samples.sort_by_key(|(_, pool, _)| *pool);
    samples.truncate(MOST_POOLS);
    hub.ask(KeepSamples(samples)).await
}

impl Request for KeepSamples {
    type Outcome = ();

    fn into_command(self, way: Way<()>, _: &dyn Ids) -> Command {
        way.errand_beside_leases(self, |tx: &mut Tx<'_>, Self(samples): &Self, _: Timestamp| {
            record::samples::samples(tx, samples).map(Ok)
        })
    }
}

impl Request for ThinSamples {
    type Outcome = usize;

    fn into_command(self, way: Way<usize>, _: &dyn Ids) -> Command {
        way.errand_beside_leases(self, |tx: &mut Tx<'_>, _: &Self, now: Timestamp| {
            let gone = now.saturating_sub(SAMPLES_KEPT);
            record::samples::thin(tx, &thinned(now), gone, AT_A_TIME).map(Ok)
        })
    }
}

impl Hub {
    /// Counts all pools now, as it is done in the background from time to time, and keeps that as a
    /// sample if it is the first in its five minutes. Takes seconds where there are millions of
    /// numbers.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn count_pools(&self) -> Result<(), Failure> {
        let pools = self.read(load::inventory::pool_names).await?;
        let mut stock: HashMap<_, _> =
            pools.into_iter().map(|(pool, _)| (pool, Stock::default())).collect();
        let (at, mut place) = (self.now(), Some(Place::default()));
        while let Some(from) = place {
            let read = self.read(move |tx| load::inventory::stock(tx, from, PIECE, at));
            let (counted, next) = read.await?;
            for piece in counted {
                *part(stock.entry(piece.pool).or_default(), piece.state) += piece.numbers;
            }
            place = next;
        }
        keep(self, at, &stock).await?;
        self.inventory_was_counted(at, stock);
        Ok(())
    }
}
