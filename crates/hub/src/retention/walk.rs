//! Walks along what stays: in the order of ids, from where an earlier run had come.

use std::time::Duration;

use leaseline_core::ids::{LeaseId, RecordId};
use leaseline_store::load::retention::Past;
use leaseline_store::record::retention::{MOST_AT_ONCE, Mark};
use leaseline_store::{StoreError, Tx, load, record};

use super::chunks::Erase;
use super::{Retained, Run};
use crate::failure::Failure;

/// A walk does not take for done what is younger than this: something with a lower id may still be on
/// its way into the store.
const SETTLES: Duration = Duration::from_secs(3_600);

/// Reads the next few after an id.
type Page<K> = fn(&mut Tx<'_>, Option<K>, u32) -> Result<Vec<Past<K>>, StoreError>;

/// What is walked, and how.
pub(super) struct Table<K> {
    page: Page<K>,
    pub(super) erase: fn(&mut Tx<'_>, &[K]) -> Result<usize, StoreError>,
    pub(super) mark: fn(Option<K>) -> Mark,
    count: fn(&mut Retained) -> &mut usize,
}

impl<K> Clone for Table<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Table<K> {}

pub(super) const LEASES: Table<LeaseId> = Table {
    page: load::retention::leases,
    erase: record::retention::erase_leases,
    mark: Mark::Leases,
    count: |gone| &mut gone.users,
};

pub(super) const RECORDS: Table<RecordId> = Table {
    page: load::retention::records,
    erase: record::retention::erase_records,
    mark: Mark::Records,
    count: |gone| &mut gone.records,
};

/// How far everything is done; what comes later may be done or not.
struct Reached<K> {
    mark: Option<K>,
    written: Option<K>,
    is_unbroken: bool,
}

impl<K: Copy + PartialEq> Reached<K> {
    fn pass(&mut self, id: K, is_done: bool) {
        self.is_unbroken &= is_done;
        if self.is_unbroken {
            self.mark = Some(id);
        }
    }
}

impl Run<'_> {
    /// Everything after this id that was written down before the horizon.
    pub(super) async fn walk<K>(&mut self, table: Table<K>, from: Option<K>) -> Result<(), Failure>
    where
        K: Copy + PartialEq + Send + 'static,
    {
        let mut reached = Reached { mark: from, written: from, is_unbroken: true };
        let mut after = from;
        loop {
            let read = move |tx: &mut Tx<'_>| (table.page)(tx, after, MOST_AT_ONCE);
            let page = self.hub.read_patiently(read).await?;
            let past = self.past(&page, &mut reached);
            if !past.is_empty() {
                self.erase(table, past, &mut reached).await?;
            }
            match page.last() {
                Some(last) if last.written_at <= self.horizons.phones => after = Some(last.id),
                _ => break,
            }
        }
        if reached.mark != reached.written {
            self.erase(table, Vec::new(), &mut reached).await?;
        }
        Ok(())
    }

    /// Those of a page whose users have to go.
    fn past<K: Copy + PartialEq>(&self, page: &[Past<K>], reached: &mut Reached<K>) -> Vec<K> {
        let settled = self.hub.now().saturating_sub(SETTLES);
        let goes = |it: &Past<K>| !it.is_erased && it.over_at <= self.horizons.phones;
        for it in page {
            let is_done = it.is_erased || goes(it);
            reached.pass(it.id, is_done && it.written_at <= settled);
        }
        page.iter().filter(|it| goes(it)).map(|it| it.id).collect()
    }

    async fn erase<K>(
        &mut self,
        table: Table<K>,
        past: Vec<K>,
        reached: &mut Reached<K>,
    ) -> Result<(), Failure>
    where
        K: Copy + PartialEq + Send + 'static,
    {
        let mut left = past;
        loop {
            let past = self.next_of(&mut left);
            let mark = if left.is_empty() { reached.mark } else { reached.written };
            let rows = self.write(|| Erase { table, past: past.clone(), mark }).await?;
            reached.written = mark;
            *(table.count)(&mut self.gone) += rows;
            (self.told)(self.gone);
            if left.is_empty() {
                return Ok(());
            }
        }
    }
}
