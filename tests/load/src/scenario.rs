//! What a connection asks for, request by request.

use clap::ValueEnum;

use crate::call::CallRequest;
use crate::cards;
use crate::target::Target;
use crate::wire::Answer;
use crate::world::{ACCOUNT, PASSWORD};

/// The digits and hyphens of a reference.
const REFERENCE_LENGTH: usize = 36;
const NO_REFERENCE: &str = "00000000-0000-0000-0000-000000000000";

/// A course of requests that goes on for as long as it is asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// GET / of a server that knows nothing else.
    Hello,
    /// Lease a number for an hour, and keep it.
    Lease,
    /// Lease a number, give it back, and so on; each is a request that is counted.
    LeaseRelease,
    /// Lease once, then query that lease.
    Query,
    /// View the customer.
    View,
    /// Top the customer up by a credit.
    #[value(name = "topup")]
    TopUp,
    /// Activate the customer once more: a request with a transaction to itself.
    Activate,
    /// TraiTel: ask for the balance of an account, with its password.
    Balance,
    /// TraiTel: ask for it with a password that is wrong, each time another one.
    Login,
    /// MOR: ask for the groups of calling cards, of which there are ten.
    Groups,
    /// A switch asks what to do with a call; every number is leased.
    Authorise,
    /// A switch asks about a call, then tells of it; each is a request that is counted.
    Call,
    /// A switch tells of a call.
    Record,
    /// A switch tells of a thousand calls at once.
    Records,
}

impl Scenario {
    /// The word on the command line and in the table.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Hello => "hello",
            Self::Lease => "lease",
            Self::LeaseRelease => "lease-release",
            Self::Query => "query",
            Self::View => "view",
            Self::TopUp => "topup",
            Self::Activate => "activate",
            Self::Balance => "balance",
            Self::Login => "login",
            Self::Groups => "groups",
            Self::Authorise => "authorise",
            Self::Call => "call",
            Self::Record => "record",
            Self::Records => "records",
        }
    }

    /// Whether a number that was taken stays taken.
    pub(crate) const fn keeps_numbers(self) -> bool {
        matches!(self, Self::Lease)
    }

    /// Whether nothing is changed over and over.
    pub(crate) const fn only_reads(self) -> bool {
        matches!(self, Self::Hello | Self::Query | Self::View | Self::Balance | Self::Groups)
    }

    /// Whether every number is leased before it begins.
    pub(crate) const fn is_of_calls(self) -> bool {
        matches!(self, Self::Authorise | Self::Call | Self::Record | Self::Records)
    }

    /// The requests without an end: what comes once, then what comes over and over.
    pub(crate) fn steps(self) -> impl Iterator<Item = Step> {
        let (once, again): (&[Step], &[Step]) = match self {
            Self::Hello => (&[], &[Step::Hello]),
            Self::Lease => (&[], &[Step::Lease]),
            Self::LeaseRelease => (&[], &[Step::Lease, Step::Release]),
            Self::Query => (&[Step::Lease], &[Step::Query]),
            Self::View => (&[], &[Step::View]),
            Self::TopUp => (&[], &[Step::TopUp]),
            Self::Activate => (&[], &[Step::Activate]),
            Self::Balance => (&[], &[Step::Balance]),
            Self::Login => (&[], &[Step::Login]),
            Self::Groups => (&[], &[Step::Groups]),
            Self::Authorise => (&[], &[Step::Authorise]),
            Self::Call => (&[], &[Step::Authorise, Step::Record]),
            Self::Record => (&[], &[Step::Record]),
            Self::Records => (&[], &[Step::Records]),
        };
        once.iter().chain(again.iter().cycle()).copied()
    }
}

/// One request of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Hello,
    Lease,
    Release,
    Query,
    View,
    TopUp,
    Activate,
    Balance,
    Login,
    Groups,
    Authorise,
    Record,
    Records,
}

/// Who a connection asks as, and for whom.
#[derive(Clone, Copy)]
pub(crate) struct Identity<'a> {
    pub(crate) token: &'a str,
    pub(crate) customer: i64,
    /// Which connection this is: each leases for a phone of its own.
    pub(crate) nth: usize,
    /// So many numbers there are to be called.
    pub(crate) numbers: usize,
}

/// The bytes of a connection's requests, written once; only the reference changes.
pub(crate) struct Script {
    hello: Vec<u8>,
    lease: Vec<u8>,
    release: Vec<u8>,
    query: Vec<u8>,
    view: Vec<u8>,
    top_up: Vec<u8>,
    activate: Vec<u8>,
    balance: Vec<u8>,
    login: Vec<u8>,
    /// The next password to be tried.
    next_try: u64,
    groups: Vec<u8>,
    /// The first list of groups.
    listed: Option<Vec<u8>>,
    authorise: CallRequest,
    record: CallRequest,
    records: CallRequest,
}

