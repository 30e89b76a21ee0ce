//! Requests of a switch: each about a call of its own, to one number after the other.

use leaseline_hub::{Clock, SystemClock};

use crate::target::Target;
use crate::world::{BASIC, number};

/// The digits of a call's name that change.
const NAME: &str = "c000000000000";
/// The first number there is; the others follow it.
const FIRST: &str = "60380000000";

/// A request with holes for the names of calls and the numbers that are called.
pub(crate) struct CallRequest {
    bytes: Vec<u8>,
    names: Vec<usize>,
    numbers: Vec<usize>,
    /// The next call.
    next: u64,
    /// So many numbers there are.
    count: u64,
}

impl CallRequest {
    /// What to do with a call?
    pub(crate) fn authorise(target: &Target, nth: usize, numbers: usize) -> Self {
        let body = format!(r#"{{"call_id":"{NAME}","from":"+60195730424","to":"{FIRST}"}}"#);
        Self::new(target, "authorise", &body, nth, numbers)
    }

    /// A call that is over.
    pub(crate) fn record(target: &Target, nth: usize, numbers: usize) -> Self {
        Self::new(target, "cdr", &record(), nth, numbers)
    }

    /// Many calls that are over.
    pub(crate) fn records(target: &Target, nth: usize, numbers: usize, at_once: usize) -> Self {
        let all = vec![record(); at_once].join(",");
        Self::new(target, "cdr", &format!("[{all}]"), nth, numbers)
    }

    fn new(target: &Target, path: &str, body: &str, nth: usize, numbers: usize) -> Self {
        let (host, length) = (&target.host, body.len());
        let request = format!(
            "POST /call/v1/{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {BASIC}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        let places = |text: &str| request.match_indices(text).map(|(at, _)| at).collect();
        let (names, holes) = (places(NAME), places(FIRST));
        let next = u64::try_from(nth).unwrap_or(0) * 4_000_000;
        let count = u64::try_from(numbers).unwrap_or(1).max(1);
        let mut request = Self { bytes: request.into_bytes(), names, numbers: holes, next, count };
        request.go_on();
        request
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Makes it one about calls that nobody has heard of yet.
    pub(crate) fn go_on(&mut self) {
        for (name, hole) in self.names.iter().zip(&self.numbers) {
            self.next += 1;
            let text = format!("c{:012}", self.next);
            self.bytes[*name..*name + NAME.len()].copy_from_slice(text.as_bytes());
            // Far from one another, as calls are.
            let nth = self.next.wrapping_mul(7_919) % self.count;
            let text = number(nth);
            self.bytes[*hole..*hole + FIRST.len()].copy_from_slice(text.as_bytes());
        }
    }
}

/// A minute's call that begins now.
fn record() -> String {
    let now = SystemClock.now().seconds();
    format!(
        r#"{{"call_id":"{NAME}","from":"+60195730424","to":"{FIRST}","started_at":{now},"answered_at":{now},"ended_at":{now},"bill_ms":60000,"result":"answered"}}"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_is_about_another_call() {
        let target = "http://127.0.0.1:8080".parse().unwrap();
        let mut request = CallRequest::authorise(&target, 3, 100);
        let body = |request: &CallRequest| {
            let text = String::from_utf8_lossy(request.bytes()).into_owned();
            text.split_once("\r\n\r\n").unwrap().1.to_owned()
        };
        let expected = r#"{"call_id":"c000012000001","from":"+60195730424","to":"60380000019"}"#;
        assert_eq!(body(&request), expected);
        request.go_on();
        let expected = r#"{"call_id":"c000012000002","from":"+60195730424","to":"60380000038"}"#;
        assert_eq!(body(&request), expected);
        let two = CallRequest::records(&target, 0, 100, 2);
        assert!(body(&two).contains("c000000000001") && body(&two).contains("c000000000002"));
    }
}
