//! Comparing within one run: hello-world, then for each database and scenario one transaction
//! per request, then the server as it is.
//!
//! A server has one writer, and so one connection that writes. For SQLite, which has one writer
//! anyway, one by one is that server with a batch limit of 1. For PostgreSQL that would leave the
//! database idle while the writer waits for a commit, so there one by one is 16 such servers on
//! one database, with the client's connections spread over them: 16 connections that write.

use std::path::{Path, PathBuf};

use leaseline_core::customer::Limit;

use crate::child::Server;
use crate::cli::{Compare, Load};
use crate::client::Course;
use crate::database::{Database, Kind};
use crate::figures::Figures;
use crate::report::{Report, Row};
use crate::scenario::Scenario;
use crate::target::Target;
use crate::world::{Size, World};
use crate::{Failure, Verdict, bar, disk};

/// So many connections write one by one to PostgreSQL.
const POSTGRES_WRITERS: usize = 16;

/// More leases a second than two processors can carry, client included.
const MOST_LEASES_PER_SECOND: u64 = 40_000;

/// How requests come to their transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    OneByOne,
    Batched,
}

/// All that is measured in one round.
struct Round {
    hello: Figures,
    /// In the order of the cases.
    cases: Vec<Both>,
}

/// One database and one scenario in both ways; what only reads has no transaction to share.
struct Both {
    one_by_one: Option<Figures>,
    batched: Figures,
}

/// Measures all of it and prints the table; an error or a bar that is missed makes the verdict
/// bad.
pub(crate) fn compare(arguments: &Compare) -> Result<Verdict, Failure> {
    let folder = folder(arguments.folder.as_deref())?;
    let cases = cases(arguments, &folder);
    let mut report = Report::new(arguments.load);
    report.sync_time = Some(disk::sync_time(&folder)?);
    let missed = |report: &Report| arguments.bar.map(|share| bar::missed(report, share));
    let mut best = Round::measure(arguments, &cases)?;
    report.rows = best.rows(&cases);
    for _ in 1..arguments.rounds.get() {
        if missed(&report).is_some_and(|missed| missed.is_empty()) {
            break;
        }
        best = best.better_of(Round::measure(arguments, &cases)?);
        report.rows = best.rows(&cases);
    }
    report.print(arguments.json);
    let missed = missed(&report).unwrap_or_default();
    missed.iter().for_each(|missed| eprintln!("{missed}"));
    Ok(if missed.is_empty() { report.verdict() } else { Verdict::Bad })
}

impl Round {
    fn measure(arguments: &Compare, cases: &[Case<'_>]) -> Result<Self, Failure> {
        let hello = hello(arguments.load)?;
        let cases = cases.iter().map(Case::both).collect::<Result<_, _>>()?;
        Ok(Self { hello, cases })
    }

    fn better_of(self, other: Self) -> Self {
        let cases = self.cases.into_iter().zip(other.cases);
        Self {
            hello: self.hello.better_of(other.hello),
            cases: cases.map(|(one, other)| one.better_of(other)).collect(),
        }
    }

    fn rows(&self, cases: &[Case<'_>]) -> Vec<Row> {
        let mut rows = vec![Row::new("hello-world", self.hello.clone())];
        for (case, both) in cases.iter().zip(&self.cases) {
            let one_by_one = both.one_by_one.as_ref();
            let to_one_by_one = one_by_one.and_then(|one| both.batched.ratio_to(one));
            rows.extend(one_by_one.map(|one| case.row(Way::OneByOne, one, &self.hello)));
            let batched = case.row(Way::Batched, &both.batched, &self.hello);
            rows.push(Row { to_one_by_one, ..batched });
        }
        rows
    }
}

impl Both {
    fn better_of(self, other: Self) -> Self {
        let one_by_one = self.one_by_one.zip(other.one_by_one);
        Self {
            one_by_one: one_by_one.map(|(one, other)| one.better_of(other)),
            batched: self.batched.better_of(other.batched),
        }
    }
}

/// Where SQLite's files go. Beside this program is where things are built, which is on a disk;
/// the system's folder for temporary files may be in memory.
pub(crate) fn folder(chosen: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(folder) = chosen {
        return Ok(folder.to_owned());
    }
    let program = std::env::current_exe()?;
    Ok(program.parent().ok_or("find the program's folder")?.to_owned())
}

/// actix's hello-world under this load.
pub(crate) fn hello(load: Load) -> Result<Figures, Failure> {
    let server = Server::start(&["hello".to_owned()])?;
    Course {
        targets: &[server.address().into()],
        scenario: Scenario::Hello,
        token: "",
        customers: &[1],
        numbers: 0,
        load,
    }
    .measure()
}

/// One database and one scenario, to be measured in both ways.
struct Case<'a> {
    kind: Kind,
    scenario: Scenario,
    load: Load,
    /// So many numbers are there at least.
    numbers: usize,
    /// So many servers share the database.
    processes: usize,
    folder: &'a Path,
}

fn cases<'a>(arguments: &Compare, folder: &'a Path) -> Vec<Case<'a>> {
    let Compare { database, scenario, load, numbers, .. } = arguments;
    let processes = arguments.processes.get().into();
    let kinds = database.kinds().iter();
    let pairs = kinds.flat_map(|kind| scenario.iter().map(move |scenario| (*kind, *scenario)));
    pairs
        .map(|(kind, scenario)| {
            let (load, numbers) = (*load, *numbers);
            Case { kind, scenario, load, numbers, processes, folder }
        })
        .collect()
}

