//! What clients ask for, each time under a name of its own: a key, or what the switch calls a call.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use leaseline_testkit::http::{Answer, Call};

use crate::crash::books::Scene;
use crate::program::token;

/// `edge-1:edge-1-secret`.
const BASIC: &str = "Basic ZWRnZS0xOmVkZ2UtMS1zZWNyZXQ=";

/// What the clients of one round know.
#[derive(Default)]
pub(crate) struct Known {
    /// What was answered.
    pub(crate) done: Vec<(Asked, Answer)>,
    /// What was sent and never answered.
    pub(crate) unknown: Vec<Asked>,
}

/// How many answers there were.
pub(crate) struct Progress(pub(crate) AtomicUsize);

/// A request that can be repeated.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) deed: Deed,
    call: Call,
}

/// What shows of it in the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    Lease,
    Release,
    TopUp,
    Reserve,
    Authorise,
    Record {
        cost: i64,
    },
    /// It is refused.
    Nothing,
}

/// What an answer says.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    AsWished,
    /// Nothing was done, or nobody knows: try again, under the same name.
    Later,
}

/// Asks until no process answers any more.
pub(crate) fn work(
    scene: &Scene,
    name: &str,
    addresses: &[SocketAddr],
    known: &Mutex<Known>,
    progress: &Progress,
) {
    let client = Client { token: token(), scene };
    let mut place = 0;
    let mut ask = |asked: Asked| {
        let answer = asked.until_answered(addresses, &mut place);
        let mut known = known.lock().expect("no panic");
        match answer {
            Some(answer) => {
                known.done.push((asked, answer.clone()));
                progress.0.fetch_add(1, Ordering::AcqRel);
                Some(answer)
            }
            None => {
                known.unknown.push(asked);
                None
            }
        }
    };
    for turn in 0.. {
        let name = format!("{name}-{turn}");
        let Some(leased) = ask(client.lease(&name)) else { return };
        let mut then = vec![client.top_up(&name), client.authorise(&name)];
        if turn % 2 == 1 {
            then.push(client.release(&name, &reference(&leased)));
        }
        then.push(client.record(&name, turn));
        if turn % 4 == 3 {
            then.extend([client.reserve(&name), client.in_vain(&name)]);
        }
        for asked in then {
            if ask(asked).is_none() {
                return;
            }
        }
    }
}

fn reference(leased: &Answer) -> String {
    let json: serde_json::Value = serde_json::from_str(&leased.body).expect("JSON");
    json["reference_id"].as_str().expect("a lease").to_owned()
}

struct Client<'a> {
    token: String,
    scene: &'a Scene,
}

