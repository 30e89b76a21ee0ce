//! Measuring a server that is running.

use crate::cli::Run;
use crate::client::Course;
use crate::report::{Report, Row};
use crate::{Failure, Verdict};

/// Measures it and prints the figures; any error makes the verdict bad.
pub(crate) fn run(arguments: &Run) -> Result<Verdict, Failure> {
    let course = Course {
        targets: std::slice::from_ref(&arguments.url),
        scenario: arguments.scenario,
        token: &arguments.token,
        customers: &arguments.customers,
        numbers: arguments.numbers,
        load: arguments.load,
    };
    let row = Row::new(arguments.scenario.name(), course.measure()?);
    let mut report = Report::new(arguments.load);
    report.rows.push(row);
    report.print(arguments.json);
    Ok(report.verdict())
}
