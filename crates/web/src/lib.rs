//! The HTTP shell that the binaries share: limits, strict readers, request ids, the access log,
//! health, metrics and the graceful stop.
//!
//! It must not know any facade, nor any other crate of ours: what a facade answers when a body is
//! too large, or how it words "busy", is the facade's business. It reads no configuration either;
//! the binaries hand over [`Limits`] and a [`Shell`].
//!
//! A binary binds, then serves until a signal asks it to stop:
//!
//! ```no_run
//! # use leaseline_web::{Limits, Shell, Stop, shell};
//! # async fn run() -> std::io::Result<()> {
//! let limits = Limits::default();
//! let listener = shell::bind("127.0.0.1:0".parse().expect("an address"), &limits)?;
//! println!("listening on {}", listener.local_addr()?);
//! Shell::new(Stop::on_signals()?).serve(vec![listener], |_app| {}).await
//! # }
//! ```
//!
//! A program with an actix `App` of its own can mount the pieces instead:
//!
//! ```
//! use actix_web::App;
//! use leaseline_web::{Stop, health, observe};
//! # fn pieces(ready: std::sync::Arc<dyn leaseline_web::Readiness>) {
//! let stop = Stop::new();
//! let app = App::new()
//!     .wrap(observe(stop.clone(), None))
//!     .configure(health::routes(ready, stop));
//! # let _ = app;
//! # }
//! ```

pub mod access;
mod address;
pub mod body;
mod connection;
pub mod exposition;
pub mod form;
pub mod health;
mod limits;
pub mod media_type;
pub mod meters;
mod network;
mod observe;
pub mod peer;
mod priority;
#[cfg(any(test, fuzzing))]
pub mod properties;
mod request_id;
pub mod shell;
mod stop;
pub mod tls;
pub mod xml;

pub use access::{AccessNote, Effect, Journal, Over};
pub use address::plain_path;
pub use body::{BodyError, read_body};
pub use exposition::Exposition;
pub use form::{Form, FormError};
pub use health::Readiness;
pub use limits::Limits;
pub use media_type::MediaType;
pub use network::{BadNetwork, Network, Networks};
pub use observe::observe;
pub use request_id::RequestId;
pub use shell::Shell;
pub use stop::Stop;
pub use tls::{BadCertificate, Certified, Tls};
