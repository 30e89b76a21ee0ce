//! The calls.

use leaseline_core::record::CallResult;

use crate::kamailio::Kamailio;
use crate::lossy::LossyWay;
use crate::sipp::call_id;
use crate::stage::{DRIVER, PASSENGER, Stage, wait_until};

const SHORT: &[(&str, &str)] = &[("TALK", "1200")];

/// Lines of the messages that a telephone received or sent.
fn has_line(messages: &str, line: &str) -> bool {
    messages.lines().any(|known| known.trim_end() == line)
}

#[test]
fn a_single_lease_rings_its_users_phone_and_is_charged() {
    let Some(stage) = Stage::set(1_000) else { return };
    stage.lease_single(DRIVER);
    let kamailio = stage.kamailio();
    let callee = stage.callee("answers");
    let caller = stage.caller(&kamailio, (PASSENGER, "0388880000"), "calls", SHORT);
    let (called, calling) = (callee.done(), caller.done());
    assert!(has_line(&called, &format!("INVITE sip:{DRIVER}@{} SIP/2.0", stage.carrier)));
    let identity = format!("P-Asserted-Identity: <sip:{PASSENGER}@sip.example.org>");
    assert!(has_line(&called, &identity), "{called}");
    let record = stage.record(&call_id(&calling));
    assert_eq!(record.to.as_str(), "0388880000");
    assert_eq!(record.report.result, CallResult::Answered);
    assert_eq!(record.report.hangup_by.unwrap().as_str(), "caller");
    let millis = record.report.bill_ms;
    assert!((1_200..3_000).contains(&millis), "{millis} ms");
    assert_eq!(stage.balance(), 1_000 - (millis + 999) / 1_000);
    drop(kamailio);
    stage.strike();
}

#[test]
fn members_of_a_group_never_see_one_anothers_real_numbers() {
    let Some(stage) = Stage::set(1_000) else { return };
    stage.lease_group();
    let kamailio = stage.kamailio();
    for (from, to, rings, shown) in [
        (PASSENGER, "0388880001", DRIVER, "0388880000"),
        (DRIVER, "0388880000", PASSENGER, "0388880001"),
    ] {
        let callee = stage.callee("answers");
        let caller = stage.caller(&kamailio, (from, to), "calls", SHORT);
        let (called, calling) = (callee.done(), caller.done());
        assert!(called.contains(&format!("INVITE sip:{rings}@")), "{called}");
        let identity = format!("P-Asserted-Identity: <sip:{shown}@sip.example.org>");
        assert!(has_line(&called, &identity), "{called}");
        assert!(called.contains(&format!("From: <sip:{shown}@sip.example.org>")), "{called}");
        // Neither in the national form nor in the international one.
        assert!(!called.contains(&from[1..]), "the callee sees {from}:\n{called}");
        assert!(!calling.contains(&rings[1..]), "the caller sees {rings}:\n{calling}");
        stage.record(&call_id(&calling));
    }
    drop(kamailio);
    stage.strike();
}

#[test]
fn strangers_and_released_numbers_are_refused() {
    let Some(stage) = Stage::set(1_000) else { return };
    let group = stage.lease_group();
    let kamailio = stage.kamailio();
    let callee = stage.callee("answers");
    let refused = |from: &str, to: &str, code: &str| {
        let words = &[("CODE", code)];
        stage.caller(&kamailio, (from, to), "is_refused", words).done();
    };
    refused("0199999999", "0388880001", "403");
    refused("anonymous", "0388880001", "433");
    refused(PASSENGER, "0388880003", "404");
    stage.release(&group);
    refused(PASSENGER, "0388880001", "404");
    callee.was_not_called();
    assert_eq!(stage.balance(), 1_000);
    drop(kamailio);
    stage.strike();
}

#[test]
fn a_call_ends_when_its_credit_does() {
    let Some(stage) = Stage::set(2) else { return };
    stage.lease_single(DRIVER);
    let kamailio = stage.kamailio();
    let callee = stage.callee("answers");
    let caller = stage.caller(&kamailio, (PASSENGER, "0388880000"), "is_cut_off", &[]);
    // All the credit there is goes to the first call.
    let words = &[("CODE", "402")];
    let second = stage.caller(&kamailio, (PASSENGER, "0388880000"), "is_refused_later", words);
    second.done();
    let (_, calling) = (callee.done(), caller.done());
    let record = stage.record(&call_id(&calling));
    assert_eq!(record.report.hangup_by.unwrap().as_str(), "limit");
    let millis = record.report.bill_ms;
    // Kamailio's clock for this has whole seconds: it may be up to one early.
    assert!((900..5_000).contains(&millis), "{millis} ms");
    assert_eq!(stage.balance(), 2 - (millis + 999) / 1_000);
    drop(kamailio);
    stage.strike();
}

#[test]
fn a_busy_phone_and_a_caller_who_gives_up_cost_nothing() {
    let Some(stage) = Stage::set(5) else { return };
    stage.lease_single(DRIVER);
    let kamailio = stage.kamailio();
    let callee = stage.callee("is_busy");
    let words = &[("CODE", "486")];
    let caller = stage.caller(&kamailio, (PASSENGER, "0388880000"), "is_refused", words);
    callee.done();
    let record = stage.record(&call_id(&caller.done()));
    assert_eq!((record.report.result, record.report.sip_code), (CallResult::Failed, Some(486)));

    let callee = stage.callee("rings");
    let caller = stage.caller(&kamailio, (PASSENGER, "0388880000"), "gives_up", &[]);
    callee.done();
    let record = stage.record(&call_id(&caller.done()));
    assert_eq!((record.report.result, record.report.bill_ms), (CallResult::Failed, 0));

    // Nothing is set aside any more: the whole credit is there for the next call.
    let callee = stage.callee("answers");
    let caller = stage.caller(&kamailio, (PASSENGER, "0388880000"), "calls", SHORT);
    callee.done();
    stage.record(&call_id(&caller.done()));
    assert!((2..=4).contains(&stage.balance()), "{}", stage.balance());
    drop(kamailio);
    stage.strike();
}

#[test]
fn a_record_whose_answer_got_lost_is_sent_again_and_charged_once() {
    let Some(stage) = Stage::set(1_000) else { return };
    let granted = stage.lease_single(DRIVER);
    let way = LossyWay::to(stage.program.address);
    let kamailio = Kamailio::start(stage.folder(), way.address, stage.carrier);
    let callee = stage.callee("answers");
    let caller = stage.caller(&kamailio, (PASSENGER, "0388880000"), "calls", &[("TALK", "2200")]);
    wait_until("the call is decided on", || way.questions() > 0);
    // The call outlives its lease.
    stage.release(&granted);
    callee.done();
    let record = stage.record(&call_id(&caller.done()));
    wait_until("the record is sent again", || way.records() > 1);
    let seconds = (record.report.bill_ms + 999) / 1_000;
    assert_eq!(stage.balance(), 1_000 - seconds);
    drop(kamailio);
    stage.strike();
}

#[test]
fn without_leaseline_no_call_goes_through() {
    let Some(stage) = Stage::set(1_000) else { return };
    stage.lease_single(DRIVER);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let kamailio = Kamailio::start(stage.folder(), nobody, stage.carrier);
    let callee = stage.callee("answers");
    let words = &[("CODE", "503")];
    stage.caller(&kamailio, (PASSENGER, "0388880000"), "is_refused", words).done();
    callee.was_not_called();
    drop(kamailio);
    stage.strike();
}
