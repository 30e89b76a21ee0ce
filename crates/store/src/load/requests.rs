//! Requests that are remembered.

use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::ids::CustomerId;
use leaseline_core::request_log::{RequestId, RequestLine};
use leaseline_core::search::RequestSearch;
use uuid::Uuid;

use super::page::{Page, Place, up_to, walk_ends};
use crate::error::StoreError;
use crate::row::{Code, known};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// At most so many requests that fit, the latest first.
pub fn search(
    tx: &mut Tx<'_>,
    search: &RequestSearch,
    place: Place<RequestId>,
    limit: u32,
    now: Timestamp,
) -> Result<Page<RequestLine, RequestId>, StoreError> {
    let mut asked = Asked::new(search, place, limit, now);
    asked.stop_early(tx)?;
    let rows: Vec<LineRow> = asked.statement().load(tx.connection)?;
    let mut found: Vec<_> =
        rows.into_iter().map(RequestLine::try_from).collect::<Result<_, _>>()?;
    if place.is_backwards() {
        found.reverse();
    }
    let stopped = asked.stops_at.map(RequestId::new);
    Ok(Page::of(place, found, limit, |line| line.id, stopped))
}

/// The request with this id.
pub fn request(tx: &mut Tx<'_>, id: RequestId) -> Result<Option<RequestLine>, StoreError> {
    let id = id.uuid();
    let row = Rows::new("id").bytes([id.as_bytes().as_slice()]);
    let rows: Vec<LineRow> = Statement::<LineSql>::new(ONE).over(row).load(tx.connection)?;
    rows.into_iter().next().map(RequestLine::try_from).transpose()
}

/// The first request that is too many, where so many are kept; none where there are fewer. Walks
/// along all of them.
pub fn first_beyond(tx: &mut Tx<'_>, kept: i64) -> Result<Option<RequestId>, StoreError> {
    let rows: Vec<Vec<u8>> =
        Statement::<Binary>::new(FIRST_BEYOND).integer(kept).load(tx.connection)?;
    let id = rows.first().map(|id| known(Uuid::from_slice(id).ok().map(RequestId::new), TABLE));
    id.transpose()
}

/// Requests that came together: of one facade, within one span of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// The facade.
    pub facade: String,
    /// The beginning of the span.
    pub at: Timestamp,
    /// How many; where only some are remembered, those that they stand for.
    pub requests: u64,
}

/// How many requests came since an instant, by facade and span of time, in the order of time.
pub fn traffic(
    tx: &mut Tx<'_>,
    since: Timestamp,
    span: Duration,
) -> Result<Vec<Traffic>, StoreError> {
    let span = i64::try_from(span.as_micros()).unwrap_or(i64::MAX).max(1);
    let rows: Vec<(i64, String, i64)> = Statement::<(BigInt, Text, BigInt)>::new(TRAFFIC)
        .over(first_since(&first_id(since)))
        .integer(span)
        .integer(span)
        .integer(since.micros())
        .load(tx.connection)?;
    let traffic = |(at, facade, requests): (i64, String, i64)| {
        let requests = known(u64::try_from(requests).ok(), TABLE)?;
        Ok(Traffic { facade, at: Timestamp::from_micros(at), requests })
    };
    rows.into_iter().map(traffic).collect()
}

/// Requests of one facade that failed alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failures {
    /// The facade.
    pub facade: String,
    /// What it answered.
    pub status: String,
    /// How many.
    pub requests: u64,
}

/// How many requests failed since an instant, by facade and status, the most frequent first.
pub fn failures(
    tx: &mut Tx<'_>,
    since: Timestamp,
    limit: u32,
) -> Result<Vec<Failures>, StoreError> {
    let rows: Vec<(String, String, i64)> = Statement::<(Text, Text, BigInt)>::new(FAILURES)
        .over(first_since(&first_id(since)))
        .integer(since.micros())
        .integer(i64::from(limit))
        .load(tx.connection)?;
    let failures = |(facade, status, requests): (String, String, i64)| {
        let requests = known(u64::try_from(requests).ok(), TABLE)?;
        Ok(Failures { facade, status, requests })
    };
    rows.into_iter().map(failures).collect()
}

