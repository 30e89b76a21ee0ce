//! The access log: one line for each request, under the tracing target `access`.
//!
//! The line holds nothing that a client wrote but what a facade put into its [`AccessNote`]: no
//! path (it may hold a phone number or a line break), no query, no body, no header. A path without
//! a note is shown as the template of its route, or as `-` when no route matched.

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::{HttpMessage, HttpRequest};

use crate::{RequestId, meters};

/// The part of the access line that only a facade knows.
///
/// A handler, an extractor or a responder leaves it with [`AccessNote::leave`], at any time before
/// the answer is complete; the last note counts. It is kept beside the request rather than in the
/// response, so that it survives a handler that fails or panics after it left one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessNote {
    /// Which protocol: `apigate`, `mor`, `traitel`, …
    pub facade: &'static str,
    /// The operation by the protocol's own name, never the path as it was sent.
    pub operation: Cow<'static, str>,
    /// What the protocol answered: a status number, an error's number, `ok`.
    pub outcome: Cow<'static, str>,
    /// What came of it.
    pub effect: Effect,
    /// The customer's id, once it is known.
    pub customer: Option<String>,
    /// Who asked, once that is proved: a name, never a number of a telephone.
    pub user: Option<Arc<str>>,
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It was answered and changed nothing.
    Looked,
    /// It changed something.
    Changed,
    /// It was refused or failed.
    Failed,
}

/// A request that is over.
#[derive(Debug)]
pub struct Over {
    /// Its id.
    pub id: RequestId,
    /// What came of it; without a note, what its HTTP status says.
    pub effect: Effect,
    /// From its head to its answer.
    pub duration: Duration,
    /// What its facade knows of it.
    pub note: Option<AccessNote>,
    /// What the line says instead of the note's outcome: the HTTP status where there is no note, and
    /// `abandoned` where the client went away.
    pub instead: Option<String>,
}

/// Somebody who hears of every request that is over, but for those that ask for health and metrics.
///
/// It is told on the worker's own thread, before the next request: it must not wait for anything.
pub trait Journal: Send + Sync {
    /// A request is over.
    fn over(&self, request: Over);
}

impl AccessNote {
    /// Leaves this note for the request's access line; without [`observe`](crate::observe()) there
    /// is no line, and this does nothing.
    pub fn leave(self, request: &HttpRequest) {
        if let Some(visit) = request.extensions().get::<Rc<Visit>>() {
            visit.note.set(Some(self));
        }
    }
}

/// What a request carries while it is with us.
pub(crate) struct Visit {
    pub(crate) id: RequestId,
    /// Where the note waits for the line to be written.
    note: Cell<Option<AccessNote>>,
}

/// One line in the making. It is written when this is dropped, so that a request whose client went
/// away, which actix simply drops, has its line too.
pub(crate) struct AccessLine {
    visit: Rc<Visit>,
    started: Instant,
    is_probe: bool,
    answer: Option<Answer>,
    journal: Option<Arc<dyn Journal>>,
}

/// What was answered in terms of HTTP.
struct Answer {
    status: u16,
    body_bytes: Option<u64>,
    route: Option<String>,
}

impl AccessLine {
    pub(crate) fn begin(
        id: RequestId,
        request: &ServiceRequest,
        journal: Option<Arc<dyn Journal>>,
    ) -> Self {
        let visit = Rc::new(Visit { id, note: Cell::default() });
        request.extensions_mut().insert(Rc::clone(&visit));
        let is_probe = matches!(request.path(), "/healthz" | "/readyz" | "/metrics");
        Self { visit, started: Instant::now(), is_probe, answer: None, journal }
    }

    pub(crate) fn answered<B: MessageBody>(&mut self, response: &ServiceResponse<B>) {
        let body_bytes = match response.response().body().size() {
            BodySize::None => Some(0),
            BodySize::Sized(bytes) => Some(bytes),
            BodySize::Stream => None,
        };
        // Looking for it is a search through all routes: only where no note says more.
        let route = self.route(response.request());
        self.answer = Some(Answer { status: response.status().as_u16(), body_bytes, route });
    }

    fn route(&self, request: &HttpRequest) -> Option<String> {
        let note = self.visit.note.take();
        let route = if note.is_some() { None } else { request.match_pattern() };
        self.visit.note.set(note);
        route
    }

    /// The application failed and gave no response of its own.
    pub(crate) fn failed(&mut self, status: u16) {
        self.answer = Some(Answer { status, body_bytes: None, route: None });
    }
}

/// Writes the event of an access line. A macro because the level of a tracing event has to be a
/// constant.
macro_rules! line {
    ($level:expr, $line:expr, $note:expr, $answer:expr, $outcome:expr, $duration:expr) => {
        tracing::event!(
            target: "access",
            $level,
            request_id = %$line.visit.id,
            facade = $note.as_ref().map_or("-", |note| note.facade),
            operation = operation($note, $answer),
            outcome = $outcome,
            http_status = $answer.map(|answer| answer.status),
            duration_ms = milliseconds($duration),
            customer = $note.and_then(|note| note.customer.as_deref()),
            bytes = $answer.and_then(|answer| answer.body_bytes),
        )
    };
}

impl Drop for AccessLine {
    fn drop(&mut self) {
        let left = self.visit.note.take();
        let (note, answer) = (left.as_ref(), self.answer.as_ref());
        let (said, duration) = (outcome(note, answer), self.started.elapsed());
        let outcome = &*said;
        if self.is_probe {
            line!(tracing::Level::DEBUG, self, note, answer, outcome, duration);
            return;
        }
        line!(tracing::Level::INFO, self, note, answer, outcome, duration);
        meters::request(note, outcome, duration);
        if let Some(journal) = &self.journal {
            let effect = note.map_or_else(|| effect(answer), |note| note.effect);
            // What the note says itself is not copied.
            let is_noted = note.is_some() && answer.is_some();
            let instead = (!is_noted).then(|| said.into_owned());
            journal.over(Over { id: self.visit.id, effect, duration, note: left, instead });
        }
    }
}

/// What came of a request that no facade has left a note for.
fn effect(answer: Option<&Answer>) -> Effect {
    match answer {
        Some(answer) if answer.status < 400 => Effect::Looked,
        _ => Effect::Failed,
    }
}

fn operation<'a>(note: Option<&'a AccessNote>, answer: Option<&'a Answer>) -> &'a str {
    let noted = note.map(|note| &*note.operation);
    noted.or_else(|| answer?.route.as_deref()).unwrap_or("-")
}

fn outcome<'a>(note: Option<&'a AccessNote>, answer: Option<&Answer>) -> Cow<'a, str> {
    match (note, answer) {
        (_, None) => "abandoned".into(),
        (Some(note), _) => (&*note.outcome).into(),
        (None, Some(answer)) => answer.status.to_string().into(),
    }
}

/// Milliseconds to three decimals; an hour and more stays an hour and eleven minutes.
fn milliseconds(duration: Duration) -> f64 {
    f64::from(u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)) / 1000.0
}
