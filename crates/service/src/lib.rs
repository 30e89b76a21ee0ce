//! What each binary does before and after it serves: configuration, keys, logs, start and stop.
//!
//! It must not know any facade: a binary reads the [`Config`], makes its facade's settings out of
//! it, and hands the routes to a [`Server`]:
//!
//! ```no_run
//! # use leaseline_service::{Config, Problem, Server, Sources, announce, logs};
//! # async fn serve() -> Result<(), Problem> {
//! let config = Config::load(&Sources::of_process("127.0.0.1:8080"))?;
//! logs::start(&config.log);
//! let server = Server::open(&config)?;
//! server.run(|_hub| |_app: &mut _| {}, announce).await
//! # }
//! ```
//!
//! Whatever goes wrong on the way is a [`Problem`], which an operator can act upon.

pub mod config;
pub mod database;
mod flags;
mod key_file;
pub mod keys;
pub mod logs;
mod metrics;
mod private_file;
mod problem;
mod reload;
mod request_log;
pub mod rfc3339;
mod secret;
mod server;
mod tls;

pub use leaseline_core::duration;

pub use config::{Config, Setting, Sources};
pub use database::{DatabaseUrl, with_hub};
pub use flags::{Flags, Listen};
pub use keys::{JwtKey, jwt_keys, mor_key};
pub use problem::{Problem, finish};
pub use secret::Secret;
pub use server::{Server, announce};
