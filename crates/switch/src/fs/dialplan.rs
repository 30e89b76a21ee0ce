//! `mod_xml_curl`: the form that it sends, and the dialplan that it is answered with.
//!
//! A refusal is a dialplan that refuses. An HTTP error or a "not found" would send FreeSWITCH to its
//! local dialplan, which nobody decided on.

use leaseline_core::call::{Bridge, CallDecided, CallPlan, CallWay};
use leaseline_core::switch::Switch;
use leaseline_web::FormError;
use leaseline_web::form::pairs;
use leaseline_web::xml::carried;
use quick_xml::escape::escape;

use super::caller;
use crate::intake::Fields;
use crate::to_wire::sip_code;

/// Where a switch says nothing else: through the gateway of this name.
const DIAL_STRING: &str = "sofia/gateway/carrier/{to}";

/// The context of whoever names none.
pub(crate) const CONTEXT: &str = "default";

/// The variable by which a call's record finds its decision.
const REFERENCE: &str = "leaseline_ref";

/// What is asked, as the fields of a question, and the context that is asked for. Any of them may be
/// missing, and what is not text counts as missing: callers have a say in what some of them hold, and
/// none of that may keep a call from its decision. A call without a name is called `unnamed`.
///
/// # Errors
/// [`FormError::BadEscape`], and no other.
pub(crate) fn question(
    form: &[u8],
    unnamed: Option<String>,
) -> Result<(Fields, String), FormError> {
    let sent = pairs(form)?;
    let text = |name: &&str| {
        let (_, value) = sent.iter().find(|(sent, _)| sent.as_slice() == name.as_bytes())?;
        str::from_utf8(value).ok().filter(|value| !value.is_empty() && !value.contains('\0'))
    };
    let first = |names: &[&str]| names.iter().find_map(text).map(str::to_owned);
    let callers = ["Hunt-Caller-ID-Number", "Caller-Caller-ID-Number"];
    let from = callers.iter().find_map(|name| caller(text(name)?)).unwrap_or_default();
    let to = first(&["Hunt-Destination-Number", "Caller-Destination-Number"]).unwrap_or_default();
    let is_hidden = first(&["Caller-Privacy-Hide-Number"]).is_some_and(|said| is_true(&said));
    let call = first(&["Unique-ID", "Channel-Call-UUID", "variable_uuid"]);
    let mut fields = serde_json::Map::new();
    fields.extend(call.or(unnamed).map(|call| ("call_id".to_owned(), call.into())));
    fields.insert("from".into(), from.into());
    fields.insert("to".into(), to.into());
    fields.insert("from_hidden".into(), is_hidden.into());
    fields.extend(first(&["Caller-Network-Addr"]).map(|at| ("source".to_owned(), at.into())));
    let context = first(&["Hunt-Context", "Caller-Context"]).unwrap_or_else(|| CONTEXT.into());
    Ok((Fields::Json(fields), context))
}

fn is_true(said: &str) -> bool {
    matches!(said.to_ascii_lowercase().as_str(), "true" | "1" | "yes")
}

/// A decision as a dialplan.
pub(crate) fn xml(decided: &CallDecided, switch: &Switch, context: &str) -> String {
    let reference = decided.id.to_string();
    let set = ("set", format!("{REFERENCE}={reference}"));
    let mut actions = vec![set];
    match &decided.outcome {
        Ok(plan) => put_through(&mut actions, plan, switch),
        Err(refusal) => {
            actions.push(("respond", format!("{} {refusal}", sip_code(*refusal))));
        }
    }
    document(context, &actions)
}

/// What is answered without a decision: no call goes through.
pub(crate) fn undecided(context: &str) -> String {
    document(context, &[("respond", "503 Service Unavailable".to_owned())])
}

type Action = (&'static str, String);

fn put_through(actions: &mut Vec<Action>, plan: &CallPlan, switch: &Switch) {
    actions.push(("set", "hangup_after_bridge=true".into()));
    if let Some(seconds) = plan.max_seconds {
        let limit = format!("execute_on_answer=sched_hangup +{seconds} allotted_timeout");
        actions.push(("set", limit));
    }
    match &plan.way {
        CallWay::Bridge(bridge) => bridged(actions, bridge, switch),
        CallWay::Ivr(menu) => actions.push(("ivr", format!("leaseline-{menu}"))),
        CallWay::Ivml { launch_url, result_url } => {
            let result = result_url.as_deref().map(|url| format!("leaseline_result_url={url}"));
            actions.extend(result.map(|variable| ("set", variable)));
            // A comma would end the value, a brace the list.
            let url = launch_url.replace(',', "\\,").replace('}', "%7D");
            actions.push(("httapi", format!("{{url={url}}}")));
        }
        CallWay::Sip { account, part } => {
            let user = match part {
                leaseline_core::account::AccountPart::Main => account.to_string(),
                leaseline_core::account::AccountPart::Sub(id) => format!("{account}-{id}"),
            };
            actions.push(("bridge", format!("user/{}", plain(&user))));
        }
    }
}

fn bridged(actions: &mut Vec<Action>, bridge: &Bridge, switch: &Switch) {
    let caller_id = bridge.caller_id.as_deref().map(plain).unwrap_or_default();
    actions.push(("set", format!("effective_caller_id_number={caller_id}")));
    actions.push(("set", format!("effective_caller_id_name={caller_id}")));
    if bridge.is_private {
        actions.push(("privacy", "full".into()));
    }
    let dial_string = switch.terms.dial_string.as_deref().unwrap_or(DIAL_STRING);
    actions.push(("bridge", dial_string.replace("{to}", &plain(&bridge.to))));
}

/// What cannot mean anything in a dial string: commas, bars, brackets and blanks would make another
/// call of it, or set variables.
fn plain(text: &str) -> String {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || "+*#._-".contains(*c);
    text.chars().filter(is_plain).collect()
}

fn document(context: &str, actions: &[Action]) -> String {
    let mut lines = String::new();
    for (application, data) in actions {
        let data = attribute(data);
        lines.push_str(&format!(
            "          <action application=\"{application}\" data=\"{data}\"/>\n"
        ));
    }
    let context = attribute(context);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n\
         <document type=\"freeswitch/xml\">\n  <section name=\"dialplan\">\n    \
         <context name=\"{context}\">\n      <extension name=\"leaseline\">\n        \
         <condition>\n{lines}        </condition>\n      </extension>\n    </context>\n  \
         </section>\n</document>\n"
    )
}

/// A text as the value of an attribute. A reader would make a blank of a line feed or a tab that is
/// not named by its number.
fn attribute(text: &str) -> String {
    let escaped = escape(carried(text));
    escaped.replace('\t', "&#9;").replace('\n', "&#10;").replace('\r', "&#13;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_with_whatever_characters_is_asked_for_and_the_document_stays_one() {
        let check = |context: &str, written: &str| {
            let document = undecided(context);
            assert!(document.contains(&format!("<context name=\"{written}\">")), "{document}");
        };
        check("public", "public");
        check("a\"/><x>&'", "a&quot;/&gt;&lt;x&gt;&amp;&apos;");
        check("a\tb\nc\rd", "a&#9;b&#10;c&#13;d");
        check("a\u{1}b\u{1B}c\u{FFFF}", "a\u{FFFD}b\u{FFFD}c\u{FFFD}");
    }
}
