//! Bars: the ratios below which a comparison fails.

use clap::Args;

use crate::database::Kind;
use crate::report::{Report, Row};

/// The least ratios that are accepted of every row that has such a ratio; none is no bar.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct Bars {
    /// Fail when SQLite with batches is less than this many times one transaction per request.
    #[arg(long, value_name = "RATIO")]
    bar_sqlite: Option<f64>,
    /// Fail when PostgreSQL with batches is less than this many times one transaction per request.
    #[arg(long, value_name = "RATIO")]
    bar_postgres: Option<f64>,
    /// Fail when SQLite with batches is less than this part of hello-world.
    #[arg(long, value_name = "RATIO")]
    bar_hello: Option<f64>,
}

impl Bars {
    /// A sentence for each bar that a row did not reach.
    pub(crate) fn missed(&self, report: &Report) -> Vec<String> {
        report.rows.iter().flat_map(|row| self.missed_by(row)).collect()
    }

    fn missed_by(&self, row: &Row) -> impl Iterator<Item = String> {
        let one_by_one = match row.database {
            Some(Kind::Sqlite) => self.bar_sqlite,
            Some(Kind::Postgres) => self.bar_postgres,
            None => None,
        };
        let is_grouped_sqlite = row.database == Some(Kind::Sqlite) && row.to_one_by_one.is_some();
        let hello = self.bar_hello.filter(|_| is_grouped_sqlite);
        let one_by_one = below(row, "one by one", row.to_one_by_one, one_by_one);
        one_by_one.into_iter().chain(below(row, "hello-world", row.to_hello, hello))
    }
}

fn below(row: &Row, what: &str, ratio: Option<f64>, bar: Option<f64>) -> Option<String> {
    let (ratio, bar) = (ratio?, bar?);
    (ratio < bar).then(|| format!("{}: {ratio:.2} x {what}, and the bar is {bar}", row.path))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::figures::Tally;

    fn row(database: Kind, to_hello: f64, to_one_by_one: Option<f64>) -> Row {
        let figures = Tally::new().unwrap().figures(Duration::from_secs(1));
        let row = Row::new("a path", figures);
        Row { database: Some(database), to_hello: Some(to_hello), to_one_by_one, ..row }
    }

    fn check(row: &Row, expected: &[&str]) {
        let bars = Bars { bar_sqlite: Some(8.0), bar_postgres: Some(6.0), bar_hello: Some(0.3) };
        assert!(bars.missed_by(row).eq(expected.iter().copied()), "{row:?}");
    }

    #[test]
    fn a_row_is_held_to_the_bars_of_its_database() {
        check(&row(Kind::Sqlite, 0.3, Some(8.0)), &[]);
        check(&row(Kind::Sqlite, 0.3, Some(7.5)), &["a path: 7.50 x one by one, and the bar is 8"]);
        check(
            &row(Kind::Sqlite, 0.2, Some(9.0)),
            &["a path: 0.20 x hello-world, and the bar is 0.3"],
        );
        check(&row(Kind::Postgres, 0.2, Some(6.0)), &[]);
        check(
            &row(Kind::Postgres, 0.2, Some(5.0)),
            &["a path: 5.00 x one by one, and the bar is 6"],
        );
    }

    #[test]
    fn one_by_one_itself_is_held_to_nothing() {
        check(&row(Kind::Sqlite, 0.01, None), &[]);
        check(&row(Kind::Postgres, 0.01, None), &[]);
    }
}
