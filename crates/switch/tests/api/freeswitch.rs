//! FreeSWITCH's own formats.

use leaseline_core::switch::SwitchChange;
use leaseline_testkit::http::Call;

use crate::harness::{Api, BASIC, on_both};

/// What mod_xml_curl posts, as far as it matters here.
const ASKED: &str = "hostname=fs1&section=dialplan&tag_name=&key_name=&key_value=\
    &Event-Name=REQUEST_PARAMS&Unique-ID=7f4a&Caller-Context=public\
    &Hunt-Caller-ID-Number=%2B60195730424&Hunt-Destination-Number=0388880000\
    &Caller-Destination-Number=other&Caller-Privacy-Hide-Number=false\
    &Caller-Network-Addr=10.0.0.9";

fn ask(api: &Api, form: &str) -> String {
    let call = Call::form("/call/fs/dialplan", form).header("Authorization", BASIC);
    let answer = api.send(&call);
    let kind = answer.header("content-type").unwrap().to_owned();
    assert_eq!((answer.status, kind.as_str()), (200, "text/xml; charset=utf-8"), "{form}");
    let reference = answer.body.split_once("leaseline_ref=").map(|(_, after)| &after[..36]);
    match reference {
        Some(reference) => answer.body.replace(reference, "REF"),
        None => answer.body,
    }
}

/// A dialplan of these actions.
fn dialplan(context: &str, actions: &[(&str, &str)]) -> String {
    let action = |(application, data): &(&str, &str)| {
        format!("          <action application=\"{application}\" data=\"{data}\"/>\n")
    };
    let actions: String = actions.iter().map(action).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<document \
         type=\"freeswitch/xml\">\n  <section name=\"dialplan\">\n    <context \
         name=\"{context}\">\n      <extension name=\"leaseline\">\n        <condition>\n{actions}        \
         </condition>\n      </extension>\n    </context>\n  </section>\n</document>\n"
    )
}

#[test]
fn a_dialplan_puts_a_call_through() {
    on_both(|api| {
        let customer = api.lessee(30);
        let put = |dial: &str, context: &str, hidden: bool| {
            let mut actions = vec![
                ("set", "leaseline_ref=REF"),
                ("set", "hangup_after_bridge=true"),
                ("set", "execute_on_answer=sched_hangup +600 allotted_timeout"),
                ("set", "effective_caller_id_number=+60195730424"),
                ("set", "effective_caller_id_name=+60195730424"),
            ];
            if hidden {
                actions.push(("privacy", "full"));
            }
            actions.push(("bridge", dial));
            dialplan(context, &actions)
        };
        let usual = "sofia/gateway/carrier/0125740183";
        assert_eq!(ask(api, ASKED), put(usual, "public", false));
        assert_eq!(ask(api, ASKED), put(usual, "public", false), "asked again");
        let refused = ASKED.replace("7f4a", "7f4b");
        let no_credit = [("set", "leaseline_ref=REF"), ("respond", "402 no credit")];
        assert_eq!(ask(api, &refused), dialplan("public", &no_credit));
        let change = SwitchChange {
            dial_string: Some("{a=\"b\"}sofia/x/{to}@10.0.0.1".into()),
            ..SwitchChange::default()
        };
        api.block_on(api.world.switch("edge-1", "edge-1-secret", change));
        api.block_on(api.world.top_up(customer, 30)).unwrap();
        let hidden = ASKED
            .replace("7f4a", "7f4c")
            .replace("Hide-Number=false", "Hide-Number=true")
            .replace("public", "a%26b%22");
        let soon = std::time::Instant::now() + std::time::Duration::from_secs(1);
        let expected = put("{a=&quot;b&quot;}sofia/x/0125740183@10.0.0.1", "a&amp;b&quot;", true);
        // What was read of a switch is remembered for a moment.
        while ask(api, &hidden) != expected {
            assert!(std::time::Instant::now() < soon, "{}", ask(api, &hidden));
        }
    });
}

