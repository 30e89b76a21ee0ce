//! What stops a command, as an operator wants to hear it.

use std::error::Error;
use std::iter::successors;
use std::process::ExitCode;

/// What failed, why, and what to do about it. There is one type for all of it, because nobody
/// tells these apart but the person who reads them.
///
/// ```
/// use leaseline_service::Problem;
///
/// let problem = Problem::new("open the door", "it is locked", "turn the key");
/// assert_eq!(problem.report(), "error: failed to open the door: it is locked\nhint: turn the key");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("failed to {what}")]
pub struct Problem {
    what: String,
    #[source]
    why: Box<dyn Error + Send + Sync>,
    hint: String,
}

impl Problem {
    /// `what` fits after "failed to"; `why` may bring causes of its own; `hint` says what to do.
    pub fn new(
        what: impl Into<String>,
        why: impl Into<Box<dyn Error + Send + Sync>>,
        hint: impl Into<String>,
    ) -> Self {
        Self { what: what.into(), why: why.into(), hint: hint.into() }
    }

    /// The whole of it in two lines: the chain of causes, and the hint.
    pub fn report(&self) -> String {
        format!("error: {}\nhint: {}", self.what_and_why(), self.hint)
    }

    /// The same in one line, for the log.
    pub(crate) fn in_one_line(&self) -> String {
        format!("{} ({})", self.what_and_why(), self.hint)
    }

    fn what_and_why(&self) -> String {
        let causes = successors(self.source(), |&error| error.source());
        let causes: String = causes.map(|error| format!(": {}", in_one_line(error))).collect();
        format!("{self}{causes}")
    }
}

/// Messages of PostgreSQL's client have line breaks in them and at their end.
fn in_one_line(error: &dyn Error) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The end of a `main`: reports a problem on standard error. The exit code is 0 when done, 1 when
/// failed; wrong usage, which is 2, does not get this far.
pub fn finish(done: Result<(), Problem>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{}", problem.report());
            ExitCode::FAILURE
        }
    }
}
