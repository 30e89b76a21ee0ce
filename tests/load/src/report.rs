//! The table, and the same as JSON.

use std::fmt;
use std::thread::available_parallelism;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Verdict;
use crate::cli::Load;
use crate::figures::Figures;

/// What a run has found.
pub(crate) struct Report {
    load: Load,
    /// How long a durable write takes, where that was asked.
    pub(crate) sync_time: Option<Duration>,
    pub(crate) rows: Vec<Row>,
}

/// One measurement.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) path: String,
    pub(crate) figures: Figures,
    pub(crate) to_hello: Option<f64>,
    pub(crate) to_one_by_one: Option<f64>,
}

impl Row {
    /// A row that is compared with nothing.
    pub(crate) fn new(path: &str, figures: Figures) -> Self {
        let path = path.to_owned();
        Self { path, figures, to_hello: None, to_one_by_one: None }
    }

    fn json(&self) -> Value {
        let figures = &self.figures;
        json!({
            "path": self.path,
            "requests_per_second": figures.per_second,
            "p50_ms": milliseconds(figures.p50),
            "p99_ms": milliseconds(figures.p99),
            "max_ms": milliseconds(figures.max),
            "refused_per_second": figures.refused_per_second,
            "refused_p99_ms": milliseconds(figures.refused_p99),
            "errors": figures.errors,
            "first_error": figures.first_error,
            "ratio_to_hello": self.to_hello,
            "ratio_to_one_by_one": self.to_one_by_one,
        })
    }
}

impl Report {
    /// Nothing was found yet.
    pub(crate) const fn new(load: Load) -> Self {
        Self { load, sync_time: None, rows: Vec::new() }
    }

    /// Bad when any request was not answered as expected.
    pub(crate) fn verdict(&self) -> Verdict {
        let sound = |row: &Row| {
            let Figures { errors, refused_per_second, per_second, .. } = row.figures;
            errors == 0 && refused_per_second == 0.0 && per_second > 0.0
        };
        if self.rows.iter().all(sound) { Verdict::Good } else { Verdict::Bad }
    }

    /// Prints it on standard output, and what went wrong on standard error.
    pub(crate) fn print(&self, as_json: bool) {
        if as_json {
            println!("{:#}", self.json());
        } else {
            print!("{self}");
        }
        for row in &self.rows {
            if let Some(error) = &row.figures.first_error {
                eprintln!("{}: {} errors, the first: {error}", row.path, row.figures.errors);
            }
        }
    }

    fn json(&self) -> Value {
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "processors": processors(),
            "connections": self.load.connections.get(),
            "seconds": self.load.measured().as_secs_f64(),
            "sync_ms": self.sync_time.map(milliseconds),
            "rows": self.rows.iter().map(Row::json).collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (connections, seconds) = (self.load.connections, self.load.measured().as_secs_f64());
        write!(f, "{} processors, {connections} connections, {seconds} s each", processors())?;
        if let Some(sync) = self.sync_time {
            write!(f, ", a durable write takes {:.2} ms", milliseconds(sync))?;
        }
        writeln!(f, "\n")?;
        writeln!(
            f,
            "{:<36}{:>11}{:>9}{:>9}{:>9}{:>11}{:>8}{:>9}{:>14}",
            "path",
            "requests/s",
            "p50 ms",
            "p99 ms",
            "max ms",
            "refused/s",
            "errors",
            "x hello",
            "x one by one"
        )?;
        self.rows.iter().try_for_each(|row| row.fmt(f))
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Figures { per_second, p50, p99, max, refused_per_second, errors, .. } = &self.figures;
        let [p50, p99, max] = [*p50, *p99, *max].map(milliseconds);
        let (hello, one) = (ratio(self.to_hello, 3), ratio(self.to_one_by_one, 1));
        let path = &self.path;
        writeln!(
            f,
            "{path:<36}{per_second:>11.0}{p50:>9.2}{p99:>9.2}{max:>9.2}{refused_per_second:>11.0}{errors:>8}{hello:>9}{one:>14}"
        )
    }
}

fn ratio(ratio: Option<f64>, digits: usize) -> String {
    ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.digits$}"))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn processors() -> usize {
    available_parallelism().map_or(1, Into::into)
}
