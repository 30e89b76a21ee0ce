//! Accounts of a provisioning file: what is to become of each, and doing it.

use std::collections::HashSet;

use leaseline_core::Timestamp;
use leaseline_core::account::{
    Account, AccountChange, AccountLogin, AccountProfile, Email, EmailKey, EmailOwner, EmailTaken,
    ShownName,
};
use leaseline_core::customer::MissingField;
use leaseline_core::did::Assignment;
use leaseline_core::ids::{AccountId, CustomerId};
use leaseline_core::ivr::{Direction, IvrMenu};
use leaseline_core::password::PasswordHash;
use leaseline_store::{StoreError, Tx, load, record};

use super::carry_out::{changed, id_of, kept, made};
use super::plan::{Grantee, Known};
use super::{CustomerRef, Entered, Unfit};
use crate::accounts::{charge_begun, numbers_at};

/// An account as it is to be.
#[derive(Clone, Debug)]
pub struct AccountEntry {
    /// The name it logs in by, by which it is known.
    pub user: String,
    /// The hash of another password; none when it stays.
    pub password: Option<PasswordHash>,
    /// Whose balance it spends.
    pub customer: Option<CustomerRef>,
    /// What is known of it.
    pub change: AccountChange,
    /// Whether it may do anything.
    pub enabled: Option<bool>,
    /// Menus that it has; more that there are stay.
    pub menus: Vec<MenuEntry>,
}

/// An IVR menu as it is to be.
#[derive(Clone, Debug)]
pub struct MenuEntry {
    /// Its name, by which it is known within the account.
    pub name: ShownName,
    /// Which calls it is for; a new one is for those that come in unless told otherwise.
    pub direction: Option<Direction>,
}

/// What there is already of an account.
pub(super) struct FoundAccount {
    login: Option<AccountLogin>,
    /// Its menus, each with whether numbers are assigned to it.
    menus: Vec<(IvrMenu, bool)>,
    /// Who has the e-mail address that is asked for.
    email: Option<EmailOwner>,
    /// Whether there is the rate deck that is asked for.
    has_rate_deck: bool,
}

/// What is to be done about an account.
pub(super) struct AccountStep<'a> {
    entry: &'a AccountEntry,
    kind: Kind,
    menus: Vec<MenuStep<'a>>,
}

enum Kind {
    Make { customer: Grantee, password: PasswordHash },
    Change { found: Box<Account>, customer: Option<Grantee> },
}

enum MenuStep<'a> {
    Make(&'a ShownName, Direction),
    Change(IvrMenu),
}

/// Loads an account, held until the transaction ends.
pub(super) fn load(tx: &mut Tx<'_>, entry: &AccountEntry) -> Result<FoundAccount, StoreError> {
    let email = entry.change.email.as_ref().map(Email::key);
    let email = email.map(|key| load::accounts::email_owner(tx, &key)).transpose()?.flatten();
    let rate_deck = entry.change.rate_deck.as_ref().map(|name| load::rates::deck(tx, name));
    let has_rate_deck = rate_deck.transpose()?.flatten().is_some();
    let Some(id) = load::accounts::login(tx, &entry.user)?.map(|login| login.account.id) else {
        return Ok(FoundAccount { login: None, menus: Vec::new(), email, has_rate_deck });
    };
    load::accounts::account_for_change(tx, id)?;
    let login = load::accounts::login(tx, &entry.user)?;
    let menus = load::ivr::menus(tx, id)?.into_iter();
    let with_numbers = menus.map(|menu| {
        let numbers = numbers_at(tx, id, Assignment::Ivr(menu.id))?;
        Ok((menu, !numbers.is_empty()))
    });
    let menus = with_numbers.collect::<Result<_, StoreError>>()?;
    Ok(FoundAccount { login, menus, email, has_rate_deck })
}

impl<'a> AccountStep<'a> {
    /// `emails` are the addresses that entries before this one take.
    pub(super) fn of(
        entry: &'a AccountEntry,
        found: FoundAccount,
        known: &Known<'_>,
        emails: &mut HashSet<EmailKey>,
    ) -> Result<Self, Unfit> {
        let id = found.login.as_ref().map(|login| login.account.id);
        permit_email(entry, found.email, id, emails)?;
        if let Some(name) = &entry.change.rate_deck
            && !found.has_rate_deck
            && !known.has_rate_deck(name)
        {
            return Err(Unfit::NoRateDeck(name.clone()));
        }
        let customer = entry.customer.as_ref().map(|reference| known.need(reference));
        let customer = customer.transpose()?;
        let menus = menus(&entry.menus, &found.menus)?;
        let kind = match found.login {
            Some(login) => Kind::Change { found: Box::new(login.account), customer },
            None => {
                let customer = customer.ok_or(MissingField("customer"))?;
                let password = entry.password.clone().ok_or(MissingField("password"))?;
                Kind::Make { customer, password }
            }
        };
        Ok(Self { entry, kind, menus })
    }

