//! Looking after the hub while it serves: its gauges, and its clock.

use std::time::Duration;

use tokio::time::sleep;

use crate::census;
use crate::hub::Hub;
use crate::meters;
use crate::readiness::NotReady;

/// Between two looks at the clock, and so between two lines about it.
const PAUSE: Duration = Duration::from_secs(60);

/// Whether a hub's process counts the inventory for its metrics. Of many processes on one
/// database, one is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inventory {
    /// In the background, at most once a minute.
    Counted,
    /// Somebody else does.
    LeftToOthers,
}

impl Hub {
    /// Looks after the hub until it is closed: once a minute it sees whether the clock is right
    /// and logs a line if it is not; and it counts the inventory for the metrics.
    ///
    /// A hub works without; a process that serves wants it. Call it inside of a tokio runtime,
    /// once.
    pub fn keep_watch(&self, inventory: Inventory) {
        meters::begin();
        let (hub, mut closing) = (self.clone(), self.closing());
        tokio::spawn(async move {
            tokio::select! {
                _ = closing.changed() => {}
                () = watch_clock(&hub) => {}
                () = census::run(&hub), if inventory == Inventory::Counted => {}
            }
        });
    }

    /// Sets the gauges that say how the hub is at this moment. Touches no store.
    pub fn measure(&self) {
        let (waiting, capacity) = self.inbox_depth();
        meters::inbox(waiting, capacity);
        meters::reads_in_flight(self.reads_in_flight());
        meters::clock_lag(self.clock().lag());
        self.inventory_counted_at()
            .into_iter()
            .map(|at| at.elapsed())
            .for_each(meters::inventory_age);
    }
}

async fn watch_clock(hub: &Hub) {
    loop {
        if let Err(reason @ (NotReady::ClockBehind | NotReady::ClockOff)) = hub.ready().await {
            let behind_seconds = hub.clock().lag().as_secs();
            tracing::warn!(%reason, behind_seconds, "not ready");
        }
        sleep(PAUSE).await;
    }
}
