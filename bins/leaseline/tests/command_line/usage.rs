//! Wrong usage is 2, a wrong configuration is 1, and neither leaves anything behind.

use crate::place::Place;

fn check_usage(arguments: &[&str]) {
    let place = Place::empty();
    let done = place.run(arguments);
    assert_eq!((done.code, done.stdout.as_str()), (Some(2), ""), "{arguments:?}");
    assert!(done.stderr.contains("Usage: ") || done.stderr.contains("--help"), "{}", done.stderr);
    assert!(place.contents().is_empty());
}

#[test]
fn wrong_usage_is_2() {
    check_usage(&[]);
    check_usage(&["fly"]);
    check_usage(&["serve", "--no-such-flag"]);
    check_usage(&["serve", "--listen", "here"]);
    check_usage(&["migrate", "--database-url", "mysql://localhost/leaseline"]);
    check_usage(&["token"]);
    check_usage(&["token", "issue"]);
    check_usage(&["token", "issue", "--user", "ada", "--expires-in", "soon"]);
    check_usage(&["token", "issue", "--user", "ada", "--expires-in", "0s"]);
    check_usage(&["token", "issue", "--user", "ada", "--expires-in", "36526d"]);
    check_usage(&["token", "issue", "--user", "ada", "--expires-in", "1d", "--no-expiry"]);
    check_usage(&["token", "revoke"]);
    check_usage(&["numbers", "who", "0388880000"]);
    check_usage(&["numbers", "who", "0388880000", "--at", "yesterday"]);
    check_usage(&["numbers", "who", "0388880000", "--at", "2027-01-01 10:00", "--tz", "Mars/X"]);
    check_usage(&["numbers", "list", "--count", "--pool", "kl"]);
    check_usage(&["numbers", "list", "--limit", "0"]);
    check_usage(&["numbers", "unreserve"]);
    check_usage(&["customers", "show", "0"]);
    check_usage(&["customers", "update", "1", "--single", "price=1"]);
    check_usage(&["leases", "show", "123"]);
    check_usage(&["users", "grant", "ada"]);
}

#[test]
fn help_is_an_answer() {
    let done = Place::empty().run(&["token", "issue", "--help"]);
    assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""));
    assert!(done.stdout.contains("[default: 90d]"), "{}", done.stdout);
}

#[test]
fn the_usual_file_in_the_current_folder_is_read() {
    let place = Place::empty();
    std::fs::write(place.path().join("leaseline.toml"), "[apigate]\ntimezone = 'UTC'\n").unwrap();
    let done = place.run(&["migrate"]);
    assert_eq!(
        (done.code, done.stdout.as_str(), done.stderr.as_str()),
        (
            Some(1),
            "",
            "error: failed to understand `apigate.timezone` in leaseline.toml: \
             there is no such key\nhint: the nearest known one is `apigate.time_zone`\n"
        )
    );
    assert_eq!(place.contents(), ["leaseline.toml"]);
}

#[test]
fn the_environment_is_read() {
    let place = Place::empty();
    let mut command = place.command(&["serve"]);
    let output = command.env("LEASELINE_APIGATE__TIME_ZONE", "Mars/Olympus").output().unwrap();
    let report = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    let expected = "error: failed to understand LEASELINE_APIGATE__TIME_ZONE: ";
    assert!(report.starts_with(expected), "{report}");
}