/// The id that the first request of this instant could have (RFC 9562: milliseconds come first), a
/// minute earlier as clocks of processes differ.
fn first_id(since: Timestamp) -> Uuid {
    let earlier = since.saturating_sub(Duration::from_secs(60));
    let millis = u64::try_from(earlier.micros() / 1_000).unwrap_or(0);
    Uuid::from_u128(u128::from(millis) << 80)
}

fn first_since(id: &Uuid) -> Rows<'_> {
    Rows::new("lower_id").bytes([id.as_bytes().as_slice()])
}

/// A search in the database's words.
struct Asked<'a> {
    search: &'a RequestSearch,
    bounds: (Uuid, Uuid),
    is_backwards: bool,
    customer: i64,
    from: i64,
    until: i64,
    limit: i64,
    stops_at: Option<Uuid>,
}

impl<'a> Asked<'a> {
    fn new(search: &'a RequestSearch, place: Place<RequestId>, limit: u32, now: Timestamp) -> Self {
        let ago = |span: Duration| now.saturating_sub(span);
        let mut bounds = place.map(RequestId::uuid).bounds();
        if let Some(youngest) = search.youngest {
            bounds.0 = bounds.0.max(first_id(ago(youngest)));
        }
        Self {
            search,
            bounds,
            is_backwards: place.is_backwards(),
            customer: search.customer.map_or(0, CustomerId::get),
            from: search.youngest.map_or(i64::MIN, |span| ago(span).micros()),
            until: search.oldest.map_or(i64::MAX, |span| ago(span).micros()),
            limit: i64::from(limit).saturating_add(1),
            stops_at: None,
        }
    }

    /// A page ends after so many requests that do not fit.
    fn stop_early(&mut self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let search = self.search;
        if search.facade.is_none() && search.status.is_none() && search.effect.is_none() {
            return Ok(());
        }
        let customer = [self.customer];
        let (text, integers): (_, &[i64]) = match (search.customer, self.is_backwards) {
            (None, false) => (END, &[]),
            (None, true) => (END_BACK, &[]),
            (Some(_), false) => (END_OF_CUSTOMER, &customer),
            (Some(_), true) => (END_OF_CUSTOMER_BACK, &customer),
        };
        self.stops_at = walk_ends(tx, text, self.bounds, integers)?;
        if let Some(last) = self.stops_at {
            self.bounds = up_to(last, self.bounds, self.is_backwards);
        }
        Ok(())
    }

    fn statement(&self) -> Statement<'_, LineSql> {
        let (lower, upper) = &self.bounds;
        let id = self.search.id.as_ref();
        let rows = Rows::new("lower_id, upper_id, id, facade, status")
            .bytes([lower.as_bytes().as_slice()])
            .bytes([upper.as_bytes().as_slice()])
            .optional_bytes([id.map(RequestId::as_bytes)])
            .optional_texts([self.search.facade.as_deref()])
            .optional_texts([self.search.status.as_deref()]);
        let effect = self.search.effect.map_or(0, |effect| i64::from(effect.code()));
        let (text, customer) = match (self.search.customer, self.is_backwards) {
            (None, false) => (LIST, None),
            (None, true) => (LIST_BACK, None),
            (Some(_), false) => (OF_CUSTOMER, Some(self.customer)),
            (Some(_), true) => (OF_CUSTOMER_BACK, Some(self.customer)),
        };
        let integers = [effect, effect, self.from, self.until, self.limit];
        let asked = Statement::new(text).over(rows);
        customer.into_iter().chain(integers).fold(asked, Statement::integer)
    }
}

// Macros because `concat!` takes nothing but literals, and each list goes in two directions.
macro_rules! select {
    () => {
        "SELECT r.id, r.at, r.facade, r.operation, r.status, r.effect, r.weight, r.took_micros,
                r.customer_id, r.user_name "
    };
}

macro_rules! between {
    () => {
        "l.id > (SELECT lower_id FROM v) AND l.id < (SELECT upper_id FROM v)"
    };
}

macro_rules! list {
    ($where:expr, $order:expr) => {
        concat!(
            select!(),
            "FROM requests r WHERE ",
            $where,
            "r.id > (SELECT lower_id FROM v) AND r.id < (SELECT upper_id FROM v)
             AND ((SELECT id FROM v) IS NULL OR r.id = (SELECT id FROM v))
             AND ((SELECT facade FROM v) IS NULL OR r.facade = (SELECT facade FROM v))
             AND ((SELECT status FROM v) IS NULL OR r.status = (SELECT status FROM v))
             AND ({} = 0 OR r.effect = {}) AND r.at >= {} AND r.at < {}
             ORDER BY r.id ",
            $order,
            " LIMIT {}"
        )
    };
}

