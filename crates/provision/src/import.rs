//! `numbers import`: a CSV file into a pool that is there.

use std::path::Path;

use leaseline_hub::Hub;

use crate::error::Error;
use crate::inventory::{Progress, carry_out, located};
use crate::numbers::{Index, Input};

/// What came of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// So many numbers the file has.
    pub numbers: usize,
    /// So many of them were not in the pool before, or could not be leased yet.
    pub added: usize,
}

/// Puts the numbers of a CSV file (`number[,country,city]`) into a pool, in their order. All of the
/// file is read and checked first; nobody can lease one of its numbers before all are there; and
/// a live service is not disturbed. An import that was cut off is completed by running it again.
///
/// # Errors
/// [`Error::Wrong`] names the line; [`Error::NoPool`]; the others when file or store fail.
pub async fn import_csv(
    hub: &Hub,
    path: &Path,
    pool: &str,
    mut progress: impl FnMut(Progress<'_>),
) -> Result<Imported, Error> {
    let pool = hub.pool(pool).await?.ok_or_else(|| Error::NoPool(pool.to_owned()))?;
    let input = Input::of_csv(path, &pool.terms.region.region())?;
    let (index, mut numbers) = Index::of(vec![input])?;
    let numbers = numbers.pop().unwrap_or_default();
    let count = numbers.len();
    let plan = hub.plan_import(Some(pool.id), numbers).await;
    let plan = plan.map_err(|error| located(error, &index))?;
    let added = plan.missing();
    let imported = carry_out(hub, (pool.id, &pool.name), plan, &mut progress).await;
    imported.map_err(|error| located(error, &index))?;
    Ok(Imported { numbers: count, added })
}
