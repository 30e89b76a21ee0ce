//! `[[pools]]`.

use std::path::PathBuf;

use leaseline_core::pool::PoolChange;

use crate::convert;
use crate::document::{At, Document, Entry};
use crate::error::Fault;
use crate::file::MOST_ENTRIES;

/// A pool as the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pool {
    pub(crate) line: usize,
    pub(crate) subject: String,
    pub(crate) name: String,
    pub(crate) change: PoolChange,
    pub(crate) range: Option<At<NumberRange>>,
    pub(crate) numbers: Vec<At<String>>,
    pub(crate) csv: Option<At<PathBuf>>,
}

/// Numbers that follow one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NumberRange {
    pub(crate) first: String,
    pub(crate) count: usize,
}

impl Pool {
    pub(crate) fn fault(&self, what: impl Into<String>) -> Fault {
        Fault::new(self.line, &self.subject, what)
    }
}

pub(crate) fn read<'a>(document: &'a Document<'a>) -> Result<Vec<Pool>, Fault> {
    let entries = document.entries("pools", "name", MOST_ENTRIES)?;
    entries.into_iter().map(|(name, entry)| pool(name, entry)).collect()
}

fn pool(name: String, mut entry: Entry<'_>) -> Result<Pool, Fault> {
    let services = entry.list("services", convert::service)?;
    let change = PoolChange {
        purpose: entry.find("purpose", convert::purpose)?,
        country: entry.find("country", convert::name)?,
        city: entry.find("city", convert::name)?,
        region: entry.find("region", convert::region)?,
        quarantine: entry.find("quarantine", convert::quarantine)?,
        services: services.map(|all| all.into_iter().map(|service| service.value).collect()),
        setup_fee: entry.find("setup_fee", convert::fee)?,
        monthly_fee: entry.find("monthly_fee", convert::fee)?,
    };
    let range = range(&mut entry)?;
    let numbers = entry.list("numbers", convert::text)?.unwrap_or_default();
    let csv = entry.find_at("csv", |value| convert::text(value).map(PathBuf::from))?;
    entry.refuse_unknown()?;
    Ok(Pool { line: entry.line, subject: entry.subject, name, change, range, numbers, csv })
}

fn range(entry: &mut Entry<'_>) -> Result<Option<At<NumberRange>>, Fault> {
    let Some(mut range) = entry.table("range")? else { return Ok(None) };
    let first = range.need("first", convert::text)?;
    let count = range.need("count", convert::count)?;
    range.refuse_unknown()?;
    Ok(Some(At { line: range.line, value: NumberRange { first, count } }))
}
