//! Giving a lease back before it expires.

use std::collections::HashMap;
use std::time::Duration;

use crate::Refusal;
use crate::api_user::Caller;
use crate::ids::{CustomerId, LeaseId, NumberId};
use crate::lease::LeaseKind;
use crate::pool::rested;
use crate::timestamp::Timestamp;

/// A request to give a lease back.
#[derive(Clone, Debug)]
pub struct ReleaseRequest {
    /// Who asks.
    pub caller: Caller,
    /// Which lease.
    pub lease: LeaseId,
    /// Of which kind it is said to be.
    pub kind: LeaseKind,
}

/// A lease that was given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseReleased {
    /// The lease.
    pub lease: LeaseId,
    /// Whose it was.
    pub customer: CustomerId,
    /// Single or group.
    pub kind: LeaseKind,
    /// Since when it no longer holds.
    pub released_at: Timestamp,
    /// Its numbers, each with the instant from which it is free again.
    pub numbers: Vec<(NumberId, Timestamp)>,
}

/// As much of a lease as its release needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Releasable {
    /// Whose it is.
    pub customer: CustomerId,
    /// Single or group.
    pub kind: LeaseKind,
    /// Since when it holds.
    pub granted_at: Timestamp,
    /// At this instant it is over.
    pub expires_at: Timestamp,
    /// When it was given back, if it was.
    pub released_at: Option<Timestamp>,
    /// Its numbers, each with its pool's quarantine.
    pub numbers: Vec<(NumberId, Duration)>,
}

/// What the decisions on a batch of releases may see. Each release changes it for those after.
#[derive(Debug, Default)]
pub struct ReleaseView {
    /// The leases that were named, as far as they exist.
    pub leases: HashMap<LeaseId, Releasable>,
}

impl ReleaseView {
    /// Decides one release.
    ///
    /// # Errors
    /// [`Refusal::LeaseUnknown`] unless the caller may see such a lease, it is of that kind and
    /// still live.
    pub fn release(
        &mut self,
        request: &ReleaseRequest,
        now: Timestamp,
    ) -> Result<LeaseReleased, Refusal> {
        let lease = self.leases.get_mut(&request.lease).ok_or(Refusal::LeaseUnknown)?;
        if !lease.is_live(now) || !lease.answers_to(request) {
            return Err(Refusal::LeaseUnknown);
        }
        // Another process's clock may be a little ahead of ours: a lease does not end before it
        // began.
        let end = now.max(lease.granted_at);
        lease.released_at = Some(end);
        let free_from = |&(id, quarantine): &(NumberId, Duration)| (id, rested(end, quarantine));
        Ok(LeaseReleased {
            lease: request.lease,
            customer: lease.customer,
            kind: lease.kind,
            released_at: end,
            numbers: lease.numbers.iter().map(free_from).collect(),
        })
    }
}

impl Releasable {
    fn is_live(&self, now: Timestamp) -> bool {
        self.released_at.is_none() && now < self.expires_at
    }

    fn answers_to(&self, request: &ReleaseRequest) -> bool {
        self.kind == request.kind && request.caller.reaches(self.customer)
    }
}
