//! `[[api_users]]`.

use leaseline_hub::operator::UserEntry;

use crate::convert;
use crate::document::{Document, Entry};
use crate::error::Fault;
use crate::file::{Entered, MOST_ENTRIES};

pub(crate) fn read<'a>(document: &'a Document<'a>) -> Result<Vec<Entered<UserEntry>>, Fault> {
    let entries = document.entries("api_users", "name", MOST_ENTRIES)?;
    entries.into_iter().map(|(name, entry)| user(name, entry)).collect()
}

fn user(name: String, mut entry: Entry<'_>) -> Result<Entered<UserEntry>, Fault> {
    let customers = entry.list("customers", convert::customer)?;
    let rights = entry.list("rights", convert::right)?;
    let user = UserEntry {
        name,
        role: entry.find("role", convert::role)?,
        customers: customers.map(|all| all.into_iter().map(|customer| customer.value).collect()),
        may_top_up: rights.map(|rights| !rights.is_empty()),
        enabled: entry.find("enabled", convert::boolean)?,
    };
    entry.refuse_unknown()?;
    Ok(Entered::new(&entry, user))
}
