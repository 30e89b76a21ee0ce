//! What switches ask and tell.

use leaseline_testkit::http::{Answer, Call};

use crate::api::Api;
use crate::each_call::{Operation, nothing};

/// Send it again; FreeSWITCH is told so by a dialplan.
pub(crate) fn is_away(answer: &Answer) -> bool {
    const RESPOND: &str = r#"<action application="respond" data="503 Service Unavailable"/>"#;
    answer.status == 503 || answer.body.contains(RESPOND)
}

/// `edge-1:edge-1-secret`.
const BASIC: &str = "Basic ZWRnZS0xOmVkZ2UtMS1zZWNyZXQ=";

/// Within the lease that the world has, whose clock stands still at noon.
const AT: u32 = 1_580_472_000;

macro_rules! operation {
    ($path:literal, $before:expr, $json:expr, $success:literal) => {
        Operation {
            name: $path,
            before: $before,
            call: |_, nth| {
                let json: fn(usize) -> String = $json;
                post($path, &json(nth))
            },
            success: $success,
        }
    };
}

// A macro so that the table is written once, as a table.
pub(crate) const OPERATIONS: &[Operation] = &[
    operation!("/call/v1/authorise", nothing, question, r#"{"action":"bridge","#),
    operation!(
        "/call/v1/event",
        decision,
        |nth| format!(r#"{{"call_id":"c{nth}","event":"answer"}}"#),
        r#"{"status":"ok"}"#
    ),
    operation!("/call/v1/cdr", decision, record, r#"{"status":"stored"}"#),
    Operation {
        name: "look up",
        before: |_, _| String::new(),
        call: |_, _| Call::new("GET", "/call/v1/cdr?call_id=c1").header("Authorization", BASIC),
        success: r#"{"count":"#,
    },
    Operation {
        name: "/call/fs/dialplan",
        before: nothing,
        call: |_, nth| {
            let form = format!(
                "Unique-ID=f{nth}&Caller-Caller-ID-Number=60195730424\
                 &Caller-Destination-Number=0388880000&Caller-Context=public"
            );
            Call::form("/call/fs/dialplan", &form).header("Authorization", BASIC)
        },
        success: r#"<action application="bridge""#,
    },
    operation!("/call/fs/cdr", nothing, freeswitch_record, r#"{"status":"stored"}"#),
    operation!(
        "/records/v1/sms",
        nothing,
        |nth| format!(
            r#"{{"record_id":"m{nth}","account":"demo","direction":"in","from":"61400000000","to":"61280000000","at":{AT},"text":"hello","sent":true,"type":"replies"}}"#
        ),
        r#""status":"stored""#
    ),
    operation!(
        "/records/v1/fax",
        nothing,
        |nth| format!(
            r#"{{"record_id":"x{nth}","account":"demo","direction":"in","from":"61390001111","to":"61280000000","at":{AT},"pages":2,"error_code":"0"}}"#
        ),
        r#""status":"stored""#
    ),
];

fn post(path: &str, json: &str) -> Call {
    let call = Call::new("POST", path).header("Authorization", BASIC);
    call.header("Content-Type", "application/json").body(json)
}

fn question(nth: usize) -> String {
    format!(r#"{{"call_id":"c{nth}","from":"0195730424","to":"0388880000"}}"#)
}

fn record(nth: usize) -> String {
    format!(
        r#"{{"call_id":"c{nth}","from":"0195730424","to":"0388880000","started_at":{AT},"ended_at":{},"bill_ms":60000,"result":"answered"}}"#,
        AT + 60
    )
}

fn freeswitch_record(nth: usize) -> String {
    format!(
        r#"{{"variables":{{"direction":"inbound","uuid":"g{nth}","start_epoch":"{AT}","answer_epoch":"{AT}","end_epoch":"{}","billmsec":"60001"}},"callflow":[{{"caller_profile":{{"caller_id_number":"60195730424","destination_number":"0388880000"}}}}]}}"#,
        AT + 61
    )
}

fn decision(api: &Api, nth: usize) -> String {
    let decided = api.send(&post("/call/v1/authorise", &question(nth)));
    assert!(decided.body.contains("bridge"), "{decided:?}");
    String::new()
}
