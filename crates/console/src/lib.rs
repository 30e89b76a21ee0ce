//! The operator's console: pages over the hub, for the people who watch, answer complaints and
//! explain balances.
//!
//! Every page is whole as the server writes it; JavaScript adds the viewer's time zone, countdowns,
//! plots and keys, and nothing that is not there without it. What a page shows it asks of the hub,
//! like any other adapter; the console knows no SQL and no facade. Nothing is fetched from
//! elsewhere, and the policy in `headers` would not let it.

mod assets;
mod change;
mod console;
mod cookie;
mod headers;
mod layout;
mod list;
mod mask;
mod pages;
#[cfg(any(test, fuzzing))]
pub mod properties;
mod routes;
mod sheet;
mod shown;
mod trouble;
mod visit;

pub use console::{HashShown, MorHashes, Settings};
pub use routes::routes;

/// Where it is mounted.
pub const PATH: &str = "/console";

/// Where a link to set a password leads, below the server's own address.
pub fn set_up_path(token: &leaseline_hub::staff::StaffToken) -> String {
    format!("{PATH}/set-up?link={}", token.expose())
}
