//! The three ways of use, as their examples show them.

use std::path::PathBuf;
use std::process::Command;

/// Runs an example that `cargo build --workspace --examples` made; what it prints.
fn run(name: &str) -> String {
    let test = std::env::current_exe().expect("this test is a file");
    let profile = test.ancestors().nth(2).expect("target/debug/deps/test");
    let example: PathBuf = profile.join("examples").join(name);
    let output = Command::new(&example).output();
    let output = output.expect("`cargo build --workspace --examples` has made the example");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_rules_alone() {
    assert_eq!(
        run("rules_alone"),
        "0388880000 until Timestamp(1797885800000000)\nthen: no number is free\n"
    );
}

#[test]
fn the_rules_with_a_database() {
    assert_eq!(
        run("rules_with_a_database"),
        "10 numbers\nleased 0388880000\nit leads to 0195730424\nreleased\n"
    );
}

#[test]
fn a_facade_in_an_application_of_ones_own() {
    assert_eq!(
        run("mounted_in_your_app"),
        "{\"status\":0,\"description\":\"Success\",\"customer_id\":\"1\"}\n"
    );
}
