//! The provisioning file as a whole.

use std::fs;
use std::path::{Path, PathBuf};

use leaseline_hub::Vault;
use leaseline_hub::operator::{CustomerEntry, UserEntry};

use crate::accounts::Account;
use crate::document::{Document, Entry, nearest};
use crate::error::{Error, Fault};
use crate::mor::MorTables;
use crate::pools::Pool;
use crate::rates::Deck;
use crate::switches::Switch;
use crate::{accounts, api_users, customers, pools, rates, switches};

/// So many entries a table may have: all of a file is one transaction, during which nobody else
/// writes to a SQLite database.
pub(crate) const MOST_ENTRIES: usize = 10_000;

/// So many bytes a file may have.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// The tables that this version serves.
const TABLES: [&str; 12] = [
    "pools",
    "customers",
    "api_users",
    "accounts",
    "mor_users",
    "rate_decks",
    "tariffs",
    "lcrs",
    "locations",
    "taxes",
    "currencies",
    "switches",
];

/// A provisioning file, read and checked as far as it can be without a database.
#[derive(Clone, Debug)]
pub struct File {
    /// Where paths within it begin.
    pub(crate) folder: PathBuf,
    pub(crate) pools: Vec<Pool>,
    pub(crate) customers: Vec<Entered<CustomerEntry>>,
    pub(crate) users: Vec<Entered<UserEntry>>,
    pub(crate) accounts: Vec<Entered<Account>>,
    pub(crate) rate_decks: Vec<Deck>,
    pub(crate) mor: MorTables,
    pub(crate) switches: Vec<Entered<Switch>>,
}

/// An entry and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Entered<T> {
    pub(crate) line: usize,
    pub(crate) subject: String,
    pub(crate) entry: T,
}

impl<T> Entered<T> {
    pub(crate) fn new(read: &Entry<'_>, entry: T) -> Self {
        Self { line: read.line, subject: read.subject.clone(), entry }
    }

    pub(crate) fn fault(&self, what: impl Into<String>) -> Fault {
        Fault::new(self.line, &self.subject, what)
    }
}

impl File {
    /// Reads a file. The CSV files that it names are looked for beside it, later.
    ///
    /// # Errors
    /// [`Error::Unreadable`], or [`Error::Wrong`] with the first thing that is wrong.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
        let too_large = || std::io::Error::from(std::io::ErrorKind::FileTooLarge);
        if fs::metadata(path).map_err(unreadable)?.len() > MOST_BYTES {
            return Err(unreadable(too_large()));
        }
        let text = fs::read_to_string(path).map_err(unreadable)?;
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        Ok(Self::parse(&text, folder)?)
    }

    /// Whether there are secrets in it that have to be sealed.
    pub fn has_secrets(&self) -> bool {
        self.mor.has_secrets()
    }

    /// The same file, its secrets to be sealed by this.
    #[must_use]
    pub fn sealed_by(mut self, vault: Vault) -> Self {
        self.mor.vault = Some(vault);
        self
    }

    pub(crate) fn parse(text: &str, folder: PathBuf) -> Result<Self, Fault> {
        let document = Document::parse(text)?;
        refuse_other_tables(&document)?;
        Ok(Self {
            folder,
            pools: pools::read(&document)?,
            customers: customers::read(&document)?,
            users: api_users::read(&document)?,
            accounts: accounts::read(&document)?,
            rate_decks: rates::read(&document)?,
            mor: MorTables::read(&document)?,
            switches: switches::read(&document)?,
        })
    }
}

fn refuse_other_tables(document: &Document<'_>) -> Result<(), Fault> {
    for table in document.tables() {
        let name = table.value;
        if !TABLES.contains(&name) {
            let nearest = nearest(name, TABLES.into_iter()).unwrap_or_default();
            let what = format!("there is no table `{name}`; the nearest known one is `{nearest}`");
            return Err(Fault::new(table.line, "", what));
        }
    }
    Ok(())
}
