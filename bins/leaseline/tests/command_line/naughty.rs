//! The Big List of Naughty Strings in every field of every facade, and bodies that are none: nobody
//! stumbles, what is refused changes nothing, and none of it takes memory for long.

use std::process::Command;
use std::thread;

use leaseline_mor::hash;
use leaseline_testkit::databases;
use leaseline_testkit::http::{Answer, Call};
use serde_json::{Value, json};

use crate::place::{Place, Running};
use crate::quotas::USERS;
use crate::shop::furnish;

/// An operation, and the fields that a string is put into, one after the other.
struct Asked {
    path: &'static str,
    fields: &'static [(&'static str, &'static str)],
}

const fn asked(path: &'static str, fields: &'static [(&'static str, &'static str)]) -> Asked {
    Asked { path, fields }
}

const APIGATE: [Asked; 8] = [
    asked(
        "leasesingle/request",
        &[
            ("customer_id", "1"),
            ("phone", "0195730424"),
            ("imsi", ""),
            ("mcc", ""),
            ("mnc", ""),
            ("expiry_value", "1"),
            ("expiry_unit", "hours"),
        ],
    ),
    asked(
        "leasegroup/request",
        &[
            ("customer_id", "1"),
            ("phone1", "0195730424"),
            ("imsi1", ""),
            ("phone2", "0195730425"),
            ("mnc2", ""),
            ("expiry_value", "1"),
            ("expiry_unit", "hours"),
        ],
    ),
    asked("leasesingle/query", &[("reference_id", "")]),
    asked("leasegroup/release", &[("reference_id", "")]),
    asked("customer/reserve", &[("customer_id", "1"), ("quantity", "x")]),
    asked("customer/topup", &[("customer_id", "1"), ("credit", "1")]),
    asked(
        "customer/create",
        &[
            ("first_name", "Ada"),
            ("last_name", "Lim"),
            ("first_name", "Ada"),
            ("last_name", "Lim"),
            ("charge_method", "1"),
            ("enable_single_service", "1"),
            ("charge_block_single", "20"),
            ("charge_rate_single", "1"),
            ("enable_group_service", "1"),
            ("charge_block_group", "20"),
            ("charge_rate_group", "1"),
            ("account_status", "1"),
            ("account_credit", "0"),
            ("max_lease_group", "0"),
        ],
    ),
    asked("customer/update", &[("customer_id", "1"), ("first_name", "Ada"), ("last_name", "Lim")]),
];

const MOR: [Asked; 5] = [
    asked(
        "cc_group_create",
        &[
            ("name", "g"),
            ("description", ""),
            ("name", "g"),
            ("description", ""),
            ("date_from", ""),
            ("tariff_id", "1"),
            ("currency", ""),
            ("price_with_vat", "1"),
            ("ghost_min_perc", ""),
            ("pin_length", "20"),
            ("solo_pinless", ""),
        ],
    ),
    asked(
        "calling_cards_create",
        &[
            ("card_group_id", "x"),
            ("cards_from", "1000000001"),
            ("cards_till", "1000000001"),
            ("batch_number", ""),
            ("language", ""),
        ],
    ),
    asked(
        "calling_cards_get",
        &[
            ("number", ""),
            ("name", ""),
            ("pin", ""),
            ("callerid", ""),
            ("min_balance", ""),
            ("sold", ""),
        ],
    ),
    asked(
        "card_from_group_sell",
        &[("email", ""), ("id", "x"), ("quantity", ""), ("currency", "")],
    ),
    asked("user_balance_get", &[("user_id", "1")]),
];

