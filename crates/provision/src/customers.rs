//! `[[customers]]`.

use leaseline_core::customer::{CustomerChange, ServiceChange};
use leaseline_core::money::Credits;
use leaseline_hub::operator::CustomerEntry;

use crate::convert;
use crate::document::{At, Document, Entry};
use crate::error::Fault;
use crate::file::{Entered, MOST_ENTRIES};

pub(crate) fn read<'a>(document: &'a Document<'a>) -> Result<Vec<Entered<CustomerEntry>>, Fault> {
    let entries = document.entries("customers", "key", MOST_ENTRIES)?;
    entries.into_iter().map(|(key, entry)| customer(key, entry)).collect()
}

fn customer(key: String, mut entry: Entry<'_>) -> Result<Entered<CustomerEntry>, Fault> {
    let prefixes = entry.list("allowed_prefixes", convert::prefix)?;
    let change = CustomerChange {
        first_name: entry.find("first_name", convert::person)?,
        last_name: entry.find("last_name", convert::person)?,
        status: entry.find("status", convert::status)?,
        charge_method: entry.find("charge_method", convert::charge_method)?,
        single: service(&mut entry, "single")?,
        group: service(&mut entry, "group")?,
        max_reserved: entry.find("max_reserved", convert::limit)?,
        allowed_prefixes: prefixes.map(|all| all.into_iter().map(value).collect()),
        credit_limit: entry.find("credit_limit", convert::credit_limit)?,
        max_calls: entry.find("max_calls", convert::limit)?,
        max_spend_per_day: entry.find("max_spend_per_day", convert::limit)?,
    };
    let opening_balance = entry.find("credit", convert::credits)?.unwrap_or(Credits::ZERO);
    entry.refuse_unknown()?;
    Ok(Entered::new(&entry, CustomerEntry { key, change, opening_balance }))
}

fn service(entry: &mut Entry<'_>, kind: &'static str) -> Result<ServiceChange, Fault> {
    let Some(mut terms) = entry.table(kind)? else { return Ok(ServiceChange::default()) };
    let change = ServiceChange {
        enabled: terms.find("enabled", convert::boolean)?,
        charge_block: terms.find("block", convert::block)?,
        charge_rate: terms.find("rate", convert::rate)?,
        max_leases: terms.find("max", convert::limit)?,
    };
    terms.refuse_unknown()?;
    Ok(change)
}

fn value<T>(at: At<T>) -> T {
    at.value
}
