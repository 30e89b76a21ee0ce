//! Numbers to subscribe to, and those that an account has.

use std::collections::HashSet;

use leaseline_core::Timestamp;
use leaseline_core::account::AccountPart;
use leaseline_core::did::{
    AccountNumber, AccountNumberFilter, AssignNo, AssignView, Assignment, DidPlace, NoSuchPlace,
    OfferedDid, SubscribeNo, find_country, find_places,
};
use leaseline_core::ids::{AccountId, SourceId, SubscriptionId};
use leaseline_core::money::Credits;
use leaseline_core::phone::PhoneNumber;
use leaseline_core::pool::Service;
use leaseline_core::region::RegionCode;
use leaseline_core::subscription::{Funds, Subscribed};
use leaseline_store::load::dids::KnownDid;
use leaseline_store::{StoreError, Tx, load, record};

use super::held;
use crate::failure::Failure;
use crate::hub::Hub;
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

/// A number of an account to be assigned. The outcome says why it was not.
#[derive(Clone, Debug)]
pub struct AssignNumber {
    /// Of which account.
    pub account: AccountId,
    /// The number as it is listed, or in its international form.
    pub number: String,
    /// To what; which says for which service, too.
    pub to: Assignment,
}

impl Request for SubscribeDid {
    type Outcome = Result<AccountNumber, SubscribeNo>;

    fn into_command(self, way: Way<Self::Outcome>, ids: &dyn Ids) -> Command {
        way.errand((self, SourceId::new(ids.next())), subscribe)
    }
}

impl Request for AssignNumber {
    type Outcome = Result<(), AssignNo>;

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, assign)
    }
}

/// The customer, its ledger and the account are held before the number.
fn subscribe(
    tx: &mut Tx<'_>,
    (ask, source): &(SubscribeDid, SourceId),
    now: Timestamp,
) -> Decision<Result<AccountNumber, SubscribeNo>> {
    let payer = payer(tx, ask.account)?;
    let mut ledgers = load::ledgers::ledgers_for_posting(tx, &[payer.customer.id])?;
    let mut ledger = ledgers.remove(&payer.customer.id).ok_or(StoreError::corrupt("ledgers"))?;
    let funds = Funds { balance: ledger.balance, ..payer };
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
    record::dids::begin(tx, &subscribed)?;
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
    let regions = load::dids::regions(tx)?.into_iter();
    let read = |code: RegionCode| {
        let number = PhoneNumber::parse(&ask.did, &code.region()).ok()?;
        Some((code, number.e164()))
    };
    let read: Vec<_> = regions.filter_map(read).collect();
    let found = load::dids::dids_for_change(tx, &read)?.into_iter();
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
    let stocked = load::dids::places(tx, service, now)?.into_iter();
    Ok(stocked.map(|stocked| stocked.place).collect())
}

fn assign(tx: &mut Tx<'_>, ask: &AssignNumber, _: Timestamp) -> Decision<Result<(), AssignNo>> {
    let account = held(tx, ask.account)?;
    let lines = named(tx, ask.account, &ask.number)?;
    let view = AssignView {
        services: lines.iter().map(|(_, line)| line.service).collect(),
        ..target(tx, ask, account.profile.ivr)?
    };
    if let Err(no) = view.permit(ask.to) {
        return Ok(Ok(Err(no)));
    }
    let fits = |line: &AccountNumber| ask.to.service().is_none_or(|it| it == line.service);
    for (id, _) in lines.iter().filter(|(_, line)| fits(line)) {
        record::dids::assign(tx, *id, ask.to)?;
    }
    Ok(Ok(Ok(())))
}

