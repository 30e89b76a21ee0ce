//! Reading: by the readers, each caller with its patience.

use std::sync::Arc;

use leaseline_store::{StoreError, Tx};
use tokio::time::timeout;

use super::{Hub, OPERATORS_PATIENCE};
use crate::failure::Failure;
use crate::readers::{Lane, Lookup};
use crate::reads::Lanes;

impl Hub {
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        let reading = self.0.readers.read(work);
        timeout(self.0.patience, reading).await.unwrap_or(Err(Failure::Unavailable))
    }

    /// Looks something up, together with whoever asks the same kind of question meanwhile.
    pub(crate) async fn look_up<L: Lookup>(
        &self,
        lane: impl Fn(&Lanes) -> &Arc<Lane<L>>,
        key: L::Key,
    ) -> Result<Option<L::Found>, Failure> {
        self.0.readers.look_up(lane(&self.0.lanes), key, self.0.patience).await
    }

    /// Reads past the queue: whether the store answers must not depend on how much is asked.
    pub(crate) async fn read_apart<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        let reading = self.0.readers.read_apart(work);
        timeout(self.0.patience, reading).await.unwrap_or(Err(Failure::Unavailable))
    }

    /// Reads for an operator, who waits longer than an API's caller, and past the queue.
    pub(crate) async fn read_patiently<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        let reading = self.0.readers.read_apart(work);
        timeout(OPERATORS_PATIENCE, reading).await.unwrap_or(Err(Failure::Unavailable))
    }
}
