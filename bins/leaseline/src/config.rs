//! `leaseline config show`: what the layers of the configuration came to.

use std::fmt;

use leaseline_service::{Config, Problem, Setting, Sources};
use serde::Serialize;

use crate::answer::Answers;

pub(crate) fn show(sources: &Sources, answers: Answers) -> Result<(), Problem> {
    let settings = Config::settings(sources)?;
    answers.print(&Shown { settings: settings.into_iter().map(Line::from).collect() })
}

#[derive(Serialize)]
struct Shown {
    settings: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    key: String,
    value: Option<String>,
    origin: Option<String>,
}

impl From<Setting> for Line {
    fn from(Setting { key, value, origin }: Setting) -> Self {
        Self { key, value, origin }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.settings.iter().map(|line| line.key.len()).max().unwrap_or(0);
        for Line { key, value, origin } in &self.settings {
            match (value, origin) {
                (Some(value), Some(origin)) => writeln!(f, "{key:width$}  {value}  ({origin})")?,
                _ => writeln!(f, "{key:width$}  (not set)")?,
            }
        }
        Ok(())
    }
}
