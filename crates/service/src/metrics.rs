//! What this process measures, as Prometheus reads it. See docs/how-to/monitor.md.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt};
use leaseline_hub::{Hub, meters as of_hub};
use leaseline_web::{Exposition, Readiness, meters as of_web};
use metrics::{describe_gauge, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::time::timeout;

const READY: &str = "leaseline_ready";
const START_TIME: &str = "process_start_time_seconds";
const BUILD_INFO: &str = "leaseline_build_info";

/// A scrape waits so long for the store to say whether it is ready.
const PATIENCE: Duration = Duration::from_secs(1);

/// What was recorded in histograms since the last scrape is kept value by value, and is summed up
/// this often when nobody scrapes.
const UPKEEP: Duration = Duration::from_secs(5);

const SECONDS: [f64; 13] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
const SIZES: [f64; 11] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1_024.0];

/// The histograms and their bounds.
const HISTOGRAMS: [(&str, &[f64]); 4] = [
    (of_web::REQUEST_DURATION, &SECONDS),
    (of_hub::BATCH_DURATION, &SECONDS),
    (of_hub::COMMIT_DURATION, &SECONDS),
    (of_hub::BATCH_SIZE, &SIZES),
];

/// Everything that this process measures.
#[derive(Clone)]
pub(crate) struct Metrics(PrometheusHandle);

impl Metrics {
    /// Begins to measure. To be called before anything happens that is to be counted; there is
    /// one for a process, which later calls return.
    pub(crate) fn of_process() -> Self {
        static ONLY: OnceLock<Metrics> = OnceLock::new();
        ONLY.get_or_init(Self::begin).clone()
    }

    fn begin() -> Self {
        let recorder = builder().build_recorder();
        let metrics = Self(recorder.handle());
        // A second recorder could only be that of a program that mounts us: then it measures.
        let _ = metrics::set_global_recorder(recorder);
        of_web::describe();
        describe_gauge!(READY, "1 if the process can do its work, else 0");
        describe_gauge!(START_TIME, "When the process began, in seconds after 1970");
        describe_gauge!(BUILD_INFO, "Always 1; the version is a label");
        gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        metrics
    }

    /// Takes note of when the process began.
    pub(crate) fn started(&self, hub: &Hub) {
        let micros = u64::try_from(hub.now().micros()).unwrap_or_default();
        gauge!(START_TIME).set(Duration::from_micros(micros));
    }

    /// Keeps the memory bounded; runs until it is dropped.
    pub(crate) async fn keep_up(self) {
        loop {
            tokio::time::sleep(UPKEEP).await;
            self.0.run_upkeep();
        }
    }
}

fn builder() -> PrometheusBuilder {
    HISTOGRAMS.into_iter().fold(PrometheusBuilder::new(), |builder, (name, bounds)| {
        builder
            .set_buckets_for_metric(Matcher::Full(name.to_owned()), bounds)
            .expect("every histogram has bounds")
    })
}

/// The metrics with what has to be asked for at each scrape.
pub(crate) struct Scraped {
    pub(crate) metrics: Metrics,
    pub(crate) hub: Hub,
    pub(crate) readiness: Arc<dyn Readiness>,
}

impl Exposition for Scraped {
    fn render(&self) -> BoxFuture<'_, String> {
        async {
            let ready = timeout(PATIENCE, self.readiness.check()).await;
            gauge!(READY).set(if matches!(ready, Ok(Ok(()))) { 1.0 } else { 0.0 });
            self.hub.measure();
            self.metrics.0.render()
        }
        .boxed()
    }
}
