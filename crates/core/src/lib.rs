//! The rules of leasing telephone numbers: who may lease, which number, until when, what it
//! costs, and what is refused.
//!
//! This crate is pure. It knows no clock, no randomness, no database, no socket and no wire
//! format: the present instant and new ids are arguments, what a decision may see is handed to
//! it, and what it decides is a value. So every rule can be read, tested and used alone.
//!
//! ```
//! use leaseline_core::phone::PhoneNumber;
//! use leaseline_core::region::Region;
//!
//! let malaysia = Region::by_code("MY").expect("in the table");
//! let sent = PhoneNumber::parse("0195730424", &malaysia).expect("a number");
//! assert_eq!(sent.sent(), "0195730424");
//! assert_eq!(sent.e164().to_string(), "60195730424");
//! ```

pub mod account;
pub mod api_user;
pub mod audit;
pub mod call;
pub mod card;
pub mod currency;
pub mod customer;
pub mod decimal;
pub mod did;
pub mod duration;
pub mod expiry;
pub mod history;
pub mod ids;
pub mod ivr;
pub mod lease;
pub mod ledger;
pub mod look_back;
pub mod money;
pub mod mor_user;
pub mod password;
pub mod phone;
pub mod pool;
#[cfg(any(test, fuzzing))]
pub mod properties;
pub mod quota;
pub mod rating;
pub mod record;
pub mod refusal;
pub mod region;
pub mod release;
pub mod request_log;
pub mod reservation;
pub mod retention;
pub mod search;
pub mod staff;
pub mod stock;
pub mod subscriber;
pub mod subscription;
pub mod switch;
pub mod tax;
pub mod throttle;
pub mod timestamp;

pub use refusal::Refusal;
pub use timestamp::Timestamp;
