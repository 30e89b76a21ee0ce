//! The command line as an operator uses it: the real binary, in an empty folder.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

mod accounts;
mod admin;
mod calls;
mod configuration;
mod database;
mod demo;
mod metrics;
mod mor;
mod naughty;
mod operations;
mod place;
mod planted;
mod prometheus;
mod provisioning;
mod quotas;
mod rates;
mod records;
mod requests;
mod retention;
mod rotation;
mod secrets;
mod serving;
mod shop;
mod tls;
mod tokens;
mod usage;
