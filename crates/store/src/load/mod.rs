//! Reading: what the decisions may see, and what is asked outside of them.

use std::time::Duration;

pub mod accounts;
pub mod activity;
pub mod audit;
pub mod balances;
pub mod call_records;
pub mod calling;
pub mod calling_cards;
pub mod calls;
pub mod cards;
pub mod catalogue;
pub mod check;
pub mod currencies;
pub mod customers;
pub mod did_stock;
pub mod fees;
pub mod history;
pub mod idempotency;
pub mod imports;
pub mod inventory;
pub mod ivr;
pub mod lease_search;
pub mod leases;
pub mod ledgers;
pub mod logins;
pub mod mor_items;
pub mod mor_users;
pub mod numbers;
pub mod overview;
pub mod page;
pub mod pools;
pub mod rates;
pub mod record_search;
pub mod records;
pub mod requests;
pub mod retention;
pub mod samples;
pub mod staff;
pub mod sub_accounts;
pub mod subscriptions;
pub mod switches;
pub mod trail;
pub mod users;
pub mod writers;

/// A switch's clock tells whole seconds, so any instant of that second is meant.
const SECOND: Duration = Duration::from_secs(1);
