//! Lists with a filter.

use leaseline_core::ids::LeaseId;
use leaseline_core::request_log::{RequestId, RequestLine};
use leaseline_core::search::{LeaseSearch, RecordSearch, RequestSearch};
use leaseline_store::load;
use leaseline_store::load::activity::{ActivityCursor, RecordLine};
use leaseline_store::load::leases::LeaseLine;
use leaseline_store::load::page::{Page, Place};

use crate::failure::Failure;
use crate::hub::Hub;

impl Hub {
    /// At most so many leases that fit, the newest first.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn find_leases(
        &self,
        search: LeaseSearch,
        place: Place<LeaseId>,
        limit: u32,
    ) -> Result<Page<LeaseLine, LeaseId>, Failure> {
        let now = self.now();
        self.read(move |tx| load::lease_search::search(tx, &search, place, limit, now)).await
    }

    /// At most so many records that fit, those that began last first.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn find_records(
        &self,
        search: RecordSearch,
        place: Place<ActivityCursor>,
        limit: u32,
    ) -> Result<Page<RecordLine, ActivityCursor>, Failure> {
        let now = self.now();
        self.read(move |tx| load::record_search::search(tx, search, place, limit, now)).await
    }

    /// At most so many of the requests that are remembered and fit, the latest first.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn find_requests(
        &self,
        search: RequestSearch,
        place: Place<RequestId>,
        limit: u32,
    ) -> Result<Page<RequestLine, RequestId>, Failure> {
        let now = self.now();
        self.read(move |tx| load::requests::search(tx, &search, place, limit, now)).await
    }

    /// The request with this id, if it is remembered.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn request(&self, id: RequestId) -> Result<Option<RequestLine>, Failure> {
        self.read(move |tx| load::requests::request(tx, id)).await
    }
}
