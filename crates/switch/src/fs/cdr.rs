//! `mod_json_cdr`: what became of a call, in its three encodings, as it is posted and as it is
//! written to files while nobody takes it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use leaseline_core::record::NewRecord;
use leaseline_core::switch::Switch;
use leaseline_web::{Form, form};
use serde_json::{Map, Value};

use super::caller;
use crate::from_wire;
use crate::intake::Fields;
use crate::reply::WrongField;

/// Why a file is not a record of a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotACall {
    /// It is in none of the three encodings.
    #[error("it is no record of mod_json_cdr")]
    Unreadable,
    /// Something of it is wrong.
    #[error("{0}")]
    Wrong(String),
}

/// The record in a file that FreeSWITCH wrote; `None` for a call's other leg.
///
/// # Errors
/// [`NotACall`].
pub fn call_in_file(bytes: &[u8], switch: &Switch) -> Result<Option<NewRecord>, NotACall> {
    let document = document(bytes).ok_or(NotACall::Unreadable)?;
    record(&document, switch).map_err(|wrong| NotACall::Wrong(wrong.to_string()))
}

/// The JSON document in a body: plain, or as `cdr=` of a form, there in Base64 or not.
pub(crate) fn document(body: &[u8]) -> Option<Value> {
    if let Ok(document @ Value::Object(_)) = serde_json::from_slice(body) {
        return Some(document);
    }
    let encoded = body.strip_prefix(b"cdr=")?;
    if let Some(document) = decoded(encoded) {
        return Some(document);
    }
    // Base64 may have been sent as it stands, its plus signs no blanks.
    from_base64(encoded)
}

fn decoded(encoded: &[u8]) -> Option<Value> {
    let form = [b"cdr=", encoded].concat();
    let (_, value) = form::pairs(&form).ok()?.into_iter().next()?;
    match serde_json::from_slice(&value) {
        Ok(document @ Value::Object(_)) => Some(document),
        _ => from_base64(&value),
    }
}

fn from_base64(text: &[u8]) -> Option<Value> {
    let plain: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let document = serde_json::from_slice(&STANDARD.decode(plain).ok()?).ok()?;
    matches!(document, Value::Object(_)).then_some(document)
}

/// The record that a document is of: of the leg that came in; `None` for the other one, which is
/// the same call again.
pub(crate) fn record(document: &Value, switch: &Switch) -> Result<Option<NewRecord>, WrongField> {
    let call = Call(document);
    if call.is_other_leg() {
        return Ok(None);
    }
    from_wire::call(switch, &Fields::Json(call.fields())).map(Some)
}

/// A document, its values read where FreeSWITCH puts them.
struct Call<'a>(&'a Value);

