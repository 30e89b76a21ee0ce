//! `records import`, `list` and `show`.

use crate::place::{Done, Place};

const WORLD: &str = r#"
[[customers]]
key = "acme"
first_name = "Acme"
last_name = "Rides"
charge_method = "prepaid"
credit = 10000

[[rate_decks]]
name = "standard"
rates = [
  { service = "voice", prefix = "61", connect_fee = "0.10", per_minute = "0.06" },
  { service = "sms", prefix = "61", sms_type = "replies", price = "0.09" },
  { service = "fax", prefix = "61", connect_fee = "0.02", per_page = "0.15" },
]

[[accounts]]
user = "demo"
password = "demo-pass"
customer = "acme"
first_name = "Ada"
last_name = "Lim"
time_zone = "UTC"
rate_deck = "standard"
"#;

const HEADER: &str = "kind,switch,account,direction,call_id,record_id,from,to,started_at,ended_at,\
                      bill_ms,result,at,pages,duration_s,error_code,text,sent,tracking,type";

const RECORDS: [&str; 5] = [
    "call,edge-1,demo,out,c-1,,0388880000,61212345678,1795293800,1795293865,60000,answered,,,,,,,,",
    "call,edge-1,demo,out,c-2,,0388880000,61212345678,1795293900,1795293910,0,failed,,,,,,,,",
    "fax,edge-1,demo,out,,f-1,0388880000,61212345678,,,,,1795294000,3,95,0,,,,",
    "sms,edge-1,demo,out,,m-1,0388880000,61412345678,,,,,1795294100,,,,hello,true,pending,replies",
    "call,edge-1,,,c-3,,0195730424,0388889999,1795294200,1795294260,60000,answered,,,,,,,,",
];

fn place() -> Place {
    let place = Place::empty();
    write(&place, "world.toml", WORLD);
    let applied = place.run(&["apply", "world.toml"]);
    assert_eq!(applied.code, Some(0), "{}", applied.stderr);
    place
}

fn write(place: &Place, name: &str, text: &str) {
    std::fs::write(place.path().join(name), text).unwrap();
}

fn import(place: &Place, lines: &[&str]) -> Done {
    write(place, "records.csv", &format!("{HEADER}\n{}\n", lines.join("\n")));
    place.run(&["records", "import", "records.csv", "--json"])
}

fn check_import(place: &Place, lines: &[&str], expected: &str) {
    let done = import(place, lines);
    assert_eq!((done.code, done.stdout.trim_end()), (Some(0), expected), "{}", done.stderr);
}