    /// Does it. `customers` are those of the file.
    pub(super) fn carry_out(
        self,
        tx: &mut Tx<'_>,
        customers: &[Entered<CustomerId>],
        now: Timestamp,
    ) -> Result<Entered<AccountId>, StoreError> {
        match self.kind {
            Kind::Make { customer, password } => {
                let customer = id_of(customer, customers);
                let id = make(tx, self.entry, customer, &password, now)?;
                carry_out_menus(tx, id, &self.menus)?;
                Ok(made(id))
            }
            Kind::Change { found, customer } => {
                let customer = customer.map(|customer| id_of(customer, customers));
                let id = found.id;
                carry_out_menus(tx, id, &self.menus)?;
                if customer.is_some_and(|customer| customer != found.customer) {
                    for (subscription, _) in load::subscriptions::of_account(tx, id)? {
                        charge_begun(tx, subscription, now)?;
                    }
                }
                let is_changed = change(tx, self.entry, *found, customer)?;
                let as_it_was = !is_changed && self.menus.is_empty();
                Ok(if as_it_was { kept(id) } else { changed(id) })
            }
        }
    }
}

fn permit_email(
    entry: &AccountEntry,
    owner: Option<EmailOwner>,
    to: Option<AccountId>,
    emails: &mut HashSet<EmailKey>,
) -> Result<(), Unfit> {
    let Some(email) = &entry.change.email else { return Ok(()) };
    EmailOwner::may_give(owner, to.map(EmailOwner::Account))?;
    if emails.insert(email.key()) { Ok(()) } else { Err(EmailTaken.into()) }
}

fn menus<'a>(
    entries: &'a [MenuEntry],
    found: &[(IvrMenu, bool)],
) -> Result<Vec<MenuStep<'a>>, Unfit> {
    let mut steps = Vec::new();
    for entry in entries {
        let known = found.iter().find(|(menu, _)| menu.name == entry.name);
        match (known, entry.direction) {
            (None, direction) => {
                steps.push(MenuStep::Make(&entry.name, direction.unwrap_or(Direction::Inbound)));
            }
            (Some((menu, has_numbers)), Some(direction)) if menu.direction != direction => {
                if *has_numbers {
                    return Err(Unfit::MenuHasNumbers(entry.name.as_str().to_owned()));
                }
                steps.push(MenuStep::Change(IvrMenu { direction, ..menu.clone() }));
            }
            (Some(_), _) => {}
        }
    }
    Ok(steps)
}

fn make(
    tx: &mut Tx<'_>,
    entry: &AccountEntry,
    customer: CustomerId,
    password: &PasswordHash,
    now: Timestamp,
) -> Result<AccountId, StoreError> {
    let profile = AccountProfile::of_new(entry.change.clone());
    let login = (entry.user.as_str(), password);
    let id = record::accounts::new_account(tx, login, customer, &profile, now)?;
    if entry.enabled == Some(false) {
        record::accounts::set_enabled(tx, id, false)?;
    }
    Ok(id)
}

/// Says whether anything of it is different now.
fn change(
    tx: &mut Tx<'_>,
    entry: &AccountEntry,
    found: Account,
    customer: Option<CustomerId>,
) -> Result<bool, StoreError> {
    let after = Account {
        profile: found.profile.clone().changed(entry.change.clone()),
        customer: customer.unwrap_or(found.customer),
        enabled: entry.enabled.unwrap_or(found.enabled),
        ..found.clone()
    };
    if after != found {
        record::accounts::change(tx, &after, found.profile.email.as_ref())?;
    }
    if let Some(password) = &entry.password {
        record::accounts::set_password(tx, found.id, password)?;
    }
    Ok(after != found || entry.password.is_some())
}

fn carry_out_menus(
    tx: &mut Tx<'_>,
    account: AccountId,
    steps: &[MenuStep<'_>],
) -> Result<(), StoreError> {
    for step in steps {
        match step {
            MenuStep::Make(name, direction) => {
                record::ivr::new_menu(tx, account, name, *direction)?;
            }
            MenuStep::Change(menu) => record::ivr::change_menu(tx, menu)?,
        }
    }
    Ok(())
}
