//! The calls of a number near an instant.

use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::phone::E164;
use leaseline_store::load;
use leaseline_store::load::activity::RecordLine;

use crate::failure::Failure;
use crate::hub::Hub;

impl Hub {
    /// At most so many records of the leases that held a number near an instant, which began so near
    /// to it, the first ones first; none when it is not a number of the inventory.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn records_near(
        &self,
        number: E164,
        at: Timestamp,
        near: Duration,
        limit: u32,
    ) -> Result<Option<Vec<RecordLine>>, Failure> {
        let (now, from, until) = (self.now(), at.saturating_sub(near), at.saturating_add(near));
        self.read(move |tx| {
            let Some(turns) = load::history::turns_within(tx, number, from, until, now)? else {
                return Ok(None);
            };
            let leases: Vec<_> = turns.iter().map(|turn| turn.lease).collect();
            load::record_search::of_leases(tx, &leases, (from, until), limit).map(Some)
        })
        .await
    }
}