/// So many calls are told of at once.
const AT_ONCE: usize = 1_000;

impl Script {
    pub(crate) fn new(target: &Target, identity: Identity<'_>) -> Self {
        let Identity { token, customer, nth, numbers } = identity;
        let post = |operation: &str, body: &str| post(target, token, operation, body);
        let reference = format!("reference_id={NO_REFERENCE}");
        let first_try = u64::try_from(nth).unwrap_or(0) * 1_000_000;
        let lease =
            format!("customer_id={customer}&phone=019{nth:07}&expiry_value=1&expiry_unit=hours");
        Self {
            hello: format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", target.host).into_bytes(),
            lease: post("leasesingle/request", &lease),
            release: post("leasesingle/release", &reference),
            query: post("leasesingle/query", &reference),
            view: post("customer/view", &format!("customer_id={customer}")),
            top_up: post("customer/topup", &format!("customer_id={customer}&credit=1")),
            activate: post("customer/activate", &format!("customer_id={customer}")),
            balance: balance(target, PASSWORD),
            login: balance(target, &wrong_password(first_try)),
            next_try: first_try,
            groups: cards::request(target),
            listed: None,
            authorise: CallRequest::authorise(target, nth, numbers),
            record: CallRequest::record(target, nth, numbers),
            records: CallRequest::records(target, nth, numbers, AT_ONCE),
        }
    }

    pub(crate) fn request(&self, step: Step) -> &[u8] {
        match step {
            Step::Hello => &self.hello,
            Step::Lease => &self.lease,
            Step::Release => &self.release,
            Step::Query => &self.query,
            Step::View => &self.view,
            Step::TopUp => &self.top_up,
            Step::Activate => &self.activate,
            Step::Balance => &self.balance,
            Step::Login => &self.login,
            Step::Groups => &self.groups,
            Step::Authorise => self.authorise.bytes(),
            Step::Record => self.record.bytes(),
            Step::Records => self.records.bytes(),
        }
    }

    /// Checks an answer, and has the requests after a lease name it.
    pub(crate) fn heard(&mut self, step: Step, answer: &Answer<'_>) -> Outcome {
        if is_refusal(answer) {
            return Outcome::Refused;
        }
        let as_hoped = match step {
            Step::Hello => answer.is_ok,
            Step::Lease => answer.is_ok && succeeded(answer.body) && self.note_lease(answer.body),
            Step::Balance => answer.is_ok && answer.body.starts_with(b"Ok\n"),
            Step::Login => {
                self.try_another_password();
                answer.is_ok && answer.body.starts_with(b"Error 002")
            }
            Step::Groups => answer.is_ok && self.lists_groups(answer.body),
            Step::Authorise => {
                self.authorise.go_on();
                answer.is_ok && answer.body.starts_with(br#"{"action":"bridge","#)
            }
            Step::Record => {
                self.record.go_on();
                answer.body == br#"{"status":"stored"}"#
            }
            Step::Records => {
                self.records.go_on();
                let stored = br#"{"status":"stored"}"#.len() + 1;
                answer.is_ok && answer.body.len() == AT_ONCE * stored + 1
            }
            Step::Release | Step::Query | Step::View | Step::TopUp | Step::Activate => {
                answer.is_ok && succeeded(answer.body)
            }
        };
        if as_hoped { Outcome::Expected } else { Outcome::Unexpected }
    }

    /// Nobody makes or sells cards meanwhile: every list is the first one once more.
    fn lists_groups(&mut self, body: &[u8]) -> bool {
        match &self.listed {
            Some(first) => first == body,
            None => {
                self.listed = cards::are_listed(body).then(|| body.to_vec());
                self.listed.is_some()
            }
        }
    }

    fn try_another_password(&mut self) {
        self.next_try += 1;
        let wrong = wrong_password(self.next_try);
        let end = b"&mode=querybalance".len();
        let from = self.login.len() - end - wrong.len();
        self.login[from..from + wrong.len()].copy_from_slice(wrong.as_bytes());
    }

    fn note_lease(&mut self, body: &[u8]) -> bool {
        let Some(reference) = reference_of(body) else { return false };
        for request in [&mut self.release, &mut self.query] {
            let hole = request.len() - REFERENCE_LENGTH;
            request[hole..].copy_from_slice(reference);
        }
        true
    }
}

/// Whether an answer was the one that the scenario goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Expected,
    /// The server had no time for it.
    Refused,
    Unexpected,
}

