//! The real programs on a machine whose clock is set, by libfaketime: back, forward by a year, to
//! 29 February, and in other zones. No lease is revived, no month is debited twice, and the
//! ledger's order stays that of its times.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use leaseline_core::pool::Service;
use leaseline_hub::{Hub, Settings};
use leaseline_testkit::{Database, Dids, World, databases, profile};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::client::{Client, world_of};
use crate::program::{Program, binary, token};

/// Thirteen months have passed after so many days, whenever they began, and not yet fourteen.
const MONTHS: usize = 13;

const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn a_clock_that_is_set_back_revives_nothing() {
    let Some(clock) = Faked::clock() else { return };
    for database in databases() {
        let customer = world_of(&database, 1);
        clock.set("+0");
        let process = clock.start("leaseline-apigate", &database, "UTC");
        let client = Client { address: process.address, token: token(), customer };
        let first = lease_for_an_hour(&client).expect("there is one number");
        assert_eq!(lease_for_an_hour(&client), Err(11));
        assert_eq!(client.top_up(1).unwrap().status, 0);
        clock.set("+2h");
        assert_eq!(client.query(&first).unwrap().status, 10);
        let second = lease_for_an_hour(&client).expect("the number is free again");
        assert_eq!(client.top_up(1).unwrap().status, 0);
        clock.set("+0");
        let check = |client: &Client| {
            assert_eq!(client.query(&first).unwrap().status, 10, "its time was over");
            assert_eq!(client.query(&second).unwrap().status, 0);
            assert_eq!(lease_for_an_hour(client), Err(11));
            assert_eq!(client.release(&first).unwrap().status, 10);
            assert_eq!(client.top_up(1).unwrap().status, 0);
        };
        check(&client);
        assert!(!process.is_ready(), "two hours behind");
        process.kill();
        // Whoever starts now learns how late it was.
        let again = clock.start("leaseline-apigate", &database, "UTC");
        check(&Client { address: again.address, ..client });
        assert!(!again.is_ready());
        assert_in_order(&database);
        database.assert_sound();
    }
}

#[test]
fn months_are_debited_once_however_the_clock_jumps() {
    let Some(clock) = Faked::clock() else { return };
    for database in databases() {
        subscribe(&database);
        let months = || database.rows("SELECT count(*) FROM did_fees").parse::<usize>().unwrap();
        assert_eq!(months(), 1);
        let start = || clock.start("leaseline-traitel", &database, "UTC");
        // Thirty times as fast, as the months are looked at once a minute.
        clock.set("+400d x30");
        let processes = [start(), start()];
        wait_until(|| months() == 1 + MONTHS);
        clock.set("+0 x30");
        let later = start();
        clock.set("+400d x30");
        sweep(&database);
        assert_eq!(months(), 1 + MONTHS);
        drop((processes, later));
        database.assert_sound();
    }
}

#[test]
fn the_day_that_most_years_lack_and_zones_far_apart() {
    let Some(clock) = Faked::clock() else { return };
    for database in databases() {
        let customer = world_of(&database, 8);
        let mut client = Client { address: ([127, 0, 0, 1], 0).into(), token: token(), customer };
        clock.set("@2028-02-29 12:00:00");
        for zone in ["UTC", "Asia/Kuala_Lumpur", "America/New_York"] {
            // The machine's zone moves what the text says, and nothing else.
            let process = clock.start("leaseline-apigate", &database, zone);
            client.address = process.address;
            let form = |span: &str| {
                let customer = &client.customer;
                format!(
                    "customer_id={customer}&phone=60195730424&expiry_value=1&expiry_unit={span}"
                )
            };
            for span in ["years", "days"] {
                let leased = client.post("leasesingle/request", &form(span)).unwrap();
                assert_eq!(leased.status, 0, "{leased:?}");
            }
        }
        // A day has 86,400 s; a year from 29 February ends on the 28th, 365 days later.
        let spans =
            "SELECT DISTINCT (expires_at - granted_at) / 86400000000 FROM leases ORDER BY 1";
        assert_eq!(database.rows(spans), "1\n365");
        database.assert_sound();
    }
}

fn lease_for_an_hour(client: &Client) -> Result<String, i64> {
    let form = format!(
        "customer_id={}&phone=60195730424&expiry_value=1&expiry_unit=hours",
        client.customer
    );
    let heard = client.post("leasesingle/request", &form).expect("the server answers");
    if heard.status == 0 { Ok(heard.reference()) } else { Err(heard.status) }
}

/// No line of a ledger is older than the one before it.
fn assert_in_order(database: &Database) {
    let disorder = "SELECT count(*) FROM ledger_entries a JOIN ledger_entries b \
                    ON b.ledger_id = a.ledger_id AND b.seq = a.seq + 1 WHERE b.at < a.at";
    assert_eq!(database.rows(disorder), "0");
}

/// One number, subscribed to today.
fn subscribe(database: &Database) {
    Runtime::new().unwrap().block_on(async {
        let world = World::new(Hub::open(Settings::new(database.url())).unwrap()).await;
        let customer = world.customer_with(profile(), 100_000).await;
        let account = world.account("demo", customer).await;
        let numbers = world.dids(1, Dids::default()).await;
        world.subscribe(account, &numbers[0], Service::Voice).await.unwrap().unwrap();
        world.hub.close().await;
    });
}

/// Waits until a process has looked twice more at what is to be done from time to time: then it
/// forgets failed logins too, before the months. One is planted.
fn sweep(database: &Database) {
    for _ in 0..2 {
        database.rows("INSERT INTO login_failures (who, source, at) VALUES ('', '', 0)");
        wait_until(|| database.rows("SELECT count(*) FROM login_failures") == "0");
    }
}

fn wait_until(condition: impl Fn() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < PATIENCE, "not within {PATIENCE:?}");
    }
}

/// A clock that shows what a file says, to the programs that are started with it.
struct Faked {
    library: PathBuf,
    folder: TempDir,
}

impl Faked {
    /// None where libfaketime is not installed, which with `CI=true` must not be.
    fn clock() -> Option<Self> {
        let places = ["x86_64-linux-gnu", "aarch64-linux-gnu", ""];
        let place = |folder| Path::new("/usr/lib").join(folder).join("faketime/libfaketimeMT.so.1");
        let library = places.map(place).into_iter().find(|library| library.exists());
        assert!(
            library.is_some() || std::env::var("CI").as_deref() != Ok("true"),
            "CI=true, but no libfaketime"
        );
        if library.is_none() {
            eprintln!("libfaketime is not installed: DID NOT RUN");
        }
        Some(Self { library: library?, folder: tempfile::tempdir().unwrap() })
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("clock")
    }

    /// What it shows from now on, as faketime reads it.
    fn set(&self, text: &str) {
        let new = self.folder.path().join("new");
        fs::write(&new, format!("{text}\n")).unwrap();
        fs::rename(new, self.file()).unwrap();
    }

    /// Of a program the time of day alone is another, unless it runs faster too.
    fn start(&self, name: &str, database: &Database, zone: &str) -> Program {
        let mut command = Command::new(binary(name));
        if !fs::read_to_string(self.file()).unwrap().contains('x') {
            command.env("DONT_FAKE_MONOTONIC", "1");
        }
        command
            .env("LD_PRELOAD", &self.library)
            .env("FAKETIME_TIMESTAMP_FILE", self.file())
            .env("FAKETIME_NO_CACHE", "1")
            .env("TZ", zone);
        Program::run(&mut command, database.url())
    }
}
