//! The provisioning file, and imports of numbers, of rates and of records.
//!
//! [`File::read`] reads and checks what can be checked without a database; [`apply`] compares it
//! with what there is and brings it about, all of it or nothing. [`import_csv`] puts the numbers of
//! a CSV file into a pool, [`import_rates`] those of a rate deck into a new version of it,
//! [`import_records`] takes in what switches reported. Whatever is wrong is said with its place:
//! table, entry and line.
//!
//! This crate knows files and what operators write in them. It knows no SQL, no command line and
//! no wire; what is done with what it read, the hub decides.
//!
//! ```
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! use leaseline_hub::core::region::Region;
//! use leaseline_hub::{Hub, Settings};
//! use leaseline_provision::{File, apply};
//!
//! let folder = tempfile::tempdir().unwrap();
//! let path = folder.path().join("kl.toml");
//! let text = "[[pools]]\nname = 'kl'\nregion = 'MY'\nrange = { first = '0388880000', count = 10 }";
//! std::fs::write(&path, text).unwrap();
//!
//! let url = format!("sqlite://{}/example.db", folder.path().display());
//! Hub::migrate(&url).unwrap();
//! let hub = Hub::open(Settings::new(&url)).unwrap();
//! let malaysia = Region::by_code("MY").unwrap();
//! let applied = apply(&hub, File::read(&path).unwrap(), &malaysia, |_| {}).await.unwrap();
//! assert_eq!((applied.pools[0].added, applied.changed), (10, 1));
//! # hub.close().await;
//! # });
//! ```

mod accounts;
mod api_users;
mod apply;
mod convert;
mod csv_file;
mod csv_lines;
mod csv_spot;
mod customers;
mod document;
mod error;
mod file;
mod import;
mod inventory;
mod mor;
mod numbers;
mod password;
mod pools;
#[cfg(any(test, fuzzing))]
pub mod properties;
mod rates;
mod records;
mod report;
mod spot;
mod switches;
#[cfg(test)]
mod tests;

pub use apply::{Applied, AppliedPool, apply};
pub use error::{Error, Fault};
pub use file::File;
pub use import::{Imported, import_csv};
pub use inventory::Progress;
pub use rates::{RatesFile, import_rates};
pub use records::{RecordsFile, RecordsTaken, Regions, import_records};
pub use report::{CheckedNumbers, check_numbers};
