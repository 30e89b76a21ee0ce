//! `apply` and `numbers import`.

use leaseline_testkit::Database;

use crate::place::Place;

const WORLD: &str = r#"
[[pools]]
name = "kl"
purpose = "lease"
country = "Malaysia"
city = "Kuala Lumpur"
region = "MY"
services = ["voice"]
quarantine = "0s"
range = { first = "0388880000", count = 1000 }
csv = "more/numbers.csv"

[[customers]]
key = "acme"
first_name = "Acme"
last_name = "Rides"
charge_method = "prepaid"
credit = 1000000
single = { enabled = true, block = 20, rate = 1, max = 0 }
group = { enabled = true, block = 20, rate = 1, max = 0 }

[[api_users]]
name = "apisample"
role = "client"
customers = ["acme"]
rights = ["topup"]
"#;

fn write(place: &Place, name: &str, text: &str) {
    let path = place.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn with_world() -> Place {
    let place = Place::empty();
    write(&place, "plans/world.toml", WORLD);
    write(&place, "plans/more/numbers.csv", "number,city\n0377770000,Ipoh\n");
    place
}

#[test]
fn an_empty_database_is_filled_and_a_second_run_changes_nothing() {
    let place = with_world();
    let apply = ["apply", "plans/world.toml", "--json"];
    let first = place.run(&apply);
    assert_eq!(
        (first.code, first.stdout.as_str()),
        (
            Some(0),
            "{\"customers\":{\"acme\":1},\"accounts\":{},\"mor_users\":{},\
             \"pools\":{\"kl\":{\"numbers\":1001,\"added\":1001}},\"changed\":3}\n"
        ),
        "{}",
        first.stderr
    );
    assert_eq!(
        place.run(&apply).stdout,
        "{\"customers\":{\"acme\":1},\"accounts\":{},\"mor_users\":{},\
         \"pools\":{\"kl\":{\"numbers\":1001,\"added\":0}},\"changed\":0}\n"
    );
    assert_eq!(
        place.run(&apply[..2]).stdout,
        "pool \"kl\": 1001 numbers, 0 of them new\ncustomer \"acme\": id 1\nnothing changed\n"
    );
    // The user is there, and may be given a token.
    assert_eq!(place.run(&["token", "issue", "--user", "apisample"]).code, Some(0));
}

#[test]
fn a_server_that_runs_already_leases_what_is_applied() {
    let place = Place::empty();
    let server = place.start(&["serve"]);
    write(&place, "world.toml", &WORLD.replace("csv =", "# csv ="));
    let applied = place.run(&["apply", "world.toml"]);
    assert_eq!(applied.code, Some(0), "{}", applied.stderr);
    let token = place.run(&["token", "issue", "--user", "apisample"]).stdout;
    let form = "customer_id=1&phone=60195730424&expiry_value=1&expiry_unit=hours";
    let call = leaseline_testkit::http::Call::form("/api/v1/leasesingle/request", form);
    let answer = call.bearer(token.trim()).send(server.address).unwrap();
    let expected = "\"lease_info\":{\"0388880000\":\"60195730424\"}";
    assert!(answer.body.contains(expected), "{}", answer.body);
}

/// What is said about a file that is not applied.
fn check(text: &str, expected: &str) {
    let place = with_world();
    write(&place, "plan.toml", text);
    let done = place.run(&["apply", "plan.toml", "--json"]);
    assert_eq!((done.code, done.stdout.as_str()), (Some(1), ""));
    let expected = format!(
        "error: failed to apply plan.toml: {expected}\nhint: correct it; nothing was changed\n"
    );
    assert_eq!(done.stderr, expected);
    assert!(!place.contents().contains(&"leaseline.db".into()), "no database is made for it");
}

#[test]
fn an_error_names_table_entry_and_line() {
    check(
        "[[customers]]\nkey = 'acme'\nfirst_nam = 'Acme'\n",
        "line 3: [[customers]] \"acme\": there is no key `first_nam`; \
         the nearest known one is `first_name`",
    );
    check(
        "\n[[switches]]\nname = 'edge-1'\nsources = ['10.0.0.0/33']\n",
        "line 4: [[switches]] \"edge-1\": `sources`: \"10.0.0.0/33\" is neither \"any\" nor a \
         network such as 10.0.0.0/8",
    );
    check("[[pools]]\nname = \n", "line 2: string values must be quoted, expected literal string");
}

#[test]
fn a_file_that_is_not_there() {
    let done = Place::empty().run(&["apply", "plan.toml"]);
    assert_eq!(
        (done.code, done.stderr.as_str()),
        (
            Some(1),
            "error: failed to apply plan.toml: failed to read plan.toml: \
             No such file or directory (os error 2)\nhint: name a file that can be read\n"
        )
    );
}

#[test]
fn numbers_are_imported() {
    let place = with_world();
    place.run(&["apply", "plans/world.toml"]);
    write(&place, "n.csv", "number,country,city\n0388880999,,\n+60388881000,Malaysia,Ipoh\n");
    let import = ["numbers", "import", "n.csv", "--pool", "kl", "--json"];
    let first = place.run(&import);
    assert_eq!(first.stdout, "{\"pool\":\"kl\",\"numbers\":2,\"added\":1}\n", "{}", first.stderr);
    assert_eq!(place.run(&import).stdout, "{\"pool\":\"kl\",\"numbers\":2,\"added\":0}\n");
    assert_eq!(place.run(&import[..5]).stdout, "2 numbers, 0 of them new in the pool \"kl\"\n");

    write(&place, "n.csv", "number\n0388881001\n12\n");
    let wrong = place.run(&import);
    assert_eq!(
        (wrong.code, wrong.stdout.as_str(), wrong.stderr.as_str()),
        (
            Some(1),
            "",
            "error: failed to import n.csv: line 3: \"…12\" is not a telephone number of 7 to 15 \
             digits\nhint: correct it; nothing was changed\n"
        )
    );
    let elsewhere = place.run(&["numbers", "import", "n.csv", "--pool", "lk"]);
    assert_eq!(
        elsewhere.stderr,
        "error: failed to import n.csv: there is no pool \"lk\"\n\
         hint: make the pool with `leaseline apply`, or name another one\n"
    );
}

#[test]
fn a_server_is_not_migrated_by_the_way() {
    if let Some(database) = Database::without_tables().nth(1) {
        let place = with_world();
        let done = place.run(&["apply", "plans/world.toml", "--database-url", database.url()]);
        assert_eq!(
            (done.code, done.stderr.as_str()),
            (
                Some(1),
                "error: failed to open the database postgres://…: it is empty\n\
                 hint: leaseline migrate\n"
            )
        );
    }
}