impl Call<'_> {
    /// An outbound leg, or one that another leg gave rise to.
    fn is_other_leg(&self) -> bool {
        let outbound = self.variable("direction").is_some_and(|way| way == "outbound");
        let originated = ["originator", "originating_leg_uuid", "ent_originate_aleg_uuid"];
        let has_originator = originated.iter().any(|name| self.variable(name).is_some());
        outbound || has_originator || self.has_originator()
    }

    fn has_originator(&self) -> bool {
        self.caller_profile().is_some_and(|profile| profile.get("originator").is_some())
    }

    /// The same call in the fields of our own interface.
    fn fields(&self) -> Map<String, Value> {
        let mut fields = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            fields.extend(value.map(|value| (name.to_owned(), value)));
        };
        let answered_at = self.instant("answer").filter(|seconds| *seconds > 0);
        let result = if answered_at.is_some() { "answered" } else { "failed" };
        put("call_id", self.variable("uuid").map(Value::from));
        put("ref", self.variable("leaseline_ref").map(Value::from));
        put("from", Some(self.from().into()));
        put("to", self.to().map(Value::from));
        put("started_at", self.instant("start").map(Value::from));
        put("answered_at", answered_at.map(Value::from));
        put("ended_at", self.instant("end").map(Value::from));
        put("bill_ms", Some(self.bill_ms().map_or(Value::Null, Value::from)));
        put("duration_ms", self.number("mduration").map(Value::from));
        put("result", Some(result.into()));
        put("sip_code", self.sip_code().map(Value::from));
        put("hangup_by", self.hangup_by().map(Value::from));
        fields
    }

    fn from(&self) -> String {
        let usable = |said: Option<String>| caller(&said?).map(str::to_owned);
        usable(self.profile("caller_id_number"))
            .or_else(|| usable(self.variable("caller_id_number")))
            .or_else(|| usable(self.variable("sip_from_user")))
            .unwrap_or_default()
    }

    fn to(&self) -> Option<String> {
        let to = self.profile("destination_number");
        to.or_else(|| self.variable("destination_number")).or_else(|| self.variable("sip_to_user"))
    }

    /// In milliseconds by the switch's own difference; of older ones, which only count seconds, those.
    fn bill_ms(&self) -> Option<i64> {
        let seconds = || self.number("billsec").and_then(|seconds| seconds.checked_mul(1_000));
        self.number("billmsec").or_else(seconds)
    }

    /// Seconds, or what of microseconds are whole ones.
    fn instant(&self, name: &str) -> Option<i64> {
        let micros = || self.number(&format!("{name}_uepoch")).map(|micros| micros / 1_000_000);
        self.number(&format!("{name}_epoch")).or_else(micros)
    }

    fn sip_code(&self) -> Option<i64> {
        let code = self
            .variable("sip_term_status")
            .or_else(|| self.variable("proto_specific_hangup_cause"));
        let digits = code?;
        digits.strip_prefix("sip:").unwrap_or(&digits).parse().ok()
    }

    fn hangup_by(&self) -> Option<&'static str> {
        match self.variable("sip_hangup_disposition")?.as_str() {
            "recv_bye" | "recv_cancel" => Some("caller"),
            "send_bye" | "send_refuse" | "send_cancel" => Some("callee"),
            _ => None,
        }
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.variable(name)?.parse().ok()
    }

    /// A variable of the channel; an empty one says nothing.
    fn variable(&self, name: &str) -> Option<String> {
        text(self.0.get("variables")?.get(name)?)
    }

    /// A value of the caller's profile.
    fn profile(&self, name: &str) -> Option<String> {
        text(self.caller_profile()?.get(name)?)
    }

    /// The profile of the call's first step: the newest come first, and a transfer changes what was
    /// dialled.
    fn caller_profile(&self) -> Option<&Value> {
        let first = match self.0.get("callflow")? {
            Value::Array(steps) => steps.last()?,
            other => other,
        };
        first.get("caller_profile")
    }
}

/// A value as text, whatever it was written as, and whether or not it was encoded as in a URL.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let text = unescaped(&text);
    (!text.is_empty()).then_some(text)
}

/// FreeSWITCH writes what is no plain character as in a URL, but leaves a plus sign as it is.
fn unescaped(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let query = format!("v={}", text.replace('+', "%2B"));
    let form = Form::parse(query.as_bytes()).ok();
    form.and_then(|form| form.get("v").map(str::to_owned)).unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert_eq, proptest};
    use serde_json::json;

    use super::*;

    proptest! {
        #[test]
        fn one_document_in_three_encodings(name in "\\PC{0,20}", value in "\\PC{0,40}") {
            let written = json!({ name: value });
            let plain = written.to_string();
            let percent: String = plain.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let base64 = STANDARD.encode(&plain);
            for body in [plain, format!("cdr={percent}"), format!("cdr={base64}")] {
                prop_assert_eq!(document(body.as_bytes()), Some(written.clone()), "{}", body);
            }
        }

        #[test]
        fn any_bytes_are_a_document_or_none(bytes in vec(any::<u8>(), 0..200)) {
            let _ = document(&bytes);
            let _ = document(&[b"cdr=", &bytes[..]].concat());
        }
    }
}
