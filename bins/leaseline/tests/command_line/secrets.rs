//! What must not be in a log is not in it, at its most talkative, whatever clients send and
//! however the store fails.

use leaseline_testkit::http::Call;
use leaseline_testkit::{Database, databases};
use serde_json::Value;

use crate::place::{Place, Running};
use crate::shop::furnish;

const SECRET: &str = "planted-jwt-secret-of-thirty-two-bytes-and-more";
const PHONE: &str = "0195730424";
const IMSI: &str = "502120987654321";
/// Anybody's phone without its beginning, which is written in several ways.
const DIGITS: &str = "195730424";
/// Would begin a line, colour a terminal, or end a JSON text.
const EVIL: &str = "%0D%0A2026-01-01T00:00:00Z+INFO+forged%1B%5B31m%22%7D%00";

fn settings(format: &'static str) -> [(&'static str, &'static str); 4] {
    [
        ("LEASELINE_JWT__SECRET", SECRET),
        ("LEASELINE_MOR__KEY", SECRET),
        ("LEASELINE_LOG__LEVEL", "trace"),
        ("LEASELINE_LOG__FORMAT", format),
    ]
}

/// Everything goes wrong that can, with something planted in each place.
fn ask_all(server: &Running, token: &str) {
    let post = |path: &str, form: &str| Call::form(&format!("/api/v1/{path}"), form);
    let send = |call: Call| drop(call.send(server.address));
    let as_admin = |path: &str, form: &str| send(post(path, form).bearer(token));
    let lease = format!("customer_id=1&phone={PHONE}&imsi={IMSI}&mcc=502&mnc=12");
    as_admin("leasesingle/request", &format!("{lease}&expiry_value=1&expiry_unit=hours"));
    as_admin("leasesingle/request", &format!("{lease}&expiry_value=x{PHONE}&expiry_unit=hours"));
    as_admin("leasesingle/request", &format!("customer_id={PHONE}{EVIL}&phone={IMSI}{PHONE}"));
    as_admin("leasesingle/query", &format!("reference_id={PHONE}{EVIL}"));
    let names = format!("first_name={PHONE}{EVIL}&last_name={EVIL}&single_charge_rate=1");
    as_admin("customer/create", &names);
    as_admin("customer/create", &format!("first_name={PHONE}%22%7D%0A&last_name=x%1B%5B31m"));
    as_admin("customer/update", &format!("customer_id=1&{names}"));
    as_admin(&format!("leasesingle/{PHONE}{EVIL}"), "");
    as_admin(&format!("customer/view?customer_id=1&phone={PHONE}"), "customer_id=1");
    send(post("customer/view", "customer_id=1").bearer(&format!("{token}x{SECRET}")));
    send(post("customer/view", "customer_id=1").bearer(token).header("Idempotency-Key", PHONE));
    let odd = format!("{PHONE} \u{1b}[31m \"}} {SECRET}");
    send(post("customer/view", "customer_id=1").header("Authorization", &odd));
    send(post("customer/view", "customer_id=1").header("User-Agent", &odd).header(&odd, "x"));
    send(Call::new(&format!("{PHONE}\u{1b}"), &format!("/{token}")));
    send(Call::new("GET", &format!("/{PHONE}/{token}\u{1b}?secret={SECRET}")));
    send(Call::new("GET", "/metrics").header("X-Forwarded-For", &odd));
}

fn assert_clean(log: &str, token: &str, as_json: bool) {
    assert!(log.lines().count() >= 12, "{log}");
    let signature = token.rsplit('.').next().unwrap();
    for planted in [SECRET, token, signature, DIGITS, IMSI, "forged", "\u{1b}", "\u{0}", "\r"] {
        assert!(!log.contains(planted), "{planted:?} is in the log:\n{log}");
    }
    for line in log.lines() {
        if as_json {
            let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
            assert!(line["level"].is_string(), "{line}");
        } else {
            assert!(line.starts_with("20") && line.contains('Z'), "{line}");
        }
    }
}

/// A database that quotes what it does not like, and then one that lacks a table.
fn spoil(database: &Database, nth: usize) {
    const QUOTE: &str = "
        CREATE FUNCTION quote() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION E'odd row:\n\u{1b}[31m % % %', NEW.phone_sent, NEW.phone_e164, NEW.imsi
          USING DETAIL = NEW.phone_sent, HINT = NEW.imsi; END $$;
        CREATE TRIGGER quote BEFORE INSERT ON lease_members
        FOR EACH ROW EXECUTE FUNCTION quote()";
    database.psql([QUOTE, "ALTER TABLE leases RENAME TO gone", "DROP TABLE writers"][nth]);
}

#[test]
fn nothing_that_was_planted_is_in_the_log() {
    for format in ["json", "text"] {
        for database in databases() {
            furnish(database.url(), 10);
            let place = Place::empty();
            let issue = ["token", "issue", "--user", "admin", "--database-url", database.url()];
            let issued = place.command(&issue).envs([settings("json")[0]]).output().unwrap();
            let token = String::from_utf8(issued.stdout).unwrap().trim().to_owned();
            let serve = ["serve", "--database-url", database.url()];
            let server = place.start_with(&serve, &settings(format));
            ask_all(&server, &token);
            if database.kind() == leaseline_testkit::Kind::Postgres {
                for nth in 0..3 {
                    spoil(&database, nth);
                    ask_all(&server, &token);
                }
            }
            let (_, log) = server.end("-TERM");
            assert_clean(&log, &token, format == "json");
            if database.kind() == leaseline_testkit::Kind::Postgres {
                assert!(log.contains("odd row"), "a cause is told: {log}");
            }
        }
    }
}

#[test]
fn each_request_has_one_line_with_all_there_is_to_know() {
    let place = Place::with_user("ada");
    let token = place.run(&["token", "issue", "--user", "ada"]).stdout;
    let server = place.start(&["serve"]);
    let call = Call::form("/api/v1/customer/view", "customer_id=4711").bearer(token.trim());
    let answer = call.send(server.address).unwrap();
    let (_, log) = server.end("-TERM");
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let lines: Vec<_> = lines.filter(|line| line["target"] == "access").collect();
    let [line] = &*lines else { panic!("{log}") };
    assert_eq!(line["request_id"].as_str(), answer.header("request-id"));
    assert_eq!(line["facade"], "apigate");
    assert_eq!(line["operation"], "customer/view");
    assert_eq!(line["http_status"], 200);
    assert_eq!(line["customer"], "4711");
    assert!(line["duration_ms"].as_f64() > Some(0.0));
    let outcome = line["outcome"].as_str().unwrap();
    assert!(answer.body.starts_with(&format!("{{\"status\":{outcome},")), "{}", answer.body);
}
