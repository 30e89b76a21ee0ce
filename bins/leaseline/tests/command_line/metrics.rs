//! `/metrics`, as Prometheus would scrape it.

use std::net::SocketAddr;

use leaseline_testkit::http::Call;

use crate::place::Place;
use crate::prometheus::Scrape;
use crate::shop::Shop;

fn scrape(address: SocketAddr) -> Scrape {
    let answer = Call::new("GET", "/metrics").send(address).unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    Scrape::read(&answer.body)
}

/// The inventory is counted in the background, at once after the start.
fn scrape_with_inventory(address: SocketAddr) -> Scrape {
    let scrapes = std::iter::repeat_with(|| scrape(address));
    let mut counted = scrapes
        .take(10_000)
        .filter(|scrape| scrape.value("leaseline_inventory_age_seconds").is_some());
    counted.next().expect("the inventory is counted")
}

#[test]
fn counters_move_as_requests_are_made() {
    let shop = Shop::with_numbers(10);
    let server = shop.place.start(&["serve"]);
    let before = scrape_with_inventory(server.address);
    assert_eq!(before.value("leaseline_ready"), Some(1.0));
    assert_eq!(before.sum("leaseline_requests_total"), 0.0);

    let lease = |phone: &str| assert_eq!(shop.lease(&server, phone).status, 200);
    lease("0195730424");
    lease("0195730425");
    lease("nonsense");
    server.get("/no/such/path/0195730424");
    let top_up = format!("customer_id={}&credit=5", shop.customer);
    let call = Call::form("/api/v1/customer/topup", &top_up).bearer(&shop.token);
    assert_eq!(call.send(server.address).unwrap().status, 200);

    let after = scrape(server.address);
    let requests = |labels: &str| after.value(&format!("leaseline_requests_total{{{labels}}}"));
    let request = "facade=\"apigate\",operation=\"leasesingle/request\"";
    assert_eq!(requests(&format!("{request},status=\"0\"")), Some(2.0));
    assert_eq!(requests("facade=\"-\",operation=\"-\",status=\"404\""), Some(1.0));
    let count = format!("leaseline_request_duration_seconds_count{{{request}}}");
    assert_eq!(after.value(&count), Some(3.0));
    assert_eq!(after.sum("leaseline_batch_size_sum") - before.sum("leaseline_batch_size_sum"), 3.0);
    let postings = |kind: &str| {
        let series = format!("leaseline_ledger_postings_total{{kind=\"{kind}\"}}");
        after.value(&series).unwrap() - before.value(&series).unwrap()
    };
    assert_eq!((postings("top_up"), postings("opening")), (1.0, 0.0));
    assert!(after.sum("leaseline_commit_duration_seconds_count") >= 3.0);
    assert_eq!(after.value("leaseline_inbox_depth"), Some(0.0));
    for counter in ["inbox_refusals", "batches_replayed", "commits_unknown", "store_failures"] {
        assert_eq!(after.sum(&format!("leaseline_{counter}_total")), 0.0, "{counter}");
    }
}

#[test]
fn the_inventory_is_shown_by_pool_and_state() {
    let shop = Shop::with_numbers(10);
    let server = shop.place.start(&["serve"]);
    shop.lease(&server, "0195730424");
    drop(server);
    // A new process counts at once.
    let server = shop.place.start(&["serve"]);
    let scrape = scrape_with_inventory(server.address);
    let numbers = |state: &str| {
        let pool = "pool 388880000";
        scrape.value(&format!("leaseline_numbers{{pool=\"{pool}\",state=\"{state}\"}}"))
    };
    let states = ["free", "leased", "reserved", "quarantined", "blocked"].map(numbers);
    assert_eq!(states, [9.0, 1.0, 0.0, 0.0, 0.0].map(Some));
    assert_eq!(scrape.value("leaseline_leases_active{kind=\"single\"}"), Some(1.0));
    assert_eq!(scrape.value("leaseline_leases_active{kind=\"group\"}"), Some(0.0));
}

#[test]
fn labels_tell_nobodys_number_and_no_customer() {
    let shop = Shop::with_numbers(10);
    let server = shop.place.start(&["serve"]);
    shop.lease(&server, "0195730424");
    server.get("/api/v1/0195730424/request");
    let scrape = scrape_with_inventory(server.address);
    let known =
        ["by", "facade", "operation", "status", "kind", "reason", "pool", "state", "version", "le"];
    for (label, value) in scrape.labels() {
        assert!(known.contains(&label), "{label}");
        assert!(!value.contains("195730424"), "{value}");
    }
}

#[test]
fn every_metric_is_in_the_manual_and_the_manual_has_no_other() {
    let shop = Shop::with_numbers(1);
    let server = shop.place.start(&["serve"]);
    shop.lease(&server, "0195730424");
    let scrape = scrape_with_inventory(server.address);
    let manual = include_str!("../../../../docs/how-to/monitor.md");
    let rows = manual.lines().filter_map(|line| line.strip_prefix("| `"));
    let mut listed: Vec<_> = rows.filter_map(|row| row.split('`').next()).collect();
    // What only a database with a clock of its own has.
    listed.retain(|name| *name != "leaseline_clock_offset_seconds");
    listed.sort_unstable();
    assert_eq!(scrape.names(), listed);
}

#[test]
fn with_an_admin_port_operators_are_answered_there_alone() {
    let place = Place::empty();
    let server = place.start_with(&["serve"], &[("LEASELINE_ADMIN_LISTEN", "127.0.0.1:0")]);
    for path in ["/metrics", "/healthz", "/readyz"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    let admin = admin_address(&place);
    let get = |path: &str| Call::new("GET", path).send(admin).unwrap().status;
    assert_eq!(["/healthz", "/readyz", "/metrics"].map(get), [200; 3]);
    assert_eq!(get("/api/v1/leasesingle/request"), 404);
    assert_eq!(scrape(admin).value("leaseline_ready"), Some(1.0));
    let (status, log) = server.end("-TERM");
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(Call::new("GET", "/healthz").send(admin).is_err());
}

/// Where the log says that operators are answered.
fn admin_address(place: &Place) -> SocketAddr {
    let log = place.path().join("log");
    let logged = || std::fs::read_to_string(&log).unwrap();
    let found = std::iter::repeat_with(logged).take(100_000).find_map(|log| {
        let (_, after) = log.split_once("answering operators on http://")?;
        after.split('"').next()?.parse().ok()
    });
    found.expect("it is logged")
}

#[test]
fn a_second_server_on_the_admin_port_is_refused_by_name() {
    let place = Place::empty();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = place.command(&["serve", "--listen", "127.0.0.1:0"]);
    let output = command.env("LEASELINE_ADMIN_LISTEN", &address).output().unwrap();
    let report = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(report.contains("choose a free address with admin_listen"), "{report}");
}
