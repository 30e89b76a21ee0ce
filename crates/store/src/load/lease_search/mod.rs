//! Leases that somebody looks for, page by page.
//!
//! Which way they are found depends on what is known: the live ones along the index of leases that
//! were not given back, as they are few; those of a customer along the index of its leases; both, as long as
//! they are not filed there, along the index of those that are not; those of few numbers from the numbers
//! on; all others along the ids, and no further than a bound.

mod text;

use leaseline_core::Timestamp;
use leaseline_core::ids::{CustomerId, LeaseId};
use leaseline_core::search::{LeaseSearch, SearchedState, TimeLeft};

use super::leases::{LeaseLine, LineSql, lines};
use super::page::{Page, Place, count, up_to, walk_ends};
use crate::error::StoreError;
use crate::row::Code;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// From more numbers than these a search does not set out.
const FEW_NUMBERS: i64 = 1_000;

/// At most so many leases that fit, the newest first.
pub fn search(
    tx: &mut Tx<'_>,
    search: &LeaseSearch,
    place: Place<LeaseId>,
    limit: u32,
    now: Timestamp,
) -> Result<Page<LeaseLine, LeaseId>, StoreError> {
    let mut asked = Asked::new(search, place, limit, now);
    let way = asked.way(tx)?;
    asked.stop_early(tx, way)?;
    let found = lines(asked.statement(way).load(tx.connection)?)?;
    let stopped = asked.stops_at.map(LeaseId::new);
    Ok(Page::of(place, found, limit, |line| line.lease.id, stopped))
}

/// How many leases are live, and how many of them end before an instant.
pub fn live(
    tx: &mut Tx<'_>,
    now: Timestamp,
    ending_before: Timestamp,
) -> Result<(u64, u64), StoreError> {
    let counted = |until: i64| {
        let bounds = [now.micros(), until, now.micros(), until];
        bounds.into_iter().fold(Statement::new(text::COUNT_LIVE), Statement::integer)
    };
    let all = count(tx, counted(i64::MAX))?;
    Ok((all, count(tx, counted(ending_before.micros()))?))
}

/// The way on which leases are found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    All,
    Walk,
    OfCustomer,
    Live,
    /// The live ones, where a join has to be held to one customer after the other.
    LiveOfEach,
    OfNumbers,
    /// Those of few numbers, where a join has to be held to one number after the other.
    OfEachNumber,
}

/// A search in the database's words.
struct Asked {
    bounds: (uuid::Uuid, uuid::Uuid),
    is_backwards: bool,
    ranges: Vec<(i64, i64)>,
    customer: i64,
    kind: i64,
    /// Expires then or later, and before.
    expires: (i64, i64),
    /// 0 any, 1 not released, 2 released.
    released: i64,
    is_live: bool,
    limit: i64,
    stops_at: Option<uuid::Uuid>,
}

impl Asked {
    fn new(search: &LeaseSearch, place: Place<LeaseId>, limit: u32, now: Timestamp) -> Self {
        let after_now = now.micros().saturating_add(1);
        let state = search.state.or(search.left.map(|_| SearchedState::Active));
        let (released, expires) = match state {
            None => (0, (i64::MIN, i64::MAX)),
            Some(SearchedState::Released) => (2, (i64::MIN, i64::MAX)),
            Some(SearchedState::Expired) => (1, (i64::MIN, after_now)),
            Some(SearchedState::Active) => (1, (after_now, i64::MAX)),
        };
        let expires = match search.left {
            None => expires,
            Some(TimeLeft::Below(span)) => (expires.0, now.saturating_add(span).micros()),
            Some(TimeLeft::Above(span)) => {
                (now.saturating_add(span).micros().max(after_now), expires.1)
            }
        };
        Self {
            bounds: place.map(LeaseId::uuid).bounds(),
            is_backwards: place.is_backwards(),
            ranges: search.number.map(|number| number.ranges().collect()).unwrap_or_default(),
            customer: search.customer.map_or(ANYBODY, CustomerId::get),
            kind: search.kind.map_or(0, |kind| kind.code().into()),
            expires,
            released,
            is_live: state == Some(SearchedState::Active),
            limit: i64::from(limit).saturating_add(1),
            stops_at: None,
        }
    }

    fn way(&self, tx: &mut Tx<'_>) -> Result<Way, StoreError> {
        let joins_as_written = tx.connection.dialect().joins_as_written();
        if !self.ranges.is_empty() {
            let few =
                Statement::new(text::COUNT_NUMBERS).over(self.rows()).integer(FEW_NUMBERS + 1);
            let is_few = i64::try_from(count(tx, few)?).is_ok_and(|count| count <= FEW_NUMBERS);
            return Ok(match (is_few, joins_as_written) {
                (false, _) => Way::Walk,
                (true, true) => Way::OfNumbers,
                (true, false) => Way::OfEachNumber,
            });
        }
        Ok(match (self.is_live, self.customer) {
            (true, _) if joins_as_written => Way::Live,
            (true, _) => Way::LiveOfEach,
            (false, ANYBODY) if self.kind == 0 && self.released == 0 => Way::All,
            (false, ANYBODY) => Way::Walk,
            (false, _) => Way::OfCustomer,
        })
    }

    /// Where much may be passed over, a page ends after so much of it.
    fn stop_early(&mut self, tx: &mut Tx<'_>, way: Way) -> Result<(), StoreError> {
        let customer = [self.customer];
        let (text, integers): (_, &[i64]) = match (way, self.is_backwards) {
            (Way::Walk, false) => (text::END_OF_WALK, &[]),
            (Way::Walk, true) => (text::END_OF_WALK_BACK, &[]),
            (Way::OfCustomer, false) if self.passes_over() => (text::END_OF_CUSTOMER, &customer),
            (Way::OfCustomer, true) if self.passes_over() => {
                (text::END_OF_CUSTOMER_BACK, &customer)
            }
            _ => return Ok(()),
        };
        self.stops_at = walk_ends(tx, text, self.bounds, integers)?;
        if let Some(last) = self.stops_at {
            self.bounds = up_to(last, self.bounds, self.is_backwards);
        }
        Ok(())
    }

