//! A log of any length, read slowly.

use std::io::{Read, Write};
use std::net::TcpStream;

use leaseline_core::Timestamp;
use leaseline_core::ivr::Direction;
use leaseline_core::rating::SmsType;
use leaseline_core::record::{NewRecord, Party, PartyText, RecordName, Report, SmsReport};
use leaseline_core::region::Region;
use leaseline_hub::records::TakeInRecords;
use leaseline_hub::{Hub, Settings};
use leaseline_provision::{File, apply};
use leaseline_testkit::http::Call;
use leaseline_testkit::{Database, databases};
use tokio::runtime::Runtime;

use crate::program::Program;

/// So many records the log has; another number can be asked for with this variable.
const RECORDS: usize = 30_000;
const OTHER_NUMBER: &str = "LEASELINE_TEST_LOG_RECORDS";

/// So long a message is: the answer is about thirty megabytes.
const MESSAGE: usize = 1_000;

/// So much more memory a reader may cost, in bytes.
const MOST_GROWTH: u64 = 12 << 20;

/// 15 January 2026.
const WHEN: i64 = 1_768_478_400;

const WORLD: &str = r#"
[[customers]]
key = "acme"
first_name = "Acme"
last_name = "Rides"
charge_method = "prepaid"

[[accounts]]
user = "demo"
password = "demo-pass"
customer = "acme"
"#;

const LOG: &str = "/accountmanager.pl?user=demo&pass=demo-pass&mode=logsmsin\
                   &startdate=2026-01-01&enddate=2026-01-31";

#[test]
fn a_long_log_takes_no_more_memory_than_a_short_one() {
    let records = std::env::var(OTHER_NUMBER).map_or(RECORDS, |count| count.parse().unwrap());
    for database in databases() {
        fill(&database, records);
        let program = Program::traitel(database.url());
        let short = Call::new("GET", &format!("{LOG}&limit=1000"));
        assert_eq!(short.send(program.address).unwrap().status, 200);
        let before = program.memory_bytes();
        let (lines, most) = read_slowly(&program);
        assert_eq!(lines, records);
        let growth = most.saturating_sub(before);
        eprintln!("{records} records: {before} bytes before, {growth} more at most");
        assert!(growth < MOST_GROWTH, "{growth} bytes more than {before}");
    }
}

fn fill(database: &Database, records: usize) {
    Runtime::new().unwrap().block_on(async {
        let hub = Hub::open(Settings::new(database.url())).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("world.toml");
        std::fs::write(&file, WORLD).unwrap();
        let region = Region::by_code("MY").unwrap();
        apply(&hub, File::read(&file).unwrap(), &region, |_| {}).await.unwrap();
        for first in (0..records).step_by(TakeInRecords::MOST) {
            let chunk = first..records.min(first + TakeInRecords::MOST);
            let chunk = TakeInRecords::new(chunk.map(message).collect()).unwrap();
            hub.ask(chunk).await.unwrap();
        }
        hub.close().await;
    });
}

fn message(nth: usize) -> NewRecord {
    let party = |text| Party { text: PartyText::parse(text).unwrap(), number: None };
    let report = SmsReport {
        text: "x".repeat(MESSAGE),
        sent: true,
        tracking: None,
        sms_type: SmsType::Replies,
    };
    NewRecord {
        reporter: RecordName::parse("edge-1").unwrap(),
        name: RecordName::parse(&nth.to_string()).unwrap(),
        account: Some("demo".into()),
        part: None,
        direction: Direction::Inbound,
        from: party("61280000000"),
        to: party("61390001111"),
        at: Timestamp::from_seconds(WHEN).unwrap(),
        report: Report::Sms(report),
    }
}

/// Reads the whole log, doing something else after every bit of it; how many rows it has, and the
/// most memory that the program took meanwhile.
fn read_slowly(program: &Program) -> (usize, u64) {
    let mut stream = TcpStream::connect(program.address).unwrap();
    write!(stream, "GET {LOG} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut bit = vec![0; 1 << 20];
    let (mut lines, mut most, mut last) = (0, 0, b' ');
    loop {
        for _ in 0..10 {
            program.is_ready();
        }
        most = most.max(program.memory_bytes());
        let read = stream.read(&mut bit).unwrap();
        if read == 0 {
            return (lines, most);
        }
        for byte in &bit[..read] {
            lines += usize::from([last, *byte] == *b"x\n");
            last = *byte;
        }
    }
}
