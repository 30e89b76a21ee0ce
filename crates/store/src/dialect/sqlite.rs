//! SQLite: one writer at a time, so nothing needs a lock of its own.

use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Binary, Nullable};
use diesel::{RunQueryDsl, SqliteConnection, sql_query};

use super::{Dialect, Lock};
use crate::load::numbers::{FreeRow, FreeSql, Patience, Wanted};
use crate::statement::{Rows, Statement};

impl Dialect for SqliteConnection {
    fn begin(&mut self, _: Duration) -> QueryResult<()> {
        // The lock time-out is the connection's busy_timeout.
        self.batch_execute("BEGIN IMMEDIATE")
    }

    fn begin_snapshot(&mut self) -> QueryResult<()> {
        self.batch_execute("BEGIN DEFERRED")
    }

    fn lock(&mut self, _: Lock, _: &[i64]) -> QueryResult<()> {
        Ok(())
    }

    fn lock_leases(&mut self, _: &[&[u8]]) -> QueryResult<()> {
        Ok(())
    }

    /// One statement for the general pool and one for all reserves, as LIMIT can not be taken
    /// from a row: each reserve is read as far as the greediest of them wants.
    fn pick(&mut self, wanted: &[Wanted], now: i64, _: Patience) -> QueryResult<Vec<FreeRow>> {
        let mut free = Vec::new();
        for Wanted { count, .. } in wanted.iter().filter(|wanted| wanted.shelf == 0) {
            free.extend(pick_general(self, *count, now)?);
        }
        let reserves: Vec<_> = wanted.iter().filter(|wanted| wanted.shelf != 0).collect();
        if let Some(most) = reserves.iter().map(|wanted| wanted.count).max() {
            let shelves = Rows::new("shelf").integers(reserves.iter().map(|wanted| wanted.shelf));
            let reserved = Statement::<FreeSql>::new(PICK_RESERVED).over(shelves);
            let reserved = reserved.integer(now).integer(most);
            free.extend(RunQueryDsl::load::<FreeRow>(reserved, self)?);
        }
        Ok(free)
    }

    fn rates(&self) -> &'static str {
        RATES
    }

    fn provision_alone(&mut self) -> QueryResult<()> {
        Ok(())
    }

    fn writes_alone(&self) -> bool {
        true
    }

    fn files_later(&self) -> bool {
        true
    }

    /// Along the leases' own key: along the index of those that are not filed, which changes meanwhile,
    /// SQLite would note all of them down first, and then look for each one anew.
    fn file_leases(&mut self) -> QueryResult<usize> {
        let span = Statement::<SpanSql>::new(UNFILED_SPAN);
        let spans: Vec<SpanRow> = RunQueryDsl::load(span, self)?;
        let [(Some(first), Some(last))] = &spans[..] else { return Ok(0) };
        let file = sql_query(FILE_LEASES).bind::<Binary, _>(first).bind::<Binary, _>(last);
        RunQueryDsl::execute(file, self)
    }

    fn joins_as_written(&self) -> bool {
        true
    }

    fn begin_alone(&mut self) -> QueryResult<()> {
        AnsiTransactionManager::begin_transaction_sql(self, "BEGIN EXCLUSIVE")
    }

    fn commit_alone(&mut self) -> QueryResult<()> {
        AnsiTransactionManager::commit_transaction(self)
    }

    fn migrations_in_catalogue(&self) -> &'static str {
        "SELECT count(*) FROM sqlite_master WHERE name = '__diesel_schema_migrations'"
    }

    fn version(&self) -> &'static str {
        "SELECT sqlite_version()"
    }

    fn bytes(&self) -> &'static str {
        "SELECT c.page_count * s.page_size FROM pragma_page_count AS c, pragma_page_size AS s"
    }

    fn clock_micros(&mut self) -> QueryResult<Option<i64>> {
        Ok(None)
    }
}

/// Along the index, past the imports that are not live: a statement for each gap between them, as
/// SQLite would sort all that a join with the gaps yields. A transaction that may write sees no
/// other's commits, so two statements see the same imports.
fn pick_general(
    connection: &mut SqliteConnection,
    wanted: i64,
    now: i64,
) -> QueryResult<Vec<FreeRow>> {
    let mut free = Vec::new();
    let staged = Statement::<BigInt>::new(STAGED);
    let mut edges: Vec<i64> = RunQueryDsl::load(staged, connection)?;
    edges.push(now.saturating_add(1));
    let mut above = -1;
    for below in edges {
        let missing = wanted - i64::try_from(free.len()).unwrap_or(wanted);
        if missing > 0 {
            let gap = Statement::<FreeSql>::new(PICK_GENERAL).integer(above).integer(below);
            free.extend(RunQueryDsl::load::<FreeRow>(gap.integer(missing), connection)?);
        }
        above = below;
    }
    Ok(free)
}

