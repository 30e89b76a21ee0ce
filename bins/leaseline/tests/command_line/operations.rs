//! The commands on numbers, customers, leases and users, by their whole answers.

use std::sync::Arc;
use std::time::Duration;

use leaseline_core::expiry::TermUnit;
use leaseline_core::ids::CustomerId;
use leaseline_core::lease::{LeaseGranted, LeaseRequest, Party};
use leaseline_core::subscriber::Subscriber;
use leaseline_core::timestamp::Utc;
use leaseline_hub::{Hub, Settings};
use leaseline_testkit::{CountingIds, ManualClock, World, phone, profile, term};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::place::{Done, Place};

const PHONE: &str = "0195730424";

/// What was so on 31 January 2020: three numbers of the pool `kl`, which rest for 90 s. Customer 1
/// leased the first one at noon for an hour and gave it back after a minute. It has the second one
/// in reserve. Nobody had the third one.
fn place() -> Place {
    let place = Place::empty();
    let url = format!("sqlite://{}", place.path().join("leaseline.db").display());
    Runtime::new().unwrap().block_on(make(&url));
    place
}

async fn make(url: &str) {
    Hub::migrate(url).unwrap();
    let clock = ManualClock::new();
    let settings = Settings {
        clock: Box::new(clock.clone()),
        ids: Arc::new(CountingIds::default()),
        ..Settings::new(url)
    };
    let world = World::new(Hub::open(settings).unwrap()).await;
    let pool = world.pool("kl", Duration::from_secs(90)).await;
    world.numbers_in(pool, 3).await;
    let customer = world.customer_with(profile(), 100).await;
    world.client("ada", &[customer]).await;
    let granted = world.lease(world.single(customer, PHONE)).await.unwrap();
    clock.advance(Duration::from_secs(60));
    world.release(&granted).await.unwrap();
    world.reserve(customer, 1).await.unwrap();
    world.hub.close().await;
}

fn json(done: Done) -> Value {
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    serde_json::from_str(&done.stdout).unwrap()
}

fn check(place: &Place, arguments: &[&str], expected: &Value) {
    let answer = json(place.run(&[arguments, &["--json"]].concat()));
    assert_eq!(&answer, expected, "{arguments:?}");
}

/// Fails with these two lines and nothing on standard output.
fn check_failure(place: &Place, arguments: &[&str], expected: &str) {
    let done = place.run(arguments);
    assert_eq!((done.code, done.stdout.as_str(), done.stderr.as_str()), (Some(1), "", expected));
}

fn first_turn() -> Value {
    json!({
        "turn": 1, "lease": REFERENCE, "kind": "single",
        "customer": { "id": 1, "name": "Acme Rides" },
        "phone": PHONE, "granted_by": "admin",
        "from": "2020-01-31T12:00:00Z", "until": "2020-01-31T12:01:00Z",
        "expires": "2020-01-31T13:00:00Z", "released": "2020-01-31T12:01:00Z",
    })
}

/// The ids before it are those of the writer and of the opening balance.
const REFERENCE: &str = "00000000-0000-7000-8000-000000000003";

