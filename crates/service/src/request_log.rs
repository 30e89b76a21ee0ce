//! Every request that is over is told to the hub, which remembers some.

use leaseline_core::ids::CustomerId;
use leaseline_core::request_log::{self, RequestId};
use leaseline_hub::Hub;
use leaseline_hub::insight::Noted;
use leaseline_web::{Effect, Journal, Over};

/// What stands in the place of a facade's words when no facade has left a note.
const UNKNOWN: &str = "-";

/// The requests of a hub's process.
pub(crate) struct RequestsOf(pub(crate) Hub);

impl Journal for RequestsOf {
    fn over(&self, over: Over) {
        let effect = match over.effect {
            Effect::Looked => request_log::Effect::Looked,
            Effect::Changed => request_log::Effect::Changed,
            Effect::Failed => request_log::Effect::Failed,
        };
        self.0.request_over(RequestId::new(over.id.uuid()), effect, || noted(over));
    }
}

fn noted(Over { duration, note, instead, .. }: Over) -> Noted {
    let instead = instead.map(Into::into);
    match note {
        Some(note) => Noted {
            facade: note.facade.into(),
            operation: note.operation,
            status: instead.unwrap_or(note.outcome),
            took: duration,
            customer: note.customer.and_then(|id| CustomerId::new(id.parse().ok()?)),
            user: note.user,
        },
        None => Noted {
            facade: UNKNOWN.into(),
            operation: UNKNOWN.into(),
            status: instead.unwrap_or(UNKNOWN.into()),
            took: duration,
            customer: None,
            user: None,
        },
    }
}
