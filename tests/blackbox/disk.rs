//! SQLite's disk: full, read-only, and damaged. Nothing wrong is answered, and when the disk is
//! well again nothing has to be started again.

use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use leaseline_hub::Hub;
use leaseline_testkit::Database;
use tempfile::TempDir;

use crate::client::{Client, world_of};
use crate::program::{Program, binary, token};

const SOON: Duration = Duration::from_secs(5);

/// So many top-ups are enough to fill what is left.
const MOST_TOP_UPS: usize = 20_000;

#[test]
fn a_full_disk_is_told_and_got_over() {
    let Some(disk) = SmallDisk::mount() else { return };
    let database = Database::sqlite_in(disk.path());
    let customer = world_of(&database, 10);
    let process = Program::apigate(database.url());
    let client = Client { address: process.address, token: token(), customer };
    assert_eq!(client.top_up(1).unwrap().status, 0);
    disk.fill();
    let mut booked = 1;
    let full = (0..MOST_TOP_UPS).map(|_| client.top_up(1).unwrap().status);
    let full = full.inspect(|status| booked += i64::from(*status == 0)).find(|status| *status != 0);
    assert_eq!(full, Some(99), "after {booked}");
    for _ in 0..20 {
        assert_eq!(client.lease(195_730_424).unwrap().status, 99);
    }
    // What was written before can be read.
    assert_eq!(client.balance(), booked);
    assert!(!process.is_ready());
    disk.empty();
    let began = Instant::now();
    while client.top_up(1).unwrap().status != 0 {
        assert!(began.elapsed() < SOON, "not well again after {SOON:?}");
    }
    assert_eq!(client.balance(), booked + 1);
    assert_eq!(client.lease(195_730_424).unwrap().status, 0);
    assert!(process.is_ready());
    process.kill();
    database.assert_sound();
}

#[test]
fn a_database_that_cannot_be_written_to_is_no_place_to_start() {
    let Some(disk) = SmallDisk::mount() else { return };
    let database = Database::sqlite_in(disk.path());
    let customer = world_of(&database, 1);
    disk.remount("ro");
    let mut command = Command::new(binary("leaseline-apigate"));
    command.args(["--listen", "127.0.0.1:0", "--database-url", database.url()]);
    let output = command.env("LEASELINE_JWT__SECRET", "x".repeat(32)).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("database"), "{told}");
    disk.remount("rw");
    let process = Program::apigate(database.url());
    let client = Client { address: process.address, token: token(), customer };
    assert_eq!(client.lease(195_730_424).unwrap().status, 0);
}

#[test]
fn a_database_that_becomes_read_only_is_read_and_got_over() {
    let database = Database::sqlite();
    let Some(file) = Immutable::made_of(&database) else { return };
    let customer = world_of(&database, 10);
    let process = Program::apigate(database.url());
    let client = Client { address: process.address, token: token(), customer };
    assert_eq!(client.top_up(1).unwrap().status, 0);
    let leased = client.lease(195_730_424).unwrap().reference();
    file.set(true);
    for _ in 0..3 {
        assert_eq!(client.top_up(1).unwrap().status, 99);
        assert_eq!(client.lease(195_730_424).unwrap().status, 99);
        assert_eq!(client.release(&leased).unwrap().status, 99);
        assert!(!process.is_ready());
        // Who only asks is answered.
        assert_eq!(client.balance(), 1);
        assert_eq!(client.query(&leased).unwrap().status, 0);
    }
    file.set(false);
    // Nothing but the question itself has it try again.
    process.wait_until_ready(SOON);
    assert_eq!(client.top_up(1).unwrap().status, 0);
    assert_eq!(client.balance(), 2);
    assert_eq!(client.release(&leased).unwrap().status, 0);
    process.kill();
    database.assert_sound();
}

