//! A decision on a call: as JSON, or as a line of text for switches that read no JSON.

use leaseline_core::call::{Announcement, Bridge, CallDecided, CallPlan, CallRefusal, CallWay};
use leaseline_core::money::Credits;
use serde::Serialize;

use super::sub_id;

/// The answer to a question about a call. Fields are in the order in which they are read.
#[derive(Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub(crate) enum Decision<'a> {
    Bridge {
        to: &'a str,
        caller_id: Option<&'a str>,
        privacy: bool,
        max_seconds: Option<i64>,
        #[serde(rename = "ref")]
        reference: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        announce: Option<Announce>,
    },
    Reject {
        sip_code: u16,
        reason: String,
        #[serde(rename = "ref")]
        reference: String,
    },
    Ivml {
        launch_url: &'a str,
        result_url: Option<&'a str>,
        max_seconds: Option<i64>,
        #[serde(rename = "ref")]
        reference: String,
    },
    Ivr {
        ivr_id: i64,
        max_seconds: Option<i64>,
        #[serde(rename = "ref")]
        reference: String,
    },
    Sip {
        account: &'a str,
        sub_id: i64,
        max_seconds: Option<i64>,
        #[serde(rename = "ref")]
        reference: String,
    },
}

/// What a caller with a card hears: dollars, and whole minutes.
#[derive(Serialize)]
pub(crate) struct Announce {
    balance: String,
    minutes: Option<i64>,
}

/// The decision in the order of the interface's fields.
pub(crate) fn json(decided: &CallDecided) -> Decision<'_> {
    let reference = decided.id.to_string();
    match &decided.outcome {
        Ok(plan) => put_through(plan, reference),
        Err(refusal) => Decision::Reject {
            sip_code: sip_code(*refusal),
            reason: refusal.to_string(),
            reference,
        },
    }
}

fn put_through(plan: &CallPlan, reference: String) -> Decision<'_> {
    let max_seconds = plan.max_seconds;
    match &plan.way {
        CallWay::Bridge(Bridge { to, caller_id, is_private }) => Decision::Bridge {
            to,
            caller_id: caller_id.as_deref(),
            privacy: *is_private,
            max_seconds,
            reference,
            announce: plan.announcement.as_ref().map(announce),
        },
        CallWay::Ivml { launch_url, result_url } => {
            let result_url = result_url.as_deref();
            Decision::Ivml { launch_url, result_url, max_seconds, reference }
        }
        CallWay::Ivr(menu) => Decision::Ivr { ivr_id: menu.get(), max_seconds, reference },
        CallWay::Sip { account, part } => {
            Decision::Sip { account, sub_id: sub_id(*part), max_seconds, reference }
        }
    }
}

fn announce(announcement: &Announcement) -> Announce {
    let balance: Credits = announcement.balance;
    Announce { balance: balance.in_dollars().to_string(), minutes: announcement.minutes }
}

/// The code with which a switch refuses a call (RFC 3261; 433 is of RFC 5079).
pub(crate) const fn sip_code(refusal: CallRefusal) -> u16 {
    match refusal {
        CallRefusal::NoSuchNumber | CallRefusal::NoRate => 404,
        CallRefusal::NotAMember
        | CallRefusal::CustomerSuspended
        | CallRefusal::TooManyCalls
        | CallRefusal::SpentForToday
        | CallRefusal::DestinationNotAllowed
        | CallRefusal::UnknownAccount
        | CallRefusal::WrongCard
        | CallRefusal::CardNotValid => 403,
        CallRefusal::NoCredit => 402,
        CallRefusal::Anonymous => 433,
        CallRefusal::Unassigned => 480,
        CallRefusal::Loop => 482,
    }
}

/// The decision on a line: values between bars, `0` where there is none.
pub(crate) fn text(decided: &CallDecided) -> String {
    let reference = decided.id.to_string();
    let none_is_0 = |value: Option<&str>| bars_hidden(value.unwrap_or("0"));
    let seconds = |plan: &CallPlan| plan.max_seconds.unwrap_or(0).to_string();
    let values: Vec<String> = match &decided.outcome {
        Err(refusal) => {
            let code = sip_code(*refusal).to_string();
            vec!["reject".into(), code, refusal.to_string(), reference]
        }
        Ok(plan) => match &plan.way {
            CallWay::Bridge(Bridge { to, caller_id, is_private }) => vec![
                "bridge".into(),
                bars_hidden(to),
                none_is_0(caller_id.as_deref()),
                seconds(plan),
                reference,
                u8::from(*is_private).to_string(),
            ],
            CallWay::Ivml { launch_url, result_url } => vec![
                "ivml".into(),
                bars_hidden(launch_url),
                none_is_0(result_url.as_deref()),
                seconds(plan),
                reference,
            ],
            CallWay::Ivr(menu) => {
                vec!["ivr".into(), menu.to_string(), seconds(plan), reference]
            }
            CallWay::Sip { account, part } => {
                let sub_id = sub_id(*part).to_string();
                vec!["sip".into(), bars_hidden(account), sub_id, seconds(plan), reference]
            }
        },
    };
    values.join("|")
}

