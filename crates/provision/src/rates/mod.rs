//! Rate decks: `[[rate_decks]]`, and CSV files of rates.

mod csv_file;
mod deck;
mod group;
mod line;
#[cfg(any(test, fuzzing))]
pub(crate) mod properties;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io;
use std::path::Path;

use leaseline_core::Timestamp;
use leaseline_core::rating::RateEntry;
use leaseline_hub::Hub;
use leaseline_hub::operator::RatesImported;

use crate::error::Error;
use crate::spot::{Origin, Spot};
use group::Rates;

pub(crate) use deck::{Deck, read};

/// So many lines a deck may have: they are held in memory while they are checked.
const MOST_LINES: usize = 1_000_000;

/// A CSV file of rates, read and checked.
#[derive(Clone, Debug)]
pub struct RatesFile(Vec<RateEntry>);

impl RatesFile {
    /// Reads a file with the header `service,prefix,connect_fee,from_second,price,per_seconds,
    /// increment,counting,minimum,rounding,decimals,max_cost,per_page,sms_type,valid_from,
    /// valid_till`, of which only the first two must be there.
    ///
    /// # Errors
    /// [`Error::Unreadable`], or [`Error::Wrong`] with line and column of the first thing that is
    /// wrong.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
        Self::read_from(File::open(path).map_err(unreadable)?, path)
    }

    fn read_from(file: impl io::Read, path: &Path) -> Result<Self, Error> {
        let mut rates = Rates::new(Origin::of_file());
        csv_file::read_from(file, path, &Origin::of_file(), Spot::Here, &mut rates)?;
        let entries = rates.checked()?;
        match entries.is_empty() {
            true => Err(Origin::of_file().fault(Spot::Here(1), "there are no rates in it").into()),
            false => Ok(Self(entries)),
        }
    }
}

/// Gives a deck, which is made if there is none of this name, a new version from an instant on or
/// from now on: the rates of a file, and no others. Calls that began before keep what was in force.
///
/// # Errors
/// [`Error::Failed`] when the store does not answer.
pub async fn import_rates(
    hub: &Hub,
    file: RatesFile,
    deck: &str,
    at: Option<Timestamp>,
) -> Result<RatesImported, Error> {
    Ok(hub.import_rates(deck, file.0, at).await?)
}