/// The account's number that a text names: as it is listed, or by the one rule for numbers in the
/// region of its pool. A line for each service.
fn named(
    tx: &mut Tx<'_>,
    account: AccountId,
    text: &str,
) -> Result<Vec<(SubscriptionId, AccountNumber)>, StoreError> {
    let regions = load::dids::regions_of_account(tx, account)?.into_iter();
    let read = |code: RegionCode| {
        PhoneNumber::parse(text, &code.region()).ok().map(|number| number.e164())
    };
    let named: HashSet<_> =
        regions.filter(|(e164, code)| read(*code) == Some(*e164)).map(|(e164, _)| e164).collect();
    let lines = load::dids::of_account(tx, account)?.into_iter();
    Ok(lines.filter(|(_, line)| named.contains(&line.number.e164())).collect())
}

/// What is named that a number is to be assigned to. Without the IVR service there are neither
/// menus nor configurations.
fn target(tx: &mut Tx<'_>, ask: &AssignNumber, ivr: bool) -> Result<AssignView, StoreError> {
    let mut view = AssignView::default();
    match ask.to {
        Assignment::Ivr(id) if ivr => view.menu = load::ivr::menu(tx, ask.account, id)?,
        Assignment::Ivml(id) if ivr => view.ivml = load::ivr::configuration(tx, ask.account, id)?,
        Assignment::Sip(AccountPart::Sub(id)) | Assignment::Fax(AccountPart::Sub(id)) => {
            let found = load::sub_accounts::sub_account(tx, ask.account, id)?;
            view.is_sub_account = found.is_some();
        }
        Assignment::Nothing
        | Assignment::Ivr(_)
        | Assignment::Ivml(_)
        | Assignment::Sip(AccountPart::Main)
        | Assignment::Fax(AccountPart::Main) => {}
    }
    Ok(view)
}

impl Hub {
    /// The numbers that an account has, in their order, a line for each service.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn account_numbers(
        &self,
        account: AccountId,
        filter: AccountNumberFilter,
    ) -> Result<Vec<AccountNumber>, Failure> {
        let all = self.read(move |tx| load::dids::of_account(tx, account)).await?;
        let lines = all.into_iter().map(|(_, line)| line);
        Ok(lines.filter(|line| filter.admits(line)).collect())
    }

    /// The countries in which a number of the service is free, in the order of their names.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn did_countries(&self, service: Service) -> Result<Vec<String>, Failure> {
        let now = self.now();
        let stocked = self.read(move |tx| load::dids::places(tx, service, now)).await?;
        let free = stocked.into_iter().filter(|stocked| stocked.has_free);
        Ok(DidPlace::countries(free.map(|stocked| stocked.place)))
    }

    /// The cities of a country in which a number of the service is free, in the order of their
    /// names.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer; the inner error when no number of the service,
    /// free or not, is in the country.
    pub async fn did_cities(
        &self,
        service: Service,
        country: &str,
    ) -> Result<Result<Vec<DidPlace>, NoSuchPlace>, Failure> {
        let now = self.now();
        let stocked = self.read(move |tx| load::dids::places(tx, service, now)).await?;
        let places: Vec<_> = stocked.iter().map(|stocked| stocked.place.clone()).collect();
        if let Err(no) = find_country(&places, country) {
            return Ok(Err(no));
        }
        let here = stocked.into_iter().filter(|it| it.has_free && it.place.is_in_country(country));
        Ok(Ok(DidPlace::cities(here.map(|stocked| stocked.place))))
    }

    /// At most so many free numbers of a service in a city, in their order. They are not held.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer; the inner error when no number of the service,
    /// free or not, is there.
    pub async fn offered_dids(
        &self,
        service: Service,
        place: DidPlace,
        limit: u32,
    ) -> Result<Result<Vec<OfferedDid>, NoSuchPlace>, Failure> {
        let now = self.now();
        self.read(move |tx| {
            let stocked = load::dids::places(tx, service, now)?;
            let places: Vec<_> = stocked.iter().map(|stocked| stocked.place.clone()).collect();
            if let Err(no) = find_places(&places, &place.country, &place.city) {
                return Ok(Err(no));
            }
            let here = stocked.into_iter().filter(|it| it.place.is(&place.country, &place.city));
            let here: Vec<_> = here.collect();
            load::dids::free(tx, &here, limit, now).map(Ok)
        })
        .await
    }
}
