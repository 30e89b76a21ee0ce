//! Leases that somebody looks for, page by page.
//!
//! Which way they are found depends on what is known: the live ones along the index of leases that
//! were not given back, as they are few; those of a customer along the index of its leases; those of
//! few numbers from the numbers on; all others along the ids, and no further than a bound.

use leaseline_core::Timestamp;
use leaseline_core::ids::{CustomerId, LeaseId};
use leaseline_core::search::{LeaseSearch, SearchedState, TimeLeft};

use super::leases::{LeaseLine, LineSql, lines, lines_of_page};
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
    let counted = |until: i64| Statement::new(COUNT_LIVE).integer(now.micros()).integer(until);
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
        if !self.ranges.is_empty() {
            let few = Statement::new(COUNT_NUMBERS).over(self.rows()).integer(FEW_NUMBERS + 1);
            let is_few = i64::try_from(count(tx, few)?).is_ok_and(|count| count <= FEW_NUMBERS);
            return Ok(if is_few { Way::OfNumbers } else { Way::Walk });
        }
        let joins_as_written = tx.connection.dialect().joins_as_written();
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
            (Way::Walk, false) => (END_OF_WALK, &[]),
            (Way::Walk, true) => (END_OF_WALK_BACK, &[]),
            (Way::OfCustomer, false) if self.passes_over() => (END_OF_CUSTOMER, &customer),
            (Way::OfCustomer, true) if self.passes_over() => (END_OF_CUSTOMER_BACK, &customer),
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
            (Way::All, false) => ALL,
            (Way::All, true) => ALL_BACK,
            (Way::Walk, false) => WALK,
            (Way::Walk, true) => WALK_BACK,
            (Way::OfCustomer, false) => OF_CUSTOMER,
            (Way::OfCustomer, true) => OF_CUSTOMER_BACK,
            (Way::Live, false) => LIVE,
            (Way::Live, true) => LIVE_BACK,
            (Way::LiveOfEach, false) => LIVE_OF_EACH,
            (Way::LiveOfEach, true) => LIVE_OF_EACH_BACK,
            (Way::OfNumbers, false) => OF_NUMBERS,
            (Way::OfNumbers, true) => OF_NUMBERS_BACK,
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
        let (first, then): (&[i64], &[i64]) = match way {
            Way::All => (&[], &[]),
            Way::Walk | Way::OfNumbers => (&[customer, customer], &fits),
            Way::OfCustomer => (&[customer], &fits),
            Way::Live | Way::LiveOfEach => (&[customer, customer], &fits[..4]),
        };
        first.iter().chain(then).copied().chain([limit]).collect()
    }
}

/// Where the filter names no customer.
const ANYBODY: i64 = 0;

// Macros because `concat!` takes nothing but literals: what fits and what lies between must not be
// written down for every way, and each way goes in two directions.
macro_rules! between {
    ($id:expr) => {
        concat!(
            $id,
            " > (SELECT lower_id FROM v WHERE lower_id IS NOT NULL LIMIT 1)
             AND ",
            $id,
            " < (SELECT upper_id FROM v WHERE upper_id IS NOT NULL LIMIT 1)"
        )
    };
}

macro_rules! fits {
    () => {
        "({} = 0 OR l.kind = {}) AND l.expires_at >= {} AND l.expires_at < {}
         AND ({} = 0 OR (l.released_at IS NOT NULL) = ({} = 2))"
    };
}

macro_rules! page {
    ($before:expr, $from:expr, $where:expr, $order:expr) => {
        page!($before, $from, $where, "l.id", $order)
    };
    ($before:expr, $from:expr, $where:expr, $id:expr, $order:expr) => {
        concat!(
            $before,
            ", page AS (SELECT l.id FROM ",
            $from,
            " WHERE ",
            $where,
            " AND ",
            between!($id),
            " ORDER BY l.id ",
            $order,
            " LIMIT {}) ",
            lines_of_page!()
        )
    };
}

macro_rules! all {
    ($order:expr) => {
        page!("", "leases l", "l.kind > 0", $order)
    };
}

const ALL: &str = all!("DESC");
const ALL_BACK: &str = all!("ASC");

/// Without ranges of numbers there is one row of NULLs in their place. The members of a lease are counted, as
/// PostgreSQL would look for all leases with such members first if it were asked whether there are any.
macro_rules! walk {
    ($order:expr) => {
        page!(
            "",
            "leases l",
            concat!(
                "({} = 0 OR l.customer_id = {}) AND ",
                fits!(),
                " AND (EXISTS (SELECT 1 FROM v WHERE v.lower_id IS NOT NULL AND v.low IS NULL)
                  OR (SELECT count(*) FROM lease_members m JOIN numbers n ON n.id = m.number_id
                      JOIN v ON n.e164 >= v.low AND n.e164 < v.high
                      WHERE m.lease_id = l.id) > 0)"
            ),
            $order
        )
    };
}

const WALK: &str = walk!("DESC");
const WALK_BACK: &str = walk!("ASC");

macro_rules! of_customer {
    ($order:expr) => {
        page!("", "leases l", concat!("l.customer_id = {} AND ", fits!()), $order)
    };
}

