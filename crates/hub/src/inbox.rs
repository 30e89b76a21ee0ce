//! What waits for the writer.

use leaseline_core::Refusal;
use leaseline_core::call::{AuthoriseRequest, Authorised};
use leaseline_core::ids::{CallRef, LeaseId, SourceId};
use leaseline_core::lease::{LeaseGranted, LeaseRequest};
use leaseline_core::ledger::{TopUpRequest, ToppedUp};
use leaseline_core::record::Intake;
use leaseline_core::release::{LeaseReleased, ReleaseRequest};
use tokio::sync::oneshot;

use crate::errand::Errand;
use crate::failure::Failure;
use crate::idempotency::{Idempotency, Settled};
use crate::records::Incoming;

/// What was decided on a request.
pub(crate) type Verdict<O> = Result<Settled<O>, Refusal>;

/// What the caller hears.
pub(crate) type Answer<O> = Result<Settled<O>, Failure>;

/// A request with its way back.
pub struct Job<A, O> {
    pub(crate) ask: A,
    pub(crate) key: Option<Idempotency<O>>,
    pub(crate) reply: oneshot::Sender<Answer<O>>,
}

pub(crate) type LeaseJob = Job<(LeaseRequest, LeaseId), LeaseGranted>;
pub(crate) type ReleaseJob = Job<ReleaseRequest, LeaseReleased>;
pub(crate) type TopUpJob = Job<(TopUpRequest, SourceId), ToppedUp>;
pub(crate) type AuthoriseJob = Job<(AuthoriseRequest, CallRef), Authorised>;
pub(crate) type RecordsJob = Job<Vec<Incoming>, Vec<Intake>>;

/// A request on its way to the writer. The frequent ones are decided and recorded together;
/// errands one after another.
pub enum Command {
    Lease(LeaseJob),
    Release(ReleaseJob),
    TopUp(TopUpJob),
    Authorise(AuthoriseJob),
    Records(RecordsJob),
    Errand(Box<dyn Errand>),
}

impl<A, O> Job<A, O> {
    /// Tells the caller, if it still listens.
    pub(crate) fn answer(self, answer: Answer<O>) {
        let _ = self.reply.send(answer);
    }

    /// Whether the caller has given up.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }
}
