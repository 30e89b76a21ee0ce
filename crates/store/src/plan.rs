//! For tests: how SQLite would go about a statement, on a connection like the product's.

use diesel::prelude::*;
use diesel::query_builder::QueryFragment;
use diesel::sql_types::{Integer, Text};
use diesel::sqlite::Sqlite;
use tempfile::TempDir;

use crate::connection::AnyConnection;
use crate::store::Store;
use crate::transaction::Session;

/// An empty database that believes to be large.
pub(crate) struct Planner {
    session: Session,
    _folder: TempDir,
}

/// The steps of a plan.
#[derive(Debug)]
pub(crate) struct Plan(Vec<Step>);

#[derive(Debug, QueryableByName)]
struct Step {
    #[diesel(sql_type = Integer)]
    id: i32,
    #[diesel(sql_type = Integer)]
    parent: i32,
    #[diesel(sql_type = Text)]
    detail: String,
}

/// What ANALYZE would find in a large inventory.
const STATISTICS: &str = "
    ANALYZE;
    INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
      ('numbers', 'numbers_by_rest', '1000000 250000 10 1'),
      ('leases', 'leases', '1000000 1'),
      ('lease_members', 'lease_members_one_holder', '1000000 2 1'),
      ('pools', NULL, '3');
    ANALYZE sqlite_schema";

impl Planner {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let url = format!("sqlite://{}", folder.path().join("plans.db").display());
        let store = Store::from_url(&url).expect("a URL");
        let mut session = store.connect().expect("a new file");
        session.migrate(&store).expect("the migrations run");
        let mut planner = Self { session, _folder: folder };
        diesel::connection::SimpleConnection::batch_execute(planner.connection(), STATISTICS)
            .expect("statistics can be set");
        planner
    }

    pub(crate) fn plan(&mut self, statement: &impl QueryFragment<Sqlite>) -> Plan {
        let explain = format!("EXPLAIN QUERY PLAN {}", diesel::debug_query::<Sqlite, _>(statement));
        let steps = diesel::sql_query(explain).load::<Step>(self.connection());
        Plan(steps.expect("it is sound SQL"))
    }

    pub(crate) const fn session(&mut self) -> &mut Session {
        &mut self.session
    }

    fn connection(&mut self) -> &mut SqliteConnection {
        match self.session.connection_mut() {
            AnyConnection::Sqlite(connection) => connection,
            AnyConnection::Postgres(_) => unreachable!("it was made above"),
        }
    }
}

impl Plan {
    /// Whether a step says this.
    pub(crate) fn goes_along(&self, words: &str) -> bool {
        self.0.iter().any(|step| step.detail.contains(words))
    }

    /// Whether nothing is read from end to end for each row of something else: inside of a loop
    /// over it, or in a subquery that depends on it.
    pub(crate) fn walks_each_table_once(&self) -> bool {
        let walks: Vec<_> = self.0.iter().filter(|step| step.is_walk()).collect();
        let loops = walks
            .iter()
            .any(|one| walks.iter().any(|other| one.id != other.id && one.parent == other.parent));
        !loops && walks.iter().all(|walk| !self.depends(walk))
    }

    /// Whether a step is part of a subquery that is carried out again and again.
    fn depends(&self, step: &Step) -> bool {
        let above = self.0.iter().find(|above| above.id == step.parent);
        above.is_some_and(|above| above.detail.starts_with("CORRELATED") || self.depends(above))
    }

    /// Whether the only thing that is read from end to end is the batch's own rows.
    pub(crate) fn walks_no_table(&self) -> bool {
        let own = |step: &Step| step.detail == "SCAN v" || step.detail.ends_with("CONSTANT ROWS");
        self.0.iter().all(|step| !step.is_walk() || own(step))
    }
}

impl Step {
    fn is_walk(&self) -> bool {
        self.detail.starts_with("SCAN")
    }
}
