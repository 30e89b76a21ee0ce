//! The command line.

use std::num::{NonZeroU16, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use leaseline_core::customer::Limit;

use crate::database::Kind;
use crate::scenario::Scenario;
use crate::target::Target;
use crate::world::Size;

/// Measures requests per second and latencies.
#[derive(Parser)]
#[command(name = "leaseline-load", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Measure a server that is running.
    Run(Run),
    /// Start servers on fresh databases and compare them within one run.
    Compare(Compare),
    /// Fill a database, if it is empty, and measure each read of the console by itself.
    Look(Look),
    /// Fill a small and a large database and compare the two within one run.
    Grow(Grow),
    /// Ask for far more than a server can do, and compare with the most that it can.
    Overload(Overload),
    /// Say hello to everybody, until standard input ends.
    #[command(hide = true)]
    Hello,
    /// Serve the Apigate facade on a prepared database, until standard input ends.
    #[command(hide = true)]
    Serve(Serve),
}

#[derive(Args)]
pub(crate) struct Run {
    /// Where the server is, such as http://127.0.0.1:8080 or http://127.0.0.1:8080/axiata.
    #[arg(long)]
    pub(crate) url: Target,
    /// The bearer token of an API user.
    #[arg(long, env = "LEASELINE_LOAD_TOKEN", default_value = "", hide_env_values = true)]
    pub(crate) token: String,
    /// The customers in whose names the connections ask, in turn.
    #[arg(long, value_delimiter = ',', default_value = "1")]
    pub(crate) customers: Vec<i64>,
    /// So many numbers from 60380000000 on are leased, to be called.
    #[arg(long, default_value_t = 1)]
    pub(crate) numbers: usize,
    /// What the connections ask for.
    #[arg(long, value_enum, default_value_t = Scenario::LeaseRelease)]
    pub(crate) scenario: Scenario,
    #[command(flatten)]
    pub(crate) load: Load,
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Compare {
    /// Which databases to compare on; PostgreSQL's server is named by LEASELINE_TEST_POSTGRES.
    #[arg(long, value_enum, default_value_t = Databases::Both)]
    pub(crate) database: Databases,
    /// What the connections ask for; several give a row each.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "lease-release")]
    pub(crate) scenario: Vec<Scenario>,
    #[command(flatten)]
    pub(crate) load: Load,
    /// How often all of it is measured; of each row the fastest round is kept.
    #[arg(long, default_value = "1")]
    pub(crate) rounds: NonZeroU16,
    /// How many numbers the pool has at least; a scenario that keeps its numbers gets more.
    #[arg(long, default_value_t = 100_000)]
    pub(crate) numbers: usize,
    /// How many servers share the database, with the connections spread over them.
    #[arg(long, default_value = "1")]
    pub(crate) processes: NonZeroU16,
    /// The folder for SQLite's files, on a real disk [default: beside this program].
    #[arg(long)]
    pub(crate) folder: Option<PathBuf>,
    /// Fail when a path reaches less than this share of the ratios that it is known to reach with
    /// 64 connections; no more rounds are measured than that takes.
    #[arg(long, value_name = "SHARE")]
    pub(crate) bar: Option<f64>,
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Grow {
    /// On which database.
    #[arg(long, value_enum, default_value_t = Kind::Sqlite)]
    pub(crate) database: Kind,
    /// What the connections ask for; several give two rows each.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "lease-release")]
    pub(crate) scenario: Vec<Scenario>,
    /// How many numbers the large one has. The small one has 10,000, a tenth of them leased.
    #[arg(long, default_value_t = 10_000_000)]
    numbers: usize,
    /// How many leases were granted and have expired.
    #[arg(long, default_value_t = 10_000_000)]
    past: usize,
    /// How many leases are live.
    #[arg(long, default_value_t = 1_000_000)]
    live: usize,
    /// How many customers lease, in both.
    #[arg(long, default_value_t = 64)]
    customers: u16,
    /// How many live leases each of them may have; without it they have no limit.
    #[arg(long, value_parser = limit, default_value = "0")]
    limit: Limit,
    #[command(flatten)]
    pub(crate) load: Load,
    /// How often the two are measured in turn; of each the fastest round is kept.
    #[arg(long, default_value = "3")]
    pub(crate) rounds: NonZeroU16,
    /// The folder for SQLite's files, on a real disk [default: beside this program].
    #[arg(long)]
    pub(crate) folder: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Overload {
    /// On which databases; PostgreSQL's server is named by LEASELINE_TEST_POSTGRES.
    #[arg(long, value_enum, default_value_t = Databases::Sqlite)]
    pub(crate) database: Databases,
    /// What the connections ask for; several are measured one after the other.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "topup,activate,login")]
    pub(crate) scenario: Vec<Scenario>,
    #[command(flatten)]
    pub(crate) load: Load,
    /// How many connections ask for too much.
    #[arg(long, default_value = "2000")]
    pub(crate) crowd: NonZeroU16,
    /// How many times as much as can be done they ask for.
    #[arg(long, default_value = "20")]
    pub(crate) times: NonZeroU16,
    /// The folder for SQLite's files, on a real disk [default: beside this program].
    #[arg(long)]
    pub(crate) folder: Option<PathBuf>,
}

impl Grow {
    /// The large one's size.
    pub(crate) const fn size(&self) -> Size {
        let Self { numbers, past, live, customers, limit, .. } = *self;
        Size { numbers, past, live, customers, limit }
    }
}

/// How much is asked, and for how long.
#[derive(Args, Clone, Copy)]
pub(crate) struct Load {
    /// How many keep-alive connections ask at once, each for one thing at a time.
    #[arg(long, default_value = "64")]
    pub(crate) connections: NonZeroU16,
    /// How many seconds are measured.
    #[arg(long, value_parser = seconds, default_value = "10")]
    seconds: Duration,
    /// How many seconds of the same load go before them.
    #[arg(long, value_parser = seconds, default_value = "2")]
    warm_up: Duration,
    /// Measure 3 seconds after 1 of warm-up, whatever the two say.
    #[arg(long)]
    short: bool,
    /// How many requests a second all connections ask for together; none is as many as are answered.
    #[arg(skip)]
    pub(crate) rate: Option<f64>,
}

impl Load {
    /// How long is measured.
    pub(crate) const fn measured(&self) -> Duration {
        if self.short { Duration::from_secs(3) } else { self.seconds }
    }

    /// The same time, by so many connections at so many requests a second.
    pub(crate) const fn by_a_crowd(self, connections: NonZeroU16, rate: f64) -> Self {
        Self { connections, rate: Some(rate), ..self }
    }

    /// The same for half a second.
    pub(crate) const fn shortly(self) -> Self {
        let (seconds, warm_up) = (Duration::from_millis(500), Duration::ZERO);
        Self { seconds, warm_up, short: false, ..self }
    }

    /// How long a connection waits from one request to the next, if the others are to have their share
    /// of the rate.
    pub(crate) fn gap(&self) -> Option<Duration> {
        let rate = self.rate?.max(1.0);
        Some(Duration::from_secs_f64(f64::from(self.connections.get()) / rate))
    }

    /// How long the same load goes on before that.
    pub(crate) const fn warm_up(&self) -> Duration {
        if self.short { Duration::from_secs(1) } else { self.warm_up }
    }
}

#[derive(Args)]
pub(crate) struct Look {
    /// Where to look; PostgreSQL's server is named by LEASELINE_TEST_POSTGRES. Each database is made
    /// for the measurement and gone after it.
    #[arg(long, value_enum, default_value_t = Databases::Sqlite)]
    pub(crate) database: Databases,
    /// The database instead: a new file, an empty database of a server, or one that was filled before.
    #[arg(long, conflicts_with = "database")]
    pub(crate) database_url: Option<String>,
    /// Where SQLite's files go.
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    pub(crate) folder: PathBuf,
    /// How many leases are live.
    #[arg(long, default_value_t = 50_000)]
    pub(crate) live: usize,
    /// How many leases are over.
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) past: usize,
    /// How many records of calls there are.
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) records: usize,
    /// How many requests are remembered.
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) requests: usize,
    /// Exit code 1 if a page of the console takes so many milliseconds or more, in the median.
    #[arg(long, default_value_t = 200)]
    pub(crate) most_ms: u64,
}

#[derive(Args)]
pub(crate) struct Serve {
    #[arg(long)]
    pub(crate) database_url: String,
    /// At most so many requests share a transaction; 1 is a transaction for each.
    #[arg(long)]
    pub(crate) batch_limit: Option<NonZeroUsize>,
    /// Threads that serve; none is one for each processor.
    #[arg(long)]
    pub(crate) workers: Option<NonZeroUsize>,
}

/// A choice of databases.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Databases {
    Sqlite,
    Postgres,
    Both,
}

impl Databases {
    pub(crate) const fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Sqlite => &[Kind::Sqlite],
            Self::Postgres => &[Kind::Postgres],
            Self::Both => &[Kind::Sqlite, Kind::Postgres],
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds")?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

fn limit(text: &str) -> Result<Limit, &'static str> {
    text.parse().ok().and_then(Limit::new).ok_or("not a limit: 0 is none")
}
