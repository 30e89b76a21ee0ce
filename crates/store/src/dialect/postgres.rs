//! PostgreSQL: many writers at a time, so a transaction holds the rows that it decides on.
//! Customers come first and in the order of their ids, then ledgers and accounts, numbers last; of
//! what numbers are subscribed for, only after the number.

use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::result::QueryResult;
use diesel::sql_types::BigInt;
use diesel::{PgConnection, RunQueryDsl};

use super::{Dialect, Lock};
use crate::load::numbers::{FreeRow, FreeSql, Patience, Wanted, with_gaps};
use crate::statement::{Rows, Statement};

/// Any number will do, as long as all our versions use the same one.
const MIGRATION_LOCK: i64 = 0x6C65_6173_656C_696E;
const PROVISION_LOCK: i64 = MIGRATION_LOCK + 1;

/// So long a transaction may do nothing: a process that stands still in the middle of one must not
/// hold its rows for as long as it does. Between two statements we only ever reckon.
const MOST_IDLE: Duration = Duration::from_secs(5);

impl Dialect for PgConnection {
    fn begin(&mut self, lock_timeout: Duration) -> QueryResult<()> {
        // One message to the server, and nothing that outlives the transaction. A statement's
        // time-out would cut short a COMMIT that waits for its standby, and call it done.
        let (wait, idle) = (lock_timeout.as_millis(), MOST_IDLE.as_millis());
        self.batch_execute(&format!(
            "BEGIN; SET LOCAL lock_timeout = {wait}; SET LOCAL statement_timeout = 0; \
             SET LOCAL idle_in_transaction_session_timeout = {idle}"
        ))
    }

    fn begin_snapshot(&mut self) -> QueryResult<()> {
        self.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    fn lock(&mut self, lock: Lock, ids: &[i64]) -> QueryResult<()> {
        let ids = Rows::new("id").integers(ids.iter().copied());
        let locked = Statement::<BigInt>::new(lock.text()).over(ids);
        RunQueryDsl::load::<i64>(locked, self).map(drop)
    }

    fn lock_leases(&mut self, leases: &[&[u8]]) -> QueryResult<()> {
        let ids = Rows::new("id").bytes(leases.iter().copied());
        let locked = Statement::<BigInt>::new(LOCK_LEASES).over(ids);
        RunQueryDsl::load::<i64>(locked, self).map(drop)
    }

    fn pick(
        &mut self,
        wanted: &[Wanted],
        now: i64,
        patience: Patience,
    ) -> QueryResult<Vec<FreeRow>> {
        let rows = Rows::new("shelf, wanted")
            .integers(wanted.iter().map(|wanted| wanted.shelf))
            .integers(wanted.iter().map(|wanted| wanted.count));
        let text = match patience {
            Patience::SkipLocked => PICK_SKIPPING_LOCKED,
            Patience::Wait => PICK_WAITING,
        };
        RunQueryDsl::load(Statement::<FreeSql>::new(text).over(rows).integer(now), self)
    }

    fn rates(&self) -> &'static str {
        RATES
    }

    fn provision_alone(&mut self) -> QueryResult<()> {
        self.batch_execute(&format!("SELECT pg_advisory_xact_lock({PROVISION_LOCK})"))
    }

    fn writes_alone(&self) -> bool {
        false
    }

    fn files_later(&self) -> bool {
        false
    }

    /// There are some if the database came from SQLite.
    fn file_leases(&mut self) -> QueryResult<usize> {
        RunQueryDsl::execute(Statement::<()>::new(FILE_LEASES), self)
    }

    fn joins_as_written(&self) -> bool {
        false
    }

    fn begin_alone(&mut self) -> QueryResult<()> {
        AnsiTransactionManager::begin_transaction_sql(self, "BEGIN")?;
        self.batch_execute(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
    }

    fn commit_alone(&mut self) -> QueryResult<()> {
        AnsiTransactionManager::commit_transaction(self)
    }

    fn migrations_in_catalogue(&self) -> &'static str {
        "SELECT count(*) FROM pg_class
         WHERE relname = '__diesel_schema_migrations' AND pg_table_is_visible(oid)"
    }

    fn version(&self) -> &'static str {
        "SELECT current_setting('server_version')"
    }

    fn bytes(&self) -> &'static str {
        "SELECT pg_database_size(current_database())"
    }

    fn clock_micros(&mut self) -> QueryResult<Option<i64>> {
        let clock = Statement::<BigInt>::new(
            "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
        );
        Ok(RunQueryDsl::load::<i64>(clock, self)?.first().copied())
    }
}