fn balance(place: &Place) -> String {
    let shown = place.run(&["customers", "show", "1", "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap();
    shown["balance"].to_string()
}

#[test]
fn records_are_charged_once_however_often_they_are_imported() {
    let place = place();
    let first = r#"{"stored":4,"orphans":1,"duplicates":0,"updated":0,"conflicts":0}"#;
    check_import(&place, &RECORDS, first);
    assert_eq!(balance(&place), (10_000 - 1_600 - 4_700 - 900).to_string());
    let again = r#"{"stored":0,"orphans":0,"duplicates":5,"updated":0,"conflicts":0}"#;
    check_import(&place, &RECORDS, again);

    let longer = RECORDS[0].replace("60000", "120000");
    let delivered = RECORDS[3].replace("pending", "delivered");
    let other = r#"{"stored":0,"orphans":0,"duplicates":1,"updated":1,"conflicts":1}"#;
    check_import(&place, &[&longer, &delivered, RECORDS[3]], other);
    assert_eq!(balance(&place), "2800");
    let checked = place.run(&["check"]);
    assert_eq!(checked.code, Some(0), "{}{}", checked.stdout, checked.stderr);
}

#[test]
fn what_somebody_has_to_look_at_is_listed() {
    let place = place();
    import(&place, &RECORDS);
    import(&place, &[&RECORDS[0].replace("answered", "failed")]);
    let check = |state: &[&str], expected: &str| {
        let done = place.run(&[&["records", "list"], state].concat());
        assert_eq!((done.code, done.stdout.as_str()), (Some(0), expected), "{}", done.stderr);
    };
    check(
        &["--state", "orphan"],
        "ID  KIND  DIRECTION  FROM        TO          AT                    OUTCOME         CHARGE  FLAGS\n\
         3   call  in         0195730424  0388889999  2026-11-21T20:50:00Z  answered, 60 s  -\n",
    );
    check(
        &["--state", "conflict"],
        "ID  KIND  DIRECTION  FROM        TO           AT                    OUTCOME         CHARGE  FLAGS\n\
         1   call  out        0388880000  61212345678  2026-11-21T20:43:20Z  answered, 60 s  1600\n",
    );
    check(
        &["--limit", "2"],
        "ID  KIND  DIRECTION  FROM        TO           AT                    OUTCOME  CHARGE  FLAGS\n\
         5   sms   out        0388880000  61412345678  2026-11-21T20:48:20Z  pending  900\n\
         4   fax   out        0388880000  61212345678  2026-11-21T20:46:40Z  3 pages  4700\n",
    );
}

#[test]
fn a_record_is_shown_with_the_reckoning_of_its_charge() {
    let place = place();
    import(&place, &RECORDS);
    let done = place.run(&["records", "show", "4", "--json"]);
    let mut shown: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    assert!(shown["received"].take().is_string());
    let entry = shown.as_object_mut().unwrap().remove("entry").unwrap();
    assert_eq!(entry["amount"], -4_700);
    assert_eq!(
        shown.to_string(),
        "{\"account\":1,\"at\":\"2026-11-21T20:46:40Z\",\"billed_seconds\":0,\"charge\":4700,\
         \"conflicts\":[],\"customer\":1,\"direction\":\"out\",\"flags\":[],\"from\":\"0388880000\",\
         \"id\":4,\"kind\":\"fax\",\"name\":\"f-1\",\"outcome\":\"3 pages\",\"received\":null,\
         \"sub_id\":0,\"switch\":\"edge-1\",\"to\":\"61212345678\",\
         \"trace\":[\"connect fee 0.02\",\"3 pages at 0.15\",\
         \"0.47 rounded half up to 4 decimals: 0.4700\"]}"
    );
    let none = place.run(&["records", "show", "9"]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(1), ""));
    assert!(none.stderr.contains("there is no such record"), "{}", none.stderr);
}

#[test]
fn a_wrong_line_is_named_and_nothing_is_taken_in() {
    let place = place();
    let wrong = import(&place, &[RECORDS[0], &RECORDS[1].replace("failed", "busy")]);
    assert_eq!((wrong.code, wrong.stdout.as_str()), (Some(1), ""));
    let named = "line 3: column result: it is neither answered nor failed";
    assert!(wrong.stderr.contains(named), "{}", wrong.stderr);
    let listed = place.run(&["records", "list", "--json"]);
    assert_eq!(listed.stdout, "{\"records\":[]}\n");
}

#[test]
fn a_resolved_record_is_off_the_list() {
    let place = place();
    import(&place, &RECORDS);
    let orphans = || place.run(&["records", "list", "--state", "orphan", "--json"]).stdout;
    assert!(orphans().contains("\"id\":3"), "{}", orphans());
    let done = place.run(&["records", "resolve", "3", "--note", "a test call"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let last = done.stdout.lines().last().unwrap();
    assert!(last.starts_with("resolved 20") && last.ends_with("Z a test call"), "{last}");
    assert_eq!(orphans(), "{\"records\":[]}\n");
    let shown = place.run(&["records", "show", "3", "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(shown["resolved"]["note"], "a test call");
    let none = place.run(&["records", "resolve", "99"]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(1), ""));
    assert!(none.stderr.contains("there is no such record"), "{}", none.stderr);
    let wrong = place.run(&["records", "resolve", "3", "--note", "two\nlines"]);
    assert_eq!(wrong.code, Some(2), "{}", wrong.stderr);
}