#[test]
fn who_held_a_number_is_answered_in_one_document() {
    let place = place();
    let check = |number: &str, more: &[&str], expected: Value| {
        check(&place, &[&["numbers", "who", number], more].concat(), &expected);
    };
    let held = json!({
        "number": "0388880000", "at": "2020-01-31T12:00:30Z", "answer": "held",
        "resting_until": null, "reserved": null, "holders": [first_turn()],
    });
    check("0388880000", &["--at", "2020-01-31T12:00:30Z"], held.clone());
    let local = ["--at", "2020-01-31 20:00:30", "--tz", "Asia/Kuala_Lumpur"];
    check("0388880000", &local, held);
    check(
        "+60388880000",
        &["--at", "2020-01-31 12:01"],
        json!({
            "number": "+60388880000", "at": "2020-01-31T12:01:00Z", "answer": "resting",
            "resting_until": "2020-01-31T12:02:30Z", "reserved": null, "holders": [first_turn()],
        }),
    );
    check(
        "0388880001",
        &["--at", "2020-02-29T00:00:00Z"],
        json!({
            "number": "0388880001", "at": "2020-02-29T00:00:00Z", "answer": "reserved",
            "resting_until": null, "holders": [],
            "reserved": {
                "customer": { "id": 1, "name": "Acme Rides" },
                "from": "2020-01-31T12:01:00Z", "until": null,
            },
        }),
    );
    for (number, answer) in [("0388880002", "nobody"), ("0388889999", "not_ours")] {
        check(
            number,
            &["--at", "2020-02-29T00:00:00Z"],
            json!({
                "number": number, "at": "2020-02-29T00:00:00Z", "answer": answer,
                "resting_until": null, "reserved": null, "holders": [],
            }),
        );
    }
}

#[test]
fn who_held_a_number_is_a_sentence_for_people() {
    let place = place();
    let check = |number: &str, at: &str, expected: &str| {
        let done = place.run(&["numbers", "who", number, "--at", at]);
        assert_eq!((done.code, done.stdout.as_str()), (Some(0), expected));
    };
    let turn = format!(
        "  customer 1 (Acme Rides) from 2020-01-31T12:00:00Z until 2020-01-31T12:01:00Z (given \
         back), for 0195730424, single lease {REFERENCE}, asked for by admin\n"
    );
    let held = format!("0388880000 was held at 2020-01-31T12:00:30Z by\n{turn}");
    check("0388880000", "2020-01-31T12:00:30Z", &held);
    let rested = format!(
        "nobody held 0388880000 at 2020-01-31T12:01:01Z: it was in quarantine until \
         2020-01-31T12:02:30Z\nwithin 2 seconds of it by\n{turn}"
    );
    check("0388880000", "2020-01-31 12:01:01", &rested);
    let reserved = "nobody held 0388880001 at 2021-01-01T00:00:00Z: it was reserved for customer 1 (Acme Rides)\n";
    check("0388880001", "2021-01-01 00:00", reserved);
    let nobody = "nobody held 0388880002 at 2021-01-01T00:00:00Z\n";
    check("0388880002", "2021-01-01 00:00", nobody);
}

#[test]
fn a_numbers_history() {
    let place = place();
    check(
        &place,
        &["numbers", "history", "0388880000"],
        &json!({
            "number": {
                "id": 1, "number": "0388880000", "e164": "60388880000", "pool": "kl",
                "state": "free", "blocked": false, "reserved_for": null, "lease": null,
                "leased": 1, "free_from": "2020-01-31T12:02:30Z",
            },
            "turns": [first_turn()], "next_before": null, "reservations": [],
        }),
    );
    check_failure(
        &place,
        &["numbers", "history", "0388889999"],
        "error: failed to show the history of 0388889999: it is not a number of the inventory\n\
         hint: numbers come in by `leaseline numbers import` or `leaseline apply`\n",
    );
}

