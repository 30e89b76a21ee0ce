//! `demo`: what it prints works as printed.

use std::process::Command;

use crate::place::Place;

/// The demo's last line of standard output.
const LAST: &str = "# authorise: ask what to do with a call, as a switch";

fn lines(demo: &mut crate::place::Running) -> Vec<String> {
    let mut lines = Vec::new();
    while lines.last().is_none_or(|line| line != LAST) {
        lines.push(demo.line());
    }
    lines.push(demo.line());
    lines
}

fn sh(line: &str) -> String {
    let output = Command::new("sh").args(["-c", line]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn each_line_that_the_demo_prints_works_as_printed() {
    let place = Place::empty();
    let mut demo = place.start(&["demo"]);
    let lines = lines(&mut demo);
    let commands: Vec<_> = lines.iter().filter(|line| line.starts_with("curl ")).collect();
    assert_eq!(commands.len(), 8, "{lines:#?}");
    for command in commands {
        let answer = sh(command);
        if command.contains("accountmanager.pl") {
            assert_eq!(answer, "Ok\n100.0000\n", "{command}");
            continue;
        }
        if command.contains("/billing/api/") {
            assert!(
                answer.contains("<success>Card Group was successfully created</success>"),
                "{answer}"
            );
            continue;
        }
        if command.contains("/call/v1/") {
            let put_through = r#"{"action":"bridge","to":"60195730426","caller_id":"0388880"#;
            assert!(answer.starts_with(put_through), "{command}\n{answer}");
            continue;
        }
        let success = "{\"status\":0,\"description\":\"Success\"";
        assert!(answer.starts_with(success) && answer.ends_with("}\n"), "{command}\n{answer}");
    }
}

#[test]
fn the_demo_leaves_nothing_behind() {
    for signal in ["-TERM", "-INT"] {
        let place = Place::empty();
        let demo = place.start(&["demo"]);
        assert_eq!(demo.get("/readyz").status, 200);
        let during = place.contents();
        assert!(during.iter().any(|name| name.starts_with("leaseline-demo-")), "{during:?}");
        let (status, log) = demo.end(signal);
        assert_eq!(status.code(), Some(0), "{log}");
        assert_eq!(place.contents(), ["log"]);
    }
}
