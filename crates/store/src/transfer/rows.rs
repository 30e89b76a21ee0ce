//! Carrying a table's rows, a bounded piece at a time.

use diesel::RunQueryDsl;

use super::catalogue::Table;
use crate::error::StoreError;
use crate::schema::writers;
use crate::transaction::Tx;

/// So many rows, or so many bytes of them, are held in memory and written by one statement.
const ROWS_AT_A_TIME: usize = 1_000;
const BYTES_AT_A_TIME: usize = 1 << 20;

/// Rows as a JSON array of arrays, in the making.
#[derive(Default)]
struct Piece {
    json: String,
    rows: usize,
}

/// Carries all rows of a table, ids and all. `copied` hears after each piece how many rows it
/// had.
///
/// # Errors
/// [`StoreError`] of either side. Both transactions are then spoilt.
pub fn copy(
    from: &mut Tx<'_>,
    to: &mut Tx<'_>,
    table: &Table,
    copied: &mut dyn FnMut(usize),
) -> Result<(), StoreError> {
    let insert = to.connection.carry().insert(table);
    let mut write = |piece: Piece| -> Result<(), StoreError> {
        let rows = piece.rows;
        to.connection.carry().run(&insert, &piece.closed())?;
        copied(rows);
        Ok(())
    };
    let mut piece = Piece::default();
    let select = from.connection.carry().select(table);
    from.connection.carry().fetch(&select, &mut |row| {
        piece.push(&row);
        if piece.is_full() { write(std::mem::take(&mut piece)) } else { Ok(()) }
    })?;
    if piece.rows > 0 { write(piece) } else { Ok(()) }
}

/// The first table with a row in it. Writers that registered do not count: whoever opens a
/// database leaves one.
///
/// # Errors
/// [`StoreError`].
pub fn first_with_rows<'a>(
    tx: &mut Tx<'_>,
    tables: &'a [Table],
) -> Result<Option<&'a Table>, StoreError> {
    for table in tables.iter().filter(|table| table.name != "writers") {
        let question = format!("SELECT '' AS text FROM \"{}\" LIMIT 1", table.name);
        let mut found = false;
        tx.connection.carry().fetch(&question, &mut |_| {
            found = true;
            Ok(())
        })?;
        if found {
            return Ok(Some(table));
        }
    }
    Ok(None)
}

/// Forgets who wrote here, so that those who wrote elsewhere can be carried here.
///
/// # Errors
/// [`StoreError`].
pub fn forget_writers(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    diesel::delete(writers::table).execute(tx.connection)?;
    Ok(())
}

/// Has new rows get ids beyond those that were carried.
///
/// # Errors
/// [`StoreError`].
pub fn restart_sequences(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.connection.carry().restart_sequences()
}

impl Piece {
    fn push(&mut self, row: &str) {
        self.json.push(if self.rows == 0 { '[' } else { ',' });
        self.json.push_str(row);
        self.rows += 1;
    }

    fn is_full(&self) -> bool {
        self.rows >= ROWS_AT_A_TIME || self.json.len() >= BYTES_AT_A_TIME
    }

    fn closed(mut self) -> String {
        self.json.push(']');
        self.json
    }
}
