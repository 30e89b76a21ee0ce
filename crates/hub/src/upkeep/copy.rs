//! Moving everything from one database into another, of either kind.

use leaseline_store::transfer::{self, Contents, Sums, Table};
use leaseline_store::{SchemaState, Session, Store, StoreError, Tx, load};

use super::backup::is_same;
use super::{Listener, Progress, UpkeepError};

/// What was carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Each table with what was counted and summed on both sides alike.
    pub tables: Vec<Sums>,
    /// Whether somebody wrote to the source meanwhile, which the copy does not have.
    pub source_went_on: bool,
}

/// Copies all that is in a database, as of one instant, into another one that is empty: ids,
/// history and all. Both sides are counted, summed and compared, and the invariants of the copy
/// are checked, before any of it becomes visible.
///
/// # Errors
/// [`UpkeepError`]; the target is then as empty as it was.
pub fn copy(from: &str, to: &str, listener: Listener<'_>) -> Result<Copied, UpkeepError> {
    let (source, target) = (Store::from_url(from)?, Store::from_url(to)?);
    if let Some(file) = source.file()
        && !file.exists()
    {
        return Err(UpkeepError::Missing(file.to_owned()));
    }
    if is_one_database(&source, &target) {
        return Err(UpkeepError::Same);
    }
    into_empty(&source, &target, listener)
}

fn is_one_database(source: &Store, target: &Store) -> bool {
    match (source.file(), target.file()) {
        (Some(one), Some(other)) => is_same(one, other),
        (None, None) => source.kind() == target.kind(),
        _ => false,
    }
}

pub(super) fn into_empty(
    source: &Store,
    target: &Store,
    listener: Listener<'_>,
) -> Result<Copied, UpkeepError> {
    let mut filling = target.connect()?;
    match filling.read().schema_state()? {
        SchemaState::Empty | SchemaState::Current => {}
        schema => return Err(UpkeepError::Schema { what: "the target", schema }),
    }
    fill(source, &mut filling, Contents::Kept, listener)
}

/// Fills a database in one transaction, so that there is all of the copy or nothing.
pub(super) fn fill(
    source: &Store,
    filling: &mut Session,
    contents: Contents,
    listener: Listener<'_>,
) -> Result<Copied, UpkeepError> {
    if filling.is_in_use()? {
        return Err(UpkeepError::InUse);
    }
    let mut reading = source.connect_to_read()?;
    match reading.read().schema_state()? {
        SchemaState::Current => {}
        schema => return Err(UpkeepError::Schema { what: "the source", schema }),
    }
    let mut copied = None;
    reading.read_at_one_instant(|from| {
        copied = Some(filling.alone(|to| carry_all(from, to, contents, listener)));
        Ok(())
    })?;
    let (tables, batches) = copied.unwrap_or(Err(StoreError::NoReader.into()))?;
    filling.analyze()?;
    let source_went_on = load::writers::batches(&mut reading.read())? != batches;
    Ok(Copied { tables, source_went_on })
}

fn carry_all(
    from: &mut Tx<'_>,
    to: &mut Tx<'_>,
    contents: Contents,
    listener: Listener<'_>,
) -> Result<(Vec<Sums>, i64), UpkeepError> {
    to.prepare_tables(contents)?;
    let tables = same_tables(from, to)?;
    if let Some(table) = transfer::first_with_rows(to, &tables)? {
        return Err(UpkeepError::NotEmpty(table.name.clone()));
    }
    transfer::forget_writers(to)?;
    let sent = sums(from, &tables)?;
    let mut progress = Progress { rows: 0, of: sent.iter().map(|table| table.rows).sum() };
    for table in &tables {
        transfer::copy(from, to, table, &mut |rows| {
            progress.rows += u64::try_from(rows).unwrap_or(u64::MAX);
            listener(progress);
        })?;
    }
    transfer::restart_sequences(to)?;
    compare(&sent, &sums(to, &tables)?)?;
    match load::check::broken(to)? {
        broken if broken.is_empty() => Ok((sent, load::writers::batches(from)?)),
        broken => Err(UpkeepError::Broken(broken)),
    }
}

fn same_tables(from: &mut Tx<'_>, to: &mut Tx<'_>) -> Result<Vec<Table>, UpkeepError> {
    let (sent, arriving) = (transfer::tables(from)?, transfer::tables(to)?);
    let lacking = |one: &[Table], other: &[Table]| {
        one.iter().find(|table| !other.contains(table)).map(|table| table.name.clone())
    };
    match lacking(&sent, &arriving).or_else(|| lacking(&arriving, &sent)) {
        Some(table) => Err(UpkeepError::Layout(table)),
        // In the target's order: it is the one that holds to references.
        None => Ok(arriving),
    }
}

pub(super) fn sums(tx: &mut Tx<'_>, tables: &[Table]) -> Result<Vec<Sums>, StoreError> {
    tables.iter().map(|table| transfer::sums(tx, table)).collect()
}

fn compare(sent: &[Sums], arrived: &[Sums]) -> Result<(), UpkeepError> {
    match sent.iter().zip(arrived).find(|(sent, arrived)| sent != arrived) {
        Some((sent, _)) => Err(UpkeepError::Differs(sent.table.clone())),
        None => Ok(()),
    }
}
