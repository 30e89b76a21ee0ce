//! Calls: decisions on them, what switches tell of them, and the money that is set aside.

mod event;
mod ledgers;
mod request;
mod simulate;

pub(crate) use ledgers::CallLedgers;
pub use simulate::Simulated;