#[test]
fn a_damaged_page_is_answered_by_no_wrong_answer() {
    let database = Database::sqlite();
    let customer = world_of(&database, 10);
    let process = Program::apigate(database.url());
    let client = Client { address: process.address, token: token(), customer };
    assert_eq!(client.top_up(7).unwrap().status, 0);
    process.terminate();
    assert_eq!(process.end().code(), Some(0));

    let before = damage(&database, "ledger_entries");
    let process = Program::apigate(database.url());
    let client = Client { address: process.address, ..client };
    for _ in 0..3 {
        assert_eq!(client.top_up(1).unwrap().status, 99);
        assert_eq!(client.balance(), 7);
        // What has nothing to do with the damage goes on.
        assert_eq!(client.lease(195_730_424).unwrap().status, 0);
    }
    process.terminate();
    assert_eq!(process.end().code(), Some(0));
    let found = Hub::check(database.url());
    assert!(found.is_err() || found.is_ok_and(|broken| !broken.is_empty()));

    before.put_back();
    let process = Program::apigate(database.url());
    let client = Client { address: process.address, ..client };
    assert_eq!(client.top_up(1).unwrap().status, 0);
    assert_eq!(client.balance(), 8);
    process.kill();
    database.assert_sound();
}

/// A database's file that can be made read-only under a program that has it open, as a file system is
/// that met an error of its disk: what is written is refused, and what is open stays so.
struct Immutable(String);

impl Immutable {
    /// None where files cannot be made immutable, which with `CI=true` must not be.
    fn made_of(database: &Database) -> Option<Self> {
        let path = database.url().strip_prefix("sqlite://").expect("a file").to_owned();
        let file = Self(path);
        if file.change("+i", "") && file.change("-i", "") {
            return Some(file);
        }
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI=true, but no immutable files");
        eprintln!("this needs root and a file system with immutable files: DID NOT RUN");
        None
    }

    fn set(&self, immutable: bool) {
        let how = if immutable { "+i" } else { "-i" };
        assert!(self.change(how, "") && self.change(how, "-wal"));
    }

    fn change(&self, how: &str, what: &str) -> bool {
        let file = format!("{}{what}", self.0);
        Command::new("chattr").args([how, &file]).output().is_ok_and(|it| it.status.success())
    }
}

impl Drop for Immutable {
    fn drop(&mut self) {
        self.change("-i", "");
        self.change("-i", "-wal");
    }
}

/// A page as it was.
struct Page {
    file: File,
    at: u64,
    bytes: Vec<u8>,
}

/// Writes over the first page of a table.
fn damage(database: &Database, table: &str) -> Page {
    let number = |sql: &str| database.rows(sql).parse::<u64>().unwrap();
    let root = number(&format!("SELECT rootpage FROM sqlite_master WHERE name = '{table}'"));
    let size = number("PRAGMA page_size");
    let path = database.url().strip_prefix("sqlite://").unwrap();
    let file = OpenOptions::new().write(true).open(path).unwrap();
    let at = (root - 1) * size;
    let (from, till) = (usize::try_from(at).unwrap(), usize::try_from(at + size).unwrap());
    let bytes = fs::read(path).unwrap()[from..till].to_vec();
    let page = Page { file, at, bytes };
    page.write(&vec![0xff; page.bytes.len()]);
    page
}

impl Page {
    fn put_back(self) {
        self.write(&self.bytes);
    }

    fn write(&self, bytes: &[u8]) {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(self.at)).unwrap();
        file.write_all(bytes).unwrap();
        file.sync_all().unwrap();
    }
}

/// A disk of eight megabytes in memory; gone when dropped.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// None where disks cannot be mounted, which with `CI=true` must not be.
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", "size=8m", "none"]).arg(folder.path());
        if command.output().is_ok_and(|output| output.status.success()) {
            return Some(Self(folder));
        }
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI=true, but no disk to mount");
        eprintln!("this needs root and the right to mount disks: DID NOT RUN");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn ballast(&self) -> std::path::PathBuf {
        self.path().join("ballast")
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        let mut ballast = File::create(self.ballast()).unwrap();
        while ballast.write_all(&[0; 4_096]).is_ok() {}
    }

    fn empty(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }

    fn remount(&self, how: &str) {
        let how = format!("remount,{how}");
        let done = Command::new("mount").args(["-o", &how]).arg(self.path()).status();
        assert!(done.unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}
