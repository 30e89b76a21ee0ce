//! As much of HTTP/1.1 as the load needs: whole requests out, answers with a Content-Length in.
//! One request at a time, so what comes after an answer belongs to nobody.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The longest answer that is read.
const LONGEST: usize = 64 << 10;

/// What most answers have room in, so that they are read at once.
const ROOM: usize = 16 << 10;

/// A keep-alive connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, as far as anybody looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answer<'a> {
    /// Whether its status is 200.
    pub(crate) is_ok: bool,
    pub(crate) body: &'a [u8],
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(ROOM) })
    }

    /// Sends a request and waits for its whole answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        while !is_complete(&self.buffer)? {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        parse(&self.buffer)?.ok_or_else(malformed)
    }
}

fn is_complete(bytes: &[u8]) -> io::Result<bool> {
    if bytes.len() > LONGEST {
        return Err(malformed());
    }
    Ok(parse(bytes)?.is_some())
}

/// The answer in these bytes; none while some of it is still to come.
fn parse(bytes: &[u8]) -> io::Result<Option<Answer<'_>>> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(None);
    };
    let (head, body) = (&bytes[..end], &bytes[end + 4..]);
    let length = content_length(head).ok_or_else(malformed)?;
    let is_ok = head.starts_with(b"HTTP/1.1 200");
    Ok(body.get(..length).map(|body| Answer { is_ok, body }))
}

fn content_length(head: &[u8]) -> Option<usize> {
    let name = b"content-length:";
    let is_it =
        |line: &&[u8]| line.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name));
    let line = head.split(|byte| *byte == b'\n').find(is_it)?;
    std::str::from_utf8(&line[name.len()..]).ok()?.trim().parse().ok()
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the answer is not of the form expected")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: Option<(bool, &[u8])>) {
        let expected = expected.map(|(is_ok, body)| Answer { is_ok, body });
        assert_eq!(parse(bytes).unwrap(), expected, "{}", String::from_utf8_lossy(bytes));
    }

    #[test]
    fn an_answer_is_read_to_the_end_of_its_body() {
        check(b"", None);
        check(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n", None);
        check(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{", None);
        check(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", Some((true, b"{}")));
        check(b"HTTP/1.1 503 No\r\nA: b\r\nContent-Length:0\r\n\r\n", Some((false, b"")));
    }

    #[test]
    fn an_answer_without_a_length_is_malformed() {
        assert!(parse(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
        assert!(parse(b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n").is_err());
    }
}
