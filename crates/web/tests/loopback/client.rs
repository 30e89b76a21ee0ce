//! A client that says exactly what it is told to, and hears exactly what was answered.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) struct Client {
    stream: TcpStream,
    heard: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::try_connect(address).await.unwrap()
    }

    pub(crate) async fn try_connect(address: SocketAddr) -> std::io::Result<Self> {
        Ok(Self { stream: TcpStream::connect(address).await?, heard: Vec::new() })
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(get(path)).await;
        self.answer().await
    }

    /// None when the connection ended before the server said a word.
    pub(crate) async fn try_get(&mut self, path: &str) -> Option<Answer> {
        self.stream.write_all(get(path).as_bytes()).await.ok()?;
        self.try_answer().await
    }

    pub(crate) async fn answer(&mut self) -> Answer {
        self.try_answer().await.expect("the connection ended without a whole answer")
    }

    /// None when the connection ends before the first byte of an answer, which is the only place
    /// where it may.
    pub(crate) async fn try_answer(&mut self) -> Option<Answer> {
        while !self.heard.windows(4).any(|end| end == b"\r\n\r\n") {
            if !self.hear().await {
                assert!(self.heard.is_empty(), "cut within a head");
                return None;
            }
        }
        let text = String::from_utf8(std::mem::take(&mut self.heard)).unwrap();
        let (head, rest) = text.split_once("\r\n\r\n").unwrap();
        self.heard = rest.into();
        let mut answer = Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_owned(),
            body: String::new(),
        };
        let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
        while self.heard.len() < length {
            assert!(self.hear().await, "cut within a body");
        }
        answer.body = String::from_utf8(self.heard.drain(..length).collect()).unwrap();
        Some(answer)
    }

    /// Waits for the server to end the connection, without another byte.
    pub(crate) async fn ended(&mut self) {
        assert!(!self.hear().await, "still talking: {}", self.heard.escape_ascii());
    }

    async fn hear(&mut self) -> bool {
        let before = self.heard.len();
        // A reset is an end, too.
        let _ = self.stream.read_buf(&mut self.heard).await;
        self.heard.len() > before
    }
}

pub(crate) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n")
}

pub(crate) fn post(path: &str, length: usize) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n")
}

pub(crate) fn post_chunked(path: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n")
}
