//! What an operator does and asks: pools and their numbers, customers, leases, users of the APIs,
//! tokens, accounts and their subscriptions, and all of it from a file.

mod accounts;
mod customers;
mod imports;
mod leases;
mod mor_secrets;
mod numbers;
mod pools;
mod provisioning;
mod rates;
mod subscriptions;
mod tokens;
mod users;

pub use accounts::{EnableAccount, SetAccountPassword};
pub use imports::{Import, ImportError, ImportPlan, Progress};
pub use leaseline_store::load::catalogue::{ListState, NumberFilter, NumberLine, NumberPage};
pub use leaseline_store::load::customers::Holdings;
pub use leaseline_store::load::history::NumberHistory;
pub use leaseline_store::load::inventory::NumberState;
pub use leaseline_store::load::leases::LeaseLine;
pub use leaseline_store::load::ledgers::Lines;
pub use leaseline_store::load::subscriptions::{SubscriptionFilter, SubscriptionLine};
pub use leaseline_store::load::users::TokenRecord;
pub use leaseline_store::record::reservations::Changed;
pub use mor_secrets::SetMorSecret;
pub use numbers::{
    BlockNumber, NumberChanged, NumbersUnreserved, PoolStock, UnblockNumber, Unreserve,
};
pub use pools::{NewNumbers, NewPool};
pub use provisioning::{
    AccountEntry, CurrencyEntry, CustomerEntry, CustomerRef, Effect, Entered, EntryIndex,
    MenuEntry, Misfit, Mor, MorItemEntry, MorItemId, MorProvisioned, MorUserEntry, PoolEntry,
    Provisioned, Provisioning, SwitchEntry, Unfit, UserEntry,
};
pub use rates::RatesImported;
pub use subscriptions::Unsubscribe;
pub use tokens::{TokenIssue, TokenRevocation};
pub use users::{EnableApiUser, GrantRights, NewApiUser, NotGranted, RevokeRights};
