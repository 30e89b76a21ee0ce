//! SQLite's journal, which holds what was erased until it is written over.

use leaseline_store::{Journal, Store};

use super::UpkeepError;

/// Folds a SQLite database's journal into its file and cuts it off, unless somebody reads for long.
/// Writers wait meanwhile, but never long. PostgreSQL looks after its own.
///
/// # Errors
/// [`UpkeepError`] when the database does not answer.
pub fn empty_journal(database_url: &str) -> Result<Journal, UpkeepError> {
    Ok(Store::from_url(database_url)?.connect()?.empty_journal()?)
}
