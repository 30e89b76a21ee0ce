//! Records that somebody looks for, page by page, those that began last first.

use diesel::sql_types::BigInt;
use leaseline_core::Timestamp;
use leaseline_core::ids::{CustomerId, RecordId};
use leaseline_core::search::{RecordSearch, ToLookAt};

use super::activity::{ActivityCursor, LineSql, RecordLine, lines, select};
use super::page::{MOST_WALKED, Page, Place, count};
use crate::error::StoreError;
use crate::row::{Code, known};
use crate::statement::Statement;
use crate::transaction::Tx;

/// At most so many records that fit, those that began last first.
pub fn search(
    tx: &mut Tx<'_>,
    search: RecordSearch,
    place: Place<ActivityCursor>,
    limit: u32,
    now: Timestamp,
) -> Result<Page<RecordLine, ActivityCursor>, StoreError> {
    let mut asked = Asked::new(search, place, limit, now);
    asked.stop_early(tx)?;
    let mut found = lines(tx, asked.statement())?;
    if place.is_backwards() {
        found.reverse();
    }
    Ok(Page::of(place, found, limit, RecordLine::cursor, asked.stops_at))
}

/// At most so many records that began at an instant or later and before another, from a number or
/// to one, as far as they are of leases that held it; the first ones first.
pub fn of_leases(
    tx: &mut Tx<'_>,
    leases: &[leaseline_core::ids::LeaseId],
    (from, until): (Timestamp, Timestamp),
    limit: u32,
) -> Result<Vec<RecordLine>, StoreError> {
    let ids: Vec<_> = leases.iter().map(|id| id.uuid()).collect();
    let rows = crate::statement::Rows::new("lease_id")
        .bytes(ids.iter().map(|id| id.as_bytes().as_slice()));
    let asked = Statement::new(OF_LEASES)
        .over(rows)
        .integer(from.micros())
        .integer(until.micros())
        .integer(i64::from(limit));
    lines(tx, asked)
}

/// How many records have an owner who could not be charged, and nobody has looked at.
pub fn unpriced(tx: &mut Tx<'_>) -> Result<u64, StoreError> {
    count(tx, Statement::new(COUNT_UNPRICED))
}

/// How many records belong to nobody we know, and nobody has looked at.
pub fn orphans(tx: &mut Tx<'_>) -> Result<u64, StoreError> {
    count(tx, Statement::new(COUNT_ORPHANS))
}

/// The way on which records are found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    All,
    OfCustomer,
    ToLookAt(ToLookAt),
}

/// A search in the database's words.
struct Asked {
    way: Way,
    is_backwards: bool,
    customer: i64,
    kind: i64,
    /// After this place, and before that one: when it began, and its id.
    lower: (i64, i64),
    upper: (i64, i64),
    limit: i64,
    stops_at: Option<ActivityCursor>,
}

impl Asked {
    fn new(search: RecordSearch, place: Place<ActivityCursor>, limit: u32, now: Timestamp) -> Self {
        let cursor = |at: ActivityCursor| (at.at().micros(), at.id().get());
        // Ids begin with 1.
        let oldest = search.youngest.map_or(i64::MIN, |span| now.saturating_sub(span).micros());
        let newest = search.oldest.map_or(i64::MAX, |span| now.saturating_sub(span).micros());
        let (mut lower, mut upper) = ((oldest, 0), (newest, i64::MAX));
        match place {
            Place::Newest => {}
            Place::OlderThan(at) => upper = upper.min(cursor(at)),
            Place::NewerThan(at) => lower = lower.max(cursor(at)),
        }
        Self {
            way: match (search.state, search.customer) {
                (Some(state), _) => Way::ToLookAt(state),
                (None, Some(_)) => Way::OfCustomer,
                (None, None) => Way::All,
            },
            is_backwards: place.is_backwards(),
            customer: search.customer.map_or(0, CustomerId::get),
            kind: search.kind.map_or(0, |kind| kind.code().into()),
            lower,
            upper,
            limit: i64::from(limit).saturating_add(1),
            stops_at: None,
        }
    }

