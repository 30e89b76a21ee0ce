//! The tool itself, on SQLite and for moments only: that it measures something and judges it.

use std::process::{Command, Output};

use serde_json::Value;

const MOMENTS: &[&str] = &["--connections=4", "--seconds=0.2", "--warm-up=0.05"];

/// Until a password is remembered, each connection waits for a check of it, which takes its time.
const AFTER_LOGINS: &[&str] = &["--connections=2", "--seconds=1", "--warm-up=4"];

fn compare(more: &[&str]) -> Output {
    compare_for(MOMENTS, more)
}

fn compare_for(times: &[&str], more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_leaseline-load"))
        .args(["compare", "--database=sqlite", "--json"])
        .args(times)
        .args(more)
        .output()
        .expect("the tool was just built")
}

fn rows(output: &Output) -> Vec<Value> {
    let report: Value = serde_json::from_slice(&output.stdout).expect("it was asked for JSON");
    report["rows"].as_array().expect("a row for each measurement").clone()
}

#[test]
fn every_scenario_is_answered_as_expected() {
    check_all(&compare(&["--scenario=lease,lease-release,query,view,topup,groups"]), 1 + 2 * 3 + 3);
    check_all(&compare_for(AFTER_LOGINS, &["--scenario=balance"]), 1 + 1);
}

fn check_all(output: &Output, count: usize) {
    let rows = rows(output);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(rows.len(), count);
    for row in rows {
        assert_eq!(row["errors"], 0, "{row}");
        assert!(row["requests_per_second"].as_f64() > Some(0.0), "{row}");
    }
}

#[test]
fn a_bar_that_is_missed_makes_the_exit_code_1() {
    let output = compare(&["--bar=1000000"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.ends_with(" x hello-world, and the bar is 140000.000\n"), "{told}");
}

#[test]
fn an_error_makes_the_exit_code_1() {
    let output = compare(&["--scenario=lease-release", "--numbers=0"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains(r#"unexpected answer: {"status":11,"#), "{told}");
    assert_eq!(rows(&output)[0]["errors"], 0, "hello-world has no numbers to run out of");
}
