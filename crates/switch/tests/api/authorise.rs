//! Questions about calls.

use leaseline_core::call::SingleCallerId;
use leaseline_testkit::http::Call;

use crate::harness::{BASIC, on_both, on_both_with};

const AUTHORISE: &str = "/call/v1/authorise";

#[test]
fn a_call_to_a_leased_number_is_put_through() {
    on_both(|api| {
        api.lessee(30);
        let question = r#"{"call_id":"c1","switch":"any","from":"+60195730424","from_hidden":false,
            "to":"0388880000","source":"10.0.0.9:5060","hops":0,"at":1795293800,"other":[1]}"#;
        const PUT: &str = r#"{"action":"bridge","to":"0125740183","caller_id":"+60195730424","privacy":false,"max_seconds":600,"ref":"REF"}"#;
        let first = api.check(AUTHORISE, question, 200, PUT);
        assert_eq!(api.check(AUTHORISE, question, 200, PUT), first, "the same answer again");
        let reject = |code: u16, reason: &str| {
            format!(r#"{{"action":"reject","sip_code":{code},"reason":"{reason}","ref":"REF"}}"#)
        };
        let ask = |fields: &str, expected: &str| {
            api.check(AUTHORISE, &format!("{{{fields}}}"), 200, expected);
        };
        let no_credit = reject(402, "no credit");
        ask(r#""call_id":"c2","from":"","to":"60388880000""#, &no_credit);
        let nobody = reject(404, "no such number");
        ask(r#""call_id":"c3","from":"x","to":"0388880001""#, &nobody);
        ask(r#""call_id":"c4","from":"x","to":"""#, &nobody);
        let emergency = r#"{"action":"bridge","to":"999","caller_id":null,"privacy":false,"max_seconds":null,"ref":"REF"}"#;
        ask(r#""call_id":"c5","from":"","to":"999""#, emergency);
        let account = r#""call_id":"c6","from":"","to":"61212345678","account":"demo","sub_id":0"#;
        ask(account, &reject(403, "unknown account"));
        let card = r#""call_id":"c7","from":"","to":"61212345678","card_number":"1","pin":"2""#;
        ask(card, &reject(403, "wrong card or PIN"));
        let untyped = r#""call_id":"c8","from":"","to":"61212345678","card_number":"1","pin":"""#;
        ask(untyped, &reject(403, "wrong card or PIN"));
    });
}

#[test]
fn a_form_and_a_line_of_text_say_the_same() {
    let leased = |settings: &mut leaseline_switch::Settings| {
        settings.single_caller_id = SingleCallerId::Leased;
        settings.longest_seconds = None;
    };
    on_both_with(leased, |api| {
        api.lessee(30);
        let ask = |form: &str| {
            let call = Call::form("/call/v1/authorise?format=text", form);
            let answer = api.send(&call.header("Authorization", BASIC));
            let kind = answer.header("content-type").unwrap().to_owned();
            assert_eq!((answer.status, kind.as_str()), (200, "text/plain; charset=utf-8"));
            let reference = answer.body.split('|').find(|part| part.len() == 36).unwrap();
            answer.body.replace(reference, "REF")
        };
        let put = ask("call_id=c1&from=%2B60195730424&to=0388880000&from_hidden=1&hops=&account=");
        assert_eq!(put, "bridge|0125740183|0388880000|600|REF|1");
        assert_eq!(ask("call_id=c2&from=&to=0388880001"), "reject|404|no such number|REF");
        assert_eq!(ask("call_id=c3&from=&to=112"), "bridge|112|0|0|REF|0");
        let untyped = "call_id=c4&from=&to=61212345678&card_number=1&pin=";
        assert_eq!(ask(untyped), "reject|403|wrong card or PIN|REF");
    });
}

#[test]
fn what_is_wrong_with_a_question() {
    on_both(|api| {
        let check = |json: &str, status: u16, error: &str| {
            let body = format!(r#"{{"error":"{error}"}}"#);
            api.check(AUTHORISE, json, status, &body);
        };
        const UNREADABLE: &str = "the body is neither a JSON object nor a form";
        check("", 400, "the body is no JSON");
        check("{", 400, "the body is no JSON");
        check("call_id=1", 400, "the body is no JSON");
        check("7", 400, UNREADABLE);
        check("[]", 400, UNREADABLE);
        check(r#"[{"call_id":"1","from":"","to":"1"}]"#, 400, UNREADABLE);
        check("{}", 422, "call_id: it is missing");
        check(r#"{"call_id":7,"from":"","to":"1"}"#, 422, "call_id: it is not a text");
        const NAME: &str = "it is not 1 to 255 characters, none of them a control character";
        check(r#"{"call_id":"","from":"","to":"1"}"#, 422, &format!("call_id: {NAME}"));
        check(r#"{"call_id":"1","to":"1"}"#, 422, "from: it is missing");
        check(r#"{"call_id":"1","from":null,"to":"1"}"#, 422, "from: it is missing");
        check(r#"{"call_id":"1","from":""}"#, 422, "to: it is missing");
        const PARTY: &str =
            "it is not at most 64 of + 0-9 * # A-Z a-z @ . _ -, beginning with no @";
        for wrong in ["=1", "@1", "a b", "60|1", "é", "1\\u0000"] {
            let question = format!(r#"{{"call_id":"1","from":"","to":"{wrong}"}}"#);
            check(&question, 422, &format!("to: {PARTY}"));
            let question = format!(r#"{{"call_id":"1","from":"{wrong}","to":"1"}}"#);
            check(&question, 422, &format!("from: {PARTY}"));
        }
        let with = |field: &str| format!(r#"{{"call_id":"1","from":"","to":"1",{field}}}"#);
        const BOOLEAN: &str = "from_hidden: it is neither true nor false";
        check(&with(r#""from_hidden":1"#), 422, BOOLEAN);
        check(&with(r#""hops":-1"#), 422, "hops: it is not a number from 0 on");
        check(&with(r#""hops":"0""#), 422, "hops: it is not a whole number of 64 bits");
        check(&with(r#""at":1.5"#), 422, "at: it is not a whole number of 64 bits");
        check(
            &with(r#""account":"a","sub_id":-1"#),
            422,
            "sub_id: it is neither 0 nor the id of a sub-account",
        );
        check(&with(r#""card_number":"1""#), 422, "pin: it is missing");
        check(
            &with(r#""account":"a","card_callerid":"1""#),
            422,
            "account: a card pays for the call too",
        );
        // Nothing of all this was decided on.
        let (_, unsettled) = api.get("/call/v1/cdr");
        assert_eq!(unsettled, r#"{"count":0,"cdrs":[]}"#);
    });
}

#[test]
fn events_are_taken_from_whoever_sends_them() {
    on_both(|api| {
        api.lessee(30);
        let ok = r#"{"status":"ok"}"#;
        api.check(
            "/call/v1/event",
            r#"{"call_id":"c1","event":"answer","at":1795293800}"#,
            200,
            ok,
        );
        api.check("/call/v1/event", r#"{"call_id":"c1","event":"hangup","ref":null}"#, 200, ok);
        let wrong = r#"{"error":"event: it is neither answer nor hangup"}"#;
        api.check("/call/v1/event", r#"{"call_id":"c1","event":"ring"}"#, 422, wrong);
    });
}