/// Whether a server has no time, in the words of any facade.
fn is_refusal(answer: &Answer<'_>) -> bool {
    let is_busy = |start: &&[u8]| answer.body.starts_with(start);
    [&br#"{"status":38,"#[..], b"Error 001"].iter().any(is_busy)
}

fn wrong_password(nth: u64) -> String {
    format!("wrong-{nth:012}")
}

fn post(target: &Target, token: &str, operation: &str, body: &str) -> Vec<u8> {
    let Target { host, prefix, .. } = target;
    let length = body.len();
    format!(
        "POST {prefix}/api/v1/{operation} HTTP/1.1\r\n\
         Host: {host}\r\n\
         Authorization: Bearer {token}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The question for an account's balance.
fn balance(Target { host, .. }: &Target, password: &str) -> Vec<u8> {
    let form = format!("user={ACCOUNT}&pass={password}&mode=querybalance");
    let length = form.len();
    format!(
        "POST /accountmanager.pl HTTP/1.1\r\n\
         Host: {host}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {length}\r\n\r\n{form}"
    )
    .into_bytes()
}

fn succeeded(body: &[u8]) -> bool {
    body.starts_with(br#"{"status":0,"#)
}

fn reference_of(body: &[u8]) -> Option<&[u8]> {
    let name = br#""reference_id":""#;
    let at = body.windows(name.len()).position(|window| window == name)?;
    body.get(at + name.len()..)?.get(..REFERENCE_LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASED: &[u8] = br#"{"status":0,"description":"Success",
        "reference_id":"0198a5d6-31a9-7c80-9f5e-0d6b8c8f2f11","lease_info":{}}"#;

    fn script() -> Script {
        let target = "http://127.0.0.1:8080".parse().unwrap();
        Script::new(&target, Identity { token: "t", customer: 7, nth: 3, numbers: 9 })
    }

    #[test]
    fn what_is_asked_once_and_what_over_and_over() {
        let check = |scenario: Scenario, expected: [Step; 3]| {
            assert!(scenario.steps().take(3).eq(expected), "{scenario:?}");
        };
        check(Scenario::Lease, [Step::Lease, Step::Lease, Step::Lease]);
        check(Scenario::LeaseRelease, [Step::Lease, Step::Release, Step::Lease]);
        check(Scenario::Query, [Step::Lease, Step::Query, Step::Query]);
    }

    #[test]
    fn a_request_is_complete() {
        let expected = "POST /api/v1/leasesingle/request HTTP/1.1\r\n\
            Host: 127.0.0.1:8080\r\n\
            Authorization: Bearer t\r\n\
            Content-Type: application/x-www-form-urlencoded\r\n\
            Content-Length: 63\r\n\r\n\
            customer_id=7&phone=0190000003&expiry_value=1&expiry_unit=hours";
        assert_eq!(String::from_utf8_lossy(script().request(Step::Lease)), expected);
    }

    #[test]
    fn what_follows_a_lease_names_it() {
        let mut script = script();
        let answer = Answer { is_ok: true, body: LEASED };
        assert_eq!(script.heard(Step::Lease, &answer), Outcome::Expected);
        for step in [Step::Release, Step::Query] {
            let request = String::from_utf8_lossy(script.request(step));
            assert!(request.ends_with("\r\n\r\nreference_id=0198a5d6-31a9-7c80-9f5e-0d6b8c8f2f11"));
        }
    }

    #[test]
    fn only_success_is_expected() {
        let check = |step, is_ok, body: &[u8], expected| {
            let answer = Answer { is_ok, body };
            assert_eq!(script().heard(step, &answer), expected, "{step:?}");
        };
        let refused = br#"{"status":11,"description":"Insufficient resources."}"#;
        check(Step::Lease, true, LEASED, Outcome::Expected);
        check(Step::Lease, false, LEASED, Outcome::Unexpected);
        check(Step::Lease, true, refused, Outcome::Unexpected);
        check(Step::Lease, true, br#"{"status":0,"description":""}"#, Outcome::Unexpected);
        check(Step::View, true, br#"{"status":0,"description":""}"#, Outcome::Expected);
        check(Step::Balance, true, b"Ok\n14.0000\n", Outcome::Expected);
        check(Step::Balance, true, b"Error 002: Authentication failed.\n", Outcome::Unexpected);
        let busy = br#"{"status":38,"description":"System busy. Please try again later."}"#;
        check(Step::TopUp, false, busy, Outcome::Refused);
        check(Step::Login, true, b"Error 001: Service Unavailable.\n", Outcome::Refused);
        check(Step::Login, true, b"Error 002: Authentication failed.\n", Outcome::Expected);
        check(Step::Hello, true, b"hello, world", Outcome::Expected);
        check(Step::Hello, false, b"", Outcome::Unexpected);
    }
}
