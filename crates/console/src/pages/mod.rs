//! The pages, a module each.

pub(crate) mod accounts;
pub(crate) mod audit;
pub(crate) mod calls;
pub(crate) mod cards;
pub(crate) mod customers;
pub(crate) mod door;
pub(crate) mod health;
pub(crate) mod import;
pub(crate) mod leases;
pub(crate) mod numbers;
pub(crate) mod overview;
pub(crate) mod requests;
pub(crate) mod search;
pub(crate) mod tools;
pub(crate) mod who;

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;

use crate::trouble::Trouble;

/// What a handler answers.
pub(crate) type Answer = Result<HttpResponse, Trouble>;

/// On to another page.
fn to(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, path)).finish()
}
