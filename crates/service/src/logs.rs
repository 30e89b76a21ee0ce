//! The log: everything on standard error, so that standard output belongs to answers.

use std::io::{self, IsTerminal};
use std::panic;

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{FilterExt, Targets, dynamic_filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, registry};

use leaseline_web::shell::doors_are_shut;

use crate::config::{Log, LogFormat};

/// Starts the log of this process; a second start changes nothing. From now on a panic is logged
/// too, by its place and without its message.
pub fn start(log: &Log) {
    let terminal = io::stderr().is_terminal();
    let usual = if terminal { LogFormat::Text } else { LogFormat::Json };
    let shown = targets(log.level).and(dynamic_filter_fn(|of, _| !is_no_news(of.target())));
    let lines = lines(log.format.unwrap_or(usual), terminal).with_filter(shown);
    let _ = registry().with(lines).try_init();
    hush_panics();
}

/// Makes a panic log where it happened, and nothing of what it says: a message may quote a phone
/// number.
pub fn hush_panics() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(%place, "panicked");
    }));
}

fn lines<S>(format: LogFormat, colours: bool) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let lines = fmt::layer().with_writer(io::stderr);
    match format {
        LogFormat::Text => lines.with_ansi(colours).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    }
}

/// `actix_server` takes a listener that we shut ourselves for one that broke.
fn is_no_news(target: &str) -> bool {
    target.starts_with("actix_server") && doors_are_shut()
}

/// `actix_http` logs what clients sent when it cannot read it, and `actix_server` each worker's
/// start.
fn targets(level: LevelFilter) -> Targets {
    Targets::new()
        .with_default(level)
        .with_target("actix_http", LevelFilter::OFF)
        .with_target("actix_server", level.min(LevelFilter::WARN))
}
