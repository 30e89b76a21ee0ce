//! `leaseline db retention`.

use serde_json::{Value, json};

use crate::place::{Done, Place};
use crate::shop::Shop;

const NUMBER: &str = "0388880000";
const PHONE: &str = "0195730424";
/// Everything that is over is past its term.
const AT_ONCE: &str = "1ms";

fn run(place: &Place, arguments: &[&str]) -> Done {
    let mut command = place.command(arguments);
    let output = command.env("LEASELINE_RETENTION__PHONES", AT_ONCE).output().unwrap();
    Done {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn answer(done: &Done) -> Value {
    assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""), "{}", done.stdout);
    serde_json::from_str(&done.stdout).unwrap()
}

fn erase(place: &Place) -> Value {
    let mut gone = answer(&run(place, &["--json", "db", "retention"]));
    let before = gone.as_object_mut().unwrap().remove("phones_before");
    assert!(before.is_some_and(|before| before.as_str().unwrap().ends_with('Z')));
    gone
}

#[test]
fn what_is_over_goes_beside_a_service_and_what_is_live_stays() {
    let shop = Shop::with_numbers(2);
    let server = shop.place.start(&["serve"]);
    for _ in 0..2 {
        assert!(shop.lease(&server, PHONE).body.starts_with("{\"status\":0,"));
    }
    let leases = answer(&shop.place.run(&["--json", "leases", "list"]));
    // The latest comes first.
    let first = leases["leases"][1]["reference"].as_str().unwrap();
    answer(&shop.place.run(&["--json", "leases", "release", first]));

    let gone = |users: i64| {
        json!({
            "users_erased": users, "records_erased": 0, "decisions_removed": 0,
            "answers_removed": 0, "journal_emptied": true,
        })
    };
    assert_eq!(erase(&shop.place), gone(1));
    assert_eq!(erase(&shop.place), gone(0));
    let leases = answer(&shop.place.run(&["--json", "leases", "list"]));
    let phones: Vec<_> = (0..2).map(|at| &leases["leases"][at]["members"][0]["phone"]).collect();
    assert_eq!(phones, [&json!(PHONE), &Value::Null]);
    let history = answer(&shop.place.run(&["--json", "numbers", "history", NUMBER]));
    assert_eq!(history["turns"][0]["phone"], Value::Null);
    assert_eq!(history["turns"][0]["lease"], json!(first));
    let at = history["turns"][0]["from"].as_str().unwrap();
    let who = shop.place.run(&["numbers", "who", NUMBER, "--at", at]);
    assert!(who.stdout.contains("for a phone that was erased, single lease"), "{}", who.stdout);
    assert_eq!(shop.place.run(&["check"]).stdout, "nothing is broken\n");
}

#[test]
fn the_answer_reads_well() {
    let shop = Shop::with_numbers(1);
    let done = shop.place.run(&["db", "retention"]);
    assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""));
    let (first, rest) = done.stdout.split_once('\n').unwrap();
    assert!(first.starts_with("no phone is older than 20"), "{first}");
    assert_eq!(
        rest,
        "users of leases erased:  0\nrecords erased:          0\ndecisions removed:       0\n\
         answers removed:         0\n"
    );
}

#[test]
fn there_has_to_be_a_database_and_a_term() {
    let place = Place::empty();
    let done = place.run(&["db", "retention"]);
    assert_eq!((done.code, done.stdout.as_str()), (Some(1), ""));
    assert!(done.stderr.contains("there is no such file"), "{}", done.stderr);
    assert_eq!(place.contents(), [""; 0]);
    let mut command = place.command(&["db", "retention"]);
    let output = command.env("LEASELINE_RETENTION__PHONES", "for ever").output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("LEASELINE_RETENTION__PHONES"), "{told}");
    assert!(told.contains("is not a duration such as"), "{told}");
}
