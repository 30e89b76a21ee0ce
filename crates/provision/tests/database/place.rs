//! A folder with files, and short ways to apply them.

use std::path::PathBuf;

use leaseline_core::region::Region;
use leaseline_hub::Hub;
use leaseline_provision::{Applied, Error, File, Imported, apply, import_csv};
use tempfile::TempDir;

pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) async fn apply(&self, hub: &Hub, text: &str) -> Result<Applied, Error> {
        let file = File::read(&self.write("plan.toml", text))?;
        apply(hub, file, &Region::by_code("MY").unwrap(), |_| {}).await
    }

    pub(crate) async fn import(&self, hub: &Hub, csv: &str, pool: &str) -> Result<Imported, Error> {
        import_csv(hub, &self.write("numbers.csv", csv), pool, |_| {}).await
    }
}

/// A CSV file of so many numbers from this one on.
pub(crate) fn csv(first: usize, count: usize) -> String {
    let numbers = (first..first + count).map(|number| format!("0{number}\n"));
    format!("number\n{}", numbers.collect::<String>())
}
