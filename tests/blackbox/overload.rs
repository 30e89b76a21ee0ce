//! Too much at once: thousands who send slowly, and twenty times the load that is good for it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use leaseline_testkit::Database;

use crate::client::{Client, world_of};
use crate::program::{Program, binary, token};
use crate::torture;

/// So many who send slowly, unless `LEASELINE_TEST_TORTURE_SLOW` says more: as many as may have a file
/// open wherever this is run.
const SLOW: usize = 400;

/// What one of them may cost, in bytes.
const MOST_EACH: u64 = 32 << 10;

/// So many clients are as many as are good for it, and so many times as many are not.
const FEW: usize = 16;
const TIMES: usize = 20;

/// So many requests wait, so that there is something to refuse.
const INBOX: &str = "32";

const SOON: Duration = Duration::from_secs(5);

/// Within this every request has its answer, however busy the clients' own machine is.
const PROMPT: Duration = Duration::from_secs(5);

#[test]
fn thousands_who_send_slowly_hold_nobody_up() {
    let database = Database::sqlite();
    let customer = world_of(&database, 2_000);
    let process = Program::apigate(database.url());
    let client = Client { address: process.address, token: token(), customer };
    let before = process.memory_bytes();
    let count = torture::amount("LEASELINE_TEST_TORTURE_SLOW", SLOW);
    let mut slow: Vec<_> = (0..count).map(|nth| slow_one(&client, nth)).collect();
    let began = Instant::now();
    for _ in 0..200 {
        let asked = Instant::now();
        assert_eq!(client.top_up(1).expect("the server answers").status, 0);
        assert!(asked.elapsed() < PROMPT);
    }
    let growth = process.memory_bytes().saturating_sub(before);
    eprintln!(
        "{count} slow clients cost {growth} bytes; 200 top-ups beside them took {:?}",
        began.elapsed()
    );
    assert!(growth < MOST_EACH * u64::try_from(count).unwrap(), "{growth} bytes");
    // They are cut off, not waited for: the head and the body.
    for last in slow.iter_mut().rev().take(2) {
        last.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut rest = Vec::new();
        last.read_to_end(&mut rest).expect("it is cut off");
    }
    assert!(process.is_ready());
}

/// Who began to ask and never goes on: by turns in the head and in the body.
fn slow_one(client: &Client, nth: usize) -> TcpStream {
    let mut stream = TcpStream::connect(client.address).expect("there is room");
    stream.write_all(b"POST /api/v1/customer/view HTTP/1.1\r\nHost: local").unwrap();
    if nth % 2 == 1 {
        let rest = "host\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                    Content-Length: 20\r\n\r\ncustomer_";
        stream.write_all(rest.as_bytes()).unwrap();
    }
    stream
}

/// What many clients heard.
#[derive(Default)]
struct Heard {
    granted: Vec<Duration>,
    refused: Vec<Duration>,
}

#[test]
fn twenty_times_the_load_is_refused_soon_and_got_over() {
    let database = Database::sqlite();
    let customer = world_of(&database, 10);
    let mut command = Command::new(binary("leaseline-apigate"));
    let process = Program::run(command.env("LEASELINE_LIMITS__INBOX", INBOX), database.url());
    let client = Client { address: process.address, token: token(), customer };
    let span = torture::amount("LEASELINE_TEST_TORTURE_OVERLOAD_SECONDS", 2);
    let span = Duration::from_secs(u64::try_from(span).unwrap());
    let normal = load(&client, FEW, span);
    let before = process.memory_bytes();
    let much = load(&client, FEW * TIMES, span);
    let growth = process.memory_bytes().saturating_sub(before);
    let began = Instant::now();
    while !load(&client, FEW, Duration::from_millis(200)).refused.is_empty() {
        assert!(began.elapsed() < SOON, "not normal again after {SOON:?}");
    }
    eprintln!("normal: {normal}\n{TIMES} times as many: {much}, {growth} bytes more");
    assert!(much.granted.len() * 3 > normal.granted.len(), "much less is done");
    assert!(growth < 64 << 20, "{growth} bytes more");
    assert_eq!(database.rows("SELECT count(*) FROM ledger_entries"), client.balance().to_string());
    process.kill();
    database.assert_sound();
}

/// So many clients top up for so long, each over a connection of its own.
fn load(client: &Client, clients: usize, span: Duration) -> Heard {
    let heard = Mutex::new(Heard::default());
    let began = Instant::now();
    thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| {
                let mut connection = Connection::open(client);
                while began.elapsed() < span {
                    let (answer, took) = connection.top_up();
                    assert!(took < PROMPT, "answered after {took:?}");
                    let mut heard = heard.lock().expect("no panic");
                    match answer.split_once(' ').map_or("", |(_, rest)| rest) {
                        done if done.starts_with("200") && done.contains("{\"status\":0,") => {
                            heard.granted.push(took);
                        }
                        busy if busy.starts_with("503") && busy.contains("{\"status\":38,") => {
                            heard.refused.push(took);
                        }
                        _ => panic!("{answer:?}"),
                    }
                }
            });
        }
    });
    heard.into_inner().expect("no panic")
}

/// One that is kept: with so many clients, to open one for each request would be most of the work.
struct Connection {
    stream: TcpStream,
    request: String,
}

impl Connection {
    fn open(client: &Client) -> Self {
        let stream = TcpStream::connect(client.address).expect("there is room");
        stream.set_nodelay(true).unwrap();
        let form = format!("customer_id={}&credit=1", client.customer);
        let request = format!(
            "POST /api/v1/customer/topup HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            client.token,
            form.len()
        );
        Self { stream, request }
    }

    fn top_up(&mut self) -> (String, Duration) {
        let asked = Instant::now();
        self.stream.write_all(self.request.as_bytes()).unwrap();
        let (mut answer, mut part) = (String::new(), [0; 4_096]);
        while !answer.ends_with('}') {
            let read = self.stream.read(&mut part).unwrap();
            assert!(read > 0, "cut off after {answer:?}");
            answer.push_str(std::str::from_utf8(&part[..read]).unwrap());
        }
        (answer, asked.elapsed())
    }
}

impl std::fmt::Display for Heard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let of_hundred = |all: &[Duration]| {
            let mut all = all.to_vec();
            all.sort_unstable();
            all.get(all.len() * 99 / 100).copied().unwrap_or_default()
        };
        let Self { granted, refused } = self;
        write!(
            f,
            "{} done, 99 of 100 within {:?}; {} refused, 99 of 100 within {:?}",
            granted.len(),
            of_hundred(granted),
            refused.len(),
            of_hundred(refused)
        )
    }
}