const TRAITEL: [Asked; 10] = [
    asked(
        "addsubaccount",
        &[
            ("alias", "a"),
            ("email", ""),
            ("firstname", ""),
            ("lastname", ""),
            ("company", ""),
            ("faxheadline", ""),
        ],
    ),
    asked(
        "addivml",
        &[
            ("name", "n"),
            ("launchurl", "http://a.example/"),
            ("resulturl", ""),
            ("type", "inbound"),
        ],
    ),
    asked("updatesubaccount", &[("subid", "1"), ("alias", "a"), ("company", "c")]),
    asked("querynumbers", &[("subid", ""), ("service", "")]),
    asked("assignnumber", &[("number", "1"), ("service", "voice"), ("serviceid", "0")]),
    asked("querydids", &[("service", "voice"), ("country", "x"), ("city", "x"), ("quantity", "")]),
    asked("logvoicein", &[("startdate", "2026-01-01"), ("enddate", "2026-01-02"), ("limit", "")]),
    asked("settimezone", &[("tz", "UTC")]),
    asked("querysmscost", &[("number", "61"), ("type", "replies")]),
    asked("", &[("mode", "x")]),
];

const SWITCH: [Asked; 4] = [
    asked(
        "/call/v1/authorise",
        &[
            ("call_id", "c"),
            ("from", "0195730424"),
            ("to", "0388880001"),
            ("source", "x"),
            ("account", "demo"),
            ("card_number", "1"),
            ("pin", "1"),
            ("card_callerid", "1"),
        ],
    ),
    asked("/call/v1/event", &[("call_id", "c"), ("ref", "r"), ("event", "answer")]),
    asked(
        "/call/v1/cdr",
        &[
            ("call_id", "c"),
            ("from", "1"),
            ("to", "2"),
            ("routed_to", "3"),
            ("result", "answered"),
            ("hangup_by", "x"),
            ("ref", "r"),
        ],
    ),
    asked(
        "/records/v1/sms",
        &[
            ("record_id", "r"),
            ("text", "t"),
            ("from", "1"),
            ("to", "2"),
            ("account", "demo"),
            ("text", "t"),
            ("type", "replies"),
            ("direction", "out"),
        ],
    ),
];

/// FreeSWITCH's own formats, as forms.
const FREESWITCH: [Asked; 2] = [
    asked(
        "/call/fs/dialplan",
        &[
            ("Unique-ID", "u"),
            ("Caller-Caller-ID-Number", "0195730424"),
            ("Hunt-Destination-Number", "0388880001"),
            ("Caller-Context", "public"),
            ("Caller-Privacy-Hide-Number", "false"),
            ("Caller-Network-Addr", "10.0.0.9"),
        ],
    ),
    asked("/call/fs/cdr", &[("cdr", "x")]),
];

const BASIC: &str = "Basic ZWRnZS0xOmVkZ2UtMS1zZWNyZXQ=";

/// What is asked of one string: each operation, with the string in one of its fields.
fn calls(nth: usize, string: &str, token: &str) -> Vec<Call> {
    let form = |asked: &Asked| -> String {
        let pairs = filled(nth, string, asked);
        let pairs = pairs.map(|(name, value)| format!("{name}={}", encoded(value)));
        pairs.collect::<Vec<_>>().join("&")
    };
    let apigate = APIGATE
        .iter()
        .map(|asked| Call::form(&format!("/api/v1/{}", asked.path), &form(asked)).bearer(token));
    let mor = MOR.iter().map(|asked| {
        let hashed = leaseline_mor::Method::by_name(asked.path).unwrap().hashed();
        let sent: Vec<_> = filled(nth, string, asked).collect();
        let value = |name: &&str| sent.iter().find(|(sent, _)| sent == name);
        let values = hashed.iter().filter_map(value).map(|(_, value)| value.as_bytes());
        let hash = hash::hex(values, b"secret");
        let form = format!("{}&u=admin&hash={hash}", form(asked));
        Call::form(&format!("/billing/api/{}", asked.path), &form)
    });
    let traitel = TRAITEL.iter().map(|asked| {
        let form = format!("user=demo&pass=demo-pass&{}", form(asked));
        let mode =
            if asked.path.is_empty() { String::new() } else { format!("&mode={}", asked.path) };
        Call::form("/accountmanager.pl", &format!("{form}{mode}"))
    });
    let switch = SWITCH.iter().map(|asked| {
        let mut body = json!({
            "started_at": 1, "ended_at": 2, "bill_ms": 3, "result": "answered", "from": "1",
            "to": "2", "at": 1, "direction": "out", "account": "demo", "sub_id": 0, "sent": true,
            "type": "replies", "tracking": null, "event": "answer", "text": "t",
        });
        for (name, value) in filled(nth, string, asked).filter(|(_, value)| !value.is_empty()) {
            body[name] = Value::from(value);
        }
        Call::new("POST", asked.path)
            .header("Content-Type", "application/json")
            .header("Authorization", BASIC)
            .body(body.to_string())
    });
    let freeswitch = FREESWITCH
        .iter()
        .map(|asked| Call::form(asked.path, &form(asked)).header("Authorization", BASIC));
    apigate.chain(mor).chain(traitel).chain(switch).chain(freeswitch).collect()
}

