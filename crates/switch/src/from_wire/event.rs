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

/// One that does not say when happens now. One that names a decision which cannot be ours is none.
pub(crate) fn event(
    switch: &Arc<Switch>,
    fields: &Fields,
    now: Timestamp,
) -> Result<Option<CallEvent>, WrongField> {
    let reference = fields.read("ref", |text| Some(reference(text)), "it is no text")?;
    let event = CallEvent {
        switch: Arc::clone(switch),
        call: call_key(switch, fields)?,
        reference: reference.flatten(),
        happening: fields.need("event", happening, "it is neither answer nor hangup")?,
        at: instant(fields, "at")?.unwrap_or(now),
    };
    Ok((reference != Some(None)).then_some(event))
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