    /// Where records of other kinds may be passed over, a page ends after so many records.
    fn stop_early(&mut self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        if self.kind == 0 {
            return Ok(());
        }
        let text = match (self.way, self.is_backwards) {
            (Way::All, false) => END_OF_ALL,
            (Way::All, true) => END_OF_ALL_BACK,
            (Way::OfCustomer, false) => END_OF_CUSTOMER,
            (Way::OfCustomer, true) => END_OF_CUSTOMER_BACK,
            (Way::ToLookAt(_), _) => return Ok(()),
        };
        let asked = self.within(Statement::<(BigInt, BigInt)>::new(text)).integer(MOST_WALKED - 1);
        let found: Vec<(i64, i64)> = asked.load(tx.connection)?;
        let Some((at, id)) = found.first().copied() else { return Ok(()) };
        // It is the last one that is looked at, and still lies between the bounds.
        match self.is_backwards {
            true => self.upper = (at, id.saturating_add(1)),
            false => self.lower = (at, id.saturating_sub(1)),
        }
        let id = known(RecordId::new(id), "records")?;
        self.stops_at = Some(ActivityCursor::new(Timestamp::from_micros(at), id));
        Ok(())
    }

    /// Fills in what `within!` of this way asks for.
    fn within<'a, ST>(&self, asked: Statement<'a, ST>) -> Statement<'a, ST> {
        let asked = match self.way {
            Way::All => asked,
            Way::OfCustomer => asked.integer(self.customer),
            Way::ToLookAt(_) => asked.integer(self.customer).integer(self.customer),
        };
        let (lower, upper) = (self.lower, self.upper);
        asked.integer(lower.0).integer(lower.1).integer(upper.0).integer(upper.1)
    }

    fn statement(&self) -> Statement<'static, LineSql> {
        let text = match (self.way, self.is_backwards) {
            (Way::All, false) => ALL,
            (Way::All, true) => ALL_BACK,
            (Way::OfCustomer, false) => OF_CUSTOMER,
            (Way::OfCustomer, true) => OF_CUSTOMER_BACK,
            (Way::ToLookAt(ToLookAt::Orphan), false) => ORPHANS,
            (Way::ToLookAt(ToLookAt::Orphan), true) => ORPHANS_BACK,
            (Way::ToLookAt(ToLookAt::Conflict), false) => CONFLICTING,
            (Way::ToLookAt(ToLookAt::Conflict), true) => CONFLICTING_BACK,
            (Way::ToLookAt(ToLookAt::Unpriced), false) => UNPRICED,
            (Way::ToLookAt(ToLookAt::Unpriced), true) => UNPRICED_BACK,
        };
        let asked = self.within(Statement::new(text));
        asked.integer(self.kind).integer(self.kind).integer(self.limit)
    }
}

// Macros because `concat!` takes nothing but literals, and each way goes in two directions.
macro_rules! within {
    () => {
        "(r.at, r.id) > ({}, {}) AND (r.at, r.id) < ({}, {})"
    };
}

macro_rules! page {
    ($where:expr, $order:expr) => {
        concat!(
            select!(),
            "WHERE ",
            $where,
            within!(),
            " AND ({} = 0 OR r.kind = {}) ORDER BY r.at ",
            $order,
            ", r.id ",
            $order,
            " LIMIT {}"
        )
    };
}

// The + keeps the databases from walking along the index of beginnings: those to look at are few,
// and are sorted.
macro_rules! to_look_at {
    ($what:expr, $order:expr) => {
        concat!(
            select!(),
            "WHERE ",
            $what,
            " AND ({} = 0 OR r.customer_id = {})
             AND (+r.at, r.id) > ({}, {}) AND (+r.at, r.id) < ({}, {})
             AND ({} = 0 OR r.kind = {}) ORDER BY +r.at ",
            $order,
            ", r.id ",
            $order,
            " LIMIT {}"
        )
    };
}

macro_rules! end {
    ($where:expr, $order:expr) => {
        concat!(
            "SELECT r.at, r.id FROM records r WHERE ",
            $where,
            within!(),
            " ORDER BY r.at ",
            $order,
            ", r.id ",
            $order,
            " LIMIT 1 OFFSET {}"
        )
    };
}