macro_rules! end {
    ($where:expr, $order:expr) => {
        concat!(
            "SELECT l.id FROM requests l WHERE ",
            $where,
            between!(),
            " ORDER BY l.id ",
            $order,
            " LIMIT 1 OFFSET {}"
        )
    };
}

const LIST: &str = list!("", "DESC");
const LIST_BACK: &str = list!("", "ASC");
const OF_CUSTOMER: &str = list!("r.customer_id = {} AND ", "DESC");
const OF_CUSTOMER_BACK: &str = list!("r.customer_id = {} AND ", "ASC");
const END: &str = end!("", "DESC");
const END_BACK: &str = end!("", "ASC");
const END_OF_CUSTOMER: &str = end!("l.customer_id = {} AND ", "DESC");
const END_OF_CUSTOMER_BACK: &str = end!("l.customer_id = {} AND ", "ASC");

const ONE: &str = concat!(select!(), "FROM v JOIN requests r ON r.id = v.id");

const FIRST_BEYOND: &str = "SELECT r.id FROM requests r ORDER BY r.id DESC LIMIT 1 OFFSET {}";

const TRAFFIC: &str = "
    SELECT r.at / {} * {}, r.facade, CAST(sum(r.weight) AS BIGINT)
    FROM requests r WHERE r.id > (SELECT lower_id FROM v) AND r.at >= {}
    GROUP BY 1, 2 ORDER BY 1, 2";

const FAILURES: &str = "
    SELECT r.facade, r.status, count(*) FROM requests r
    WHERE r.effect = 3 AND r.id > (SELECT lower_id FROM v) AND r.at >= {}
    GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT {}";

const TABLE: &str = "requests";

type LineSql =
    (Binary, BigInt, Text, Text, Text, SmallInt, BigInt, BigInt, Nullable<BigInt>, Nullable<Text>);

#[derive(Queryable)]
struct LineRow {
    id: Vec<u8>,
    at: i64,
    facade: String,
    operation: String,
    status: String,
    effect: i16,
    weight: i64,
    took_micros: i64,
    customer_id: Option<i64>,
    user_name: Option<String>,
}

impl TryFrom<LineRow> for RequestLine {
    type Error = StoreError;

    fn try_from(row: LineRow) -> Result<Self, StoreError> {
        let took = known(u64::try_from(row.took_micros).ok(), TABLE)?;
        Ok(Self {
            id: known(Uuid::from_slice(&row.id).ok().map(RequestId::new), TABLE)?,
            at: Timestamp::from_micros(row.at),
            facade: row.facade.into(),
            operation: row.operation.into(),
            status: row.status.into(),
            effect: Code::from_code(row.effect)?,
            weight: known(u32::try_from(row.weight).ok(), TABLE)?,
            took: Duration::from_micros(took),
            customer: row.customer_id.and_then(CustomerId::new),
            user: row.user_name.map(Arc::from),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Planner;

    #[test]
    fn requests_are_found_along_indexes() {
        let mut planner = Planner::new();
        for (text, step) in [
            ("facade:mor", "SEARCH r USING PRIMARY KEY (id>? AND id<?)"),
            ("customer:8", "INDEX requests_of_customer (customer_id=? AND id>? AND id<?)"),
        ] {
            let search = RequestSearch::parse(text).expect("a filter");
            let asked = Asked::new(&search, Place::Newest, 100, Timestamp::EPOCH);
            let plan = planner.plan(&asked.statement());
            assert!(plan.goes_along(step), "{text}: {plan:#?}");
            assert!(!plan.goes_along("FOR ORDER BY"), "{text}: {plan:#?}");
        }
        let id = first_id(Timestamp::EPOCH);
        let failures = Statement::<BigInt>::new(FAILURES).over(first_since(&id));
        let plan = planner.plan(&failures.integer(0).integer(1));
        assert!(plan.goes_along("INDEX requests_failed (id>?)"), "{plan:#?}");
    }
}
