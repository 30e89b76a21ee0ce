//! The metrics of the hub, one function for each thing that happens. What they mean to an operator
//! is in docs/how-to/monitor.md.
//!
//! Nothing here happens for each request: what does is counted once for a batch, or asked when
//! somebody looks.

use std::time::Duration;

use leaseline_core::lease::LeaseKind;
use leaseline_core::ledger::EntryKind;
use leaseline_store::{StoreError, Tally};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

/// How many requests shared a transaction.
pub const BATCH_SIZE: &str = "leaseline_batch_size";
/// Seconds from a batch's beginning to the end of its COMMIT.
pub const BATCH_DURATION: &str = "leaseline_batch_duration_seconds";
/// Seconds of COMMIT alone.
pub const COMMIT_DURATION: &str = "leaseline_commit_duration_seconds";

const OVER_QUOTA: &str = "leaseline_requests_over_quota_total";
const INBOX_REFUSALS: &str = "leaseline_inbox_refusals_total";
const BATCHES_REPLAYED: &str = "leaseline_batches_replayed_total";
const COMMITS_UNKNOWN: &str = "leaseline_commits_unknown_total";
const STORE_FAILURES: &str = "leaseline_store_failures_total";
const POSTINGS: &str = "leaseline_ledger_postings_total";
const INBOX_DEPTH: &str = "leaseline_inbox_depth";
const INBOX_CAPACITY: &str = "leaseline_inbox_capacity";
const READS_IN_FLIGHT: &str = "leaseline_reads_in_flight";
const CLOCK_LAG: &str = "leaseline_clock_lag_seconds";
const CLOCK_OFFSET: &str = "leaseline_clock_offset_seconds";
const REQUESTS_DROPPED: &str = "leaseline_requests_dropped_total";
const NUMBERS: &str = "leaseline_numbers";
const LEASES: &str = "leaseline_leases_active";
const INVENTORY_COUNT: &str = "leaseline_inventory_count_seconds";
const INVENTORY_AGE: &str = "leaseline_inventory_age_seconds";

/// Says what each metric means, and has every counter be there from the start, as a rate wants to
/// see it at zero first.
pub(crate) fn begin() {
    describe();
    counter!(OVER_QUOTA, "by" => "user").increment(0);
    counter!(OVER_QUOTA, "by" => "source").increment(0);
    counter!(INBOX_REFUSALS).increment(0);
    counter!(BATCHES_REPLAYED).increment(0);
    counter!(COMMITS_UNKNOWN).increment(0);
    counter!(REQUESTS_DROPPED).increment(0);
    counter!(STORE_FAILURES, "reason" => "locked").increment(0);
    counter!(STORE_FAILURES, "reason" => "unavailable").increment(0);
    for kind in EntryKind::ALL {
        counter!(POSTINGS, "kind" => entry_kind(kind)).increment(0);
    }
}

fn describe() {
    describe_histogram!(BATCH_SIZE, "Requests that shared a transaction");
    describe_histogram!(BATCH_DURATION, "Seconds from a batch's beginning to its commit");
    describe_histogram!(COMMIT_DURATION, "Seconds of COMMIT alone");
    describe_counter!(OVER_QUOTA, "Requests refused to a user or a source that made too many");
    describe_counter!(INBOX_REFUSALS, "Requests refused because too many waited for the writer");
    describe_counter!(BATCHES_REPLAYED, "Failed batches whose requests were tried one by one");
    describe_counter!(COMMITS_UNKNOWN, "Commits that were not answered");
    describe_counter!(REQUESTS_DROPPED, "Requests that should have been remembered and were not");
    describe_counter!(STORE_FAILURES, "Reads and batches that the database failed, by reason");
    describe_counter!(POSTINGS, "Ledger entries written by this process, by kind");
    describe_gauge!(INBOX_DEPTH, "Requests that wait for the writer");
    describe_gauge!(INBOX_CAPACITY, "Requests that may wait for the writer");
    describe_gauge!(READS_IN_FLIGHT, "Reads under way or waiting for a connection");
    describe_gauge!(CLOCK_LAG, "How far the clock is behind the latest instant seen");
    describe_gauge!(CLOCK_OFFSET, "How far the clock is off the database's");
    describe_gauge!(NUMBERS, "Numbers by pool and state, as last counted");
    describe_gauge!(LEASES, "Live leases by kind, as last counted");
    describe_gauge!(INVENTORY_COUNT, "How long the last count of the inventory took");
    describe_gauge!(INVENTORY_AGE, "How long ago the inventory was last counted");
}

