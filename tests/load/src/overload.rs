//! Twenty times too much: what a server still does when far more is asked than it can do, how soon the
//! rest is refused, and how soon it is itself again.
//!
//! First a few connections find out what it can do at most. Then a crowd asks at a rate that is so many
//! times as high, each connection when its time has come, whatever the others were answered; one whose
//! answer is late asks as soon as it has it. Client and server share the processors, so the same crowd
//! asks actix's hello-world at the same rate too: what that takes is not the server's doing.

use std::path::Path;
use std::time::{Duration, Instant};

use leaseline_core::customer::Limit;

use crate::child::Server;
use crate::cli::Overload;
use crate::client::Course;
use crate::compare::{folder, hello};
use crate::database::{Database, Kind};
use crate::figures::Figures;
use crate::grow::peak_memory;
use crate::report::{Report, Row};
use crate::scenario::Scenario;
use crate::target::Target;
use crate::world::{Size, World};
use crate::{Failure, Verdict};

/// So much of the most that it can do it must still do.
const LEAST_DONE: f64 = 0.8;

/// So soon 99 of 100 refusals are there.
const REFUSED_WITHIN: Duration = Duration::from_millis(100);

/// So soon it is itself again: nothing is refused.
const WELL_WITHIN: Duration = Duration::from_secs(5);

/// So much more memory it takes at most, in kB.
const MOST_MEMORY: u64 = 128 << 10;

const NUMBERS: usize = 1_000;

/// A scenario's figures.
struct Found {
    peak: Figures,
    crowd: Figures,
    hello: Figures,
    well_after: Duration,
    memory: u64,
}

/// Measures each, prints what came out, and says what was missed.
pub(crate) fn overload(arguments: &Overload) -> Result<Verdict, Failure> {
    let folder = folder(arguments.folder.as_deref())?;
    let mut report = Report::new(arguments.load);
    let (mut notes, mut missed) = (Vec::new(), Vec::new());
    for kind in arguments.database.kinds() {
        for scenario in &arguments.scenario {
            let found = measure(*kind, *scenario, arguments, &folder)?;
            let path = format!("{} {}", kind.name(), scenario.name());
            missed.extend(found.missed(&path));
            notes.push(found.note(&path));
            report.rows.push(Row::new(&path, found.peak));
            report.rows.push(Row::new(&format!("{path}, too much"), found.crowd));
            report.rows.push(Row::new("hello-world, as much", found.hello));
        }
    }
    report.print(false);
    notes.iter().for_each(|note| println!("{note}"));
    missed.iter().for_each(|missed| eprintln!("{missed}"));
    let sound = report.rows.iter().all(|row| row.figures.errors == 0);
    Ok(if sound && missed.is_empty() { Verdict::Good } else { Verdict::Bad })
}

fn measure(
    kind: Kind,
    scenario: Scenario,
    arguments: &Overload,
    folder: &Path,
) -> Result<Found, Failure> {
    let database = Database::fresh(kind, folder)?;
    let customers = arguments.load.connections.get();
    let size = Size { numbers: NUMBERS, customers, past: 0, live: 0, limit: Limit::NONE };
    let world = World::prepare(&database.url(), &size)?;
    database.settle()?;
    let server = Server::start(&["serve", "--database-url", &database.url()].map(str::to_owned))?;
    let target = Target::from(server.address());
    let course = |load| Course {
        targets: std::slice::from_ref(&target),
        scenario,
        token: &world.token,
        customers: &world.customers,
        numbers: world.numbers,
        load,
    };
    let peak = course(arguments.load).measure()?;
    let before = peak_memory(server.process_id())?;
    let rate = peak.per_second * f64::from(arguments.times.get());
    let much = arguments.load.by_a_crowd(arguments.crowd, rate);
    let crowd = course(much).measure()?;
    let well_after = until_well(|| course(arguments.load.shortly()).measure())?;
    let memory = peak_memory(server.process_id())?.saturating_sub(before);
    drop(server);
    Ok(Found { peak, crowd, hello: hello(much)?, well_after, memory })
}

/// How long it takes until nothing is refused any more.
fn until_well(measure: impl Fn() -> Result<Figures, Failure>) -> Result<Duration, Failure> {
    let began = Instant::now();
    loop {
        let asked = began.elapsed();
        if measure()?.refused_per_second == 0.0 || asked > WELL_WITHIN {
            return Ok(asked);
        }
    }
}

impl Found {
    fn share_done(&self) -> f64 {
        self.crowd.ratio_to(&self.peak).unwrap_or(0.0)
    }

    fn note(&self, path: &str) -> String {
        let Figures { per_second, refused_per_second, refused_p99, .. } = self.crowd;
        let share_refused = refused_per_second / (per_second + refused_per_second).max(1.0);
        format!(
            "{path}: {:.1} x the most was asked; {:.2} of the most done; {:.0} % refused, 99 of 100 within \
             {} ms; nothing refused {} ms later; {} kB more memory",
            (per_second + refused_per_second) / self.peak.per_second.max(1.0),
            self.share_done(),
            share_refused * 100.0,
            refused_p99.as_millis(),
            self.well_after.as_millis(),
            self.memory
        )
    }

    /// A refusal may take as long as hello-world, where that takes longer than the bar.
    fn missed(&self, path: &str) -> impl Iterator<Item = String> {
        let refused_within = REFUSED_WITHIN.max(self.hello.p99);
        let bars = [
            (self.share_done() >= LEAST_DONE, "less is done than must be"),
            (self.crowd.refused_p99 <= refused_within, "refusals come late"),
            (self.well_after <= WELL_WITHIN, "it is not itself again in time"),
            (self.memory <= MOST_MEMORY, "it takes too much memory"),
        ];
        let missed = bars.into_iter().filter(|(is_met, _)| !is_met);
        missed.map(move |(_, what)| format!("{path}: {what}"))
    }
}