#[test]
fn numbers_are_listed_counted_blocked_and_given_back() {
    let place = place();
    let line = |id: i64, state: &str, reserved_for: Option<i64>| {
        let (leased, free_from) = match id {
            1 => (1, Some("2020-01-31T12:02:30Z")),
            _ => (0, None),
        };
        json!({
            "id": id, "number": format!("038888000{}", id - 1),
            "e164": format!("6038888000{}", id - 1), "pool": "kl", "state": state,
            "blocked": state == "blocked", "reserved_for": reserved_for, "lease": null,
            "leased": leased, "free_from": free_from,
        })
    };
    let (first, second, third) =
        (line(1, "free", None), line(2, "reserved", Some(1)), line(3, "free", None));
    check(&place, &["numbers", "list"], &json!({ "numbers": [first, second, third] }));
    check(&place, &["numbers", "list", "--state", "reserved"], &json!({ "numbers": [second] }));
    let page = ["numbers", "list", "--pool", "kl", "--after", "1", "--limit", "1"];
    check(&place, &page, &json!({ "numbers": [second] }));
    let blocked = line(3, "blocked", None);
    check(
        &place,
        &["numbers", "block", "0388880002"],
        &json!({ "number": blocked, "changed": true }),
    );
    check(
        &place,
        &["numbers", "block", "0388880002"],
        &json!({ "number": blocked, "changed": false }),
    );
    check(
        &place,
        &["numbers", "list", "--count"],
        &json!({ "pools": [{
            "pool": "kl", "free": 1, "reserved": 1, "leased": 0, "subscribed": 0,
            "resting": 0, "blocked": 1, "total": 3,
        }] }),
    );
    let done = place.run(&["numbers", "list", "--state", "blocked"]);
    assert_eq!(
        done.stdout,
        "ID  NUMBER      POOL  STATE    BLOCKED  RESERVED FOR  LEASE  FREE FROM\n\
         3   0388880002  kl    blocked  yes      -             -      -\n"
    );
    check(
        &place,
        &["numbers", "unblock", "0388880002"],
        &json!({ "number": third, "changed": true }),
    );
    check(
        &place,
        &["numbers", "unreserve", "--customer", "1"],
        &json!({ "customer": 1, "unreserved": 1, "numbers": ["0388880001"] }),
    );
    check(&place, &["check"], &json!({ "broken": [] }));
    check_failure(
        &place,
        &["numbers", "list", "--pool", "penang"],
        "error: failed to list the numbers of \"penang\": there is no such pool\n\
         hint: the names there are: leaseline numbers list --count\n",
    );
}

/// Customer 1 of [`place`].
fn customer() -> Value {
    let terms = json!({ "enabled": true, "block": 20, "rate": 1, "max": 0 });
    json!({
        "id": 1, "first_name": "Acme", "last_name": "Rides", "status": "active",
        "charge_method": "prepaid", "balance": 100, "single": terms, "group": terms,
        "max_reserved": 0, "allowed_prefixes": [], "credit_limit": null, "max_calls": 0,
        "max_spend_per_day": 0, "created": "2020-01-31T12:00:00Z", "suspended": null,
    })
}

/// The same with these fields otherwise.
fn with(mut value: Value, fields: &Value) -> Value {
    let fields = fields.as_object().unwrap().clone();
    value.as_object_mut().unwrap().extend(fields);
    value
}

#[test]
fn a_customer_is_shown_changed_and_topped_up() {
    let place = place();
    let holdings = json!({ "live_single": 0, "live_group": 0, "reserved": 1 });
    check(&place, &["customers", "show", "1"], &with(customer(), &holdings));
    check(&place, &["customers", "list"], &json!({ "customers": [customer()] }));
    let update = [
        "customers",
        "update",
        "1",
        "--last-name",
        "Cabs",
        "--group",
        "enabled=false,max=5",
        "--allowed-prefixes",
        "60,65",
        "--max-reserved",
        "7",
        "--credit-limit",
        "50",
    ];
    let changed = json!({
        "last_name": "Cabs", "group": { "enabled": false, "block": 20, "rate": 1, "max": 5 },
        "allowed_prefixes": ["60", "65"], "max_reserved": 7, "credit_limit": 50,
    });
    let changed = with(customer(), &changed);
    check(&place, &update, &changed);
    let topped_up = with(changed, &json!({ "balance": 70 }));
    check(&place, &["customers", "topup", "1", "-30"], &topped_up);

    let suspended = json(place.run(&["customers", "suspend", "1", "--json"]));
    let since = json!({ "status": "suspended", "suspended": suspended["suspended"] });
    assert_eq!(suspended, with(topped_up, &since));
    assert!(suspended["suspended"].is_string());
    let active = json(place.run(&["customers", "activate", "1", "--json"]));
    assert_eq!(active["status"], "active");
    check_failure(
        &place,
        &["customers", "suspend", "9"],
        "error: failed to change customer 9: the customer is unknown\n\
         hint: the ids there are: leaseline customers list\n",
    );
}

