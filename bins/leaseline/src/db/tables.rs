//! What is in each table, as it is printed.

use std::fmt;

use leaseline_hub::upkeep::Sums;
use serde::Serialize;

/// All tables.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct Tables(Vec<Table>);

#[derive(Serialize)]
struct Table {
    table: String,
    rows: u64,
    /// The sum of each column; as text, as it may be more than a JSON reader can hold.
    sums: Vec<Sum>,
}

#[derive(Serialize)]
struct Sum {
    column: String,
    sum: String,
}

impl From<Vec<Sums>> for Tables {
    fn from(sums: Vec<Sums>) -> Self {
        Self(sums.into_iter().map(Table::from).collect())
    }
}

impl From<Sums> for Table {
    fn from(sums: Sums) -> Self {
        let sum = |(column, sum): (String, i128)| Sum { column, sum: sum.to_string() };
        Self {
            table: sums.table,
            rows: sums.rows,
            sums: sums.columns.into_iter().map(sum).collect(),
        }
    }
}

impl fmt::Display for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|table| table.table.len()).max().unwrap_or(0);
        self.0.iter().try_for_each(|Table { table, rows, .. }| {
            writeln!(f, "  {table:width$}  {rows:>12} rows")
        })
    }
}
