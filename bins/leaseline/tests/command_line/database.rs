//! `leaseline db`.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use leaseline_core::customer::NewCustomer;
use leaseline_core::money::Credits;
use leaseline_hub::{Hub, Settings};
use leaseline_testkit::{Database, ManualClock, World, databases, profile};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::place::{Done, Place};
use crate::shop::{Shop, furnish, rows};

fn assert_done(done: &Done) {
    assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""), "{}", done.stdout);
}

fn assert_refused(done: &Done, why: &str) {
    assert_eq!((done.code, done.stdout.as_str()), (Some(1), ""), "{}", done.stderr);
    assert!(done.stderr.contains(why), "{}", done.stderr);
    assert!(done.stderr.contains("\nhint: "), "{}", done.stderr);
}

fn assert_sound(url: &str) {
    assert_eq!(Hub::check(url).unwrap(), []);
}

#[test]
fn a_backup_that_was_made_under_load_is_whole_and_can_be_restored() {
    let shop = Shop::with_numbers(50_000);
    let server = shop.place.start(&["serve"]);
    let (granted, done) = (AtomicU64::new(0), AtomicBool::new(false));
    let backup = shop.file("backup.db");
    let (before, after) = thread::scope(|scope| {
        for client in 0..4_u64 {
            let (shop, server, granted, done) = (&shop, &server, &granted, &done);
            scope.spawn(move || {
                for turn in 0.. {
                    if done.load(Ordering::Acquire) {
                        return;
                    }
                    let phone = format!("0{}", 190_000_000 + client * 100_000 + turn);
                    assert!(shop.lease(server, &phone).body.starts_with("{\"status\":0,"));
                    granted.fetch_add(1, Ordering::AcqRel);
                }
            });
        }
        while granted.load(Ordering::Acquire) < 50 {
            thread::yield_now();
        }
        let before = granted.load(Ordering::Acquire);
        let made = shop.place.run(&["db", "backup", "backup.db"]);
        let after = granted.load(Ordering::Acquire);
        done.store(true, Ordering::Release);
        assert_done(&made);
        assert!(made.stdout.contains("without the keys in leaseline.db.keys"), "{}", made.stdout);
        (before, after)
    });
    let leases = rows(&shop.place, &backup, "leases");
    // One of each client may have been committed and not counted yet.
    assert!((before..=after + 4).contains(&leases), "{before} {leases} {after}");

    let restore = ["db", "restore", "backup.db"];
    assert_refused(&shop.place.run(&restore), "the target is not empty");
    let forced = ["db", "restore", "backup.db", "--force"];
    assert_refused(&shop.place.run(&forced), "somebody else is connected to it");
    assert_eq!(server.get("/readyz").status, 200);
    drop(server);
    let restored = shop.place.run(&forced);
    assert_done(&restored);
    assert!(restored.stdout.contains("leaseline.db.before-restore-1"), "{}", restored.stdout);
    assert_sound(&format!("sqlite://{}", shop.file("leaseline.db").display()));
    assert_eq!(rows(&shop.place, &shop.file("leaseline.db"), "leases"), leases);
    let server = shop.place.start(&["serve"]);
    assert!(shop.lease(&server, "0123456789").body.starts_with("{\"status\":0,"));
}

#[test]
fn an_idle_service_is_seen_too() {
    let shop = Shop::with_numbers(1);
    let variables = [("LEASELINE_METRICS__INVENTORY", "false")];
    let server = shop.place.start_with(&["serve"], &variables);
    assert_done(&shop.place.run(&["db", "backup", "b"]));
    let restore = ["db", "restore", "b", "--force"];
    assert_refused(&shop.place.run(&restore), "somebody else is connected to it");
    drop(server);
    assert_done(&shop.place.run(&restore));
}

#[test]
fn a_file_that_is_there_gives_way_only_by_force() {
    let shop = Shop::with_numbers(1);
    std::fs::write(shop.file("b"), "dear").unwrap();
    assert_refused(&shop.place.run(&["db", "backup", "b"]), "there is a file b already");
    assert_eq!(std::fs::read(shop.file("b")).unwrap(), b"dear");
    assert_done(&shop.place.run(&["db", "backup", "b", "--force"]));
    assert_eq!(rows(&shop.place, &shop.file("b"), "numbers"), 1);
    let itself = ["db", "backup", "leaseline.db", "--force"];
    assert_refused(&shop.place.run(&itself), "it is the same database");
    for beside in ["leaseline.db.keys", "./leaseline.db-wal"] {
        let backup = ["db", "backup", beside, "--force"];
        assert_refused(&shop.place.run(&backup), "belongs to the database");
    }
    assert_eq!(shop.place.contents(), ["b", "leaseline.db", "leaseline.db.keys"]);
}

#[test]
fn what_is_no_backup_is_not_restored() {
    let place = Place::empty();
    assert_refused(&place.run(&["db", "verify", "nowhere"]), "there is no file nowhere");
    std::fs::write(place.path().join("text"), "not a database, and long enough".repeat(50))
        .unwrap();
    std::fs::write(place.path().join("empty"), "").unwrap();
    assert_refused(&place.run(&["db", "restore", "text"]), "file is not a database");
    assert_refused(&place.run(&["db", "restore", "empty"]), "Empty");
    assert_eq!(place.contents(), ["empty", "text"]);
}