#[test]
fn whatever_is_missing_the_answer_is_a_dialplan() {
    on_both(|api| {
        let undecided = dialplan("default", &[("respond", "503 Service Unavailable")]);
        let nobody = [("set", "leaseline_ref=REF"), ("respond", "404 no such number")];
        assert_eq!(ask(api, "section=dialplan"), dialplan("default", &nobody));
        assert_eq!(ask(api, "Unique-ID=a"), dialplan("default", &nobody));
        assert_eq!(ask(api, "Unique-ID=a%zz"), undecided);
        let sent = "Unique-ID=b&Caller-Caller-ID-Number=anonymous&Caller-Destination-Number=999";
        let emergency = dialplan(
            "default",
            &[
                ("set", "leaseline_ref=REF"),
                ("set", "hangup_after_bridge=true"),
                ("set", "effective_caller_id_number="),
                ("set", "effective_caller_id_name="),
                ("bridge", "sofia/gateway/carrier/999"),
            ],
        );
        assert_eq!(ask(api, sent), emergency);
        // A caller has a say in its name and in its number.
        for odd in ["Caller-Caller-ID-Name=J%F6rg", "Caller-Caller-ID-Number=John+Doe", "x=%00"] {
            assert_eq!(ask(api, &format!("{odd}&Caller-Destination-Number=999")), emergency);
        }
        let odd = "Unique-ID=c&Caller-Destination-Number=1%2C2%7C3";
        assert_eq!(ask(api, odd), undecided);
        let call = Call::form("/call/fs/dialplan", ASKED);
        assert_eq!(api.send(&call).status, 401);
        api.block_on(api.world.hub.close());
        assert_eq!(ask(api, ASKED), undecided.replace("default", "public"));
    });
}

#[test]
fn a_caller_that_is_no_number_is_nobody_in_question_and_record() {
    on_both(|api| {
        let customer = api.lessee(30);
        let form =
            "Unique-ID=odd&Caller-Caller-ID-Number=John+Doe&Caller-Destination-Number=0388880000";
        let put = ask(api, form);
        assert!(put.contains("bridge\" data=\"sofia/gateway/carrier/0125740183"), "{put}");
        let record = cdr(api, "odd", &[]).replace("%2B60195730424", "John Doe");
        let call = Call::new("POST", "/call/fs/cdr?uuid=a_odd").header("Authorization", BASIC);
        let answer = api.send(&call.header("Content-Type", "application/json").body(&record));
        assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"status":"stored"}"#));
        assert_eq!(api.balance(customer), 30 - 4, "61 s");
    });
}

/// A record as mod_json_cdr writes it.
fn cdr(api: &Api, uuid: &str, changed: &[(&str, &str)]) -> String {
    let at = leaseline_hub::Clock::now(&api.clock).seconds();
    let mut variables = vec![
        ("direction", "inbound".to_owned()),
        ("uuid", uuid.to_owned()),
        ("start_epoch", at.to_string()),
        ("answer_epoch", (at + 5).to_string()),
        ("end_epoch", (at + 66).to_string()),
        ("billsec", "61".into()),
        ("billmsec", "60001".into()),
        ("mduration", "66000".into()),
        ("sip_term_status", "200".into()),
        ("sip_hangup_disposition", "recv_bye".into()),
        ("hangup_cause", "NORMAL_CLEARING".into()),
    ];
    for (name, value) in changed {
        variables.retain(|(known, _)| known != name);
        variables.push((name, (*value).to_owned()));
    }
    let variables: Vec<_> =
        variables.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
    format!(
        "{{\"core-uuid\":\"c\",\"switchname\":\"fs1\",\"channel_data\":{{\"state\":\"CS_REPORTING\"}},\
         \"variables\":{{{}}},\"callflow\":[{{\"dialplan\":\"XML\",\"caller_profile\":{{\
         \"destination_number\":\"voicemail\"}}}},{{\"dialplan\":\"XML\",\"caller_profile\":{{\
         \"username\":\"x\",\"caller_id_number\":\"%2B60195730424\",\
         \"destination_number\":\"0388880000\"}}}}]}}",
        variables.join(",")
    )
}

fn post(api: &Api, media_type: &str, body: &str) -> (u16, String) {
    let call = Call::new("POST", "/call/fs/cdr?uuid=a_7f4a").header("Authorization", BASIC);
    let answer = api.send(&call.header("Content-Type", media_type).body(body));
    (answer.status, answer.body)
}

const FORM: &str = "application/x-www-form-urlencoded";

