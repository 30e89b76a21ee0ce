//! Requests, to be remembered for a few days.

use leaseline_core::Timestamp;
use leaseline_core::ids::CustomerId;
use leaseline_core::request_log::{RequestId, RequestLine};
use uuid::Uuid;

use crate::error::StoreError;
use crate::row::Code;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// So many are written in one statement: SQLite takes no more than 32,766 values.
pub const MOST_AT_ONCE: usize = 2_048;

/// Writes down requests; those that are there already stay as they are.
pub fn requests(tx: &mut Tx<'_>, lines: &[RequestLine]) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = lines.iter().map(|line| line.id.uuid()).collect();
    let each = || lines.iter();
    let micros = |line: &RequestLine| i64::try_from(line.took.as_micros()).unwrap_or(i64::MAX);
    let rows = Rows::new(
        "id, at, facade, operation, status, effect, weight, took_micros, customer_id, user_name",
    )
    .bytes(ids.iter().map(|id| id.as_bytes().as_slice()))
    .integers(each().map(|line| line.at.micros()))
    .texts(each().map(|line| &*line.facade))
    .texts(each().map(|line| &*line.operation))
    .texts(each().map(|line| &*line.status))
    .integers(each().map(|line| i64::from(line.effect.code())))
    .integers(each().map(|line| i64::from(line.weight)))
    .integers(each().map(micros))
    .optional_integers(each().map(|line| line.customer.map(CustomerId::get)))
    .optional_texts(each().map(|line| line.user.as_deref()));
    Statement::<()>::new(INSERT).over(rows).execute(tx.connection)?;
    Ok(())
}

/// Forgets at most so many requests, the oldest first: those that came before an instant, and those up
/// to this one. Says how many.
pub fn forget(
    tx: &mut Tx<'_>,
    before: Timestamp,
    up_to: Option<RequestId>,
    most: i64,
) -> Result<usize, StoreError> {
    let bound = Rows::new("up_to").optional_bytes([up_to.as_ref().map(RequestId::as_bytes)]);
    let forgotten = Statement::<()>::new(FORGET).over(bound).integer(most).integer(before.micros());
    Ok(forgotten.execute(tx.connection)?)
}

const INSERT: &str = "
    INSERT INTO requests
      (id, at, facade, operation, status, effect, weight, took_micros, customer_id, user_name)
    SELECT id, at, facade, operation, status, effect, weight, took_micros, customer_id, user_name
    FROM v WHERE id IS NOT NULL
    ON CONFLICT (id) DO NOTHING";

// Ids ascend with time, so the old ones are the first ones: where none of those is old, none is.
const FORGET: &str = "
    DELETE FROM requests WHERE id IN
      (SELECT o.id FROM (SELECT r.id, r.at FROM requests r ORDER BY r.id LIMIT {}) AS o
       WHERE o.at < {} OR o.id <= (SELECT up_to FROM v))";
