//! Which tables a database has.

use std::collections::{BTreeMap, BTreeSet};

use diesel::sql_types::Text;

use crate::error::StoreError;
use crate::statement::Statement;
use crate::transaction::Tx;

/// A table that is carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in the order of their names, as the two databases may keep them in different
    /// ones.
    pub columns: Vec<Column>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What stands in it.
    pub kind: ColumnKind,
}

/// What can stand in a column. The two databases have other types too; a migration that uses one
/// has to teach the copy about it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColumnKind {
    /// An integer of up to 64 bits.
    Integer,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
}

/// All tables but the list of migrations; those that others refer to come first.
///
/// # Errors
/// [`StoreError::Schema`] names a column that cannot be carried.
pub fn tables(tx: &mut Tx<'_>) -> Result<Vec<Table>, StoreError> {
    let connection = &mut *tx.connection;
    let catalogue = connection.carry().columns();
    let columns: Vec<(String, String, String)> =
        Statement::<(Text, Text, Text)>::new(catalogue).load(connection)?;
    let catalogue = connection.carry().references();
    let references: Vec<(String, String)> =
        Statement::<(Text, Text)>::new(catalogue).load(connection)?;

    let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    for (table, name, declared) in columns {
        let kind = kind(&table, &name, &declared)?;
        tables.entry(table).or_default().push(Column { name, kind });
    }
    tables.values_mut().for_each(|columns| columns.sort());
    in_order(tables, &references)
}

fn kind(table: &str, column: &str, declared: &str) -> Result<ColumnKind, StoreError> {
    match declared.to_ascii_lowercase().as_str() {
        "integer" | "bigint" | "smallint" => Ok(ColumnKind::Integer),
        "text" => Ok(ColumnKind::Text),
        "blob" | "bytea" => Ok(ColumnKind::Bytes),
        other => Err(StoreError::Schema(format!(
            "column {column} of table {table} has the type {other}, which is not carried"
        ))),
    }
}

/// A table comes when all that it refers to are there.
fn in_order(
    mut tables: BTreeMap<String, Vec<Column>>,
    references: &[(String, String)],
) -> Result<Vec<Table>, StoreError> {
    let mut ordered = Vec::with_capacity(tables.len());
    let mut there = BTreeSet::new();
    while !tables.is_empty() {
        let is_ready = |table: &&String| {
            let mut needs = references.iter().filter(|(from, to)| from == *table && from != to);
            needs.all(|(_, to)| there.contains(to))
        };
        let Some(name) = tables.keys().find(is_ready).cloned() else {
            return Err(StoreError::Schema("tables refer to one another in a circle".into()));
        };
        let columns = tables.remove(&name).unwrap_or_default();
        there.insert(name.clone());
        ordered.push(Table { name, columns });
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(references: &[(&str, &str)], expected: Result<&[&str], ()>) {
        let tables = ["a", "b", "c"].map(|name| (name.to_owned(), Vec::new())).into();
        let references: Vec<_> =
            references.iter().map(|(from, to)| ((*from).into(), (*to).into())).collect();
        let ordered = in_order(tables, &references).map_err(drop);
        let names = ordered.map(|tables| tables.into_iter().map(|table| table.name).collect());
        assert_eq!(
            names,
            expected.map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>())
        );
    }

    #[test]
    fn what_is_referred_to_comes_first() {
        check(&[], Ok(&["a", "b", "c"]));
        check(&[("a", "c")], Ok(&["b", "c", "a"]));
        check(&[("a", "b"), ("b", "c"), ("a", "a")], Ok(&["c", "b", "a"]));
        check(&[("a", "b"), ("b", "a")], Err(()));
    }
}
