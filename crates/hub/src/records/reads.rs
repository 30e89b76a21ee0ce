//! Records as they are looked at.

use leaseline_core::ids::{CallRef, RecordId};
use leaseline_core::record::{RecordName, Review};
use leaseline_store::load;
use leaseline_store::load::activity::{
    ActivityCursor, ActivityFilter, ConflictLine, RecordLine, RecordState,
};
use leaseline_store::load::call_records::CallRecords;
use leaseline_store::load::calls::UnsettledCall;

use crate::failure::Failure;
use crate::hub::Hub;

/// A record with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordFound {
    /// The record.
    pub line: RecordLine,
    /// What else came by its name.
    pub conflicts: Vec<ConflictLine>,
    /// What somebody found who looked at it.
    pub review: Option<Review>,
}

impl Hub {
    /// At most so many records of an account after one (or from the first on), by time, then id. A
    /// log of any length is read page by page, each from the last record's
    /// [cursor](RecordLine::cursor) on; what is written meanwhile may appear in later pages.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn activity(
        &self,
        filter: ActivityFilter,
        after: Option<ActivityCursor>,
        limit: u32,
    ) -> Result<Vec<RecordLine>, Failure> {
        self.read(move |tx| load::activity::activity(tx, filter, after, limit)).await
    }

    /// At most so many records in a state, or in any, the last ones first: before one, or from the
    /// last on.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn records(
        &self,
        state: Option<RecordState>,
        before: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<RecordLine>, Failure> {
        self.read(move |tx| load::activity::records(tx, state, before, limit)).await
    }

    /// How many records of calls a switch has sent; with a name those of that name themselves.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn call_records(
        &self,
        reporter: RecordName,
        name: Option<RecordName>,
    ) -> Result<CallRecords, Failure> {
        self.read(move |tx| load::call_records::call_records(tx, &reporter, name.as_ref())).await
    }

    /// At most so many calls that were let through and whose records did not come in time, the last
    /// decisions first: before one, or from the last on.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn unsettled_calls(
        &self,
        before: Option<CallRef>,
        limit: u32,
    ) -> Result<Vec<UnsettledCall>, Failure> {
        let now = self.now();
        self.read(move |tx| load::calls::unsettled(tx, before, limit, now)).await
    }

    /// A record, with all that is known of it.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn record(&self, id: RecordId) -> Result<Option<RecordFound>, Failure> {
        self.read(move |tx| {
            let Some(line) = load::activity::record(tx, id)? else { return Ok(None) };
            let conflicts = load::activity::conflicts(tx, id)?;
            Ok(Some(RecordFound { line, conflicts, review: load::activity::review(tx, id)? }))
        })
        .await
    }
}