    const fn passes_over(&self) -> bool {
        self.kind != 0 || self.released != 0
    }

    fn rows(&self) -> Rows<'_> {
        let (lower, upper) = &self.bounds;
        let rows = self.ranges.len().max(1);
        Rows::new("lower_id, upper_id, low, high")
            .bytes(std::iter::repeat_n(lower.as_bytes().as_slice(), rows))
            .bytes(std::iter::repeat_n(upper.as_bytes().as_slice(), rows))
            .optional_integers((0..rows).map(|row| self.ranges.get(row).map(|range| range.0)))
            .optional_integers((0..rows).map(|row| self.ranges.get(row).map(|range| range.1)))
    }

    fn statement(&self, way: Way) -> Statement<'_, LineSql> {
        let text = match (way, self.is_backwards) {
            (Way::All, false) => text::ALL,
            (Way::All, true) => text::ALL_BACK,
            (Way::Walk, false) => text::WALK,
            (Way::Walk, true) => text::WALK_BACK,
            (Way::OfCustomer, false) => text::OF_CUSTOMER,
            (Way::OfCustomer, true) => text::OF_CUSTOMER_BACK,
            (Way::Live, false) => text::LIVE,
            (Way::Live, true) => text::LIVE_BACK,
            (Way::LiveOfEach, false) => text::LIVE_OF_EACH,
            (Way::LiveOfEach, true) => text::LIVE_OF_EACH_BACK,
            (Way::OfNumbers, false) => text::OF_NUMBERS,
            (Way::OfNumbers, true) => text::OF_NUMBERS_BACK,
            (Way::OfEachNumber, false) => text::OF_EACH_NUMBER,
            (Way::OfEachNumber, true) => text::OF_EACH_NUMBER_BACK,
        };
        let mut statement = Statement::new(text).over(self.rows());
        for integer in self.integers(way) {
            statement = statement.integer(integer);
        }
        statement
    }

    fn integers(&self, way: Way) -> Vec<i64> {
        let Self { customer, kind, expires, released, limit, .. } = *self;
        let fits = [kind, kind, expires.0, expires.1, released, released];
        let before_limit = match way {
            Way::All => Vec::new(),
            Way::Walk | Way::OfNumbers | Way::OfEachNumber => [&[customer; 2], &fits[..]].concat(),
            Way::OfCustomer => {
                let those = [&[customer], &fits[..], &[limit]].concat();
                those.repeat(2)
            }
            Way::Live | Way::LiveOfEach => [&[customer; 2], &fits[..4]].concat().repeat(2),
        };
        [before_limit, vec![limit]].concat()
    }
}

/// Where the filter names no customer.
const ANYBODY: i64 = 0;

#[cfg(test)]
mod tests {
    use diesel::sql_types::{BigInt, Binary};

    use super::*;
    use crate::plan::Planner;

    const UNRELEASED: &str =
        "INDEX leases_unreleased (customer_id=? AND kind=? AND expires_at>? AND expires_at<?)";

    const UNFILED: &str = "INDEX leases_unfiled (unfiled=?)";

    fn asked(text: &str) -> Asked {
        let malaysia = leaseline_core::region::Region::by_code("MY").expect("in the table");
        let search = LeaseSearch::parse(text, &malaysia).expect("a filter");
        Asked::new(&search, Place::Newest, 100, Timestamp::EPOCH)
    }

    fn check(text: &str, way: Way, steps: &[&str]) {
        let mut planner = Planner::new();
        for is_backwards in [false, true] {
            let asked = Asked { is_backwards, ..asked(text) };
            let plan = planner.plan(&asked.statement(way));
            for step in steps {
                assert!(plan.goes_along(step), "{text}: {plan:#?}");
            }
        }
    }

    #[test]
    fn leases_are_found_along_indexes() {
        check("", Way::All, &["SEARCH l USING PRIMARY KEY (id>? AND id<?)"]);
        check("kind:group", Way::Walk, &["SEARCH l USING PRIMARY KEY (id>? AND id<?)"]);
        let own = "INDEX leases_of_customer (customer_id=? AND id>? AND id<?)";
        let unfiled = "INDEX leases_unfiled (unfiled=? AND customer_id=?)";
        check("customer:8", Way::OfCustomer, &[own, unfiled]);
        check("state:active customer:8", Way::Live, &[UNRELEASED, UNFILED]);
        check("0388", Way::OfNumbers, &["(e164>? AND e164<?)", "lease_members_one_holder"]);
    }

    #[test]
    fn live_leases_are_counted_along_their_index() {
        let counted = [0, 9, 0, 9]
            .into_iter()
            .fold(Statement::<BigInt>::new(text::COUNT_LIVE), Statement::integer);
        let plan = Planner::new().plan(&counted);
        assert!(plan.goes_along(UNRELEASED) && plan.goes_along(UNFILED), "{plan:#?}");
    }

    #[test]
    fn the_end_of_a_walk_is_found_without_sorting() {
        let mut planner = Planner::new();
        let asked = asked("customer:8 kind:group");
        for (text, integers) in [(text::END_OF_WALK, 1), (text::END_OF_CUSTOMER, 2)] {
            let ends = Statement::<Binary>::new(text).over(asked.rows());
            let plan = planner.plan(&(0..integers).fold(ends, Statement::integer));
            assert!(!plan.goes_along("TEMP B-TREE"), "{plan:#?}");
        }
    }
}
