//! What holds whatever is sent. The tests below try it with some inputs, the targets in `fuzz/` with
//! very many; no ordinary build has this module.

use std::sync::Arc;

use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use leaseline_core::Timestamp;
use leaseline_core::account::AccountPart;
use leaseline_core::call::{
    Bridge, CallDecided, CallPlan, CallRefusal, CallWay, Dialled, OriginLabel, SingleCallerId,
};
use leaseline_core::ids::{CallRef, SwitchId};
use leaseline_core::password::PasswordHash;
use leaseline_core::record::{
    NewRecord, Party, PartyText, RecordKey, RecordKind, RecordName, Report,
};
use leaseline_core::switch::{Switch, SwitchChange, SwitchTerms};
use leaseline_web::xml::carried;
use leaseline_web::{Form, Limits, Networks};
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use uuid::Uuid;

use crate::intake::{Body, Fields};
use crate::reply::{Trouble, WrongField};
use crate::{Settings, from_wire, fs, to_wire};

/// 2026-11-26T00:00:00Z.
const NOW: i64 = 1_795_651_200;

const HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6Ue1Bnzz07Z8A";

fn switch() -> Arc<Switch> {
    let known = SwitchChange {
        country_code: Some("60".into()),
        national_prefix: Some("0".into()),
        fax_codes: Some(vec![("0".into(), "0".into())]),
        ..SwitchChange::default()
    };
    Arc::new(Switch {
        id: SwitchId::new(1).expect("at least 1"),
        name: "edge-1".into(),
        password: PasswordHash::parse(HASH).expect("a hash"),
        enabled: true,
        terms: Arc::new(SwitchTerms::of_new(known).expect("a region")),
    })
}

fn settings() -> Settings {
    Settings {
        single_caller_id: SingleCallerId::Caller,
        longest_seconds: Some(7_200),
        trusted_proxies: Networks::local(),
        limits: Limits::default(),
    }
}

/// A body in JSON or a form is read to something within its bounds, or the field that is wrong is
/// named, and its value is not.
pub fn request(which: u8, sent: &[u8]) {
    let mut headers = HeaderMap::new();
    if which >= 128 {
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(CONTENT_TYPE, form);
    }
    match Body::read(&headers, sent) {
        Ok(Body::One(fields)) => judged(which, &fields),
        Ok(Body::Several(items)) => items.iter().flatten().for_each(|it| judged(which, it)),
        Err(trouble) => {
            assert!(matches!(trouble, Trouble::Unreadable(_) | Trouble::Field(_)), "{trouble:?}");
        }
    }
}

fn judged(which: u8, fields: &Fields) {
    if let Err(WrongField { name, what }) = judge(which, fields) {
        assert!(FIELDS.contains(&name) && what.is_ascii(), "{name}: {what}");
    }
}

pub(crate) fn judge(which: u8, fields: &Fields) -> Result<(), WrongField> {
    let switch = switch();
    match which % 5 {
        0 => {
            let request = from_wire::authorise(&switch, &settings(), fields)?;
            assert!(is_bounded(&request.dialled.from) && is_bounded(&request.dialled.to));
            Ok(())
        }
        1 => {
            let now = Timestamp::from_seconds(NOW).expect("within our time");
            let event = from_wire::event(&switch, fields, now)?;
            assert!(event.is_none_or(|event| event.at >= Timestamp::EPOCH));
            Ok(())
        }
        2 => from_wire::call(&switch, fields).map(|record| sound(&record)),
        3 => from_wire::fax(&switch, fields).map(|record| sound(&record)),
        _ => from_wire::message(&switch, fields).map(|record| sound(&record)),
    }
}

fn sound(record: &NewRecord) {
    let name = record.name.as_str();
    assert!((1..=255).contains(&name.chars().count()) && !name.chars().any(char::is_control));
    assert!(is_bounded(&record.from) && is_bounded(&record.to));
    assert!(record.at >= Timestamp::EPOCH);
    if let Report::Sms(report) = &record.report {
        assert!(report.text.chars().count() <= 16_000 && !report.text.contains('\0'));
    }
}

