//! Calling cards: their making and their sale, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may say so by panicking")]

mod calling;
mod making;
mod races;
mod selling;

use leaseline_hub::Hub;
use leaseline_testkit::{Database, ManualClock, Shop, databases};

/// Runs a test in a shop on each kind of database, which has to fit together afterwards.
async fn in_a_shop(test: impl AsyncFn(&Shop, &Database)) {
    for database in databases() {
        let shop = Shop::open(database.hub(&ManualClock::new())).await;
        test(&shop, &database).await;
        shop.hub.close().await;
        database.assert_sound();
    }
}

/// A second process.
fn another(database: &Database) -> Hub {
    database.hub(&ManualClock::new())
}