impl Case<'_> {
    fn both(&self) -> Result<Both, Failure> {
        let changes = !self.scenario.only_reads();
        let one_by_one = changes.then(|| self.measure(Way::OneByOne)).transpose()?;
        Ok(Both { one_by_one, batched: self.measure(Way::Batched)? })
    }

    fn row(&self, way: Way, figures: &Figures, hello: &Figures) -> Row {
        let to_hello = figures.ratio_to(hello);
        Row { to_hello, ..Row::new(&self.path(way), figures.clone()) }
    }

    fn path(&self, way: Way) -> String {
        let (kind, scenario) = (self.kind.name(), self.scenario.name());
        match way {
            Way::OneByOne => format!("{kind} {scenario}, one by one"),
            Way::Batched => format!("{kind} {scenario}"),
        }
    }

    fn measure(&self, way: Way) -> Result<Figures, Failure> {
        let load = self.load;
        let database = Database::fresh(self.kind, self.folder)?;
        let world = World::prepare(&database.url(), &self.size()?)?;
        database.settle()?;
        let servers = self.servers(way, &database.url())?;
        let targets: Vec<Target> = servers.iter().map(|server| server.address().into()).collect();
        Course {
            targets: &targets,
            scenario: self.scenario,
            token: &world.token,
            customers: &world.customers,
            numbers: world.numbers,
            load,
        }
        .measure()
    }

    fn servers(&self, way: Way, url: &str) -> Result<Vec<Server>, Failure> {
        let (count, more): (usize, &[&str]) = match (way, self.kind) {
            (Way::Batched, _) => (self.processes, &[]),
            (Way::OneByOne, Kind::Sqlite) => (1, &["--batch-limit=1"]),
            (Way::OneByOne, Kind::Postgres) => {
                (POSTGRES_WRITERS, &["--batch-limit=1", "--workers=1"])
            }
        };
        let arguments: Vec<String> =
            ["serve", "--database-url", url].iter().chain(more).map(ToString::to_string).collect();
        (0..count).map(|_| Server::start(&arguments)).collect()
    }

    /// For calls every number is leased.
    fn size(&self) -> Result<Size, Failure> {
        let numbers = self.numbers()?;
        let live = if self.scenario.is_of_calls() { numbers } else { 0 };
        let customers = self.load.connections.get();
        Ok(Size { numbers, customers, past: 0, live, limit: Limit::NONE })
    }

    /// As many as the pool needs not to run dry.
    fn numbers(&self) -> Result<usize, Failure> {
        if !self.scenario.keeps_numbers() {
            return Ok(self.numbers);
        }
        let seconds = (self.load.warm_up() + self.load.measured()).as_secs() + 1;
        let most = usize::try_from(seconds * MOST_LEASES_PER_SECOND)?;
        Ok(self.numbers.max(most))
    }
}
