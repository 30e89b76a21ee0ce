//! Answers given under an idempotency key.

use diesel::prelude::*;
use leaseline_core::Timestamp;

use crate::error::StoreError;
use crate::load::idempotency::{KeyOwner, StoredAnswer};
use crate::schema::idempotency_keys;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// Keeps answers for whoever repeats his request; older ones under the same keys are replaced.
pub fn answers(
    tx: &mut Tx<'_>,
    answers: &[(KeyOwner, StoredAnswer)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let keys = owners("user_id, operation, key", answers);
    Statement::<()>::new(FORGET).over(keys).execute(tx.connection)?;
    let rows = owners("user_id, operation, key, fingerprint, answer", answers)
        .bytes(answers.iter().map(|(_, stored)| stored.fingerprint.as_slice()))
        .texts(answers.iter().map(|(_, stored)| stored.answer.as_str()));
    Statement::<()>::new(KEEP).over(rows).integer(now.micros()).execute(tx.connection)?;
    Ok(())
}

/// Forgets up to `most` answers that were given before an instant, and says how many they were.
pub fn forget(tx: &mut Tx<'_>, before: Timestamp, most: i64) -> Result<usize, StoreError> {
    let old: Vec<(i64, String, String)> = idempotency_keys::table
        .filter(idempotency_keys::at.lt(before.micros()))
        .select((idempotency_keys::user_id, idempotency_keys::operation, idempotency_keys::key))
        .limit(most)
        .load(tx.connection)?;
    let rows = Rows::new("user_id, operation, key")
        .integers(old.iter().map(|(user, ..)| *user))
        .texts(old.iter().map(|(_, operation, _)| operation.as_str()))
        .texts(old.iter().map(|(.., key)| key.as_str()));
    Ok(Statement::<()>::new(FORGET).over(rows).execute(tx.connection)?)
}

fn owners<'a>(names: &'static str, answers: &'a [(KeyOwner, StoredAnswer)]) -> Rows<'a> {
    Rows::new(names)
        .integers(answers.iter().map(|(owner, _)| owner.user.get()))
        .texts(answers.iter().map(|(owner, _)| owner.operation))
        .texts(answers.iter().map(|(owner, _)| owner.key.as_str()))
}

const FORGET: &str = "
    DELETE FROM idempotency_keys WHERE (user_id, operation, key) IN
      (SELECT user_id, operation, key FROM v WHERE key IS NOT NULL)";

const KEEP: &str = "
    INSERT INTO idempotency_keys (user_id, operation, key, fingerprint, answer, at)
    SELECT user_id, operation, key, fingerprint, answer, {} FROM v WHERE key IS NOT NULL";