impl Lock {
    const fn text(self) -> &'static str {
        match self {
            Self::CustomersShared => {
                "SELECT c.id FROM v JOIN customers c ON c.id = v.id ORDER BY c.id FOR SHARE OF c"
            }
            Self::Customers => {
                "SELECT c.id FROM v JOIN customers c ON c.id = v.id ORDER BY c.id
                 FOR NO KEY UPDATE OF c"
            }
            Self::Ledgers => {
                "SELECT l.id FROM v JOIN customers c ON c.id = v.id
                 JOIN ledgers l ON l.id = c.ledger_id ORDER BY l.id FOR NO KEY UPDATE OF l"
            }
            Self::LedgersById => {
                "SELECT l.id FROM v JOIN ledgers l ON l.id = v.id ORDER BY l.id
                 FOR NO KEY UPDATE OF l"
            }
            Self::CardGroups => {
                "SELECT g.id FROM v JOIN card_groups g ON g.id = v.id ORDER BY g.id
                 FOR NO KEY UPDATE OF g"
            }
            Self::LimitedServices => {
                "SELECT s.customer_id FROM v JOIN customer_services s ON s.customer_id = v.id
                 WHERE s.max_leases > 0 ORDER BY s.customer_id, s.kind FOR NO KEY UPDATE OF s"
            }
            Self::Accounts => {
                "SELECT a.id FROM v JOIN accounts a ON a.id = v.id ORDER BY a.id
                 FOR NO KEY UPDATE OF a"
            }
            Self::Dids => {
                "SELECT n.id FROM v JOIN numbers n ON n.id = v.id ORDER BY n.id
                 FOR NO KEY UPDATE OF n"
            }
            Self::Subscriptions => {
                "SELECT s.id FROM v JOIN did_subscriptions s ON s.id = v.id ORDER BY s.id
                 FOR NO KEY UPDATE OF s"
            }
        }
    }
}

/// All rates of a number, the longest prefix first: asked for the longest alone, PostgreSQL looks for it
/// once for every rate of the deck.
const RATES: &str = "
    SELECT v.place, r.prefix, r.connect_fee, r.steps, r.counting, r.minimum, r.per_page,
           r.per_message, r.rounding, r.decimals, r.max_cost
    FROM v CROSS JOIN rate_versions d CROSS JOIN
      (SELECT 1 AS power UNION ALL SELECT 10 UNION ALL SELECT 100 UNION ALL SELECT 1000
       UNION ALL SELECT 10000 UNION ALL SELECT 100000 UNION ALL SELECT 1000000
       UNION ALL SELECT 10000000 UNION ALL SELECT 100000000 UNION ALL SELECT 1000000000
       UNION ALL SELECT 10000000000 UNION ALL SELECT 100000000000
       UNION ALL SELECT 1000000000000 UNION ALL SELECT 10000000000000
       UNION ALL SELECT 100000000000000) p
    CROSS JOIN rates r
    WHERE d.id = (SELECT e.id FROM rate_versions e
                  WHERE e.deck_id = v.deck_id AND e.begins_at <= v.at
                  ORDER BY e.begins_at DESC, e.id DESC LIMIT 1)
      AND r.version_id = d.id AND r.service = v.service AND r.prefix = v.number / p.power
      AND r.valid_from <= v.at AND (r.valid_till IS NULL OR r.valid_till > v.at)
    ORDER BY v.place, r.prefix DESC, r.valid_from DESC";

const LOCK_LEASES: &str = "
    SELECT l.customer_id FROM v JOIN leases l ON l.id = v.id
    ORDER BY l.id FOR NO KEY UPDATE OF l";

const FILE_LEASES: &str = "UPDATE leases SET unfiled = NULL WHERE unfiled = 1";

/// Two processes never wait for one another's numbers.
const PICK_SKIPPING_LOCKED: &str = with_gaps!(
    "
    SELECT n.shelf, n.id, n.e164, n.shown, n.turn, p.quarantine_micros
    FROM v CROSS JOIN gap CROSS JOIN LATERAL (
      SELECT m.* FROM numbers m
      WHERE m.shelf = v.shelf AND m.free_from > gap.above AND m.free_from < gap.below
      ORDER BY m.free_from, m.id LIMIT v.wanted FOR UPDATE SKIP LOCKED
    ) n JOIN pools p ON p.id = n.pool_id
    ORDER BY n.shelf, n.free_from, n.id"
);

/// For one command alone, when all the numbers left were held by others a moment ago.
const PICK_WAITING: &str = with_gaps!(
    "
    SELECT n.shelf, n.id, n.e164, n.shown, n.turn, p.quarantine_micros
    FROM v CROSS JOIN gap CROSS JOIN LATERAL (
      SELECT m.* FROM numbers m
      WHERE m.shelf = v.shelf AND m.free_from > gap.above AND m.free_from < gap.below
      ORDER BY m.free_from, m.id LIMIT v.wanted FOR UPDATE
    ) n JOIN pools p ON p.id = n.pool_id
    ORDER BY n.shelf, n.free_from, n.id"
);
