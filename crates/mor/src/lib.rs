//! MOR's interface for calling cards: forms or JSON in, XML out, each request proved by a SHA-1
//! hash over some of its parameters and the user's secret.
//!
//! This crate translates. It knows paths, parameters, hashes, tags and the texts of errors; what
//! is allowed and what is remembered is behind the hub.
//!
//! A request goes through `path`, `intake`, `auth`, `from_wire`, the hub and `to_wire`; the first
//! of them that finds something wrong answers, which is the order of checks that the API's clients
//! rely on.

mod auth;
mod facade;
mod from_wire;
pub mod hash;
mod intake;
mod key;
mod method;
mod parameter;
mod path;
#[cfg(any(test, fuzzing))]
pub mod properties;
mod reply;
mod to_wire;
mod xml;

use std::sync::Arc;

use actix_web::guard::fn_guard;
use actix_web::web::{self, ServiceConfig};
use leaseline_hub::{Hub, Vault};
use leaseline_web::{Limits, Networks};

use crate::facade::Facade;
use crate::path::Paths;

pub use method::Method;

/// How the facade is set up.
#[derive(Clone)]
pub struct Settings {
    /// What may stand before `/api/…`, such as `""` and `"/billing"`.
    pub path_prefixes: Vec<String>,
    /// Whether anything is served at all.
    pub allow_api: bool,
    /// Whether GET is served as POST is.
    pub allow_get: bool,
    /// What the secrets of users are sealed by.
    pub vault: Vault,
    /// Proxies whose word on a request's source counts.
    pub trusted_proxies: Networks,
    /// Bounds on bodies.
    pub limits: Limits,
}

/// Mounts the facade: one segment after `/api/` under each of the prefixes. Where the prefix is
/// empty, a version (`v1`, `v2`, …) is no method but another API's path.
///
/// ```no_run
/// # fn example(hub: leaseline_hub::Hub, settings: leaseline_mor::Settings) {
/// use actix_web::App;
///
/// let app = App::new().configure(leaseline_mor::routes(hub, settings));
/// # let _ = app;
/// # }
/// ```
pub fn routes(
    hub: Hub,
    settings: Settings,
) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    let paths = Paths::new(&settings.path_prefixes);
    let facade = Arc::new(Facade::new(hub, settings));
    move |config| {
        // One for each worker: nothing that two processors count together.
        let facade = web::Data::new(Facade::clone(&facade));
        for prefix in paths.scopes() {
            // A scope is found by comparing text, a pattern by a regular expression.
            let scope = web::scope(&prefix).app_data(facade.clone());
            let ours = fn_guard(move |request| path::leads_here(&request.head().uri, &prefix));
            config.service(scope.guard(ours).default_service(web::to(facade::answer)));
        }
    }
}
