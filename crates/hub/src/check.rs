//! Whether what a database holds fits together.

use leaseline_store::{SchemaState, Store, load};

pub use leaseline_store::load::check::{Broken, Invariant};

use crate::hub::{Hub, OpenError};

impl Hub {
    /// What breaks an invariant in a database; nothing, if all is well. Reads on a connection of
    /// its own and as of one instant, so a service may write meanwhile; on a large database it
    /// takes minutes.
    ///
    /// ```
    /// use leaseline_hub::Hub;
    ///
    /// let folder = tempfile::tempdir().unwrap();
    /// let url = format!("sqlite://{}/example.db", folder.path().display());
    /// Hub::migrate(&url).unwrap();
    /// assert_eq!(Hub::check(&url).unwrap(), []);
    /// ```
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn check(database_url: &str) -> Result<Vec<Broken>, OpenError> {
        let store = Store::from_url(database_url)?;
        let mut session = store.connect_to_read()?;
        match session.read().schema_state()? {
            SchemaState::Current => Ok(session.read_at_one_instant(load::check::broken)?),
            other => Err(OpenError::Schema(other)),
        }
    }
}
