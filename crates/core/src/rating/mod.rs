//! What calls, faxes and messages cost: exactly, rounded once, and with every step of the
//! reckoning kept.
//!
//! ```
//! use leaseline_core::rating::{Counting, Price, RateTerms, RatedService, Step, Usage};
//!
//! let terms = RateTerms {
//!     connect_fee: Price::parse("0.15").expect("a price"),
//!     steps: vec![Step::per_minute(Price::parse("0.05").expect("a price"))],
//!     decimals: 2,
//!     ..RateTerms::default()
//! };
//! let rate = terms.checked(RatedService::Voice).expect("a sound rate");
//! let rated = rate.cost(Usage::seconds(24)).expect("it fits");
//! assert_eq!(rated.cost.in_dollars().to_string(), "0.2000");
//! ```

mod affordable;
mod cost;
mod deck;
mod price;
mod rate;
mod service;
mod trace;
mod unsound;

pub use cost::{CostOverflow, Rated, Usage};
pub use deck::{FoundRate, RateDeck, RateEntry, RateKey, version_begins};
pub use price::Price;
pub use rate::{Billing, Counting, LONGEST_CALL_SECONDS, Rate, RateTerms, Step};
pub use service::{RatedService, SmsType};
pub use trace::{Trace, TraceLine};
pub use unsound::UnsoundRate;

#[cfg(test)]
mod tests;
