//! Call control and records for softswitches: what to do with a call, and what became of it.
//! HTTP Basic for each switch; JSON or forms in, JSON or a line of text out, and FreeSWITCH's own
//! formats.
//!
//! This crate translates. It knows paths, fields, SIP codes and FreeSWITCH's XML; where a call
//! goes, what it may cost and that it is charged once is behind the hub.
//!
//! A request goes through `auth`, `intake`, `from_wire`, the hub and `to_wire`; the first of them
//! that finds something wrong answers. Without a decision the answer is 503: a switch lets no call
//! through that nobody decided on.

mod auth;
mod facade;
mod from_wire;
pub mod fs;
mod intake;
#[cfg(test)]
mod openapi;
#[cfg(any(test, fuzzing))]
pub mod properties;
mod reply;
mod to_wire;

use std::sync::Arc;

use actix_web::web::{self, ServiceConfig};
use leaseline_core::call::CallDecided;
use leaseline_core::call::SingleCallerId;
use leaseline_hub::Hub;
use leaseline_web::{Limits, Networks};

use crate::facade::Facade;

/// How the adapter is set up.
#[derive(Clone)]
pub struct Settings {
    /// Which number the phone behind a single lease sees.
    pub single_caller_id: SingleCallerId,
    /// No call lasts longer than so many seconds; none is no bound.
    pub longest_seconds: Option<i64>,
    /// Proxies whose word on a request's source counts.
    pub trusted_proxies: Networks,
    /// Bounds on bodies.
    pub limits: Limits,
}

/// A decision as a switch reads it, in JSON.
pub fn decision(decided: &CallDecided) -> serde_json::Value {
    serde_json::to_value(to_wire::json(decided)).expect("our answers have texts as their keys")
}

/// Mounts the adapter under `/call/` and `/records/`.
///
/// ```no_run
/// # fn example(hub: leaseline_hub::Hub, settings: leaseline_switch::Settings) {
/// use actix_web::App;
///
/// let app = App::new().configure(leaseline_switch::routes(hub, settings));
/// # let _ = app;
/// # }
/// ```
pub fn routes(
    hub: Hub,
    settings: Settings,
) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    let facade = Arc::new(Facade::new(hub, settings));
    move |config| {
        // One for each worker: nothing that two processors count together.
        let facade = web::Data::new(Facade::clone(&facade));
        let post = |path: &str| web::resource(path).app_data(facade.clone());
        config
            .service(post("/call/v1/authorise").route(web::post().to(facade::authorise)))
            .service(post("/call/v1/event").route(web::post().to(facade::event)))
            .service(
                post("/call/v1/cdr")
                    .route(web::post().to(facade::calls))
                    .route(web::get().to(facade::look_up)),
            )
            .service(post("/call/fs/dialplan").route(web::post().to(facade::dialplan)))
            .service(post("/call/fs/cdr").route(web::post().to(facade::fs_call)))
            .service(post("/records/v1/sms").route(web::post().to(facade::messages)))
            .service(post("/records/v1/fax").route(web::post().to(facade::faxes)));
    }
}