/// CROSS JOIN keeps SQLite to this order: first the one version, then fifteen looks into the index, of
/// which nothing but the longest prefix is kept; and only that one's rate is read.
const RATES: &str = "
    SELECT v.place, r.prefix, r.connect_fee, r.steps, r.counting, r.minimum, r.per_page,
           r.per_message, r.rounding, r.decimals, r.max_cost
    FROM v CROSS JOIN rate_versions d CROSS JOIN rates r
    WHERE d.id = (SELECT e.id FROM rate_versions e
                  WHERE e.deck_id = v.deck_id AND e.begins_at <= v.at
                  ORDER BY e.begins_at DESC, e.id DESC LIMIT 1)
      AND r.version_id = d.id AND r.service = v.service
      AND r.prefix = (
        SELECT max(q.prefix) FROM
          (SELECT 1 AS power UNION ALL SELECT 10 UNION ALL SELECT 100 UNION ALL SELECT 1000
           UNION ALL SELECT 10000 UNION ALL SELECT 100000 UNION ALL SELECT 1000000
           UNION ALL SELECT 10000000 UNION ALL SELECT 100000000 UNION ALL SELECT 1000000000
           UNION ALL SELECT 10000000000 UNION ALL SELECT 100000000000
           UNION ALL SELECT 1000000000000 UNION ALL SELECT 10000000000000
           UNION ALL SELECT 100000000000000) p
        CROSS JOIN rates q
        WHERE q.version_id = d.id AND q.service = v.service AND q.prefix = v.number / p.power
          AND q.valid_from <= v.at AND (q.valid_till IS NULL OR q.valid_till > v.at))
      AND r.valid_from <= v.at AND (r.valid_till IS NULL OR r.valid_till > v.at)
    ORDER BY v.place, r.valid_from DESC";

const STAGED: &str = "SELECT id FROM number_imports WHERE live_at IS NULL ORDER BY id";

const PICK_GENERAL: &str = "
    SELECT n.shelf, n.id, n.e164, n.shown, n.turn, p.quarantine_micros
    FROM numbers n JOIN pools p ON p.id = n.pool_id
    WHERE n.shelf = 0 AND n.free_from > {} AND n.free_from < {}
    ORDER BY n.free_from, n.id LIMIT {}";

// CROSS JOIN keeps SQLite from walking the numbers first.
const PICK_RESERVED: &str = "
    SELECT n.shelf, n.id, n.e164, n.shown, n.turn, p.quarantine_micros
    FROM v CROSS JOIN numbers n JOIN pools p ON p.id = n.pool_id
    WHERE n.id IN (SELECT m.id FROM numbers m WHERE m.shelf = v.shelf AND m.free_from <= {}
                   ORDER BY m.free_from, m.id LIMIT {})
    ORDER BY n.shelf, n.free_from, n.id";

type SpanSql = (Nullable<Binary>, Nullable<Binary>);
/// The first and the last that is not filed.
type SpanRow = (Option<Vec<u8>>, Option<Vec<u8>>);

const UNFILED_SPAN: &str = "SELECT min(id), max(id) FROM leases WHERE unfiled = 1";

/// Leases are named in the order of time, so few others are among those that are not filed. The + keeps SQLite
/// to the key; a subquery for its ends would have it note all of them down all the same.
const FILE_LEASES: &str = "
    UPDATE OR FAIL leases SET unfiled = NULL WHERE id >= ? AND id <= ? AND +unfiled = 1";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::rates::RateSql;
    use crate::plan::Planner;

    #[test]
    fn a_rate_is_found_along_the_index() {
        let mut planner = Planner::new();
        let rows = Rows::new("place, deck_id, service, number, at");
        let rows = (0..5).fold(rows, |rows, value| rows.integers([value, value]));
        let plan = planner.plan(&Statement::<RateSql>::new(RATES).over(rows));
        let key = "PRIMARY KEY (version_id=? AND service=? AND prefix=? AND valid_from<?)";
        assert!(plan.goes_along(key), "{plan:#?}");
        assert!(plan.goes_along("INDEX rate_versions_by_beginning"), "{plan:#?}");
    }

    #[test]
    fn leases_are_filed_along_their_key() {
        let mut planner = Planner::new();
        let span = planner.plan(&Statement::<SpanSql>::new(UNFILED_SPAN));
        assert!(span.goes_along("INDEX leases_unfiled (unfiled=?)"), "{span:#?}");
        let plan = planner.plan(&sql_query(FILE_LEASES));
        assert!(plan.goes_along("USING PRIMARY KEY (id>? AND id<?)"), "{plan:#?}");
    }

    #[test]
    fn numbers_are_picked_along_their_index_and_never_walked() {
        let mut planner = Planner::new();
        let shelves = Rows::new("shelf").integers([7, 8]);
        let reserved = planner
            .plan(&Statement::<FreeSql>::new(PICK_RESERVED).over(shelves).integer(0).integer(1));
        let general = Statement::<FreeSql>::new(PICK_GENERAL).integer(-1).integer(0).integer(1);
        for plan in [reserved, planner.plan(&general)] {
            assert!(plan.goes_along("INDEX numbers_by_rest (shelf=?"), "{plan:#?}");
            assert!(plan.walks_no_table(), "{plan:#?}");
        }
    }
}
