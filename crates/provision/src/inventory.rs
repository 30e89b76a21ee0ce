//! Comparing numbers with the inventory, and putting them there.

use leaseline_core::ids::PoolId;
use leaseline_hub::Hub;
use leaseline_hub::operator::{ImportError, ImportPlan};

use crate::error::Error;
use crate::numbers::Index;

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress<'a> {
    /// Into which pool.
    pub pool: &'a str,
    /// So many numbers were written.
    pub done: usize,
    /// So many there are to write.
    pub of: usize,
}

/// Writes what is missing, and makes it visible. Nothing is written when nothing is missing.
pub(crate) async fn carry_out(
    hub: &Hub,
    (pool, name): (PoolId, &str),
    plan: ImportPlan,
    progress: &mut impl FnMut(Progress<'_>),
) -> Result<(), ImportError> {
    if plan.missing() == 0 {
        return Ok(());
    }
    let import = hub.begin_import(pool, plan).await?;
    import.finish(|done, of| progress(Progress { pool: name, done, of })).await
}

/// What went wrong, with the place of the number it is about.
pub(crate) fn located(error: ImportError, index: &Index) -> Error {
    match error {
        ImportError::Elsewhere { number, ref pool } => {
            match index.fault(number, &format!("is in the pool {pool:?} already")) {
                Some(fault) => fault.into(),
                None => Error::TakenOver(error),
            }
        }
        ImportError::TakenOver => Error::TakenOver(error),
        ImportError::Failed(failure) => failure.into(),
    }
}
