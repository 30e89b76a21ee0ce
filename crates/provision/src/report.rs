//! An import that is looked at first: every line that is wrong, not only the first one.

use leaseline_core::phone::E164;
use leaseline_core::pool::{NewNumber, Pool};
use leaseline_core::region::Region;
use leaseline_hub::operator::ImportError;
use leaseline_hub::{Failure, Hub};

use crate::csv_file;
use crate::error::{Error, Fault};
use crate::import::Imported;
use crate::inventory::carry_out;

/// A CSV text (`number[,country,city]`) that was read.
#[derive(Debug)]
pub struct CheckedNumbers {
    numbers: Vec<(NewNumber, usize)>,
    faults: Vec<Fault>,
}

fn is_elsewhere(line: usize, number: E164, pool: &str) -> Fault {
    Fault::new(line, "", format!("{} is in the pool {pool:?} already", number.masked()))
}

/// Reads a CSV text. Numbers without a country code belong to this region.
///
/// ```
/// use leaseline_hub::core::region::Region;
/// use leaseline_provision::check_numbers;
///
/// let text = "number\n0388880000\n12\n0388880000\n";
/// let checked = check_numbers(text, &Region::by_code("MY").unwrap());
/// let faults: Vec<_> = checked.faults().iter().map(ToString::to_string).collect();
/// assert_eq!(checked.count(), 1);
/// assert_eq!(faults[1], "line 4: …0000 is there twice, first in line 2");
/// ```
pub fn check_numbers(text: &str, region: &Region) -> CheckedNumbers {
    let csv_file::Report { numbers, faults } = csv_file::report(text, region);
    CheckedNumbers { numbers, faults }
}

impl CheckedNumbers {
    /// How many lines are numbers.
    pub const fn count(&self) -> usize {
        self.numbers.len()
    }

    /// What is wrong, line by line; nothing, if all of it can be imported.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Which lines have numbers of other pools than this.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn elsewhere(&self, hub: &Hub, pool: &Pool) -> Result<Vec<Fault>, Failure> {
        let numbers: Vec<_> = self.numbers.iter().map(|(new, _)| new.number.e164()).collect();
        let found = hub.numbers_elsewhere(pool.id, &numbers).await?;
        let faults = found.iter().filter_map(|(place, pool)| {
            let (new, line) = self.numbers.get(*place)?;
            Some(is_elsewhere(*line, new.number.e164(), pool))
        });
        Ok(faults.collect())
    }

    /// What an import into a pool would do, without doing it.
    ///
    /// # Errors
    /// [`Error::Wrong`] for the first line that is wrong; [`Error::Failed`].
    pub async fn plan(&self, hub: &Hub, pool: &Pool) -> Result<Imported, Error> {
        let plan = hub.plan_import(Some(pool.id), self.sound()?).await;
        let plan = plan.map_err(|error| self.located(error))?;
        Ok(Imported { numbers: self.count(), added: plan.missing() })
    }

    /// Imports the numbers into a pool: all of them, or none when a line is wrong.
    ///
    /// # Errors
    /// [`Error::Wrong`] for the first line that is wrong; the others when the store fails.
    pub async fn import(&self, hub: &Hub, pool: &Pool) -> Result<Imported, Error> {
        let plan = hub.plan_import(Some(pool.id), self.sound()?).await;
        let plan = plan.map_err(|error| self.located(error))?;
        let added = plan.missing();
        let imported = carry_out(hub, (pool.id, &pool.name), plan, &mut |_| {}).await;
        imported.map_err(|error| self.located(error))?;
        Ok(Imported { numbers: self.count(), added })
    }

    fn sound(&self) -> Result<Vec<NewNumber>, Fault> {
        match self.faults.first() {
            Some(fault) => Err(fault.clone()),
            None => Ok(self.numbers.iter().map(|(new, _)| new.clone()).collect()),
        }
    }

    fn located(&self, error: ImportError) -> Error {
        match error {
            ImportError::Elsewhere { number, ref pool } => {
                let mut lines = self.numbers.iter();
                let line = lines.find(|(new, _)| new.number.e164() == number);
                is_elsewhere(line.map_or(0, |(_, line)| *line), number, pool).into()
            }
            ImportError::TakenOver => Error::TakenOver(error),
            ImportError::Failed(failure) => failure.into(),
        }
    }
}
