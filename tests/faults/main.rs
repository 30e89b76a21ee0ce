//! The store fails on purpose, at every call in turn: for each operation of each facade the first
//! call fails, then the second, until there is none left to fail. Whatever fails, the facade says
//! what its reference says, nothing is half done, and the next request works.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

mod api;
mod apigate;
mod each_call;
mod mor;
mod switch;
mod traitel;

use crate::each_call::check_every_operation;

#[test]
fn apigate() {
    check_every_operation(apigate::OPERATIONS, apigate::is_away);
}

#[test]
fn mor() {
    check_every_operation(mor::OPERATIONS, mor::is_away);
}

#[test]
fn traitel() {
    check_every_operation(traitel::OPERATIONS, traitel::is_away);
}

#[test]
fn switch() {
    check_every_operation(switch::OPERATIONS, switch::is_away);
}
