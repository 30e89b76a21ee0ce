//! The rules with a database: an async [`Hub`] that carries out requests in batches, each batch
//! one transaction, and answers a caller only after its commit.
//!
//! This crate is about order, time and threads. What is allowed, `leaseline_core` decides; what
//! is remembered, `leaseline_store` writes. It knows no wire format and hands out no type of the
//! database library.

pub mod accounts;
mod batch;
pub mod calls;
pub mod cards;
mod census;
mod check;
mod clock;
mod contention;
mod desk;
mod digits;
mod errand;
mod failure;
mod hub;
mod idempotency;
mod identity;
mod ids;
mod inbox;
pub mod insight;
mod logins;
pub mod meters;
mod mor_users;
pub mod operator;
mod pace;
mod passwords;
mod quotas;
mod rates;
mod readers;
mod readiness;
mod reads;
pub mod records;
mod request;
pub mod retention;
mod room;
pub mod staff;
mod sweeper;
mod switches;
pub mod upkeep;
mod vault;
mod watch;
mod writer;
mod zone;

pub use leaseline_core as core;

pub use check::{Broken, Invariant};
pub use clock::{Clock, SystemClock};
pub use digits::{Digits, RandomDigits};
pub use failure::Failure;
pub use hub::{Hub, OpenError, Schema, Settings};
pub use leaseline_store::Commits;

pub use idempotency::{Idempotency, Settled};
pub use ids::{Ids, RandomIds};
pub use leaseline_store::load::mor_users::SealedSecrets;
pub use logins::{Login, Realm};
pub use mor_users::MorIdentity;
pub use passwords::{NotHashed, hash_password, password_matches};
pub use quotas::Quotas;
pub use readiness::NotReady;
pub use request::Request;
pub use vault::{Sealed, Secret, ShortKey, Vault};
pub use watch::Inventory;
pub use zone::{IanaZone, NotOneInstant, UnknownZone};