#[test]
fn a_damaged_backup_is_found_out() {
    let shop = Shop::with_numbers(5_000);
    assert_done(&shop.place.run(&["db", "backup", "b"]));
    let mut bytes = std::fs::read(shop.file("b")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4_096].fill(0xAA);
    std::fs::write(shop.file("b"), bytes).unwrap();
    let done = shop.place.run(&["db", "verify", "b"]);
    assert_eq!((done.code, done.stdout.as_str()), (Some(1), ""), "{}", done.stderr);
}

#[test]
fn a_copy_to_the_other_kind_and_back_has_equal_counts_and_sums() {
    let shop = Shop::with_numbers(2_500);
    let server = shop.place.start(&["serve"]);
    for nth in 0..30 {
        shop.lease(&server, &format!("01957304{nth:02}"));
    }
    drop(server);
    let tables = |from: &str, to: &str| {
        let done = shop.place.run(&["db", "copy", "--database-url", from, "--to", to, "--json"]);
        assert_done(&done);
        let document: Value = serde_json::from_str(&done.stdout).unwrap();
        assert_eq!(document["source_went_on"], false);
        document["tables"].clone()
    };
    let by_name = |tables: &Value| {
        let mut tables = tables.as_array().unwrap().clone();
        tables.sort_by_key(|table| table["table"].to_string());
        tables
    };
    for between in Database::without_tables() {
        let there = tables("sqlite://leaseline.db", between.url());
        let name = format!("back-{:?}.db", between.kind());
        let back = tables(between.url(), &format!("sqlite://{name}"));
        assert_eq!(by_name(&there), by_name(&back));
        assert_eq!(rows(&shop.place, &shop.file(&name), "numbers"), 2_500);
        assert_sound(between.url());
        // Ids go on after those that were carried.
        assert_eq!(furnish_more(between.url()), shop.customer.get() + 1);

        let again = ["db", "copy", "--to", between.url()];
        assert_refused(&shop.place.run(&again), "the target is not empty");
    }
}

/// Makes another customer, and says its id.
fn furnish_more(url: &str) -> i64 {
    Runtime::new().unwrap().block_on(async {
        let hub = Hub::open(Settings::new(url)).unwrap();
        let new = NewCustomer { profile: profile(), opening_balance: Credits::new(7) };
        let id = hub.ask(new).await.unwrap();
        hub.close().await;
        id.get()
    })
}

#[test]
fn a_backup_of_either_kind_is_restored_into_either_kind() {
    for original in databases() {
        furnish(original.url(), 300);
        let place = Place::empty();
        let backup = ["db", "backup", "b", "--database-url", original.url()];
        assert_done(&place.run(&backup));
        assert_eq!(rows(&place, &place.path().join("b"), "numbers"), 300);
        for target in Database::without_tables() {
            let restore = ["db", "restore", "b", "--database-url", target.url()];
            assert_done(&place.run(&restore));
            assert_sound(target.url());
            assert_refused(&place.run(&restore), "the target is not empty");
            assert_done(&place.run(&[&restore[..], &["--force"]].concat()));
            assert_sound(target.url());
        }
        assert_eq!(place.contents(), ["b"]);
    }
}

#[test]
fn a_database_that_somebody_uses_is_never_filled() {
    let shop = Shop::with_numbers(10);
    for target in databases() {
        let place = Place::empty();
        let secrets = [
            ("LEASELINE_JWT__SECRET", "the secret of these tests, long enough"),
            ("LEASELINE_MOR__KEY", "the key of these tests, long enough too"),
        ];
        let server = place.start_with(&["serve", "--database-url", target.url()], &secrets);
        // On a server it is seen by its connections, and this one stays open.
        assert_eq!(server.get("/readyz").status, 200);
        let copy = ["db", "copy", "--to", target.url()];
        assert_refused(&shop.place.run(&copy), "somebody else is connected to it");
        drop(server);
    }
}

#[test]
fn a_clock_that_was_far_ahead_is_set_back_by_hand_alone() {
    for database in databases() {
        let ahead = ManualClock::new();
        // A test's clock begins in 2020.
        Runtime::new().unwrap().block_on(async {
            ahead.advance(Duration::from_secs(100 * 365 * 86_400));
            let hub = database.hub(&ahead);
            World::new(hub.clone()).await;
            hub.close().await;
        });
        let place = Place::empty();
        let clock = ["db", "clock", "--json", "--database-url", database.url()];
        let shown: Value = serde_json::from_str(&place.run(&clock).stdout).unwrap();
        assert!(shown["behind_seconds"].as_u64().unwrap() > 86_400, "{shown}");

        let reset = place.run(&[&clock[..], &["--reset"]].concat());
        assert_done(&reset);
        let document: Value = serde_json::from_str(&reset.stdout).unwrap();
        assert_eq!(document["writers_set_back"], 1);
        let shown: Value = serde_json::from_str(&place.run(&clock).stdout).unwrap();
        assert_eq!(shown["behind_seconds"], 0);

        let again = place.run(&[&clock[..], &["--reset"]].concat());
        assert_refused(&again, "a writer has committed within the last minute");
        assert_done(&place.run(&[&clock[..], &["--reset", "--force"]].concat()));
    }
}