fn told(status: &str) -> (u16, String) {
    (200, format!(r#"{{"status":"{status}"}}"#))
}

#[test]
fn a_record_comes_in_three_encodings() {
    use base64::Engine;
    let base64 = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    on_both(|api| {
        let customer = api.lessee(1_000);
        let record = cdr(api, "7f4a", &[]);
        assert_eq!(post(api, "application/json", &record), told("stored"));
        assert_eq!(api.balance(customer), 996);
        let escaped: String = record.bytes().map(|byte| format!("%{byte:02x}")).collect();
        assert_eq!(post(api, FORM, &format!("cdr={escaped}")), told("duplicate"));
        assert_eq!(post(api, FORM, &format!("cdr={}", base64(&record))), told("duplicate"));
        let escaped = base64(&record).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        assert_eq!(post(api, FORM, &format!("cdr={escaped}")), told("duplicate"));
        assert_eq!(api.balance(customer), 996);
        let (_, found) = api.get("/call/v1/cdr?call_id=7f4a");
        for field in [
            "\"from\":\"+60195730424\"",
            "\"to\":\"0388880000\"",
            "\"bill_ms\":60001",
            "\"duration_ms\":66000",
            "\"result\":\"answered\"",
            "\"sip_code\":200",
            "\"hangup_by\":\"caller\"",
        ] {
            assert!(found.contains(field), "{field} in {found}");
        }
    });
}

#[test]
fn only_the_leg_that_came_in_is_billed() {
    on_both(|api| {
        let customer = api.lessee(1_000);
        let json = "application/json";
        let outbound = cdr(api, "b1", &[("direction", "outbound")]);
        assert_eq!(post(api, json, &outbound), told("dropped"));
        let originated = cdr(api, "b2", &[("originating_leg_uuid", "7f4a")]);
        assert_eq!(post(api, json, &originated), told("dropped"));
        assert_eq!(api.balance(customer), 1_000);
        let unanswered = cdr(api, "a2", &[("answer_epoch", "0"), ("billmsec", "0")]);
        assert_eq!(post(api, json, &unanswered), told("stored"));
        assert_eq!(api.balance(customer), 1_000);
        let micros = |seconds: i64| format!("{}", seconds * 1_000_000 + 999_999);
        let at = leaseline_hub::Clock::now(&api.clock).seconds();
        let in_micros = cdr(
            api,
            "a3",
            &[
                ("start_epoch", ""),
                ("start_uepoch", &micros(at)),
                ("end_epoch", ""),
                ("end_uepoch", &micros(at + 9)),
                ("billmsec", ""),
                ("billsec", "20"),
            ],
        );
        assert_eq!(post(api, json, &in_micros), told("stored"));
        assert_eq!(api.balance(customer), 999);
    });
}

#[test]
fn a_record_belongs_to_the_decision_that_it_brings_back() {
    on_both(|api| {
        let customer = api.lessee(30);
        let call = Call::form("/call/fs/dialplan", ASKED).header("Authorization", BASIC);
        let body = api.send(&call).body;
        let reference = body.split_once("leaseline_ref=").unwrap().1[..36].to_owned();
        let record = cdr(api, "7f4a", &[("leaseline_ref", &reference)]);
        assert_eq!(post(api, "application/json", &record), told("stored"));
        assert_eq!(api.balance(customer), 26);
        let again = ask(api, &ASKED.replace("7f4a", "7f4b"));
        assert!(again.contains("sched_hangup +520 allotted_timeout"), "{again}");
    });
}

#[test]
fn what_is_no_record() {
    on_both(|api| {
        let error = r#"{"error":"the body is no record of mod_json_cdr"}"#.to_owned();
        for body in ["", "{", "[]", "7", "cdr=", "cdr=%zz", "cdr=e30", "cdr=W10=", "x={}"] {
            assert_eq!(post(api, FORM, body), (400, error.clone()), "{body}");
        }
        let (status, body) = post(api, "application/json", "{}");
        assert_eq!((status, body.as_str()), (422, r#"{"error":"call_id: it is missing"}"#));
        let wrong = cdr(api, "7f4a", &[("billmsec", "9x"), ("billsec", "")]);
        let (status, body) = post(api, "application/json", &wrong);
        assert_eq!((status, body.as_str()), (422, r#"{"error":"bill_ms: it is missing"}"#));
    });
}