fn bars_hidden(value: &str) -> String {
    value.replace('|', "%7C")
}

#[cfg(test)]
mod tests {
    use leaseline_core::Timestamp;
    use leaseline_core::account::AccountPart;
    use leaseline_core::call::{Dialled, OriginLabel};
    use leaseline_core::ids::{CallRef, IvrMenuId, SubAccountId};
    use leaseline_core::record::{Party, PartyText, RecordKey, RecordKind, RecordName};
    use uuid::Uuid;

    use super::*;

    fn check(outcome: Result<CallPlan, CallRefusal>, json: &str, text: &str) {
        let name = |text| RecordName::parse(text).expect("a name");
        let party = || Party { text: PartyText::parse("").expect("a text"), number: None };
        let decided = CallDecided {
            id: CallRef::new(Uuid::nil()),
            call: RecordKey { kind: RecordKind::Call, reporter: name("e"), name: name("c") },
            attempt: 1,
            dialled: Dialled { from: party(), is_hidden: false, to: party(), hops: 0 },
            origin: OriginLabel::new(""),
            decided_at: Timestamp::EPOCH,
            outcome,
        };
        const NIL: &str = "00000000-0000-0000-0000-000000000000";
        let written = serde_json::to_string(&super::json(&decided)).expect("JSON");
        assert_eq!(written, json.replace("REF", NIL));
        assert_eq!(super::text(&decided), text.replace("REF", NIL));
    }

    fn plan(way: CallWay, max_seconds: Option<i64>) -> Result<CallPlan, CallRefusal> {
        Ok(CallPlan { way, max_seconds, payer: None, announcement: None })
    }

    #[test]
    fn each_way_is_written_as_documented() {
        let bridge = |caller_id: Option<&str>, is_private| {
            let caller_id = caller_id.map(Into::into);
            CallWay::Bridge(Bridge { to: "60125740183".into(), caller_id, is_private })
        };
        check(
            plan(bridge(Some("0388880000"), false), Some(600)),
            r#"{"action":"bridge","to":"60125740183","caller_id":"0388880000","privacy":false,"max_seconds":600,"ref":"REF"}"#,
            "bridge|60125740183|0388880000|600|REF|0",
        );
        check(
            plan(bridge(None, true), None),
            r#"{"action":"bridge","to":"60125740183","caller_id":null,"privacy":true,"max_seconds":null,"ref":"REF"}"#,
            "bridge|60125740183|0|0|REF|1",
        );
        check(
            Err(CallRefusal::NotAMember),
            r#"{"action":"reject","sip_code":403,"reason":"not a group member","ref":"REF"}"#,
            "reject|403|not a group member|REF",
        );
        let launch_url = "https://a.example/?q=a|b".into();
        check(
            plan(CallWay::Ivml { launch_url, result_url: None }, Some(600)),
            r#"{"action":"ivml","launch_url":"https://a.example/?q=a|b","result_url":null,"max_seconds":600,"ref":"REF"}"#,
            "ivml|https://a.example/?q=a%7Cb|0|600|REF",
        );
        check(
            plan(CallWay::Ivr(IvrMenuId::new(3).expect("an id")), Some(600)),
            r#"{"action":"ivr","ivr_id":3,"max_seconds":600,"ref":"REF"}"#,
            "ivr|3|600|REF",
        );
        let sip = |part| CallWay::Sip { account: "demo".into(), part };
        check(
            plan(sip(AccountPart::Main), Some(600)),
            r#"{"action":"sip","account":"demo","sub_id":0,"max_seconds":600,"ref":"REF"}"#,
            "sip|demo|0|600|REF",
        );
        check(
            plan(sip(AccountPart::Sub(SubAccountId::new(7).expect("an id"))), None),
            r#"{"action":"sip","account":"demo","sub_id":7,"max_seconds":null,"ref":"REF"}"#,
            "sip|demo|7|0|REF",
        );
    }

    #[test]
    fn a_card_is_told_what_is_on_it() {
        let bridge = Bridge { to: "61212345678".into(), caller_id: None, is_private: true };
        let announcement = Some(Announcement { balance: Credits::new(99_174), minutes: Some(165) });
        let way = CallWay::Bridge(bridge);
        check(
            Ok(CallPlan { way, max_seconds: Some(9_900), payer: None, announcement }),
            r#"{"action":"bridge","to":"61212345678","caller_id":null,"privacy":true,"max_seconds":9900,"ref":"REF","announce":{"balance":"9.9174","minutes":165}}"#,
            "bridge|61212345678|0|9900|REF|1",
        );
    }
}
