//! What two copies of a table have in common if they are copies.

use std::fmt;

use super::catalogue::{Column, ColumnKind, Table};
use crate::error::StoreError;
use crate::transaction::Tx;

/// A column's values are summed in two parts, as the sum of many instants in microseconds is more
/// than 64 bits can hold.
const PART: i128 = 1_000_000;

/// How many rows a table has, and a sum for each of its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums {
    /// The table.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// Of an integer column the sum of its values, of another the sum of their lengths in bytes.
    pub columns: Vec<(String, i128)>,
}

/// Counts and sums a table.
///
/// # Errors
/// [`StoreError`].
pub fn sums(tx: &mut Tx<'_>, table: &Table) -> Result<Sums, StoreError> {
    let parts: String = table.columns.iter().map(Column::summed).collect();
    let question =
        format!("SELECT concat_ws(',', count(*){parts}) AS text FROM \"{}\"", table.name);
    let mut answer = String::new();
    tx.connection.carry().fetch(&question, &mut |row| {
        answer = row;
        Ok(())
    })?;
    understood(table, &answer)
        .ok_or_else(|| StoreError::Schema(format!("table {} cannot be summed", table.name)))
}

fn understood(table: &Table, answer: &str) -> Option<Sums> {
    let mut parts = answer.split(',');
    let rows = parts.next()?.parse().ok()?;
    let mut part = || parts.next()?.parse::<i128>().ok();
    let mut sum = |column: &Column| {
        let sum = match column.kind {
            ColumnKind::Integer => part()? * PART + part()?,
            ColumnKind::Text | ColumnKind::Bytes => part()?,
        };
        Some((column.name.clone(), sum))
    };
    let columns = table.columns.iter().map(&mut sum).collect::<Option<_>>()?;
    Some(Sums { table: table.name.clone(), rows, columns })
}

impl Column {
    /// Division and remainder round towards zero in both databases.
    fn summed(&self) -> String {
        let name = &self.name;
        match self.kind {
            ColumnKind::Integer => format!(
                ", COALESCE(sum(\"{name}\" / {PART}), 0), COALESCE(sum(\"{name}\" % {PART}), 0)"
            ),
            ColumnKind::Text | ColumnKind::Bytes => {
                format!(", COALESCE(sum(octet_length(\"{name}\")), 0)")
            }
        }
    }
}

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} rows", self.table, self.rows)
    }
}
