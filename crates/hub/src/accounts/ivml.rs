//! IVR menus and IVML configurations.

use leaseline_core::Timestamp;
use leaseline_core::did::{AccountNumber, Assignment};
use leaseline_core::ids::{AccountId, IvmlId, SubscriptionId};
use leaseline_core::ivr::{Ivml, IvmlChange, IvmlNo, IvmlProfile, IvmlView, IvrMenu};
use leaseline_core::phone::PhoneNumber;
use leaseline_store::{StoreError, Tx, load, record};

use super::held;
use crate::failure::Failure;
use crate::hub::Hub;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Decision, Request, Way};

/// An IVML configuration to be made. The outcome is its id, or why there is none.
#[derive(Clone, Debug)]
pub struct AddIvml {
    /// Of which account.
    pub account: AccountId,
    /// What it says.
    pub profile: IvmlProfile,
}

/// An IVML configuration to be changed. The outcome is the configuration after the change, or why
/// it stays.
#[derive(Clone, Debug)]
pub struct UpdateIvml {
    /// Of which account.
    pub account: AccountId,
    /// Which.
    pub id: IvmlId,
    /// What changes.
    pub change: IvmlChange,
}

/// An IVML configuration to be deleted; its numbers become unassigned. The outcome is no more than
/// whether there was such a one.
#[derive(Clone, Copy, Debug)]
pub struct DeleteIvml {
    /// Of which account.
    pub account: AccountId,
    /// Which.
    pub id: IvmlId,
}

/// A menu with the numbers that are assigned to it, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IvrMenuLine {
    /// The menu.
    pub menu: IvrMenu,
    /// Its numbers.
    pub numbers: Vec<PhoneNumber>,
}

/// A configuration with the numbers that are assigned to it, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IvmlLine {
    /// The configuration.
    pub ivml: Ivml,
    /// Its numbers.
    pub numbers: Vec<PhoneNumber>,
}

impl Request for AddIvml {
    type Outcome = Result<IvmlId, IvmlNo>;

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, add)
    }
}

impl Request for UpdateIvml {
    type Outcome = Result<Ivml, IvmlNo>;

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, update)
    }
}

impl Request for DeleteIvml {
    type Outcome = Result<(), IvmlNo>;

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, delete)
    }
}

fn add(tx: &mut Tx<'_>, ask: &AddIvml, now: Timestamp) -> Decision<Result<IvmlId, IvmlNo>> {
    let account = held(tx, ask.account)?;
    let name = load::ivr::name_owner(tx, ask.account, &ask.profile.name)?;
    let view = IvmlView { ivr: account.profile.ivr, name, has_numbers: false };
    if let Err(no) = view.permit_new() {
        return Ok(Ok(Err(no)));
    }
    let id = record::ivr::new_configuration(tx, ask.account, &ask.profile, now)?;
    Ok(Ok(Ok(id)))
}

fn update(tx: &mut Tx<'_>, ask: &UpdateIvml, _: Timestamp) -> Decision<Result<Ivml, IvmlNo>> {
    let account = held(tx, ask.account)?;
    let found = load::ivr::configuration(tx, ask.account, ask.id)?;
    let name = ask.change.name.as_ref();
    let name = name.map(|name| load::ivr::name_owner(tx, ask.account, name)).transpose()?;
    let numbers = numbers_at(tx, ask.account, Assignment::Ivml(ask.id))?;
    let has_numbers = !numbers.is_empty();
    let view = IvmlView { ivr: account.profile.ivr, name: name.flatten(), has_numbers };
    let changed = view.change(found, ask.change.clone());
    if let Ok(changed) = &changed {
        record::ivr::change_configuration(tx, changed)?;
    }
    Ok(Ok(changed))
}

fn delete(tx: &mut Tx<'_>, ask: &DeleteIvml, now: Timestamp) -> Decision<Result<(), IvmlNo>> {
    held(tx, ask.account)?;
    let Some(found) = load::ivr::configuration(tx, ask.account, ask.id)? else {
        return Ok(Ok(Err(IvmlNo::Unknown)));
    };
    record::ivr::delete_configuration(tx, &found, now)?;
    Ok(Ok(Ok(())))
}

/// The numbers of an account that are assigned so.
pub(crate) fn numbers_at(
    tx: &mut Tx<'_>,
    account: AccountId,
    to: Assignment,
) -> Result<Vec<PhoneNumber>, StoreError> {
    Ok(assigned(&load::subscriptions::of_account(tx, account)?, to))
}

fn assigned(numbers: &[(SubscriptionId, AccountNumber)], to: Assignment) -> Vec<PhoneNumber> {
    let numbers = numbers.iter().filter(|(_, line)| line.assigned == to);
    numbers.map(|(_, line)| line.number.clone()).collect()
}

fn has_ivr(tx: &mut Tx<'_>, account: AccountId) -> Result<bool, StoreError> {
    let account = load::accounts::account(tx, account)?;
    Ok(account.is_some_and(|account| account.profile.ivr))
}

impl Hub {
    /// All IVR menus of an account with their numbers, in the order of their ids; none while the
    /// account does not have the IVR service.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn ivr_menus(&self, account: AccountId) -> Result<Vec<IvrMenuLine>, Failure> {
        self.read(move |tx| {
            if !has_ivr(tx, account)? {
                return Ok(Vec::new());
            }
            let menus = load::ivr::menus(tx, account)?;
            let numbers = load::subscriptions::of_account(tx, account)?;
            let line = |menu: IvrMenu| {
                let numbers = assigned(&numbers, Assignment::Ivr(menu.id));
                IvrMenuLine { menu, numbers }
            };
            Ok(menus.into_iter().map(line).collect())
        })
        .await
    }

    /// All IVML configurations of an account with their numbers, in the order of their ids; none
    /// while the account does not have the IVR service.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn ivml_configurations(&self, account: AccountId) -> Result<Vec<IvmlLine>, Failure> {
        self.read(move |tx| {
            if !has_ivr(tx, account)? {
                return Ok(Vec::new());
            }
            let configurations = load::ivr::configurations(tx, account)?;
            let numbers = load::subscriptions::of_account(tx, account)?;
            let line = |ivml: Ivml| {
                let numbers = assigned(&numbers, Assignment::Ivml(ivml.id));
                IvmlLine { ivml, numbers }
            };
            Ok(configurations.into_iter().map(line).collect())
        })
        .await
    }
}