/// A user or a source made one request too many.
pub(crate) fn over_quota(by: &'static str) {
    counter!(OVER_QUOTA, "by" => by).increment(1);
}

/// The inbox was full, and a request was refused.
pub(crate) fn inbox_refused() {
    counter!(INBOX_REFUSALS).increment(1);
}

/// A batch of so many requests took so long, its commit included.
pub(crate) fn batch_committed(size: usize, took: Duration) {
    histogram!(BATCH_SIZE).record(number(size));
    histogram!(BATCH_DURATION).record(took);
}

/// A transaction is committed.
pub(crate) fn committed(tally: &Tally) {
    histogram!(COMMIT_DURATION).record(tally.commit);
    for (kind, entries) in tally.postings() {
        counter!(POSTINGS, "kind" => entry_kind(kind)).increment(entries);
    }
}

/// A batch failed, and its requests are tried one by one.
pub(crate) fn batch_replayed() {
    counter!(BATCHES_REPLAYED).increment(1);
}

/// So many requests should have been remembered and were not.
pub(crate) fn requests_dropped(count: u64) {
    counter!(REQUESTS_DROPPED).increment(count);
}

/// Nobody knows whether a commit was carried out.
pub(crate) fn commit_unknown() {
    counter!(COMMITS_UNKNOWN).increment(1);
}

/// A caller, or a batch of them, hears that the store failed.
pub(crate) fn store_failed(error: &StoreError) {
    let reason = match error {
        StoreError::Busy(_) | StoreError::GivenUp | StoreError::KeyTaken => "locked",
        StoreError::Unreachable(_)
        | StoreError::NoReader
        | StoreError::Failed(_)
        | StoreError::Corrupt { .. }
        | StoreError::Panicked
        | StoreError::UnknownCommit(_)
        | StoreError::Schema(_) => "unavailable",
    };
    counter!(STORE_FAILURES, "reason" => reason).increment(1);
}

/// What waits for the writer, out of how much could.
pub(crate) fn inbox(waiting: usize, capacity: usize) {
    gauge!(INBOX_DEPTH).set(number(waiting));
    gauge!(INBOX_CAPACITY).set(number(capacity));
}

/// Who reads, or waits for a connection to read through.
pub(crate) fn reads_in_flight(reads: usize) {
    gauge!(READS_IN_FLIGHT).set(number(reads));
}

/// How far the clock is behind the latest instant that any process has seen.
pub(crate) fn clock_lag(lag: Duration) {
    gauge!(CLOCK_LAG).set(lag);
}

/// How far the clock is off the database's.
pub(crate) fn clock_offset(offset: Duration) {
    gauge!(CLOCK_OFFSET).set(offset);
}

/// So many numbers of a pool are in this state.
pub(crate) fn numbers(pool: &str, state: &'static str, numbers: u64) {
    gauge!(NUMBERS, "pool" => pool.to_owned(), "state" => state).set(count(numbers));
}

/// So many leases of a kind are live.
pub(crate) fn active_leases(kind: LeaseKind, leases: u64) {
    let kind = match kind {
        LeaseKind::Single => "single",
        LeaseKind::Group => "group",
    };
    gauge!(LEASES, "kind" => kind).set(count(leases));
}

/// The inventory was counted, which took so long.
pub(crate) fn inventory_counted(took: Duration) {
    gauge!(INVENTORY_COUNT).set(took);
}

/// The inventory was counted so long ago.
pub(crate) fn inventory_age(age: Duration) {
    gauge!(INVENTORY_AGE).set(age);
}

const fn entry_kind(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Opening => "opening",
        EntryKind::TopUp => "top_up",
        EntryKind::Call => "call",
        EntryKind::Subscription => "subscription",
        EntryKind::MonthlyFee => "monthly",
        EntryKind::Sms => "sms",
        EntryKind::Fax => "fax",
        EntryKind::Card => "card",
        EntryKind::Correction => "correction",
    }
}

fn number(number: usize) -> f64 {
    u32::try_from(number).unwrap_or(u32::MAX).into()
}

/// More numbers than the whole world has telephones are not told apart.
fn count(count: u64) -> f64 {
    u32::try_from(count).unwrap_or(u32::MAX).into()
}
