//! What happened to a call.

use std::sync::Arc;

use leaseline_core::Timestamp;
use leaseline_core::call::{CallEvent, CallHappening};
use leaseline_core::ids::CallRef;
use leaseline_core::switch::Switch;
use uuid::Uuid;

use super::{call_key, instant};
use crate::intake::Fields;
use crate::reply::WrongField;

/// One that does not say when happens now.
pub(crate) fn event(
    switch: &Arc<Switch>,
    fields: &Fields,
    now: Timestamp,
) -> Result<CallEvent, WrongField> {
    Ok(CallEvent {
        switch: Arc::clone(switch),
        call: call_key(switch, fields)?,
        reference: fields.read("ref", reference, "it is none of ours")?,
        happening: fields.need("event", happening, "it is neither answer nor hangup")?,
        at: instant(fields, "at")?.unwrap_or(now),
    })
}

fn reference(text: &str) -> Option<CallRef> {
    Uuid::try_parse(text).ok().map(CallRef::new)
}

fn happening(text: &str) -> Option<CallHappening> {
    match text {
        "answer" => Some(CallHappening::Answer),
        "hangup" => Some(CallHappening::Hangup),
        _ => None,
    }
}
