//! What a search for leases says to the database, by the way on which they are found, and by the
//! direction.

use crate::load::leases::lines_of_page;

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

pub(super) const ALL: &str = all!("DESC");
pub(super) const ALL_BACK: &str = all!("ASC");

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

pub(super) const WALK: &str = walk!("DESC");
pub(super) const WALK_BACK: &str = walk!("ASC");

// Those that are filed along one index, those that are not yet along another, and of both the first.
macro_rules! of_customer {
    ($order:expr) => {
        page!(
            concat!(
                ", filed AS (",
                those_of_customer!("l.unfiled IS NULL", $order),
                "), unfiled AS (",
                those_of_customer!("l.unfiled = 1", $order),
                ")"
            ),
            "(SELECT id FROM filed UNION ALL SELECT id FROM unfiled) l",
            "l.id IS NOT NULL",
            $order
        )
    };
}

macro_rules! those_of_customer {
    ($where:expr, $order:expr) => {
        concat!(
            "SELECT l.id FROM leases l WHERE ",
            $where,
            " AND l.customer_id = {} AND ",
            fits!(),
            " AND ",
            between!("l.id"),
            " ORDER BY l.id ",
            $order,
            " LIMIT {}"
        )
    };
}

pub(super) const OF_CUSTOMER: &str = of_customer!("DESC");
pub(super) const OF_CUSTOMER_BACK: &str = of_customer!("ASC");

// MATERIALIZED keeps SQLite from walking all leases in the order that is wanted.
macro_rules! live_ones {
    ($from:expr, $order:expr) => {
        page!(
            concat!(
                ", live AS MATERIALIZED (SELECT l.id FROM ",
                $from,
                " UNION ALL SELECT l.id FROM leases l WHERE l.unfiled = 1
                   AND ({} = 0 OR l.customer_id = {}) AND ",
                live!(),
                ")"
            ),
            "live l",
            "l.id IS NOT NULL",
            $order
        )
    };
}

macro_rules! live {
    () => {
        "l.kind IN (1, 2) AND l.released_at IS NULL
         AND ({} = 0 OR l.kind = {}) AND l.expires_at >= {} AND l.expires_at < {}"
    };
}

macro_rules! live_of_customer {
    () => {
        concat!("l.unfiled IS NULL AND l.customer_id = c.id AND ", live!())
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

pub(super) const LIVE: &str = live_ones!(live_as_written!(), "DESC");
pub(super) const LIVE_BACK: &str = live_ones!(live_as_written!(), "ASC");
pub(super) const LIVE_OF_EACH: &str = live_ones!(live_of_each!(), "DESC");
pub(super) const LIVE_OF_EACH_BACK: &str = live_ones!(live_of_each!(), "ASC");

macro_rules! of_numbers {
    ($numbers:expr, $leases:expr, $order:expr) => {
        page!(
            concat!(
                ", found AS MATERIALIZED (SELECT DISTINCT m.lease_id AS id FROM v CROSS JOIN ",
                $numbers,
                ")"
            ),
            concat!("found CROSS JOIN ", $leases),
            concat!("l.id = found.id AND ({} = 0 OR l.customer_id = {}) AND ", fits!()),
            "found.id",
            $order
        )
    };
}

// CROSS JOIN keeps SQLite to this order: from the ranges to numbers, to their turns.
macro_rules! turns_as_written {
    () => {
        "numbers n CROSS JOIN lease_members m
         WHERE n.e164 >= v.low AND n.e164 < v.high AND m.number_id = n.id"
    };
}

// PostgreSQL takes a range for a ninth of all numbers, and would hash all turns and all leases.
macro_rules! turns_of_each {
    () => {
        "LATERAL (SELECT n.id FROM numbers n WHERE n.e164 >= v.low AND n.e164 < v.high OFFSET 0) n
         CROSS JOIN LATERAL (SELECT m.lease_id FROM lease_members m
                             WHERE m.number_id = n.id OFFSET 0) m"
    };
}

macro_rules! lease_of_each {
    () => {
        "LATERAL (SELECT * FROM leases l WHERE l.id = found.id OFFSET 0) l"
    };
}

pub(super) const OF_NUMBERS: &str = of_numbers!(turns_as_written!(), "leases l", "DESC");
pub(super) const OF_NUMBERS_BACK: &str = of_numbers!(turns_as_written!(), "leases l", "ASC");
pub(super) const OF_EACH_NUMBER: &str = of_numbers!(turns_of_each!(), lease_of_each!(), "DESC");
pub(super) const OF_EACH_NUMBER_BACK: &str = of_numbers!(turns_of_each!(), lease_of_each!(), "ASC");

pub(super) const COUNT_NUMBERS: &str = "
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

pub(super) const END_OF_WALK: &str = end_of_walk!("", "DESC");
pub(super) const END_OF_WALK_BACK: &str = end_of_walk!("", "ASC");
// Those that are not filed are too few to end a page.
pub(super) const END_OF_CUSTOMER: &str =
    end_of_walk!("l.unfiled IS NULL AND l.customer_id = {} AND ", "DESC");
pub(super) const END_OF_CUSTOMER_BACK: &str =
    end_of_walk!("l.unfiled IS NULL AND l.customer_id = {} AND ", "ASC");

// A question for each customer, which neither database takes for a join.
pub(super) const COUNT_LIVE: &str = "
    SELECT CAST(COALESCE(sum((
      SELECT count(*) FROM leases l
      WHERE l.customer_id = c.id AND l.kind IN (1, 2) AND l.released_at IS NULL AND l.unfiled IS NULL
        AND l.expires_at > {} AND l.expires_at < {})), 0)
      + (SELECT count(*) FROM leases l
         WHERE l.unfiled = 1 AND l.released_at IS NULL AND l.expires_at > {} AND l.expires_at < {})
    AS BIGINT) FROM customers c";
