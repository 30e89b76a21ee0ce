//! What a command prints on standard output: lines for people, or one JSON document.

use std::fmt::Display;
use std::io::{self, Write};

use leaseline_service::Problem;
use serde::Serialize;

/// How the caller wants to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answers {
    Text,
    Json,
}

impl Answers {
    /// Prints an answer, which knows how it reads as lines and how as JSON.
    pub(crate) fn print(self, answer: &(impl Display + Serialize)) -> Result<(), Problem> {
        printed(self.write(answer, &mut io::stdout().lock()), "print the answer")
    }

    fn write(self, answer: &(impl Display + Serialize), out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Text => write!(out, "{answer}")?,
            Self::Json => {
                serde_json::to_writer(&mut *out, answer)?;
                writeln!(out)?;
            }
        }
        out.flush()
    }
}

/// Whoever reads no further, as `head` does, has what he wanted.
pub(crate) fn printed(written: io::Result<()>, what: &str) -> Result<(), Problem> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| {
            Problem::new(what, error, "is standard output open, and is there room where it goes?")
        }),
    }
}
