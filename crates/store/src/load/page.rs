//! Lists that are read page by page, forwards and backwards, from a place in them.

use diesel::sql_types::{BigInt, Binary};
use uuid::Uuid;

use crate::error::StoreError;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// So much of a table is walked for one page, when little of it fits.
pub const MOST_WALKED: i64 = 20_000;

/// Where a page begins in a list that has the newest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place<K> {
    /// With the newest of all.
    #[default]
    Newest,
    /// After this one.
    OlderThan(K),
    /// So that it ends before this one.
    NewerThan(K),
}

/// A page of a list that has the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, K> {
    /// What is on it. There may be less than was asked for, and nothing, though the list goes on: a
    /// page looks through so much and no more.
    pub lines: Vec<T>,
    /// Newer ones than this are on the page before; none on the first one.
    pub newer: Option<K>,
    /// Older ones than this are on the next page; none on the last one.
    pub older: Option<K>,
}

impl<K: Copy> Place<K> {
    /// The same place in terms of another key.
    pub(super) fn map<L>(self, key: impl Fn(K) -> L) -> Place<L> {
        match self {
            Self::Newest => Place::Newest,
            Self::OlderThan(id) => Place::OlderThan(key(id)),
            Self::NewerThan(id) => Place::NewerThan(key(id)),
        }
    }

    /// Whether it is read from the oldest on.
    pub(super) const fn is_backwards(&self) -> bool {
        matches!(self, Self::NewerThan(_))
    }
}

impl Place<Uuid> {
    /// What lies between: after the first one, and before the second.
    pub(super) const fn bounds(self) -> (Uuid, Uuid) {
        match self {
            Self::Newest => (Uuid::nil(), Uuid::max()),
            Self::OlderThan(id) => (Uuid::nil(), id),
            Self::NewerThan(id) => (id, Uuid::max()),
        }
    }
}

impl<T, K: Copy> Page<T, K> {
    /// A page of at most `limit` lines. They were looked for up to one more than that, and are in
    /// the order of the list; the search stopped at `stopped`, if it did not come to an end.
    pub(super) fn of(
        place: Place<K>,
        mut lines: Vec<T>,
        limit: u32,
        key: impl Fn(&T) -> K,
        stopped: Option<K>,
    ) -> Self {
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let is_full = lines.len() > most;
        let backwards = place.is_backwards();
        if is_full {
            lines.remove(if backwards { 0 } else { lines.len() - 1 });
        }
        let first = lines.first().map(&key);
        let last = lines.last().map(&key);
        let (mut newer, mut older) = match place {
            Place::Newest => (None, None),
            Place::OlderThan(id) => (first.or(Some(id)), None),
            Place::NewerThan(id) => (None, last.or(Some(id))),
        };
        let goes_on = if is_full { if backwards { first } else { last } } else { stopped };
        *(if backwards { &mut newer } else { &mut older }) = goes_on;
        Self { lines, newer, older }
    }
}

/// The last id that a walk looks at which is to stop after [`MOST_WALKED`] of them; none where the
/// ids come to an end before. `text` asks for the one id that is so far away.
pub(super) fn walk_ends(
    tx: &mut Tx<'_>,
    text: &'static str,
    (lower, upper): (Uuid, Uuid),
    integers: &[i64],
) -> Result<Option<Uuid>, StoreError> {
    let bounds = Rows::new("lower_id, upper_id")
        .bytes([lower.as_bytes().as_slice()])
        .bytes([upper.as_bytes().as_slice()]);
    let asked = integers
        .iter()
        .fold(Statement::<Binary>::new(text).over(bounds), |asked, it| asked.integer(*it));
    let found: Vec<Vec<u8>> = asked.integer(MOST_WALKED - 1).load(tx.connection)?;
    Ok(found.first().and_then(|id| Uuid::from_slice(id).ok()))
}

/// Bounds between which a walk's last id still lies.
pub(super) fn up_to(last: Uuid, bounds: (Uuid, Uuid), is_backwards: bool) -> (Uuid, Uuid) {
    let last = last.as_u128();
    match is_backwards {
        true => (bounds.0, Uuid::from_u128(last.saturating_add(1))),
        false => (Uuid::from_u128(last.saturating_sub(1)), bounds.1),
    }
}

/// One count.
pub(super) fn count(tx: &mut Tx<'_>, asked: Statement<'_, BigInt>) -> Result<u64, StoreError> {
    let counted: Vec<i64> = asked.load(tx.connection)?;
    Ok(counted.first().and_then(|count| u64::try_from(*count).ok()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(place: Place<i32>, found: &[i32], stopped: Option<i32>, expected: Page<i32, i32>) {
        assert_eq!(Page::of(place, found.to_vec(), 2, |line| *line, stopped), expected);
    }

    fn page(lines: &[i32], newer: Option<i32>, older: Option<i32>) -> Page<i32, i32> {
        Page { lines: lines.to_vec(), newer, older }
    }

    #[test]
    fn a_page_knows_its_neighbours() {
        check(Place::Newest, &[9, 8], None, page(&[9, 8], None, None));
        check(Place::Newest, &[9, 8, 7], None, page(&[9, 8], None, Some(8)));
        check(Place::OlderThan(8), &[7, 6, 5], None, page(&[7, 6], Some(7), Some(6)));
        check(Place::OlderThan(8), &[7], None, page(&[7], Some(7), None));
        check(Place::NewerThan(5), &[8, 7, 6], None, page(&[7, 6], Some(7), Some(6)));
        check(Place::NewerThan(7), &[9, 8], None, page(&[9, 8], None, Some(8)));
    }

    #[test]
    fn a_search_that_stopped_goes_on_from_there() {
        check(Place::Newest, &[9], Some(3), page(&[9], None, Some(3)));
        check(Place::OlderThan(5), &[], Some(3), page(&[], Some(5), Some(3)));
        check(Place::NewerThan(5), &[], Some(8), page(&[], Some(8), Some(5)));
        check(Place::NewerThan(5), &[], None, page(&[], None, Some(5)));
    }
}
