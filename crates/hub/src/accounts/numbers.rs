//! Numbers that an account has, and what they go to.

use std::collections::HashSet;

use leaseline_core::Timestamp;
use leaseline_core::account::AccountPart;
use leaseline_core::did::{AccountNumber, AccountNumberFilter, AssignNo, AssignView, Assignment};
use leaseline_core::ids::{AccountId, SubscriptionId};
use leaseline_core::phone::PhoneNumber;
use leaseline_core::region::RegionCode;
use leaseline_store::{StoreError, Tx, load, record};

use super::held;
use crate::failure::Failure;
use crate::hub::Hub;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Decision, Request, Way};

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

impl Request for AssignNumber {
    type Outcome = Result<(), AssignNo>;

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, assign)
    }
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
        record::subscriptions::assign(tx, *id, ask.to)?;
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
    let regions = load::subscriptions::regions_of_account(tx, account)?.into_iter();
    let read = |code: RegionCode| {
        PhoneNumber::parse(text, &code.region()).ok().map(|number| number.e164())
    };
    let named: HashSet<_> =
        regions.filter(|(e164, code)| read(*code) == Some(*e164)).map(|(e164, _)| e164).collect();
    let lines = load::subscriptions::of_account(tx, account)?.into_iter();
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
        let all = self.read(move |tx| load::subscriptions::of_account(tx, account)).await?;
        let lines = all.into_iter().map(|(_, line)| line);
        Ok(lines.filter(|line| filter.admits(line)).collect())
    }
}
