//! Imports of numbers that are not live yet, and what of an input is in the inventory already.

use diesel::sql_types::{BigInt, Integer};
use leaseline_core::ids::PoolId;
use leaseline_core::phone::E164;

use crate::error::StoreError;
use crate::row::known;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// A number that is in the inventory already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Present {
    /// Its place in the question.
    pub place: usize,
    /// Its pool.
    pub pool: PoolId,
    /// Whether its import is not live yet.
    pub staged: bool,
}

/// Those of the numbers that are in the inventory, staged or not, in the order asked. At most
/// [`MOST_AT_ONCE`](crate::record::imports::MOST_AT_ONCE) can be asked for.
pub fn present(tx: &mut Tx<'_>, numbers: &[E164]) -> Result<Vec<Present>, StoreError> {
    let rows = Rows::new("place, e164")
        .integers((0..).take(numbers.len()))
        .integers(numbers.iter().map(|number| number.integer()));
    let rows: Vec<PresentRow> =
        Statement::<(BigInt, BigInt, Integer)>::new(PRESENT).over(rows).load(tx.connection)?;
    rows.into_iter().map(present_number).collect()
}

type PresentRow = (i64, i64, i32);

fn present_number((place, pool, staged): PresentRow) -> Result<Present, StoreError> {
    Ok(Present {
        place: known(usize::try_from(place).ok(), "numbers")?,
        pool: known(PoolId::new(pool), "numbers")?,
        staged: staged != 0,
    })
}

const PRESENT: &str = "
    SELECT v.place, n.pool_id,
           CASE WHEN EXISTS (SELECT 1 FROM number_imports i
                             WHERE i.id = n.free_from AND i.live_at IS NULL) THEN 1 ELSE 0 END
    FROM v JOIN numbers n ON n.e164 = v.e164
    ORDER BY v.place";
