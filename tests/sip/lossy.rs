//! A way to the program on which the first answer to a record gets lost.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use leaseline_testkit::http::Call;

/// Takes connections for as long as the test runs; counts the records that went this way.
pub(crate) struct LossyWay {
    pub(crate) address: SocketAddr,
    carried: Arc<Carried>,
}

/// How much went this way.
#[derive(Default)]
struct Carried {
    questions: AtomicUsize,
    records: AtomicUsize,
}

impl LossyWay {
    pub(crate) fn to(program: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let carried = Arc::new(Carried::default());
        let counter = Arc::clone(&carried);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let counter = Arc::clone(&counter);
                std::thread::spawn(move || carry(stream, program, &counter));
            }
        });
        Self { address, carried }
    }

    /// So many questions about calls were answered.
    pub(crate) fn questions(&self) -> usize {
        self.carried.questions.load(Ordering::Acquire)
    }

    /// So many records were taken in.
    pub(crate) fn records(&self) -> usize {
        self.carried.records.load(Ordering::Acquire)
    }
}

/// One request, and its answer unless that is the one to get lost. `None` when the connection ends
/// before a whole request.
fn carry(stream: TcpStream, program: SocketAddr, carried: &Carried) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if line.trim().is_empty() {
            break;
        }
        head.push(line.trim().to_owned());
    }
    let (method, path) = head.first()?.split_once(' ')?;
    let path = path.split(' ').next()?;
    let header = |name: &str| {
        let found = head.iter().filter_map(|line| line.split_once(": "));
        found.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    };
    let length = header("content-length").unwrap_or("0").parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let call = Call::new(method, path).header("Authorization", header("authorization")?);
    let call = call.header("Content-Type", header("content-type")?).body(&body);
    let answer = call.send(program);
    let answer = answer.ok()?;
    let is_record = path.ends_with("/cdr");
    let count = if is_record { &carried.records } else { &carried.questions };
    let is_lost = count.fetch_add(1, Ordering::AcqRel) == 0 && is_record;
    if !is_lost {
        let answered = format!(
            "HTTP/1.1 {} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
            answer.status,
            answer.body.len(),
            answer.body
        );
        let _ = (&stream).write_all(answered.as_bytes());
    }
    let _ = stream.shutdown(std::net::Shutdown::Both);
    Some(())
}