fn is_bounded(party: &Party) -> bool {
    let text = party.text.as_str();
    text.len() <= 64 && text.is_ascii() && !text.starts_with(['=', '@'])
}

/// All fields that can be wrong.
pub(crate) const FIELDS: [&str; 37] = [
    "account",
    "answered_at",
    "at",
    "attempt",
    "bill_ms",
    "body",
    "call_id",
    "card_callerid",
    "card_number",
    "direction",
    "duration_ms",
    "duration_s",
    "ended_at",
    "error_code",
    "event",
    "from",
    "from_hidden",
    "hangup_by",
    "hops",
    "pages",
    "pin",
    "record_id",
    "ref",
    "result",
    "routed_to",
    "sent",
    "sip_code",
    "source",
    "speed",
    "started_at",
    "station_id",
    "sub_id",
    "switch",
    "text",
    "to",
    "tracking",
    "type",
];

/// Whatever FreeSWITCH asks, and whatever is decided, the answer is a document of one context, the
/// one that was asked for, with the actions that were meant and no others.
pub fn dialplan(sent: &[u8]) {
    let Ok((fields, context)) = fs::question(sent, None) else { return };
    judged(0, &fields);
    let form = Form::parse(sent).unwrap_or_default();
    let text = |name| form.get(name).unwrap_or(&context).to_owned();
    let (to, other) = (text("Hunt-Destination-Number"), text("Caller-Caller-ID-Number"));
    let bridge = |is_private| {
        let (to, caller_id) = (to.as_str().into(), Some(other.as_str().into()));
        CallWay::Bridge(Bridge { to, caller_id, is_private })
    };
    let launch_url = to.as_str().into();
    let ivml = CallWay::Ivml { launch_url, result_url: Some(other.as_str().into()) };
    let sip = CallWay::Sip { account: to.as_str().into(), part: AccountPart::Main };
    for (way, actions) in [(bridge(false), 6), (bridge(true), 7), (ivml, 5), (sip, 4)] {
        let plan = CallPlan { way, max_seconds: Some(60), payer: None, announcement: None };
        is_a_dialplan(&fs::xml(&decided(Ok(plan)), &switch(), &context), &context, actions);
    }
    let refused = decided(Err(CallRefusal::NoCredit));
    is_a_dialplan(&fs::xml(&refused, &switch(), &context), &context, 2);
    is_a_dialplan(&fs::undecided(&context), &context, 1);
}

fn decided(outcome: Result<CallPlan, CallRefusal>) -> CallDecided {
    let name = |text| RecordName::parse(text).expect("a name");
    let party = || Party { text: PartyText::parse("").expect("a text"), number: None };
    CallDecided {
        id: CallRef::new(Uuid::nil()),
        call: RecordKey { kind: RecordKind::Call, reporter: name("edge-1"), name: name("c") },
        attempt: 1,
        dialled: Dialled { from: party(), is_hidden: false, to: party(), hops: 0 },
        origin: OriginLabel::new(""),
        decided_at: Timestamp::EPOCH,
        outcome,
    }
}

fn is_a_dialplan(document: &str, context: &str, actions: usize) {
    assert_eq!(carried(document), document);
    let mut reader = Reader::from_str(document);
    let (mut found, mut contexts) = (0, Vec::new());
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}: {document}")) {
            Event::Eof => break,
            Event::Empty(action) => {
                assert_eq!(
                    (action.name().as_ref(), action.attributes().count()),
                    (&b"action"[..], 2)
                );
                assert!(!attribute(&action, "data").contains(['\n', '\t', '\r']), "{document}");
                found += 1;
            }
            Event::Start(start) if start.name().as_ref() == b"context" => {
                contexts.push(attribute(&start, "name"));
            }
            Event::Start(_) | Event::End(_) | Event::Text(_) | Event::Decl(_) => {}
            other => panic!("{other:?}: {document}"),
        }
    }
    assert_eq!(found, actions, "{document}");
    let [only] = &contexts[..] else { panic!("{document}") };
    assert!(!only.contains(['\n', '\t', '\r', '<']), "{document}");
    assert_eq!(unescape(only).expect("escaped by us"), carried(context));
}

