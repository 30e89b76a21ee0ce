//! What a switch tells of a call while it goes on.

use leaseline_core::Timestamp;
use leaseline_core::call::{CallDecided, CallEvent, CallHappening, CallState};
use leaseline_core::money::Credits;
use leaseline_core::rating::{FoundRate, RatedService, Usage};
use leaseline_core::record::RecordOwner;
use leaseline_store::load::calls::StoredDecision;
use leaseline_store::load::rates::WantedRate;
use leaseline_store::{StoreError, Tx, load, record};

use super::CallLedgers;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Decision, Request, Way};

impl Request for CallEvent {
    type Outcome = ();

    fn into_command(self, way: Way<()>, _: &dyn Ids) -> Command {
        way.errand(self, happen)
    }
}

/// What is told of a call that nobody pays for, or whose record came, changes nothing.
fn happen(tx: &mut Tx<'_>, event: &CallEvent, now: Timestamp) -> Decision<()> {
    let Some(found) = decision(tx, event)? else { return Ok(Ok(())) };
    let Some(ledger) = found.earlier.decided.payer().map(|payer| payer.owner.ledger()) else {
        return Ok(Ok(()));
    };
    let mut ledgers = CallLedgers::open(tx, &[ledger], now)?;
    // Somebody else may have settled it while the ledger was waited for.
    if let Some(StoredDecision { earlier, answered_at }) = decision(tx, event)? {
        let decided = &earlier.decided;
        let rate = rate(tx, decided)?;
        let price = |seconds| price(decided, rate.as_ref(), seconds);
        if let Some(hold) = event.hold_after(decided, answered_at, now, price) {
            let less = decided.hold().get().saturating_sub(hold.amount.get());
            ledgers.lend(|all| all.get_mut(&ledger).map(|it| it.reduce(Credits::new(less))));
            let answered_at = answered_at.or(answered_now(event));
            record::calls::happened(tx, (&event.call, decided.attempt), hold, answered_at)?;
        }
    }
    ledgers.close(tx)?;
    Ok(Ok(()))
}

/// The decision that is told of: the one that is named, or the last one; if it is open.
fn decision(tx: &mut Tx<'_>, event: &CallEvent) -> Result<Option<StoredDecision>, StoreError> {
    let mut found = load::calls::decisions(tx, std::slice::from_ref(&event.call))?;
    let decisions = found.remove(&event.call).unwrap_or_default();
    let meant = |it: &StoredDecision| {
        event.reference.is_none_or(|reference| reference == it.earlier.decided.id)
    };
    let last = decisions.into_iter().rfind(meant);
    Ok(last.filter(|it| it.earlier.state == CallState::Open))
}

fn answered_now(event: &CallEvent) -> Option<Timestamp> {
    match event.happening {
        CallHappening::Answer => Some(event.at),
        CallHappening::Hangup => None,
    }
}

/// The rate that the call goes by, if it goes by one.
fn rate(tx: &mut Tx<'_>, decided: &CallDecided) -> Result<Option<FoundRate>, StoreError> {
    let Some(payer) = decided.payer() else { return Ok(None) };
    let (Some(deck), Some(number)) = (payer.owner.deck(), decided.dialled.to.number) else {
        return Ok(None);
    };
    let service = RatedService::of_call(payer.direction);
    let wanted = WantedRate { deck, service, number, at: decided.decided_at };
    Ok(load::rates::rates(tx, &[wanted])?.pop().flatten())
}

fn price(decided: &CallDecided, rate: Option<&FoundRate>, seconds: u64) -> Option<Credits> {
    let rated = match &decided.payer()?.owner {
        RecordOwner::Lease(lease) => lease.tariff.cost(seconds),
        RecordOwner::Account(_) | RecordOwner::Card(_) => rate?.rate.cost(Usage::seconds(seconds)),
    };
    rated.ok().map(|rated| rated.cost)
}
