//! Questions of switches in a batch: what to do with a call.

use std::collections::HashMap;

use leaseline_core::Timestamp;
use leaseline_core::call::{
    AuthoriseRequest, AuthoriseView, Authorised, CallOrigin, CardClaim, EarlierDecision,
};
use leaseline_core::ids::{CustomerId, LedgerId, RateDeckId};
use leaseline_core::phone::E164;
use leaseline_core::rating::RatedService;
use leaseline_core::record::RecordKey;
use leaseline_store::load::rates::WantedRate;
use leaseline_store::{StoreError, Tx, load, record};

use super::{Terms, distinct};
use crate::calls::CallLedgers;
use crate::idempotency::Settled;
use crate::inbox::{AuthoriseJob, Verdict};

/// What the decisions may see, but for ledgers and earlier decisions.
pub(crate) struct LookedUp(pub(crate) AuthoriseView);

impl LookedUp {
    /// The ledgers that calls may be booked on.
    pub(crate) fn ledgers(&self) -> impl Iterator<Item = LedgerId> + '_ {
        let customers = self.0.customers.values().map(|customer| customer.ledger);
        customers.chain(self.0.cards.values().map(|card| card.ledger))
    }
}

/// Looks up who would pay; nobody is held.
pub(crate) fn look_up(
    tx: &mut Tx<'_>,
    asked: &[&AuthoriseRequest],
    now: Timestamp,
) -> Result<LookedUp, StoreError> {
    let mut view = AuthoriseView::default();
    if asked.is_empty() {
        return Ok(LookedUp(view));
    }
    let numbers = distinct(asked.iter().filter_map(|request| request.dialled.to.number));
    view.leases = load::leases::live_by_number(tx, &numbers, now)?;
    let members = view.leases.values().flat_map(|lease| &lease.members);
    let phones = distinct(members.map(|member| member.user.phone().e164()));
    view.leased_phones = load::leases::leased(tx, &phones, now)?;
    let unleased: Vec<E164> =
        numbers.into_iter().filter(|number| !view.leases.contains_key(number)).collect();
    view.dids = load::calling::dids(tx, &unleased)?;
    let callers: Vec<_> = distinct(asked.iter().filter_map(|request| match &request.origin {
        CallOrigin::Account { user, part } => Some((user.clone(), *part)),
        CallOrigin::Number | CallOrigin::Card(_) => None,
    }));
    view.accounts = load::calling::accounts(tx, &callers)?;
    let claims: Vec<CardClaim> =
        distinct(asked.iter().filter_map(|request| match &request.origin {
            CallOrigin::Card(claim) => Some(claim.clone()),
            CallOrigin::Number | CallOrigin::Account { .. } => None,
        }));
    view.cards = load::calling_cards::claimed(tx, &claims)?;
    let customers = load::customers::customers(tx, &customers(&view))?;
    view.customers = customers.into_iter().map(|(id, found)| (id, found.customer)).collect();
    view.rates = rates(tx, &view, asked, now)?;
    Ok(LookedUp(view))
}

fn customers(view: &AuthoriseView) -> Vec<CustomerId> {
    let leases = view.leases.values().map(|lease| lease.customer);
    let dids = view.dids.values().map(|did| did.owner.customer);
    let accounts = view.accounts.values().map(|account| account.owner.customer);
    distinct(leases.chain(dids).chain(accounts))
}

type Rated = (RateDeckId, RatedService, E164);

/// What calls to subscribed numbers, and calls of accounts and cards, cost now.
fn rates(
    tx: &mut Tx<'_>,
    view: &AuthoriseView,
    asked: &[&AuthoriseRequest],
    now: Timestamp,
) -> Result<HashMap<Rated, leaseline_core::rating::FoundRate>, StoreError> {
    let called = view
        .dids
        .iter()
        .filter_map(|(number, did)| Some((did.owner.deck?, RatedService::VoiceIn, *number)));
    let calling = asked.iter().filter_map(|request| {
        let deck = match &request.origin {
            CallOrigin::Number => None,
            CallOrigin::Account { user, part } => {
                view.accounts.get(&(user.clone(), *part))?.owner.deck
            }
            CallOrigin::Card(claim) => view.cards.get(claim)?.deck,
        };
        Some((deck?, RatedService::Voice, request.dialled.to.number?))
    });
    let wanted: Vec<Rated> = distinct(called.chain(calling));
    let questions: Vec<_> = wanted
        .iter()
        .map(|&(deck, service, number)| WantedRate { deck, service, number, at: now })
        .collect();
    let found = load::rates::rates(tx, &questions)?;
    Ok(wanted.into_iter().zip(found).filter_map(|(wanted, rate)| Some((wanted, rate?))).collect())
}

/// Decides on the calls and writes the decisions down.
pub(super) fn carry_out(
    tx: &mut Tx<'_>,
    LookedUp(mut view): LookedUp,
    jobs: &[AuthoriseJob],
    ledgers: &mut CallLedgers,
    terms: Terms,
) -> Result<Vec<Verdict<Authorised>>, StoreError> {
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    view.earlier = earlier(tx, jobs)?;
    let payers = view.earlier.values().filter_map(|earlier| earlier.decided.payer());
    let payers = distinct(payers.map(|payer| payer.owner.ledger()));
    ledgers.open_more(tx, &payers)?;
    let authorised: Vec<Authorised> = ledgers.lend(|all| {
        std::mem::swap(&mut view.ledgers, all);
        let ask = |job: &AuthoriseJob| view.authorise(&job.ask.0, job.ask.1, terms.now);
        let authorised = jobs.iter().map(ask).collect();
        std::mem::swap(&mut view.ledgers, all);
        authorised
    });
    persist(tx, &authorised)?;
    Ok(authorised.into_iter().map(|authorised| Ok(Settled::Fresh(authorised))).collect())
}

/// The last decision on each of the calls.
fn earlier(
    tx: &mut Tx<'_>,
    jobs: &[AuthoriseJob],
) -> Result<HashMap<RecordKey, EarlierDecision>, StoreError> {
    let calls: Vec<RecordKey> = distinct(jobs.iter().map(|job| job.ask.0.call.clone()));
    let found = load::calls::decisions(tx, &calls)?.into_iter();
    Ok(found.filter_map(|(call, mut all)| Some((call, all.pop()?.earlier))).collect())
}

/// A decision may replace one that was made in the same batch.
fn persist(tx: &mut Tx<'_>, authorised: &[Authorised]) -> Result<(), StoreError> {
    let (mut fresh, mut replaced) = (Vec::new(), Vec::new());
    for authorised in authorised {
        if let Authorised::Fresh { decided, replaces } = authorised {
            fresh.push(decided);
            replaced.extend(replaces.map(|attempt| (&decided.call, attempt)));
        }
    }
    record::calls::decisions(tx, &fresh)?;
    record::calls::replaced(tx, &replaced)
}
