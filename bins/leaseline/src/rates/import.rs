//! `rates import`.

use std::fmt;
use std::path::Path;

use leaseline_core::Timestamp;
use leaseline_provision::{RatesFile, import_rates};
use leaseline_service::{Config, Problem, rfc3339, with_hub};
use serde::Serialize;

use crate::apply::problem;

pub(super) async fn import(
    config: &Config,
    path: &Path,
    deck: &str,
    at: Option<Timestamp>,
) -> Result<Imported, Problem> {
    let problem = |error| problem(format!("import {}", path.display()), error);
    let file = RatesFile::read(path).map_err(problem)?;
    let imported = async |hub: &_| import_rates(hub, file, deck, at).await.map_err(problem);
    let imported = with_hub(config, imported).await?;
    let has_beginning = imported.begins_at > Timestamp::EPOCH;
    let from = has_beginning.then(|| rfc3339::format(imported.begins_at));
    Ok(Imported { deck: deck.to_owned(), rates: imported.rates, from })
}

#[derive(Serialize)]
pub(super) struct Imported {
    deck: String,
    rates: usize,
    from: Option<String>,
}

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { deck, rates, from } = self;
        match from {
            Some(from) => writeln!(f, "{rates} rates in the deck {deck:?} from {from} on"),
            None => writeln!(f, "{rates} rates in the deck {deck:?}, its first ones"),
        }
    }
}
