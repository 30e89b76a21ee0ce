//! Bars: the ratios that each path is known to reach, and the share of them that it must reach.

use crate::report::{Report, Row};

/// What a path comes to with 64 connections, beside hello-world and one transaction per request:
/// `docs/performance.md`. Reads have no transaction to share.
struct Known {
    path: &'static str,
    to_hello: f64,
    to_one_by_one: Option<f64>,
}

const fn read(path: &'static str, to_hello: f64) -> Known {
    Known { path, to_hello, to_one_by_one: None }
}

const fn write(path: &'static str, to_hello: f64, to_one_by_one: f64) -> Known {
    Known { path, to_hello, to_one_by_one: Some(to_one_by_one) }
}

const KNOWN: [Known; 14] = [
    write("sqlite lease-release", 0.14, 5.9),
    write("sqlite topup", 0.136, 6.9),
    read("sqlite query", 0.45),
    read("sqlite view", 0.42),
    read("sqlite balance", 0.42),
    read("sqlite groups", 0.26),
    write("sqlite authorise", 0.09, 3.5),
    write("sqlite record", 0.085, 4.7),
    write("postgres lease-release", 0.04, 4.3),
    write("postgres topup", 0.07, 4.3),
    read("postgres query", 0.30),
    read("postgres view", 0.22),
    read("postgres balance", 0.33),
    read("postgres groups", 0.17),
];

/// A sentence for each path that did not reach this share of what it is known to reach.
pub(crate) fn missed(report: &Report, share: f64) -> Vec<String> {
    report.rows.iter().flat_map(|row| missed_by(row, share)).collect()
}

fn missed_by(row: &Row, share: f64) -> impl Iterator<Item = String> {
    let known = KNOWN.iter().find(|known| known.path == row.path);
    let hello = known.map(|known| known.to_hello * share);
    let one_by_one = known.and_then(|known| known.to_one_by_one).map(|ratio| ratio * share);
    let one_by_one = below(row, "one by one", row.to_one_by_one, one_by_one);
    one_by_one.into_iter().chain(below(row, "hello-world", row.to_hello, hello))
}

fn below(row: &Row, what: &str, ratio: Option<f64>, bar: Option<f64>) -> Option<String> {
    let (ratio, bar) = (ratio?, bar?);
    (ratio < bar).then(|| format!("{}: {ratio:.3} x {what}, and the bar is {bar:.3}", row.path))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::figures::Tally;

    fn check(path: &str, to_hello: f64, to_one_by_one: Option<f64>, expected: &[&str]) {
        let figures = Tally::new().unwrap().figures(Duration::from_secs(1));
        let row = Row { to_hello: Some(to_hello), to_one_by_one, ..Row::new(path, figures) };
        assert!(missed_by(&row, 0.5).eq(expected.iter().copied()), "{row:?}");
    }

    #[test]
    fn a_path_is_held_to_its_own_bars() {
        check("sqlite lease-release", 0.07, Some(2.95), &[]);
        let ratio = "sqlite lease-release: 2.900 x one by one, and the bar is 2.950";
        check("sqlite lease-release", 0.07, Some(2.9), &[ratio]);
        let part = "sqlite lease-release: 0.060 x hello-world, and the bar is 0.070";
        check("sqlite lease-release", 0.06, Some(2.95), &[part]);
        check("sqlite lease-release", 0.06, Some(2.9), &[ratio, part]);
    }

    #[test]
    fn a_read_is_not_compared_with_one_by_one() {
        check("sqlite query", 0.225, Some(0.1), &[]);
    }

    #[test]
    fn what_it_is_compared_with_is_held_to_nothing() {
        check("hello-world", 0.0, None, &[]);
        check("sqlite query, one by one", 0.0, None, &[]);
    }
}