/// Bodies of which nobody can make anything.
const BROKEN: [&[u8]; 12] = [
    b"",
    b"%",
    b"a=%zz&b=%4",
    b"\xFF\xFE=\x80",
    b"a=%00",
    b"mode=addsubaccount&mode=addsubaccount",
    b"{",
    b"[",
    b"{\"call_id\":1e999}",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    b"[null,7,\"x\",{}]",
    b"cdr=%7B",
];

/// What may be said of a body, whatever is in it.
const MEDIA_TYPES: [&str; 4] =
    ["application/x-www-form-urlencoded", "application/json", "text/xml; charset=utf-16", ";;="];

/// Each of these bodies for each path, as if it were of each kind.
fn broken(token: &str) -> Vec<Call> {
    let paths = APIGATE.iter().map(|asked| (format!("/api/v1/{}", asked.path), "Bearer"));
    let paths = paths.chain(MOR.iter().map(|asked| (format!("/billing/api/{}", asked.path), "")));
    let paths = paths.chain([("/accountmanager.pl".to_owned(), "")]);
    let switch = SWITCH.iter().chain(&FREESWITCH);
    let paths = paths.chain(switch.map(|asked| (asked.path.to_owned(), "Basic")));
    let mut calls = Vec::new();
    for (path, scheme) in paths {
        for (body, media_type) in BROKEN.iter().flat_map(|it| MEDIA_TYPES.map(|kind| (it, kind))) {
            let call = Call::new("POST", &path).header("Content-Type", media_type).body(body);
            calls.push(match scheme {
                "Bearer" => call.bearer(token),
                "Basic" => call.header("Authorization", BASIC),
                _ => call,
            });
        }
    }
    calls
}

