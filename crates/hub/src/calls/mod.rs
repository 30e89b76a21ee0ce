//! Calls: decisions on them, what switches tell of them, and the money that is set aside.

mod event;
mod ledgers;
mod request;

pub(crate) use ledgers::CallLedgers;
