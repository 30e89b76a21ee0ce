//! What changes without a restart: at SIGHUP the configuration is read again, and each part of the
//! process that can take in something new is handed it. What cannot be read or used changes
//! nothing, and the log says so.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::problem::Problem;

/// The parts of a process that take in something new, until it is dropped.
pub(crate) struct Reloads {
    parts: Parts,
    waiting: JoinHandle<()>,
}

type Parts = Arc<Mutex<Vec<Part>>>;

struct Part {
    name: &'static str,
    take_in: TakeIn,
}

type TakeIn = Box<dyn Fn(&Config) -> Result<(), Problem> + Send>;

impl Reloads {
    /// None yet. From now on SIGHUP no longer kills the process.
    ///
    /// # Errors
    /// The system refuses to install a handler.
    pub(crate) fn on_hangup(config: &Config) -> io::Result<Self> {
        let mut hangups = signal(SignalKind::hangup())?;
        let parts = Parts::default();
        let (config, known) = (config.clone(), Arc::clone(&parts));
        let waiting = tokio::spawn(async move {
            while hangups.recv().await.is_some() {
                reload(&config, &known);
            }
        });
        Ok(Self { parts, waiting })
    }

    /// One more part, called `name` in the log.
    pub(crate) fn add(
        &self,
        name: &'static str,
        take_in: impl Fn(&Config) -> Result<(), Problem> + Send + 'static,
    ) {
        let part = Part { name, take_in: Box::new(take_in) };
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).push(part);
    }
}

impl Drop for Reloads {
    fn drop(&mut self) {
        self.waiting.abort();
    }
}

fn reload(config: &Config, parts: &Parts) {
    match config.reread() {
        Ok(config) => {
            let parts = parts.lock().unwrap_or_else(PoisonError::into_inner);
            parts.iter().for_each(|part| part.reload(&config));
        }
        Err(problem) => kept("configuration", &problem),
    }
}

impl Part {
    fn reload(&self, config: &Config) {
        match (self.take_in)(config) {
            Ok(()) => tracing::info!("reloaded the {}", self.name),
            Err(problem) => kept(self.name, &problem),
        }
    }
}

fn kept(name: &str, problem: &Problem) {
    tracing::error!(problem = problem.in_one_line(), "kept the {name} as it was");
}
