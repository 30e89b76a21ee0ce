//! Answers given under an idempotency key.

use diesel::sql_types::BigInt;
use leaseline_core::Timestamp;

use crate::error::StoreError;
use crate::load::idempotency::{KeyOwner, StoredAnswer};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// Keeps answers for whoever repeats his request. One that was given under the same key before
/// `since` makes way.
///
/// # Errors
/// [`StoreError::KeyTaken`] when another process answered under one of the keys meanwhile.
pub fn answers(
    tx: &mut Tx<'_>,
    answers: &[(KeyOwner, StoredAnswer)],
    now: Timestamp,
    since: Timestamp,
) -> Result<(), StoreError> {
    let each = || answers.iter();
    let rows = Rows::new("user_id, operation, key, fingerprint, answer")
        .integers(each().map(|(owner, _)| owner.user.id()))
        .texts(each().map(|(owner, _)| owner.operation))
        .texts(each().map(|(owner, _)| owner.key.as_str()))
        .bytes(each().map(|(_, stored)| stored.fingerprint.as_slice()))
        .texts(each().map(|(_, stored)| stored.answer.as_str()));
    let keep = Statement::<()>::new(KEEP).over(rows).integer(now.micros());
    let kept = keep.integer(since.micros()).execute(tx.connection)?;
    if kept == answers.len() { Ok(()) } else { Err(StoreError::KeyTaken) }
}

/// Forgets answers that were given before an instant, the oldest first, about `most` of them, and
/// says how many they were.
pub fn forget(tx: &mut Tx<'_>, before: Timestamp, most: i64) -> Result<usize, StoreError> {
    let nth: Vec<i64> = Statement::<BigInt>::new(NTH_OLDEST)
        .integer(before.micros())
        .integer(most - 1)
        .load(tx.connection)?;
    let before = nth.first().map_or(before.micros(), |nth| nth.saturating_add(1));
    Ok(Statement::<()>::new(FORGET).integer(before).execute(tx.connection)?)
}

const KEEP: &str = "
    INSERT INTO idempotency_keys (user_id, operation, key, fingerprint, answer, at)
    SELECT user_id, operation, key, fingerprint, answer, {} FROM v WHERE key IS NOT NULL
    ON CONFLICT (user_id, operation, key) DO UPDATE
    SET fingerprint = excluded.fingerprint, answer = excluded.answer, at = excluded.at
    WHERE idempotency_keys.at <= {}";

const NTH_OLDEST: &str =
    "SELECT at FROM idempotency_keys WHERE at < {} ORDER BY at LIMIT 1 OFFSET {}";

const FORGET: &str = "DELETE FROM idempotency_keys WHERE at < {}";
