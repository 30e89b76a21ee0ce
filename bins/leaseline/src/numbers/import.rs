//! `numbers import`.

use std::fmt;
use std::path::Path;

use leaseline_hub::Hub;
use leaseline_provision::{Progress, import_csv};
use leaseline_service::Problem;
use serde::Serialize;

use crate::apply::problem;
use crate::progress::Bar;

pub(super) async fn import(hub: &Hub, file: &Path, pool: &str) -> Result<Imported, Problem> {
    let mut bar = Bar::default();
    let show = |progress: Progress<'_>| bar.show(progress);
    let imported = import_csv(hub, file, pool, show).await;
    let imported =
        imported.map_err(|error| problem(format!("import {}", file.display()), error))?;
    let (numbers, added) = (imported.numbers, imported.added);
    Ok(Imported { pool: pool.to_owned(), numbers, added })
}

#[derive(Serialize)]
pub(super) struct Imported {
    pool: String,
    numbers: usize,
    added: usize,
}

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pool, numbers, added } = self;
        writeln!(f, "{numbers} numbers, {added} of them new in the pool {pool:?}")
    }
}
