//! Comparing a small database with one that has grown: whether anything costs more the more there is.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::child::Server;
use crate::cli::{Grow, Load};
use crate::client::Course;
use crate::compare::folder;
use crate::database::Database;
use crate::figures::Figures;
use crate::report::{Report, Row};
use crate::scenario::Scenario;
use crate::world::{Size, World};
use crate::{Failure, Verdict};

/// The small one's size.
const NUMBERS: usize = 10_000;
const LIVE: usize = 1_000;

/// A database that is measured again and again.
struct Sized {
    name: &'static str,
    database: Database,
    world: World,
    /// The longest that a server took to listen, and the most memory that one had.
    ready: Duration,
    memory: u64,
}

/// Fills both, measures them in turns, and prints what came out: of each path the fastest round.
pub(crate) fn grow(arguments: &Grow) -> Result<Verdict, Failure> {
    let folder = folder(arguments.folder.as_deref())?;
    let size = arguments.size();
    let small = Size { numbers: NUMBERS, live: LIVE, past: 0, ..size };
    let mut small = Sized::fill("small", arguments, &folder, &small)?;
    let mut grown = Sized::fill("grown", arguments, &folder, &size)?;
    let mut report = Report::new(arguments.load);
    let mut ratios = Vec::new();
    for scenario in &arguments.scenario {
        let [before, after] = in_turns([&mut small, &mut grown], *scenario, arguments)?;
        ratios.push((scenario.name(), after.ratio_to(&before).unwrap_or(0.0)));
        report.rows.push(Row::new(&format!("small {}", scenario.name()), before));
        report.rows.push(Row::new(&format!("grown {}", scenario.name()), after));
    }
    report.print(false);
    for (name, ratio) in ratios {
        println!("{name}: {ratio:.2} x small");
    }
    for Sized { name, ready, memory, .. } in [small, grown] {
        println!("{name}: ready in {} ms, at most {memory} kB of memory", ready.as_millis());
    }
    Ok(report.verdict())
}

fn in_turns(
    both: [&mut Sized; 2],
    scenario: Scenario,
    arguments: &Grow,
) -> Result<[Figures; 2], Failure> {
    let [small, grown] = both;
    let mut round = || -> Result<_, Failure> {
        let small = small.measure(scenario, arguments.load)?;
        Ok([small, grown.measure(scenario, arguments.load)?])
    };
    let mut best = round()?;
    for _ in 1..arguments.rounds.get() {
        let ([small, grown], [again, grown_again]) = (best, round()?);
        best = [small.better_of(again), grown.better_of(grown_again)];
    }
    Ok(best)
}

impl Sized {
    fn fill(
        name: &'static str,
        arguments: &Grow,
        folder: &Path,
        size: &Size,
    ) -> Result<Self, Failure> {
        let began = Instant::now();
        let database = Database::fresh(arguments.database, folder)?;
        let world = World::prepare(&database.url(), size)?;
        database.settle()?;
        eprintln!("{name}: filled in {} s", began.elapsed().as_secs());
        Ok(Self { name, database, world, ready: Duration::ZERO, memory: 0 })
    }

    fn measure(&mut self, scenario: Scenario, load: Load) -> Result<Figures, Failure> {
        let began = Instant::now();
        let url = self.database.url();
        let server = Server::start(&["serve", "--database-url", &url].map(ToOwned::to_owned))?;
        self.ready = self.ready.max(began.elapsed());
        let figures = Course {
            targets: &[server.address().into()],
            scenario,
            token: &self.world.token,
            customers: &self.world.customers,
            numbers: self.world.numbers,
            load,
        }
        .measure()?;
        self.memory = self.memory.max(peak_memory(server.process_id())?);
        Ok(figures)
    }
}

/// The most memory that a process has had, in kB.
pub(crate) fn peak_memory(process: u32) -> Result<u64, Failure> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let figure = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(figure.ok_or("find how much memory the server has")?.parse()?)
}