impl Client<'_> {
    fn form(&self, deed: Deed, name: &str, operation: &str, form: &str) -> Asked {
        let call = Call::form(&format!("/api/v1/{operation}"), form).bearer(&self.token);
        Asked { deed, call: call.header("Idempotency-Key", &format!("{operation}-{name}")) }
    }

    fn lease(&self, name: &str) -> Asked {
        let form = format!(
            "customer_id={}&phone=60195730424&expiry_value=1&expiry_unit=days",
            self.scene.lessee
        );
        self.form(Deed::Lease, name, "leasesingle/request", &form)
    }

    fn in_vain(&self, name: &str) -> Asked {
        let form = format!(
            "customer_id={}&phone=60195730424&expiry_value=1&expiry_unit=days",
            self.scene.suspended
        );
        self.form(Deed::Nothing, &format!("{name}-in-vain"), "leasesingle/request", &form)
    }

    fn release(&self, name: &str, reference: &str) -> Asked {
        let form = format!("reference_id={reference}");
        self.form(Deed::Release, name, "leasesingle/release", &form)
    }

    fn top_up(&self, name: &str) -> Asked {
        let form = format!("customer_id={}&credit=1", self.scene.payer);
        self.form(Deed::TopUp, name, "customer/topup", &form)
    }

    fn reserve(&self, name: &str) -> Asked {
        let form = format!("customer_id={}&quantity=1", self.scene.keeper);
        self.form(Deed::Reserve, name, "customer/reserve", &form)
    }

    fn json(deed: Deed, path: &str, json: &str) -> Asked {
        let call = Call::new("POST", path).header("Authorization", BASIC);
        Asked { deed, call: call.header("Content-Type", "application/json").body(json) }
    }

    fn authorise(&self, name: &str) -> Asked {
        let callee = &self.scene.callee;
        let json = format!(r#"{{"call_id":"c{name}","from":"0195730424","to":"{callee}"}}"#);
        Self::json(Deed::Authorise, "/call/v1/authorise", &json)
    }

    /// Begun blocks of twenty seconds cost one credit each.
    fn record(&self, name: &str, turn: usize) -> Asked {
        let Scene { callee, called_at: at, .. } = self.scene;
        let seconds = i64::try_from(turn % 90 + 1).expect("few");
        let json = format!(
            r#"{{"call_id":"c{name}","from":"0195730424","to":"{callee}","started_at":{at},"ended_at":{},"bill_ms":{},"result":"answered"}}"#,
            at + seconds,
            seconds * 1_000
        );
        Self::json(Deed::Record { cost: (seconds + 19) / 20 }, "/call/v1/cdr", &json)
    }
}

impl Asked {
    /// The answer; none when no process gives any. Whoever gets none goes to the next process and
    /// asks there once more.
    fn until_answered(&self, addresses: &[SocketAddr], place: &mut usize) -> Option<Answer> {
        let mut in_vain = 0;
        while in_vain < addresses.len() {
            match self.call.send(addresses[*place % addresses.len()]) {
                Ok(answer) if self.verdict(&answer) == Verdict::Later => {}
                Ok(answer) => return Some(answer),
                Err(_) => {
                    in_vain += 1;
                    *place += 1;
                }
            }
        }
        None
    }

    /// Asks until it is done.
    pub(crate) fn insist(&self, address: SocketAddr) -> Answer {
        self.until_answered(&[address], &mut 0).expect("the server answers")
    }

    /// The same request has the same answer; a record is known already. A call that was decided on
    /// is over by then: to ask again would be to begin another one.
    pub(crate) fn check_again(&self, address: SocketAddr, before: &Answer) {
        let expected = match self.deed {
            Deed::Authorise => return,
            Deed::Record { .. } => r#"{"status":"duplicate"}"#,
            Deed::Lease | Deed::Release | Deed::TopUp | Deed::Reserve | Deed::Nothing => {
                &before.body
            }
        };
        assert_eq!(self.insist(address).body, expected, "{self:?}");
    }

    /// Panics at an answer that is neither what was wished nor a request to come again.
    fn verdict(&self, answer: &Answer) -> Verdict {
        let body = answer.body.as_str();
        let is_later = |status| body.starts_with(&format!(r#"{{"status":{status},"#));
        if answer.status == 503 || is_later(38) || is_later(99) {
            return Verdict::Later;
        }
        let is_as_wished = match self.deed {
            Deed::Lease | Deed::Release | Deed::TopUp | Deed::Reserve => {
                body.starts_with(r#"{"status":0,"#)
            }
            Deed::Nothing => body.starts_with(r#"{"status":37,"#),
            Deed::Authorise => body.starts_with(r#"{"action":"bridge","#),
            Deed::Record { .. } => {
                [r#"{"status":"stored"}"#, r#"{"status":"duplicate"}"#].contains(&body)
            }
        };
        assert!(is_as_wished, "{self:?} was answered {answer:?}");
        Verdict::AsWished
    }
}

impl Progress {
    pub(crate) fn answered(&self) -> usize {
        self.0.load(Ordering::Acquire)
    }

    pub(crate) fn wait_for(&self, least: usize) {
        while self.answered() < least {
            thread::yield_now();
        }
    }
}
