//! Which switch asks. What was read is remembered for less than a second, so that a disabled
//! switch and an old password are out in every process within one.

use std::sync::Arc;
use std::time::Instant;

use leaseline_core::switch::Switch;
use leaseline_store::load;

use crate::failure::Failure;
use crate::hub::Hub;
use crate::identity::Memory;

/// Switches by their names.
pub(crate) type Switches = Memory<String, Switch>;

impl Hub {
    /// The switch of this name, enabled or not; as it is, or was a moment ago.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn switch(&self, name: &str) -> Result<Option<Arc<Switch>>, Failure> {
        if let Some(known) = self.switches().recall(name) {
            return Ok(known);
        }
        let since = Instant::now();
        let found = self.switch_now(name).await?.map(Arc::new);
        self.switches().remember(name.to_owned(), since, found.clone());
        Ok(found)
    }

    /// The same as it is, for whoever is about to change it.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn switch_now(&self, name: &str) -> Result<Option<Switch>, Failure> {
        let asked = name.to_owned();
        self.read(move |tx| load::switches::switch(tx, &asked)).await
    }

    /// The names of all switches, in their order.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn switch_names(&self) -> Result<Vec<String>, Failure> {
        self.read(load::switches::names).await
    }
}