macro_rules! of_customer {
    () => {
        "r.customer_id = {} AND "
    };
}

macro_rules! unseen {
    () => {
        "AND NOT EXISTS (SELECT 1 FROM record_reviews w WHERE w.record_id = r.id)"
    };
}

macro_rules! orphan {
    () => {
        concat!("r.customer_id IS NULL AND r.card_id IS NULL AND (r.flags & 16) = 0 ", unseen!())
    };
}

macro_rules! unpriced {
    () => {
        concat!(
            "r.charge IS NULL AND (r.customer_id IS NOT NULL OR r.card_id IS NOT NULL) ",
            unseen!()
        )
    };
}

macro_rules! conflicting {
    () => {
        "r.id IN (SELECT k.record_id FROM record_conflicts k
                  LEFT JOIN record_reviews w ON w.record_id = k.record_id
                  WHERE w.reviewed_at IS NULL OR w.reviewed_at < k.received_at)"
    };
}

const ALL: &str = page!("", "DESC");
const ALL_BACK: &str = page!("", "ASC");
const OF_CUSTOMER: &str = page!(of_customer!(), "DESC");
const OF_CUSTOMER_BACK: &str = page!(of_customer!(), "ASC");
const ORPHANS: &str = to_look_at!(orphan!(), "DESC");
const ORPHANS_BACK: &str = to_look_at!(orphan!(), "ASC");
const CONFLICTING: &str = to_look_at!(conflicting!(), "DESC");
const CONFLICTING_BACK: &str = to_look_at!(conflicting!(), "ASC");
const UNPRICED: &str = to_look_at!(unpriced!(), "DESC");
const UNPRICED_BACK: &str = to_look_at!(unpriced!(), "ASC");
const END_OF_ALL: &str = end!("", "DESC");
const END_OF_ALL_BACK: &str = end!("", "ASC");
const END_OF_CUSTOMER: &str = end!(of_customer!(), "DESC");
const END_OF_CUSTOMER_BACK: &str = end!(of_customer!(), "ASC");

const OF_LEASES: &str = concat!(
    ", found AS (SELECT lease_id FROM v WHERE lease_id IS NOT NULL) ",
    select!(),
    "WHERE r.at >= {} AND r.at < {} AND r.lease_id IN (SELECT lease_id FROM found)
     ORDER BY r.at, r.id LIMIT {}"
);

const COUNT_UNPRICED: &str = concat!("SELECT count(*) FROM records r WHERE ", unpriced!());
const COUNT_ORPHANS: &str = concat!("SELECT count(*) FROM records r WHERE ", orphan!());

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Planner;

    fn check(text: &str, step: &str) {
        let search = RecordSearch::parse(text).expect("a filter");
        let mut planner = Planner::new();
        for is_backwards in [false, true] {
            let asked = Asked::new(search, Place::Newest, 100, Timestamp::EPOCH);
            let plan = planner.plan(&Asked { is_backwards, ..asked }.statement());
            assert!(plan.goes_along(step), "{text}: {plan:#?}");
            assert!(!plan.goes_along("FOR ORDER BY"), "{text}: {plan:#?}");
        }
    }

    #[test]
    fn records_are_found_along_indexes() {
        check("kind:call", "INDEX records_by_beginning (at>? AND at<?)");
        check("customer:8", "INDEX records_of_customer (customer_id=? AND at>? AND at<?)");
    }

    #[test]
    fn records_to_look_at_are_few_and_found_by_what_they_are() {
        let mut planner = Planner::new();
        for (text, step) in [
            ("state:orphan", "INDEX records_orphaned"),
            ("state:unpriced", "INDEX records_unpriced"),
        ] {
            let search = RecordSearch::parse(text).expect("a filter");
            let asked = Asked::new(search, Place::Newest, 100, Timestamp::EPOCH);
            let plan = planner.plan(&asked.statement());
            assert!(plan.goes_along(step), "{text}: {plan:#?}");
        }
    }
}