/// The operation's fields, the string in the next one of them; a field that is listed twice comes
/// twice as often, and is sent once.
fn filled<'a>(
    nth: usize,
    string: &'a str,
    asked: &'a Asked,
) -> impl Iterator<Item = (&'static str, &'a str)> {
    let target = asked.fields[nth % asked.fields.len()].0;
    let first = move |at: &usize| {
        let name = asked.fields[*at].0;
        asked.fields[..*at].iter().all(|(before, _)| *before != name)
    };
    (0..asked.fields.len()).filter(first).map(move |at| {
        let (name, usual) = asked.fields[at];
        (name, if name == target { string } else { usual })
    })
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// Whether a facade said no. A call that is rejected is an answer, and is kept.
fn is_refused(answer: &Answer) -> bool {
    let body = &answer.body;
    let is_apigates = |rest: &str| rest.starts_with(|status: char| ('1'..='9').contains(&status));
    answer.status >= 400
        || body.strip_prefix("{\"status\":").is_some_and(is_apigates)
        || body.contains("<error>")
        || body.starts_with("Error ")
}

/// Sends all of it over a few connections at a time; what was refused.
fn send(server: &Running, calls: Vec<Call>) -> Vec<Call> {
    let address = server.address;
    let ask = |call: Call| {
        let answer = call.send(address).unwrap_or_else(|error| panic!("{error}: {call:?}"));
        assert!(answer.status < 500, "{call:?}: {answer:?}");
        is_refused(&answer).then_some(call)
    };
    thread::scope(|scope| {
        let share = calls.len().div_ceil(4);
        let mut calls = calls.into_iter();
        let shares: Vec<Vec<_>> = (0..4).map(|_| calls.by_ref().take(share).collect()).collect();
        let senders: Vec<_> = shares
            .into_iter()
            .map(|calls| scope.spawn(move || calls.into_iter().filter_map(ask).collect::<Vec<_>>()))
            .collect();
        senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect()
    })
}

/// What the database remembers of its service rather than of its customers, and when each copy was
/// made.
const BOOKKEEPING: [&str; 4] =
    ["writers", "requests", "pool_samples", "__diesel_schema_migrations"];

/// So much more memory may the process take after the same requests again, in KiB.
const MOST_GROWTH: u64 = 16_384;

/// Everything else that the database holds.
fn dump(place: &Place, url: &str, name: &str) -> Vec<String> {
    let backup = place.run(&["db", "backup", name, "--database-url", url]);
    assert_eq!(backup.code, Some(0), "{}", backup.stderr);
    let dump = Command::new("sqlite3").args([name, ".dump"]).current_dir(place.path()).output();
    let dump = String::from_utf8_lossy(&dump.unwrap().stdout).into_owned();
    let is_bookkeeping = |line: &str| {
        BOOKKEEPING.iter().any(|table| line.starts_with(&format!("INSERT INTO {table} ")))
    };
    let kept = dump.lines().filter(|line| !is_bookkeeping(line));
    let mut kept: Vec<_> = kept.map(str::to_owned).collect();
    kept.sort_unstable();
    kept
}

#[test]
fn no_string_makes_anybody_stumble_and_a_refused_one_changes_nothing() {
    let strings = include_str!("../data/naughty_strings.json");
    let strings: Vec<String> = serde_json::from_str(strings).unwrap();
    for database in databases() {
        furnish(database.url(), 100);
        let place = Place::empty();
        let variables = [
            ("LEASELINE_JWT__SECRET", "the secret of these tests, long enough"),
            ("LEASELINE_MOR__KEY", "the key of these tests, long enough too"),
        ];
        let run = |arguments: &[&str]| {
            let mut command = place.command(arguments);
            command.args(["--database-url", database.url()]).envs(variables);
            let done = command.output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            String::from_utf8(done.stdout).unwrap()
        };
        std::fs::write(place.path().join("users.toml"), USERS).unwrap();
        run(&["apply", "users.toml"]);
        let token = run(&["token", "issue", "--user", "admin"]);
        let serve = ["serve", "--database-url", database.url()];
        let server = place.start_with(&serve, &variables);

        let ask = |(nth, string): (usize, &String)| calls(nth, string, token.trim());
        let refused = send(&server, strings.iter().enumerate().flat_map(ask).collect());
        assert!(refused.len() > strings.len(), "much is refused");
        let refused = [refused, send(&server, broken(token.trim()))].concat();
        // What came after it may have made room for one of them; not so the next time.
        let refused = send(&server, refused);
        let before = dump(&place, database.url(), "before.db");
        let memory = server.memory();
        assert_eq!(send(&server, refused.clone()).len(), refused.len());
        let grown = server.memory().saturating_sub(memory);
        assert!(grown < MOST_GROWTH, "{memory} KiB, and {grown} more");
        let after = dump(&place, database.url(), "after.db");
        let changed = before.iter().zip(&after).find(|(before, after)| before != after);
        assert_eq!(changed, None);
        assert_eq!(before.len(), after.len());

        let (status, log) = server.end("-TERM");
        assert_eq!(status.code(), Some(0));
        assert!(!log.contains("panicked"), "{log}");
        database.assert_sound();
    }
}