const OF_CUSTOMER: &str = of_customer!("DESC");
const OF_CUSTOMER_BACK: &str = of_customer!("ASC");

// MATERIALIZED keeps SQLite from walking all leases in the order that is wanted.
macro_rules! live {
    ($from:expr, $order:expr) => {
        page!(
            concat!(", live AS MATERIALIZED (SELECT l.id FROM ", $from, ")"),
            "live l",
            "l.id IS NOT NULL",
            $order
        )
    };
}

macro_rules! live_of_customer {
    () => {
        "l.customer_id = c.id AND l.kind IN (1, 2) AND l.released_at IS NULL
         AND ({} = 0 OR l.kind = {}) AND l.expires_at >= {} AND l.expires_at < {}"
    };
}

macro_rules! live_as_written {
    () => {
        concat!(
            "customers c CROSS JOIN leases l WHERE ({} = 0 OR c.id = {}) AND ",
            live_of_customer!()
        )
    };
}

// PostgreSQL would as soon walk through all leases and look up their customers. OFFSET 0 keeps what is
// before it by itself.
macro_rules! live_of_each {
    () => {
        concat!(
            "(SELECT c.id FROM customers c WHERE ({} = 0 OR c.id = {})) c
             CROSS JOIN LATERAL (SELECT l.id FROM leases l WHERE ",
            live_of_customer!(),
            " OFFSET 0) l"
        )
    };
}

const LIVE: &str = live!(live_as_written!(), "DESC");
const LIVE_BACK: &str = live!(live_as_written!(), "ASC");
const LIVE_OF_EACH: &str = live!(live_of_each!(), "DESC");
const LIVE_OF_EACH_BACK: &str = live!(live_of_each!(), "ASC");

// CROSS JOIN keeps SQLite to this order: from the ranges to numbers, to their turns. The bounds are those
// of what was found: PostgreSQL would hash all leases between them, which it takes for few.
macro_rules! of_numbers {
    ($order:expr) => {
        page!(
            ", found AS MATERIALIZED (
               SELECT DISTINCT m.lease_id AS id
               FROM v CROSS JOIN numbers n CROSS JOIN lease_members m
               WHERE n.e164 >= v.low AND n.e164 < v.high AND m.number_id = n.id)",
            "found CROSS JOIN leases l",
            concat!("l.id = found.id AND ({} = 0 OR l.customer_id = {}) AND ", fits!()),
            "found.id",
            $order
        )
    };
}

const OF_NUMBERS: &str = of_numbers!("DESC");
const OF_NUMBERS_BACK: &str = of_numbers!("ASC");

const COUNT_NUMBERS: &str = "
    SELECT count(*) FROM (SELECT 1 AS one FROM v CROSS JOIN numbers n
                          WHERE n.e164 >= v.low AND n.e164 < v.high LIMIT {}) AS counted";

macro_rules! end_of_walk {
    ($where:expr, $order:expr) => {
        concat!(
            "SELECT l.id FROM leases l WHERE ",
            $where,
            between!("l.id"),
            " ORDER BY l.id ",
            $order,
            " LIMIT 1 OFFSET {}"
        )
    };
}

const END_OF_WALK: &str = end_of_walk!("", "DESC");
const END_OF_WALK_BACK: &str = end_of_walk!("", "ASC");
const END_OF_CUSTOMER: &str = end_of_walk!("l.customer_id = {} AND ", "DESC");
const END_OF_CUSTOMER_BACK: &str = end_of_walk!("l.customer_id = {} AND ", "ASC");

// A question for each customer, which neither database takes for a join.
const COUNT_LIVE: &str = "
    SELECT CAST(COALESCE(sum((
      SELECT count(*) FROM leases l
      WHERE l.customer_id = c.id AND l.kind IN (1, 2) AND l.released_at IS NULL
        AND l.expires_at > {} AND l.expires_at < {})), 0) AS BIGINT) FROM customers c";

#[cfg(test)]
mod tests {
    use diesel::sql_types::{BigInt, Binary};

    use super::*;
    use crate::plan::Planner;

    const UNRELEASED: &str =
        "INDEX leases_unreleased (customer_id=? AND kind=? AND expires_at>? AND expires_at<?)";

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
        check("customer:8", Way::OfCustomer, &[own]);
        check("state:active customer:8", Way::Live, &[UNRELEASED]);
        check("0388", Way::OfNumbers, &["(e164>? AND e164<?)", "lease_members_one_holder"]);
    }

    #[test]
    fn live_leases_are_counted_along_their_index() {
        let counted = Statement::<BigInt>::new(COUNT_LIVE).integer(0).integer(i64::MAX);
        let plan = Planner::new().plan(&counted);
        assert!(plan.goes_along(UNRELEASED), "{plan:#?}");
    }

    #[test]
    fn the_end_of_a_walk_is_found_without_sorting() {
        let mut planner = Planner::new();
        let asked = asked("customer:8 kind:group");
        for (text, integers) in [(END_OF_WALK, 1), (END_OF_CUSTOMER, 2)] {
            let ends = Statement::<Binary>::new(text).over(asked.rows());
            let plan = planner.plan(&(0..integers).fold(ends, Statement::integer));
            assert!(!plan.goes_along("TEMP B-TREE"), "{plan:#?}");
        }
    }
}
