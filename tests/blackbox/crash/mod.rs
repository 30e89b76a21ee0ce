//! Killed, stopped and frozen in the middle of load: everything acknowledged is there, nothing is
//! half done, and what nobody was told of is there whole or not at all.

mod books;
mod fleet;
mod load;

use std::time::{Duration, Instant};

use leaseline_testkit::{Cluster, Database, StopMode, databases};

use crate::crash::books::{Books, Scene};
use crate::crash::fleet::Fleet;
use crate::crash::load::Known;
use crate::torture;

/// So many rounds on each database, unless `LEASELINE_TEST_TORTURE_ROUNDS` asks for more.
const ROUNDS: usize = 10;

/// So many answers are heard before the end.
const ANSWERS: usize = 200;

/// Within this a process that was started again can be given work.
const SOON: Duration = Duration::from_secs(2);

/// So long a process stands still, unless `LEASELINE_TEST_TORTURE_FROZEN_SECONDS` says longer: longer
/// than anybody waits for locks.
const FROZEN_SECONDS: usize = 7;

/// So often connections are cut, unless `LEASELINE_TEST_TORTURE_CUTS` says more often.
const CUTS: usize = 10;

/// So often a server is restarted, unless `LEASELINE_TEST_TORTURE_RESTARTS` says more often.
const RESTARTS: usize = 2;

/// How a round ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Kill,
    Stop,
}

#[test]
fn what_was_acknowledged_survives_kills_on_sqlite() {
    kill_rounds(&Database::sqlite());
}

#[test]
fn what_was_acknowledged_survives_kills_on_postgresql() {
    Database::postgres().iter().for_each(kill_rounds);
}

fn kill_rounds(database: &Database) {
    rounds(database, End::Kill, torture::amount("LEASELINE_TEST_TORTURE_ROUNDS", ROUNDS));
}

#[test]
fn an_orderly_stop_answers_whatever_it_carries_out() {
    for database in databases() {
        rounds(&database, End::Stop, torture::amount("LEASELINE_TEST_TORTURE_STOPS", 2));
    }
}

/// By turns with one process and with three, of which one goes before the others.
fn rounds(database: &Database, end: End, rounds: usize) {
    let scene = Scene::set(database);
    let mut books = Books::open(database, &scene);
    let (mut answered, mut unknown) = (0, 0);
    for round in 0..rounds {
        let processes = if round % 2 == 0 { 1 } else { 3 };
        let fleet = Fleet::start(database, processes);
        let known = fleet.work_until(&scene, round, ANSWERS, |process| match end {
            End::Kill => process.kill(),
            End::Stop => {
                process.terminate();
                assert_eq!(process.end().code(), Some(0));
            }
        });
        answered += known.done.len();
        unknown += known.unknown.len();
        database.assert_sound();
        books.note(known.done.iter().map(|(asked, _)| asked));
        match end {
            End::Kill => books.check_between(&known.unknown),
            // What was not answered was not even begun.
            End::Stop => books.check(),
        }
        start_and_settle(database, &mut books, &known);
    }
    eprintln!(
        "{:?} on {:?}: {rounds} rounds, {answered} answered and {unknown} unknown requests, none \
         lost and none done twice",
        end,
        database.kind()
    );
}

/// Everything that was answered is answered so again; what was not answered can be asked again and
/// is then done once.
fn start_and_settle(database: &Database, books: &mut Books<'_>, known: &Known) {
    let began = Instant::now();
    let fleet = Fleet::start(database, 1);
    fleet.wait_until_ready(SOON);
    assert!(began.elapsed() < SOON, "ready after {:?}", began.elapsed());
    fleet.ask_again(known);
    books.note(&known.unknown);
    books.check();
    database.assert_sound();
}

#[test]
fn others_take_over_from_a_process_that_stands_still() {
    let Some(database) = Database::postgres() else { return };
    let scene = Scene::set(&database);
    let mut books = Books::open(&database, &scene);
    let seconds = torture::amount("LEASELINE_TEST_TORTURE_FROZEN_SECONDS", FROZEN_SECONDS);
    let span = Duration::from_secs(u64::try_from(seconds).unwrap());
    let fleet = Fleet::start(&database, 2);
    let known = fleet.work_while_one_stands_still(&scene, ANSWERS, span);
    settle(&database, &mut books, &known);
}

#[test]
fn connections_that_are_cut_lose_nothing() {
    let Some(database) = Database::postgres() else { return };
    let scene = Scene::set(&database);
    let mut books = Books::open(&database, &scene);
    let cuts = torture::amount("LEASELINE_TEST_TORTURE_CUTS", CUTS);
    let known = Fleet::start(&database, 2).work_through(&scene, ANSWERS / 4, cuts, |_| {
        database.psql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
    });
    settle(&database, &mut books, &known);
}

#[test]
fn a_server_that_is_restarted_loses_nothing() {
    let Some(cluster) = Cluster::start() else { return };
    let database = cluster.database();
    let scene = Scene::set(&database);
    let mut books = Books::open(&database, &scene);
    let restarts = torture::amount("LEASELINE_TEST_TORTURE_RESTARTS", RESTARTS);
    let known = Fleet::start(&database, 2).work_through(&scene, ANSWERS, restarts, |process| {
        cluster.stop(StopMode::Immediate);
        assert!(!process.is_ready());
        cluster.start_again();
        process.wait_until_ready(Duration::from_secs(5));
    });
    settle(&database, &mut books, &known);
}

#[test]
fn a_server_without_a_connection_to_spare_is_told_and_got_over() {
    let Some(database) = Database::postgres() else { return };
    let scene = Scene::set(&database);
    let mut books = Books::open(&database, &scene);
    let few = FewConnections::to(&database);
    let known = Fleet::start_at(&few.url, 2).work_through(&scene, ANSWERS, 2, |process| {
        few.allow(0);
        process.wait_until_unready(SOON);
        few.allow(-1);
        process.wait_until_ready(Duration::from_secs(5));
    });
    settle(&database, &mut books, &known);
}

/// Who may have only so many connections; a superuser's are not counted.
struct FewConnections<'a> {
    database: &'a Database,
    role: String,
    url: String,
}

impl<'a> FewConnections<'a> {
    fn to(database: &'a Database) -> Self {
        let (server, name) = database.url().rsplit_once('/').expect("a URL with a database");
        let (_, place) = server.split_once('@').expect("a URL with a user");
        let role = format!("few_{name}");
        database.psql(&format!("CREATE ROLE {role} LOGIN"));
        for what in ["ALL TABLES", "ALL SEQUENCES"] {
            database.psql(&format!("GRANT ALL ON {what} IN SCHEMA public TO {role}"));
        }
        let url = format!("postgres://{role}@{place}/{name}");
        Self { database, role, url }
    }

    /// So many from now on, and none of those that there are.
    fn allow(&self, most: i32) {
        let Self { database, role, .. } = self;
        database.psql(&format!("ALTER ROLE {role} CONNECTION LIMIT {most}"));
        database.psql(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'"
        ));
    }
}

impl Drop for FewConnections<'_> {
    fn drop(&mut self) {
        let role = &self.role;
        self.database.psql(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
    }
}

fn settle(database: &Database, books: &mut Books<'_>, known: &Known) {
    eprintln!("{} answered and {} unknown requests", known.done.len(), known.unknown.len());
    database.assert_sound();
    books.note(known.done.iter().map(|(asked, _)| asked));
    books.check_between(&known.unknown);
    start_and_settle(database, books, known);
}
