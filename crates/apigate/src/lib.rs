//! The Apigate Voice northbound API, version 2.0: leases of numbers, reserves and customers over
//! forms and JSON, with a JWT as bearer token.
//!
//! This crate translates. It knows paths, parameters, status numbers and their texts; what is
//! allowed and what is remembered is behind the hub.
//!
//! A request goes through `path`, `auth`, `intake`, `from_wire`, the hub and `to_wire`; the first of them that finds something wrong answers, which is the order of checks
//! that the API's clients rely on.

mod auth;
mod facade;
mod from_wire;
mod intake;
mod key;
#[cfg(test)]
mod openapi;
mod operation;
mod parameter;
mod path;
#[cfg(any(test, fuzzing))]
pub mod properties;
mod proved;
mod reply;
mod status;
mod to_wire;
mod token;

use std::sync::Arc;

use actix_web::guard::fn_guard;
use actix_web::web::{self, ServiceConfig};
use leaseline_core::region::Region;
use leaseline_hub::{Hub, IanaZone};
use leaseline_web::{Limits, Networks};

use crate::facade::Facade;
use crate::path::Paths;

pub use token::{NewToken, ShortSecret, TokenKey, TokenKeys, UnsignedToken};

/// How the facade is set up.
#[derive(Clone)]
pub struct Settings {
    /// What may stand before `/api/…`, such as `""` and `"/axiata"`.
    pub path_prefixes: Vec<String>,
    /// The zone of the times in answers, and of the calendar that months are counted on.
    pub zone: IanaZone,
    /// Where numbers without a country code are read.
    pub region: Region,
    /// Most numbers that one request may reserve.
    pub max_reserve: u32,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Networks,
    /// Bounds on bodies.
    pub limits: Limits,
    /// The keys that tokens are signed with.
    pub tokens: TokenKeys,
}

/// Mounts the facade: `/api/…` under each of the prefixes, and everything under a prefix that is
/// not empty.
///
/// ```no_run
/// # fn example(hub: leaseline_hub::Hub, settings: leaseline_apigate::Settings) {
/// use actix_web::App;
///
/// let app = App::new().configure(leaseline_apigate::routes(hub, settings));
/// # let _ = app;
/// # }
/// ```
pub fn routes(
    hub: Hub,
    settings: Settings,
) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    let paths = Paths::new(&settings.path_prefixes);
    let facade = Arc::new(Facade::new(hub, settings, paths.clone()));
    move |config| {
        // One for each worker: nothing that two processors count together.
        let facade = web::Data::new(Facade::clone(&facade));
        for prefix in paths.scopes() {
            // A scope is found by comparing text, a pattern by a regular expression.
            let scope = web::scope(prefix).app_data(facade.clone());
            let below = prefix.to_owned();
            let below = fn_guard(move |request| request.head().uri.path() != below);
            config.service(scope.guard(below).default_service(web::to(facade::answer)));
        }
    }
}
