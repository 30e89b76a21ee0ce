//! What the two databases say differently. Everything else is said once, in the subset they
//! share.

mod postgres;
mod postgres_carry;
mod sqlite;
mod sqlite_carry;

use std::time::Duration;

use diesel::result::QueryResult;

use crate::load::numbers::{FreeRow, Patience, Wanted};

/// Rows that a transaction will decide on, to be held until its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    /// Customers, against a change: leases share it.
    CustomersShared,
    /// Customers that will be changed.
    Customers,
    /// Ledgers that will be written to.
    Ledgers,
    /// Ledgers that will be written to, by their own ids.
    LedgersById,
    /// Limited services: one grant at a time.
    LimitedServices,
    /// Accounts, with all that belongs to them. By their own ids, as the ones below.
    Accounts,
    /// Numbers that are subscribed to.
    Dids,
    /// Subscriptions.
    Subscriptions,
    /// Groups of cards: one maker or seller of their cards at a time.
    CardGroups,
}

/// The differences.
pub(crate) trait Dialect {
    /// Begins a transaction that may write, in which nothing waits longer than this for a lock.
    fn begin(&mut self, lock_timeout: Duration) -> QueryResult<()>;

    /// Begins a transaction that reads, and sees the same commits from its first statement on.
    fn begin_snapshot(&mut self) -> QueryResult<()>;

    /// Holds the rows with these ids (those of customers, if the lock says nothing else) against
    /// other transactions, in the order of the ids.
    fn lock(&mut self, lock: Lock, ids: &[i64]) -> QueryResult<()>;

    /// Holds these leases against other transactions.
    fn lock_leases(&mut self, leases: &[&[u8]]) -> QueryResult<()>;

    /// The numbers of these shelves that are free now, the one that rested longest first, as many
    /// as wanted of each, held until the transaction ends.
    fn pick(
        &mut self,
        wanted: &[Wanted],
        now: i64,
        patience: Patience,
    ) -> QueryResult<Vec<FreeRow>>;

    /// The question for the rates of numbers, each number's longest prefix first: over the columns
    /// place, `deck_id`, service, number and at.
    fn rates(&self) -> &'static str;

    /// Holds everybody else off who makes pools, customers or users by name, or opens imports,
    /// until the transaction ends: what is not there yet has no row to be held.
    fn provision_alone(&mut self) -> QueryResult<()>;

    /// Whether nobody else can write while a transaction does.
    fn writes_alone(&self) -> bool;

    /// Whether a lease's entries in the indexes by customer are cheaper written later, with many others.
    fn files_later(&self) -> bool;

    /// Has the leases that were granted unfiled found along the indexes by customer. Says how many.
    fn file_leases(&mut self) -> QueryResult<usize>;

    /// Whether CROSS JOIN takes one row of its left side after the other, whatever the planner thinks.
    fn joins_as_written(&self) -> bool;

    /// Begins a transaction in which the schema is changed, alone among all processes.
    fn begin_alone(&mut self) -> QueryResult<()>;

    /// Ends it.
    fn commit_alone(&mut self) -> QueryResult<()>;

    /// The question how many tables of migrations there are: 0 or 1.
    fn migrations_in_catalogue(&self) -> &'static str;

    /// The question which version the database is of.
    fn version(&self) -> &'static str;

    /// The question how many bytes the database takes up.
    fn bytes(&self) -> &'static str;

    /// What the database's own clock shows, if it has one: microseconds since the epoch.
    fn clock_micros(&mut self) -> QueryResult<Option<i64>>;
}
