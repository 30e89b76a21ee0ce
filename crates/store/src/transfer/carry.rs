//! What the two databases say differently about whole tables.

use diesel::QueryableByName;
use diesel::sql_types::Text;

use super::catalogue::Table;
use super::session::Journal;
use crate::error::StoreError;

/// The differences.
pub(crate) trait Carry {
    /// The question for every column: table, name, declared type.
    fn columns(&self) -> &'static str;

    /// The question which table refers to which.
    fn references(&self) -> &'static str;

    /// Every row of a table as a JSON array of its columns in order, bytes in hexadecimal.
    fn select(&self, table: &Table) -> String;

    /// Inserts rows given as a JSON array of such arrays.
    fn insert(&self, table: &Table) -> String;

    /// Runs a question for one column called `text` and hands over row by row, never holding more
    /// than one.
    fn fetch(
        &mut self,
        question: &str,
        each: &mut dyn FnMut(String) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Runs a statement with one text for its parameter.
    fn run(&mut self, statement: &str, parameter: &str) -> Result<(), StoreError>;

    /// Has new ids begin after those there are.
    fn restart_sequences(&mut self) -> Result<(), StoreError>;

    /// Whether anybody else is connected. On SQLite the journal is folded into the file on the
    /// way, which only who is alone can do.
    fn is_in_use(&mut self) -> Result<bool, StoreError>;

    /// Folds the journal into the file and cuts it off, where there is one.
    fn empty_journal(&mut self) -> Result<Journal, StoreError>;
}

/// What becomes of the tables that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// They stay, and are empty.
    Kept,
    /// They are dropped with all that is in them.
    Dropped,
}

/// A row of [`Carry::fetch`].
#[derive(QueryableByName)]
pub(crate) struct Fetched {
    #[diesel(sql_type = Text)]
    pub(crate) text: String,
}

impl Table {
    /// The columns as SQL, each as `each` has it.
    pub(crate) fn listed(&self, each: impl Fn(usize, &super::Column) -> String) -> String {
        let columns: Vec<_> =
            self.columns.iter().enumerate().map(|(place, column)| each(place, column)).collect();
        columns.join(", ")
    }
}
