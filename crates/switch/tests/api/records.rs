//! Records of calls, messages and faxes.

use leaseline_testkit::http::Call;
use leaseline_testkit::{Dids, account_entry, profile};

use crate::harness::{Api, BASIC, on_both};

const CDR: &str = "/call/v1/cdr";

/// A record of a call to the leased number, with these fields instead of its own.
fn cdr(api: &Api, name: &str, changed: &[(&str, &str)]) -> String {
    let at = leaseline_hub::Clock::now(&api.clock).seconds();
    let (answered, ended) = ((at + 5).to_string(), (at + 65).to_string());
    let mut fields = vec![
        ("call_id", format!("\"{name}\"")),
        ("from", "\"+60195730424\"".into()),
        ("to", "\"0388880000\"".into()),
        ("started_at", at.to_string()),
        ("answered_at", answered),
        ("ended_at", ended),
        ("bill_ms", "60000".into()),
        ("result", "\"answered\"".into()),
    ];
    for (name, value) in changed {
        fields.retain(|(known, _)| known != name);
        if !value.is_empty() {
            fields.push((name, (*value).to_owned()));
        }
    }
    let fields: Vec<_> = fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", fields.join(","))
}

fn told(status: &str) -> String {
    format!(r#"{{"status":"{status}"}}"#)
}

#[test]
fn a_record_is_charged_once_however_often_it_comes() {
    on_both(|api| {
        let customer = api.lessee(1_000);
        let record = cdr(api, "c1", &[("sip_code", "200"), ("hangup_by", "\"caller\"")]);
        api.check(CDR, &record, 201, &told("stored"));
        api.check(CDR, &record, 200, &told("duplicate"));
        api.check(CDR, &cdr(api, "c1", &[]), 200, &told("conflict"));
        assert_eq!(api.balance(customer), 997);
        let stranger = cdr(api, "c2", &[("to", "\"0388889999\"")]);
        api.check(CDR, &stranger, 202, &told("orphan"));
        api.check(CDR, &stranger, 200, &told("duplicate"));
        assert_eq!(api.balance(customer), 997);

        let at = leaseline_hub::Clock::now(&api.clock).seconds();
        let expected = format!(
            r#"{{"count":1,"cdrs":[{{"call_id":"c1","switch":"edge-1","ref":null,"from":"+60195730424","to":"0388880000","routed_to":null,"started_at":{at},"answered_at":{},"ended_at":{},"duration_ms":null,"bill_ms":60000,"result":"answered","sip_code":200,"hangup_by":"caller"}}]}}"#,
            at + 5,
            at + 65
        );
        assert_eq!(api.get("/call/v1/cdr?call_id=c1"), (200, expected));
        assert_eq!(api.get("/call/v1/cdr"), (200, r#"{"count":2,"cdrs":[]}"#.into()));
        let none = r#"{"count":0,"cdrs":[]}"#;
        assert_eq!(api.get("/call/v1/cdr?call_id=c3"), (200, none.into()));
    });
}

#[test]
fn a_decision_is_settled_by_its_record() {
    on_both(|api| {
        let customer = api.lessee(3);
        let question = |name: &str| {
            format!(r#"{{"call_id":"{name}","from":"+60195730424","to":"0388880000"}}"#)
        };
        let put = |seconds: u32| {
            format!(
                r#"{{"action":"bridge","to":"0125740183","caller_id":"+60195730424","privacy":false,"max_seconds":{seconds},"ref":"REF"}}"#
            )
        };
        let authorise = "/call/v1/authorise";
        let reference = api.check(authorise, &question("c1"), 200, &put(60));
        let no_credit = r#"{"action":"reject","sip_code":402,"reason":"no credit","ref":"REF"}"#;
        api.check(authorise, &question("c2"), 200, no_credit);
        let named = format!("\"{reference}\"");
        let record = cdr(api, "c1", &[("ref", &named), ("bill_ms", "20001")]);
        api.check(CDR, &record, 201, &told("stored"));
        assert_eq!(api.balance(customer), 1);
        api.check(authorise, &question("c3"), 200, &put(20));
        let failed = cdr(api, "c3", &[("result", "\"failed\""), ("answered_at", "null")]);
        api.check(CDR, &failed, 201, &told("stored"));
        assert_eq!(api.balance(customer), 1);
        api.check(authorise, &question("c4"), 200, &put(20));
    });
}

#[test]
fn an_array_is_taken_in_as_far_as_it_is_right() {
    on_both(|api| {
        let customer = api.lessee(1_000);
        let array = [
            cdr(api, "c1", &[]),
            "7".into(),
            cdr(api, "c2", &[("bill_ms", "1.5")]),
            cdr(api, "c1", &[]),
            cdr(api, "c3", &[("to", "\"0388889999\"")]),
        ];
        let expected = concat!(
            r#"[{"status":"stored"},{"status":"invalid","error":"it is no object"},"#,
            r#"{"status":"invalid","error":"bill_ms: it is not a whole number of 64 bits"},"#,
            r#"{"status":"duplicate"},{"status":"orphan"}]"#
        );
        api.check(CDR, &format!("[{}]", array.join(",")), 200, expected);
        assert_eq!(api.balance(customer), 997);
        api.check(CDR, "[]", 200, "[]");
        let many: Vec<_> = (0..1_000).map(|n| cdr(api, &format!("m{n}"), &[])).collect();
        let stored = format!("[{}]", vec![told("stored"); 1_000].join(","));
        api.check(CDR, &format!("[{}]", many.join(",")), 200, &stored);
        assert_eq!(api.balance(customer), 997 - 3_000);
        let too_many = format!("[{},{}]", many.join(","), cdr(api, "m1000", &[]));
        let error = r#"{"error":"body: it has more than 1000 records"}"#;
        api.check(CDR, &too_many, 422, error);
        assert_eq!(api.get("/call/v1/cdr?call_id=m1000").1, r#"{"count":0,"cdrs":[]}"#);
    });
}

#[test]
fn what_is_wrong_with_a_record() {
    on_both(|api| {
        let customer = api.lessee(1_000);
        let check = |field: &'static str, value: &str, error: &str| {
            let body = format!(r#"{{"error":"{field}: {error}"}}"#);
            api.check(CDR, &cdr(api, "c1", &[(field, value)]), 422, &body);
        };
        for field in ["call_id", "from", "to", "started_at", "ended_at", "bill_ms", "result"] {
            check(field, "", "it is missing");
            check(field, "null", "it is missing");
        }
        const INTEGER: &str = "it is not a whole number of 64 bits";
        for wrong in ["\"5\"", "1.0", "9223372036854775808", "true"] {
            check("bill_ms", wrong, INTEGER);
            check("started_at", wrong, INTEGER);
            check("duration_ms", wrong, INTEGER);
        }
        check("started_at", "-1", "it is not a number of seconds since 1970");
        check("result", "\"busy\"", "it is neither answered nor failed");
        check("direction", "\"up\"", "it is neither in nor out");
        assert_eq!(api.get("/call/v1/cdr").1, r#"{"count":0,"cdrs":[]}"#);
        assert_eq!(api.balance(customer), 1_000);
        api.check(CDR, &cdr(api, "c1", &[("bill_ms", "-1")]), 201, &told("stored"));
        assert_eq!(api.balance(customer), 1_000);
    });
}

#[test]
fn another_switch_has_other_calls() {
    on_both(|api| {
        let customer = api.lessee(1_000);
        api.block_on(api.world.switch("edge-2", "edge-2-secret", Default::default()));
        api.check(CDR, &cdr(api, "c1", &[]), 201, &told("stored"));
        // edge-2:edge-2-secret
        let call = Call::new("POST", CDR)
            .header("Authorization", "Basic ZWRnZS0yOmVkZ2UtMi1zZWNyZXQ=")
            .body(cdr(api, "c1", &[]));
        let answer = api.send(&call);
        assert_eq!((answer.status, answer.body), (201, told("stored")));
        assert_eq!(api.balance(customer), 994);
        assert_eq!(api.get("/call/v1/cdr").1, r#"{"count":1,"cdrs":[]}"#);
    });
}

#[test]
fn messages_and_faxes() {
    on_both(|api| {
        let customer = api.block_on(async {
            let customer = api.world.customer_with(profile(), 1_000).await;
            let account = api.world.account_of(account_entry("demo", customer)).await;
            let dids = api.world.dids(1, Dids { fees: [0, 0], ..Dids::default() }).await;
            let service = leaseline_core::pool::Service::Fax;
            api.world.subscribe(account, &dids[0], service).await.unwrap().unwrap();
            customer
        });
        const SMS: &str = "/records/v1/sms";
        let sms = |tracking: &str| {
            format!(
                r#"{{"record_id":"m1","direction":"in","account":"demo","from":"60195730424","to":"0388880000","at":1795293800,"text":"hi","sent":true,"tracking":{tracking},"type":"replies"}}"#
            )
        };
        api.check(SMS, &sms("null"), 201, &told("stored"));
        api.check(SMS, &sms("\"pending\""), 200, &told("updated"));
        api.check(SMS, &sms("\"delivered\""), 200, &told("updated"));
        api.check(SMS, &sms("\"pending\""), 200, &told("duplicate"));
        api.check(SMS, &sms("null").replace("hi", "ho"), 200, &told("conflict"));
        const FAX: &str = "/records/v1/fax";
        let fax = |to: &str, code: &str| {
            format!(
                r#"{{"record_id":"{to}{code}","direction":"in","from":"60195730424","to":"{to}","at":{},"pages":2,"speed":14400,"duration_s":61,"attempt":1,"error_code":"{code}"}}"#,
                leaseline_hub::Clock::now(&api.clock).seconds()
            )
        };
        api.check(FAX, &fax("0388880000", "0"), 201, &told("stored"));
        api.check(FAX, &fax("0388889999", "0"), 202, &told("orphan"));
        let wrong = r#"{"error":"error_code: it is not the code of an error"}"#;
        api.check(FAX, &fax("0388880000", "a b"), 422, wrong);
        let lacks = fax("0388880000", "0").replace("\"direction\":\"in\",", "");
        api.check(FAX, &lacks, 422, r#"{"error":"direction: it is missing"}"#);
        assert_eq!(api.balance(customer), 1_000);
        let form = Call::form(
            SMS,
            "record_id=m2&direction=in&account=demo&from=&to=0388880000&at=1&text=",
        )
        .header("Authorization", BASIC);
        let answer = api.send(&form);
        assert_eq!((answer.status, answer.body), (201, told("stored")));
    });
}

#[test]
fn an_empty_text_is_missing_where_it_may_be() {
    on_both(|api| {
        let customer = api.lessee(1_000);
        let empty = [("ref", "\"\""), ("hangup_by", "\"\""), ("routed_to", "\"\"")];
        api.check(CDR, &cdr(api, "c1", &empty), 201, &told("stored"));
        api.check(CDR, &cdr(api, "c1", &[]), 200, &told("duplicate"));
        assert_eq!(api.balance(customer), 997);
        let fax = r#"{"record_id":"f1","direction":"in","from":"","to":"0388889999","at":1,"station_id":"","pages":1,"error_code":"0"}"#;
        api.check("/records/v1/fax", fax, 202, &told("orphan"));
        let error = r#"{"error":"error_code: it is not the code of an error"}"#;
        api.check("/records/v1/fax", &fax.replace("\"0\"", "\"\""), 422, error);
    });
}
