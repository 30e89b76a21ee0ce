//! `[[mor_users]]`, what their card groups refer to (`[[tariffs]]`, `[[lcrs]]`, `[[locations]]`,
//! `[[taxes]]`), and `[[currencies]]`.

use leaseline_core::currency::{CurrencyChange, CurrencyCode};
use leaseline_core::ids::{LcrId, LocationId, TariffId, TaxId};
use leaseline_core::mor_user::MorChange;
use leaseline_hub::Vault;
use leaseline_hub::operator::{CurrencyEntry, Mor, MorItemEntry, MorItemId, MorUserEntry};

use crate::convert;
use crate::document::{Document, Entry};
use crate::error::Fault;
use crate::file::{Entered, MOST_ENTRIES};

/// The entries of a file, each with its place.
#[derive(Clone, Debug, Default)]
pub(crate) struct MorTables {
    pub(crate) users: Vec<Entered<MorUserEntry>>,
    pub(crate) items: Vec<Entered<MorItemEntry>>,
    pub(crate) currencies: Vec<Entered<CurrencyEntry>>,
    /// What secrets are sealed by.
    pub(crate) vault: Option<Vault>,
}

impl MorTables {
    pub(crate) fn read<'a>(document: &'a Document<'a>) -> Result<Self, Fault> {
        let users = document.entries("mor_users", "username", MOST_ENTRIES)?;
        let users = users.into_iter().map(|(username, entry)| user(username, entry));
        let mut items = Vec::new();
        items.extend(items_of(document, "tariffs", |id| TariffId::new(id).map(MorItemId::Tariff))?);
        items.extend(items_of(document, "lcrs", |id| LcrId::new(id).map(MorItemId::Lcr))?);
        let location = |id| LocationId::new(id).map(MorItemId::Location);
        items.extend(items_of(document, "locations", location)?);
        items.extend(items_of(document, "taxes", |id| TaxId::new(id).map(MorItemId::Tax))?);
        let currencies = currencies(document)?;
        Ok(Self { users: users.collect::<Result<_, _>>()?, items, currencies, vault: None })
    }

    pub(crate) fn has_secrets(&self) -> bool {
        self.users.iter().any(|user| user.entry.secret.is_some())
    }

    pub(crate) fn entries(&self) -> Mor {
        Mor {
            users: self.users.iter().map(|user| user.entry.clone()).collect(),
            items: self.items.iter().map(|item| item.entry.clone()).collect(),
            currencies: self.currencies.iter().map(|currency| currency.entry).collect(),
            vault: self.vault.clone(),
        }
    }
}

fn user(username: String, mut entry: Entry<'_>) -> Result<Entered<MorUserEntry>, Fault> {
    let change = MorChange {
        role: entry.find("role", convert::mor_role)?,
        calling_cards: entry.find("calling_cards", convert::boolean)?,
        enabled: entry.find("enabled", convert::boolean)?,
        customer: None,
    };
    let secret = entry.find("secret", convert::mor_secret)?;
    let customer = entry.find("customer", convert::customer)?;
    entry.refuse_unknown()?;
    Ok(Entered::new(&entry, MorUserEntry { username, change, secret, customer }))
}

fn items_of<'a>(
    document: &'a Document<'a>,
    table: &'static str,
    id: impl Fn(i64) -> Option<MorItemId>,
) -> Result<Vec<Entered<MorItemEntry>>, Fault> {
    let entries = document.entries_by(table, "id", MOST_ENTRIES, convert::id)?;
    entries.into_iter().map(|(number, entry)| item(id(number), entry)).collect()
}

fn item(id: Option<MorItemId>, mut entry: Entry<'_>) -> Result<Entered<MorItemEntry>, Fault> {
    let id = id.ok_or_else(|| entry.fault("`id`: it is not at least 1"))?;
    let name = entry.find("name", convert::name)?;
    let owner = entry.find("owner", convert::name)?;
    let rate_deck = match id {
        MorItemId::Tariff(_) => entry.find("rate_deck", convert::name)?,
        MorItemId::Lcr(_) | MorItemId::Location(_) | MorItemId::Tax(_) => None,
    };
    let percent = match id {
        MorItemId::Tax(_) => entry.find("percent", convert::percent)?,
        MorItemId::Lcr(_) | MorItemId::Location(_) | MorItemId::Tariff(_) => None,
    };
    entry.refuse_unknown()?;
    Ok(Entered::new(&entry, MorItemEntry { id, name, owner, rate_deck, percent }))
}

fn currencies<'a>(document: &'a Document<'a>) -> Result<Vec<Entered<CurrencyEntry>>, Fault> {
    let entries = document.entries_by("currencies", "code", MOST_ENTRIES, convert::currency)?;
    let read = entries.into_iter().map(|(code, entry)| currency(code, entry));
    let read: Vec<_> = read.collect::<Result<_, _>>()?;
    let mut systems = read.iter().filter(|it| it.entry.change.system == Some(true));
    match (systems.next(), systems.next()) {
        (Some(first), Some(second)) => {
            Err(second.fault(format!("`system`: {} is the system's", first.entry.code)))
        }
        _ => Ok(read),
    }
}

fn currency(code: CurrencyCode, mut entry: Entry<'_>) -> Result<Entered<CurrencyEntry>, Fault> {
    let change = CurrencyChange {
        active: entry.find("active", convert::boolean)?,
        system: entry.find("system", convert::boolean)?,
        rate: entry.find("rate", convert::currency_rate)?,
    };
    entry.refuse_unknown()?;
    Ok(Entered::new(&entry, CurrencyEntry { code, change }))
}
