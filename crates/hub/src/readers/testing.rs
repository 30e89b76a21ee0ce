//! What the tests of the readers ask for, and of which store.

use std::collections::HashMap;

use leaseline_store::{Store, StoreError, Tx};
use tempfile::TempDir;

use super::Lookup;
use crate::Hub;

/// Finds how many were looked for together, and cannot read zero.
pub(super) struct Together;

impl Lookup for Together {
    type Key = u8;
    type Found = usize;

    fn look_up(_: &mut Tx<'_>, keys: &[u8]) -> Result<HashMap<u8, usize>, StoreError> {
        if keys.contains(&0) {
            return Err(StoreError::Corrupt { table: "zeros" });
        }
        Ok(keys.iter().map(|key| (*key, keys.len())).collect())
    }
}

/// Finds every key, and nothing else about it.
pub(super) struct Itself;

impl Lookup for Itself {
    type Key = u16;
    type Found = u16;

    fn look_up(_: &mut Tx<'_>, keys: &[u16]) -> Result<HashMap<u16, u16>, StoreError> {
        Ok(keys.iter().map(|key| (*key, *key)).collect())
    }
}

/// A database in a folder that is removed when it is dropped.
pub(super) fn store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/readers.db", folder.path().display());
    Hub::migrate(&url).unwrap();
    (folder, Store::from_url(&url).unwrap())
}
