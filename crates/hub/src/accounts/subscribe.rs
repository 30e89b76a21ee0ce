//! Subscribing to a number.

use leaseline_core::Timestamp;
use leaseline_core::did::{AccountNumber, Assignment, DidPlace, SubscribeNo, find_places};
use leaseline_core::ids::{AccountId, SourceId};
use leaseline_core::money::Credits;
use leaseline_core::phone::PhoneNumber;
use leaseline_core::pool::Service;
use leaseline_core::region::RegionCode;
use leaseline_core::subscription::{Funds, Subscribed};
use leaseline_store::load::did_stock::KnownDid;
use leaseline_store::{StoreError, Tx, load, record};

use crate::calls::CallLedgers;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Decision, Request, Way};

/// A number to be subscribed to: set-up and first month are debited in the same transaction. The
/// outcome is the number with its service, or why it is not the account's.
///
/// # Errors
/// [`Refusal::AmountOverflow`](leaseline_core::Refusal::AmountOverflow).
#[derive(Clone, Debug)]
pub struct SubscribeDid {
    /// By which account.
    pub account: AccountId,
    /// For which service.
    pub service: Service,
    /// Where the number is; compared without case.
    pub place: DidPlace,
    /// The number as it was offered, or in its international form.
    pub did: String,
}

impl Request for SubscribeDid {
    type Outcome = Result<AccountNumber, SubscribeNo>;

    fn into_command(self, way: Way<Self::Outcome>, ids: &dyn Ids) -> Command {
        way.errand((self, SourceId::new(ids.next())), subscribe)
    }
}

/// The customer, its ledger and the account are held before the number.
fn subscribe(
    tx: &mut Tx<'_>,
    (ask, source): &(SubscribeDid, SourceId),
    now: Timestamp,
) -> Decision<Result<AccountNumber, SubscribeNo>> {
    let payer = payer(tx, ask.account)?;
    let ledgers = CallLedgers::open(tx, &[payer.customer.ledger], now)?;
    let found = ledgers.get(payer.customer.ledger).ok_or(StoreError::corrupt("ledgers"))?;
    let (mut ledger, held) = (found.head, found.held);
    ledgers.close(tx)?;
    let funds = Funds { balance: ledger.balance, held, ..payer };
    let found = match find(tx, ask, now)? {
        Ok(found) => found.view,
        Err(no) => return Ok(Ok(Err(no))),
    };
    if let Err(no) = found.permit(ask.account, ask.service, &funds, now) {
        return Ok(Ok(Err(no)));
    }
    let what = (ask.account, &found.number, ask.service);
    let fees = (found.id, found.fees);
    let subscribed = match Subscribed::begin(what, fees, &mut ledger, *source, now) {
        Ok(subscribed) => subscribed,
        Err(refusal) => return Ok(Err(refusal)),
    };
    record::subscriptions::begin(tx, &subscribed)?;
    let (number, service) = (found.number, ask.service);
    Ok(Ok(Ok(AccountNumber { number, service, assigned: Assignment::Nothing })))
}

/// Who pays for an account, held against a change until the transaction ends.
fn payer(tx: &mut Tx<'_>, account: AccountId) -> Result<Funds, StoreError> {
    let account = load::accounts::account(tx, account)?.ok_or(StoreError::corrupt("accounts"))?;
    let mut found = load::customers::customers_unchanging(tx, &[account.customer])?;
    let view = found.remove(&account.customer).ok_or(StoreError::corrupt("customers"))?;
    Ok(Funds { customer: view.customer, balance: view.balance, held: Credits::ZERO })
}

/// The number that is asked for, in its place and for its service; held.
fn find(
    tx: &mut Tx<'_>,
    ask: &SubscribeDid,
    now: Timestamp,
) -> Result<Result<KnownDid, SubscribeNo>, StoreError> {
    let regions = load::did_stock::regions(tx)?.into_iter();
    let read = |code: RegionCode| {
        let number = PhoneNumber::parse(&ask.did, &code.region()).ok()?;
        Some((code, number.e164()))
    };
    let read: Vec<_> = regions.filter_map(read).collect();
    let found = load::did_stock::dids_for_change(tx, &read)?.into_iter();
    let asked_for = |did: &KnownDid| {
        let place = did.place.as_ref();
        did.services.contains(&ask.service)
            && place.is_some_and(|place| place.is(&ask.place.country, &ask.place.city))
    };
    if let Some(did) = found.into_iter().find(asked_for) {
        return Ok(Ok(did));
    }
    let places = places(tx, ask.service, now)?;
    let no = find_places(&places, &ask.place.country, &ask.place.city)
        .map_or_else(SubscribeNo::Place, |_| SubscribeNo::DidUnknown);
    Ok(Err(no))
}

fn places(tx: &mut Tx<'_>, service: Service, now: Timestamp) -> Result<Vec<DidPlace>, StoreError> {
    let stocked = load::did_stock::places(tx, service, now)?.into_iter();
    Ok(stocked.map(|stocked| stocked.place).collect())
}