#[test]
fn a_customer_is_made_with_its_opening_balance() {
    let place = place();
    let create = [
        "customers",
        "create",
        "--first-name",
        "Ada",
        "--last-name",
        "Lim",
        "--charge-method",
        "postpaid",
        "--single",
        "enabled=true,block=6,rate=2",
        "--credit",
        "-40",
        "--json",
    ];
    let made = json(place.run(&create));
    let expected = json!({
        "id": 2, "first_name": "Ada", "last_name": "Lim", "charge_method": "postpaid",
        "balance": -40, "single": { "enabled": true, "block": 6, "rate": 2, "max": 0 },
        "group": { "enabled": false, "block": 60, "rate": 0, "max": 0 },
        "created": made["created"],
    });
    assert_eq!(made, with(customer(), &expected));
    let arguments = ["customers", "create", "--first-name", "Ada", "--last-name", "Lim"];
    check_failure(
        &place,
        &arguments,
        "error: failed to make the customer: charge_method is missing\n\
         hint: a customer has --first-name, --last-name and --charge-method, and a kind of lease \
         that is enabled has a block and a rate\n",
    );
}

#[test]
fn a_ledger_is_listed_from_either_end() {
    let place = place();
    let topped_up = json(place.run(&["customers", "topup", "1", "5", "--json"]));
    assert_eq!(topped_up["balance"], 105);
    let newest = json(place.run(&["customers", "ledger", "1", "--json"]));
    let opening = json!({
        "seq": 1, "at": "2020-01-31T12:00:00Z", "kind": "opening", "amount": 100,
        "balance_after": 100, "source": "00000000-0000-7000-8000-000000000002",
        "reference": null,
    });
    let (at, source) = (&newest["entries"][0]["at"], &newest["entries"][0]["source"]);
    let more = json!({
        "seq": 2, "at": at, "kind": "topup", "amount": 5, "balance_after": 105, "source": source,
        "reference": null,
    });
    let ledger = |entries: &[&Value]| json!({ "customer": 1, "balance": 105, "entries": entries });
    assert_eq!(newest, ledger(&[&more, &opening]));
    check(&place, &["customers", "ledger", "1", "--oldest-first"], &ledger(&[&opening, &more]));
    check(&place, &["customers", "ledger", "1", "--from", "2"], &ledger(&[&opening]));
    check(&place, &["customers", "ledger", "1", "--limit", "1"], &ledger(&[&more]));
}

#[test]
fn leases_are_listed_shown_and_released() {
    let place = place();
    let lease = json!({
        "reference": REFERENCE, "customer": 1, "kind": "single", "active": false,
        "granted": "2020-01-31T12:00:00Z", "granted_by": "admin",
        "expires": "2020-01-31T13:00:00Z", "released": "2020-01-31T12:01:00Z",
        "members": [{
            "number": "0388880000", "turn": 1, "phone": PHONE,
            "imsi": null, "mcc": null, "mnc": null,
        }],
    });
    check(&place, &["leases", "list", "--customer", "1"], &json!({ "leases": [lease] }));
    check(&place, &["leases", "list", "--active"], &json!({ "leases": [] }));
    let words = ["leases", "list", "--filter", "customer:1 state:released 0388"];
    check(&place, &words, &json!({ "leases": [lease] }));
    check(&place, &["leases", "list", "--filter", "exp:<1h"], &json!({ "leases": [] }));
    let failed = "error: failed to read the filter: \"kind:both\" names no kind: write kind:single \
                  or kind:group\nhint: the words of a filter: --help; all of them have to fit\n";
    check_failure(&place, &["leases", "list", "--filter", "kind:both"], failed);
    check(&place, &["leases", "show", REFERENCE], &lease);
    let failed = format!(
        "error: failed to release the lease {REFERENCE}: the lease is unknown\n\
         hint: it is over or was given back: leaseline leases show REFERENCE\n"
    );
    check_failure(&place, &["leases", "release", REFERENCE], &failed);
    let unknown = "00000000-0000-7000-8000-000000000099";
    let failed = format!(
        "error: failed to show the lease {unknown}: there is no such lease\n\
         hint: the references there are: leaseline leases list\n"
    );
    check_failure(&place, &["leases", "show", unknown], &failed);
}

