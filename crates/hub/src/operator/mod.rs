//! What an operator does: pools and their numbers, users of the APIs, tokens.

mod pools;
mod tokens;
mod users;

pub use leaseline_store::load::users::TokenRecord;
pub use pools::{NewNumbers, NewPool};
pub use tokens::{TokenIssue, TokenRevocation};
pub use users::{EnableApiUser, NewApiUser};