/// As it stands there.
fn attribute(element: &BytesStart<'_>, name: &str) -> String {
    let found = element.try_get_attribute(name).expect("well-formed").expect("there");
    String::from_utf8(found.value.into_owned()).expect("UTF-8")
}

/// What FreeSWITCH posts is no record, the other leg's, or one within its bounds; in whichever
/// encoding it is the same.
pub fn record(sent: &[u8]) {
    let switch = switch();
    let Some(document) = fs::document(sent) else {
        assert_eq!(fs::call_in_file(sent, &switch), Err(fs::NotACall::Unreadable));
        return;
    };
    let read = fs::record(&document, &switch);
    if let Ok(Some(record)) = &read {
        sound(record);
    }
    let escaped: String = document.to_string().bytes().map(|it| format!("%{it:02X}")).collect();
    let again = fs::document(format!("cdr={escaped}").as_bytes()).expect("the same document");
    assert_eq!(fs::record(&again, &switch), read);
}

/// A decision in JSON and on a line says the same, each value where it belongs.
pub fn decision(to: &str, caller_id: &str) {
    let bridge = Bridge { to: to.into(), caller_id: Some(caller_id.into()), is_private: false };
    let way = CallWay::Bridge(bridge);
    let plan = CallPlan { way, max_seconds: Some(60), payer: None, announcement: None };
    let decided = decided(Ok(plan));
    let json = serde_json::to_value(to_wire::json(&decided)).expect("JSON");
    assert_eq!((json["to"].as_str(), json["caller_id"].as_str()), (Some(to), Some(caller_id)));
    let line = to_wire::text(&decided);
    let values: Vec<_> = line.split('|').map(|value| value.replace("%7C", "|")).collect();
    assert_eq!(values.len(), 6, "{line}");
    assert!(to.contains("%7C") || values[1] == to, "{line}");
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    /// Values of which some are right for each field.
    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            "[+]?[0-9]{0,16}|answered|failed|answer|hangup|in|out|replies|\\PC{0,8}"
                .prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (0..2_000_000_000_i64).prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            Just(Value::Null),
            Just(json!(1.5)),
        ]
    }

    proptest! {
        #[test]
        fn requests(which: u8, values in vec((0..super::FIELDS.len(), value()), 0..16)) {
            let named = values.into_iter().map(|(place, value)| (super::FIELDS[place].to_owned(), value));
            let object = Value::from(named.collect::<Map<_, _>>());
            super::request(which, object.to_string().as_bytes());
            super::request(which, json!([object, 7]).to_string().as_bytes());
        }

        #[test]
        fn dialplans(context in "\\PC{0,12}|[\u{0}-\u{20}\"<&'>]{1,6}", to in "[+0-9a-z,{}\\[\\]|]{0,12}") {
            let escaped: String = context.bytes().map(|it| format!("%{it:02X}")).collect();
            super::dialplan(format!("Caller-Context={escaped}&Hunt-Destination-Number={to}").as_bytes());
        }

        #[test]
        fn records(variables in vec((
            "uuid|direction|(start|answer|end)_(epoch|uepoch)|bill(msec|sec)|mduration|sip_(to|from)_user|\
             leaseline_ref|originator|sip_hangup_disposition|sip_term_status",
            value(),
        ), 0..10), number in value()) {
            let variables = Value::from(variables.into_iter().collect::<Map<_, _>>());
            let profile = json!({ "caller_id_number": number, "destination_number": number });
            let written = json!({ "variables": variables, "callflow": [{ "caller_profile": profile }] });
            super::record(written.to_string().as_bytes());
        }

        #[test]
        fn decisions(to in "[0-9a-z+]{0,12}|\\PC{0,8}", caller_id in "\\PC{0,8}") {
            super::decision(&to, &caller_id);
        }

        #[test]
        fn any_bytes(which: u8, sent in vec(any::<u8>(), 0..64)) {
            super::request(which, &sent);
            super::dialplan(&sent);
            super::record(&sent);
        }
    }
}