#[test]
fn a_live_lease_is_given_back() {
    let place = place();
    let url = format!("sqlite://{}", place.path().join("leaseline.db").display());
    let live = Runtime::new().unwrap().block_on(lease_for_a_century(&url)).lease;
    let reference = live.id.to_string();
    let listed = json(place.run(&["leases", "list", "--active", "--json"]));
    let listed = listed["leases"].as_array().unwrap();
    assert_eq!((listed.len(), &listed[0]["reference"]), (1, &json!(reference)));
    assert_eq!((&listed[0]["active"], &listed[0]["released"]), (&json!(true), &Value::Null));

    let released = json(place.run(&["leases", "release", &reference, "--json"]));
    let ended = json!({ "active": false, "released": released["released"] });
    assert_eq!(released, with(listed[0].clone(), &ended));
    assert!(released["released"].is_string());
    let failed = format!(
        "error: failed to release the lease {reference}: the lease is unknown\n\
         hint: it is over or was given back: leaseline leases show REFERENCE\n"
    );
    check_failure(&place, &["leases", "release", &reference], &failed);
}

/// As `ada` would ask for it.
async fn lease_for_a_century(url: &str) -> LeaseGranted {
    let hub = Hub::open(Settings::new(url)).unwrap();
    let user = Subscriber::new(phone("0195730425"), None, None).unwrap();
    let request = LeaseRequest {
        caller: hub.api_user("ada", None).await.unwrap().unwrap().caller(),
        customer: CustomerId::new(1).unwrap(),
        party: Party::single(user),
        term: term(100, TermUnit::Years),
        zone: Arc::new(Utc),
    };
    let granted = hub.ask(request).await.unwrap();
    hub.close().await;
    granted
}

#[test]
fn users_are_let_in_and_out_and_given_rights() {
    let place = place();
    let admin = json!({
        "id": 1, "name": "admin", "role": "admin", "enabled": true, "may_top_up": true,
        "customers": null,
    });
    let ada = json!({
        "id": 2, "name": "ada", "role": "client", "enabled": true, "may_top_up": false,
        "customers": [1],
    });
    check(&place, &["users", "list"], &json!({ "users": [admin, ada] }));
    let may = with(ada.clone(), &json!({ "may_top_up": true }));
    check(&place, &["users", "grant", "ada", "--topup"], &may);
    let nothing = with(ada, &json!({ "customers": [] }));
    check(&place, &["users", "revoke", "ada", "--topup", "--customer", "1"], &nothing);
    let disabled = json!({ "user": "ada", "enabled": false });
    check(&place, &["users", "disable", "ada"], &disabled);
    check(&place, &["users", "enable", "ada"], &json!({ "user": "ada", "enabled": true }));
    check_failure(
        &place,
        &["users", "grant", "bob", "--topup"],
        "error: failed to grant rights to \"bob\": there is no such API user\n\
         hint: the names there are: leaseline users list\n",
    );
    check_failure(
        &place,
        &["users", "grant", "admin", "--topup"],
        "error: failed to grant rights to \"admin\": an administrator has every right\n\
         hint: name a user with the role client\n",
    );
}

#[test]
fn completions_need_no_configuration() {
    let place = Place::empty();
    std::fs::write(place.path().join("leaseline.toml"), "nonsense").unwrap();
    let done = place.run(&["completions", "bash"]);
    assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""));
    assert!(done.stdout.starts_with("_leaseline()"));
}
