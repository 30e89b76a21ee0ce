//! Requests: everything that changes something, each with the outcome it has.

use leaseline_core::customer::{Customer, CustomerStatus, CustomerUpdate, NewCustomer};
use leaseline_core::ids::{CustomerId, LeaseId, SourceId};
use leaseline_core::lease::{LeaseGranted, LeaseRequest};
use leaseline_core::ledger::{EntryKind, LedgerHead, Posting, TopUpRequest, ToppedUp};
use leaseline_core::money::Credits;
use leaseline_core::pool::Shelf;
use leaseline_core::release::{LeaseReleased, ReleaseRequest};
use leaseline_core::reservation::{NumbersReserved, ReserveRequest, permit_reserve, reserve};
use leaseline_core::{Refusal, Timestamp};
use leaseline_store::{Patience, StoreError, Tx, Wanted, load, record};
use tokio::sync::oneshot;

use crate::errand::{RareJob, Work};
use crate::idempotency::Idempotency;
use crate::ids::Ids;
use crate::inbox::{Answer, Command, Job};

/// Something that changes something when it is asked of the hub.
pub trait Request: Sized + Send + 'static {
    /// What comes of it.
    type Outcome: Send + 'static;

    /// The command for the writer. What it makes gets its ids here, so that a second try makes
    /// the same.
    #[doc(hidden)]
    fn into_command(self, way: Way<Self::Outcome>, ids: &dyn Ids) -> Command;
}

/// A request's key and its way back.
pub struct Way<O> {
    pub(crate) key: Option<Idempotency<O>>,
    pub(crate) reply: oneshot::Sender<Answer<O>>,
}

/// What an errand's work returns.
pub(crate) type Decision<O> = Result<Result<O, Refusal>, StoreError>;

impl<O: Send + 'static> Way<O> {
    pub(crate) fn job<A>(self, ask: A) -> Job<A, O> {
        Job { ask, key: self.key, reply: self.reply }
    }

    pub(crate) fn errand<A: Send + 'static>(
        self,
        ask: A,
        work: impl Work<A, O> + 'static,
    ) -> Command {
        Command::Errand(Box::new(RareJob::new(self.job(ask), work)))
    }

    /// An errand that leaves all leases and who may have how many as they are: what the writer
    /// remembers of them outlives it.
    pub(crate) fn errand_beside_leases<A: Send + 'static>(
        self,
        ask: A,
        work: impl Work<A, O> + 'static,
    ) -> Command {
        Command::Errand(Box::new(RareJob::beside_leases(self.job(ask), work)))
    }
}

impl Request for LeaseRequest {
    type Outcome = LeaseGranted;

    fn into_command(self, way: Way<LeaseGranted>, ids: &dyn Ids) -> Command {
        Command::Lease(way.job((self, LeaseId::new(ids.next()))))
    }
}

impl Request for ReleaseRequest {
    type Outcome = LeaseReleased;

    fn into_command(self, way: Way<LeaseReleased>, _: &dyn Ids) -> Command {
        Command::Release(way.job(self))
    }
}

impl Request for TopUpRequest {
    type Outcome = ToppedUp;

    fn into_command(self, way: Way<ToppedUp>, ids: &dyn Ids) -> Command {
        Command::TopUp(way.job((self, SourceId::new(ids.next()))))
    }
}

impl Request for ReserveRequest {
    type Outcome = NumbersReserved;

    fn into_command(self, way: Way<NumbersReserved>, _: &dyn Ids) -> Command {
        way.errand(self, reserve_numbers)
    }
}

impl Request for NewCustomer {
    type Outcome = CustomerId;

    fn into_command(self, way: Way<CustomerId>, ids: &dyn Ids) -> Command {
        way.errand((self, SourceId::new(ids.next())), create_customer)
    }
}

impl Request for CustomerUpdate {
    type Outcome = Customer;

    fn into_command(self, way: Way<Customer>, _: &dyn Ids) -> Command {
        way.errand(self, update_customer)
    }
}

fn reserve_numbers(
    tx: &mut Tx<'_>,
    request: &ReserveRequest,
    now: Timestamp,
) -> Decision<NumbersReserved> {
    let found = load::customers::customer_for_change(tx, request.customer)?;
    let held = load::numbers::reserved(tx, request.customer)?;
    let view = match request.caller.customer(request.customer, found) {
        Ok(view) => view,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let permitted = view.customer.active().and_then(|customer| {
        permit_reserve(customer, held, request.quantity)?;
        Ok(customer)
    });
    let customer = match permitted {
        Ok(customer) => customer,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let wanted = [Wanted::new(Shelf::General, i64::from(request.quantity.get()))];
    let mut free = load::numbers::free(tx, &wanted, now, Patience::Wait)?;
    let picked = free.remove(&Shelf::General).unwrap_or_default().into();
    let reserved = reserve(customer, request.quantity, picked);
    if let Ok(reserved) = &reserved {
        let ids: Vec<_> = reserved.numbers.iter().map(|number| number.id).collect();
        record::reservations::reserve(tx, request.customer, &ids, now)?;
    }
    Ok(reserved)
}

/// Makes a customer, and books what it begins with under the source.
pub(crate) fn create_customer(
    tx: &mut Tx<'_>,
    (new, opening): &(NewCustomer, SourceId),
    now: Timestamp,
) -> Decision<CustomerId> {
    let ledger = record::customers::new_ledger(tx)?;
    let suspended = new.profile.status == CustomerStatus::Suspended;
    let suspended_at = suspended.then_some(now);
    let id = record::customers::new_customer(tx, &new.profile, ledger, suspended_at, now)?;
    if new.opening_balance == Credits::ZERO {
        return Ok(Ok(id));
    }
    let posting = Posting {
        amount: new.opening_balance,
        kind: EntryKind::Opening,
        source: *opening,
        reference: None,
        at: now,
    };
    match LedgerHead::empty(ledger).post(posting) {
        Ok(entry) => record::ledgers::entries(tx, &[entry]).map(|()| Ok(id)),
        Err(refusal) => Ok(Err(refusal)),
    }
}

fn update_customer(
    tx: &mut Tx<'_>,
    request: &CustomerUpdate,
    now: Timestamp,
) -> Decision<Customer> {
    let found = load::customers::customer_for_change(tx, request.customer)?;
    let view = match request.caller.customer(request.customer, found) {
        Ok(view) => view,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let changed = view.customer.changed(request.change.clone(), now);
    record::customers::change(tx, &changed, now)?;
    Ok(Ok(changed))
}
