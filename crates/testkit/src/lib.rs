//! For tests only: fresh databases of both kinds, a PostgreSQL cluster that can be stopped, two
//! of which one stands by, a clock that stands still, a small world to lease in, and a model that says what must come out.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! use leaseline_testkit::{ManualClock, World, databases, profile};
//!
//! for database in databases() {
//!     let clock = ManualClock::new();
//!     let world = World::new(database.hub(&clock)).await;
//!     let numbers = world.numbers(2).await;
//!     let customer = world.customer(profile()).await;
//!
//!     let granted = world.lease(world.single(customer, "0195730424")).await.unwrap();
//!     assert_eq!(granted.lease.members[0].number, numbers[0]);
//!
//!     world.hub.close().await;
//!     database.assert_sound();
//! }
//! # });
//! ```
//!
//! Helpers here panic when the ground gives way under a test (no server, no room on the disk);
//! what a test is about comes back as a `Result`.

mod accounts;
mod calls;
mod clock;
mod cluster;
mod database;
pub mod history;
pub mod http;
mod ids;
mod lock;
mod model;
pub mod openapi;
mod pair;
mod served;
mod server;
mod shop;
mod world;

pub use accounts::{Dids, account_entry};
pub use calls::{Call, Edge};
pub use clock::{Held, ManualClock};
pub use cluster::{Cluster, StopMode};
pub use database::{Database, Kind, databases};
pub use ids::CountingIds;
pub use lock::Lock;
pub use model::{Model, Once};
pub use pair::{Pair, Step, Which};
pub use served::{Served, on_both};
pub use shop::{SHOP_SECRET, Shop, shop_vault};
pub use world::{World, limit, phone, profile, term};
