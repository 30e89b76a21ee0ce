//! `[[accounts]]`.

use leaseline_core::account::AccountChange;
use leaseline_core::ivr::Direction;
use leaseline_core::password::PasswordHash;
use leaseline_hub::Hub;
use leaseline_hub::operator::{AccountEntry, CustomerRef, MenuEntry};

use crate::convert;
use crate::document::{Document, Entry};
use crate::error::{Error, Fault};
use crate::file::{Entered, MOST_ENTRIES};
use crate::password::{Password, password};

/// An account as the file has it.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) user: String,
    password: Option<Password>,
    customer: Option<CustomerRef>,
    change: AccountChange,
    enabled: Option<bool>,
    menus: Vec<MenuEntry>,
}

pub(crate) fn read<'a>(document: &'a Document<'a>) -> Result<Vec<Entered<Account>>, Fault> {
    let entries = document.entries("accounts", "user", MOST_ENTRIES)?;
    entries.into_iter().map(|(user, entry)| account(user, entry)).collect()
}

fn account(user: String, mut entry: Entry<'_>) -> Result<Entered<Account>, Fault> {
    let change = AccountChange {
        email: entry.find("email", convert::email)?,
        first_name: entry.find("first_name", convert::free_text)?,
        last_name: entry.find("last_name", convert::free_text)?,
        time_zone: entry.find("time_zone", convert::time_zone)?,
        ivr: entry.find("ivr", convert::boolean)?,
        rate_deck: entry.find("rate_deck", convert::name)?,
    };
    let account = Account {
        user,
        password: password(&mut entry)?,
        customer: entry.find("customer", convert::customer)?,
        change,
        enabled: entry.find("enabled", convert::boolean)?,
        menus: menus(&mut entry)?,
    };
    entry.refuse_unknown()?;
    Ok(Entered::new(&entry, account))
}

fn menus(entry: &mut Entry<'_>) -> Result<Vec<MenuEntry>, Fault> {
    let menus: Vec<_> =
        entry.tables("ivr_menus")?.into_iter().map(menu).collect::<Result<_, _>>()?;
    let twice = menus.iter().enumerate().find(|(at, menu): &(usize, &MenuEntry)| {
        menus[..*at].iter().any(|before| before.name == menu.name)
    });
    match twice {
        Some((_, menu)) => {
            Err(entry.fault(format!("`ivr_menus`: {:?} is there twice", menu.name.as_str())))
        }
        None => Ok(menus),
    }
}

fn menu(mut entry: Entry<'_>) -> Result<MenuEntry, Fault> {
    let name = entry.need("name", convert::shown_name)?;
    let outbound = entry.find("outbound", convert::boolean)?;
    entry.refuse_unknown()?;
    let direction =
        outbound.map(|outbound| if outbound { Direction::Outbound } else { Direction::Inbound });
    Ok(MenuEntry { name, direction })
}

/// The entries for the hub. A password that an account has already is not hashed anew, so that a
/// second run changes nothing.
pub(crate) async fn entries(
    hub: &Hub,
    accounts: &[Entered<Account>],
) -> Result<Vec<AccountEntry>, Error> {
    let mut entries = Vec::new();
    for Entered { entry: account, .. } in accounts {
        entries.push(AccountEntry {
            user: account.user.clone(),
            password: new_password(hub, account).await?,
            customer: account.customer.clone(),
            change: account.change.clone(),
            enabled: account.enabled,
            menus: account.menus.clone(),
        });
    }
    Ok(entries)
}

/// The hash to be kept; none when the present one is of the same password.
async fn new_password(hub: &Hub, account: &Account) -> Result<Option<PasswordHash>, Error> {
    let Some(password) = &account.password else { return Ok(None) };
    let present = hub.account_login_now(&account.user).await?;
    password.to_be_kept(hub, present.as_ref().map(|login| &login.password)).await
}
