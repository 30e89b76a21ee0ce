//! The TraiTel Account Management API, version 1.0: sub-accounts, numbers, what answers calls,
//! logs and costs, over a form and lines of text.
//!
//! This crate translates. It knows modes, parameters, error numbers and their texts, headers and
//! commas; what is allowed and what is remembered is behind the hub.
//!
//! A request goes through `intake`, `auth`, `from_wire`, the hub and `to_wire`; the first of them
//! that finds something wrong answers, which is the order of checks that the API's clients rely on.

mod auth;
mod call;
mod costs;
mod days;
mod error;
mod facade;
mod from_wire;
mod intake;
mod log;
mod message;
mod mode;
mod parameter;
#[cfg(any(test, fuzzing))]
pub mod properties;
mod reply;
mod table;
mod to_wire;

use std::sync::Arc;

use actix_web::web::{self, ServiceConfig};
use actix_web::{Resource, Route};
use leaseline_hub::Hub;
use leaseline_web::{Limits, Networks};

use crate::facade::Facade;

/// How the facade is set up.
#[derive(Clone)]
pub struct Settings {
    /// Bounds on bodies.
    pub limits: Limits,
    /// Proxies whose word on where a request comes from is believed.
    pub trusted_proxies: Networks,
}

/// Where the API is.
const PATH: &str = "/accountmanager.pl";

/// Mounts the facade: GET and POST of `/accountmanager.pl`.
///
/// ```no_run
/// # fn example(hub: leaseline_hub::Hub, settings: leaseline_traitel::Settings) {
/// use actix_web::App;
///
/// let app = App::new().configure(leaseline_traitel::routes(hub, settings));
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
        let resource = web::resource(PATH).app_data(facade.clone());
        let methods = [web::get(), web::head(), web::post()];
        let route = |resource: Resource, method: Route| resource.route(method.to(facade::answer));
        config.service(methods.into_iter().fold(resource, route));
    }
}
