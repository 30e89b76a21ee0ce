//! The logs.

use leaseline_core::Timestamp;
use leaseline_core::account::AccountPart;
use leaseline_core::ids::SubAccountId;
use leaseline_core::ivr::Direction;
use leaseline_core::phone::E164;
use leaseline_core::rating::SmsType;
use leaseline_core::record::{
    CallReport, CallResult, FaxOutcome, FaxReport, NewRecord, Party, PartyText, RecordName, Report,
    SmsReport, Tracking,
};
use leaseline_hub::records::TakeInRecords;

use crate::harness::{Api, DONE, END_DATE, INCOMPLETE, START_DATE, SUB_ACCOUNT, on_both};

const LOGS: [&str; 6] =
    ["logfaxin", "logfaxout", "logvoicein", "logvoiceout", "logsmsin", "logsmsout"];

const FAX_IN: &str = "Ok\nID,Sub-ID,Date,Time,From,To,FaxStationID,Pages,Speed,Duration\n";
const FAX_OUT: &str =
    "Ok\nID,Sub-ID,Date,Time,From,To,Pages,Speed,Duration,Cost,Attempt,ErrorCode\n";
const VOICE: &str = "Ok\nID,Sub-ID,Date,Time,From,To,Duration,Result,Cost,IVMLID\n";
const SMS_IN: &str = "Ok\nID,Sub-ID,Date,Time,From,To,MessageType,Message\n";
const SMS_OUT: &str = "Ok\nID,Sub-ID,Date,Time,From,To,Sent,Tracking,Cost\n";

/// The clock shows 31 January 2020, 12:00 UTC, which is 23:00 in Sydney.
const NOW: i64 = 1_580_472_000;
const DAY: &str = "startdate=2020-01-31&enddate=2020-01-31";

fn party(text: &str) -> Party {
    let number = E164::parse(text).ok();
    Party { text: PartyText::parse(text).unwrap(), number }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds).unwrap()
}

/// A record of `demo` that began at this second.
fn record(name: &str, direction: Direction, second: i64, report: Report) -> NewRecord {
    NewRecord {
        reporter: RecordName::parse("edge-1").unwrap(),
        name: RecordName::parse(name).unwrap(),
        account: Some("demo".into()),
        part: None,
        direction,
        from: party("61280000000"),
        to: party("61390001111"),
        at: at(second),
        report,
    }
}

fn call(name: &str, direction: Direction, second: i64, result: CallResult) -> NewRecord {
    let report = CallReport {
        reference: None,
        routed_to: None,
        answered_at: None,
        ended_at: at(second + 70),
        duration_ms: None,
        bill_ms: 60_000,
        result,
        sip_code: None,
        hangup_by: None,
    };
    record(name, direction, second, Report::Call(report))
}

fn fax(name: &str, direction: Direction, code: &str, station: Option<&str>) -> NewRecord {
    let report = FaxReport {
        station: station.map(|station| RecordName::parse(station).unwrap()),
        pages: 2,
        speed: 14_400,
        duration_seconds: 61,
        attempt: 1,
        outcome: FaxOutcome::parse(code).unwrap(),
    };
    record(name, direction, NOW, Report::Fax(report))
}

fn sms(name: &str, direction: Direction, text: &str, tracking: Option<Tracking>) -> NewRecord {
    let sms_type = SmsType::Replies;
    let report = SmsReport { text: text.into(), sent: true, tracking, sms_type };
    record(name, direction, NOW, Report::Sms(report))
}

fn take_in(api: &Api, records: Vec<NewRecord>) {
    let taken = api.block_on(api.hub.ask(TakeInRecords::new(records).unwrap()));
    assert!(taken.is_ok(), "{taken:?}");
}

#[test]
fn a_log_without_rows_is_its_header() {
    on_both(|api| {
        let headers = [FAX_IN, FAX_OUT, VOICE, VOICE, SMS_IN, SMS_OUT];
        for (log, header) in LOGS.iter().zip(headers) {
            api.check(log, DAY, header);
            api.check(log, "startdate=2020-01-31&enddate=2020-01-30", header);
            api.check(log, "startdate=0001-01-01&enddate=0001-01-02", header);
        }
    });
}

#[test]
fn what_is_wrong_with_a_question_for_a_log() {
    on_both(|api| {
        for log in LOGS {
            let check = |parameters: &str, expected| api.check(log, parameters, expected);
            check("startdate=2020-01-31", INCOMPLETE);
            check("startdate=&enddate=2020-01-31", INCOMPLETE);
            check("startdate=2020-02-01&enddate=x", START_DATE);
            check("startdate=2020-02-30&enddate=x", START_DATE);
            check("startdate=2020-01-31&enddate=2020-02-01&limit=0", END_DATE);
            check("startdate=2020-01-31&enddate=31-01-2020", END_DATE);
            check(&format!("{DAY}&limit=0&subid=x"), INCOMPLETE);
            check(&format!("{DAY}&limit=ten"), INCOMPLETE);
            check(&format!("{DAY}&subid=x"), SUB_ACCOUNT);
            check(&format!("{DAY}&subid=1"), SUB_ACCOUNT);
        }
        // It is still 31 January in Kuala Lumpur when it is 1 February in Auckland.
        api.check("settimezone", "tz=Pacific/Auckland", "Ok\nPacific/Auckland\n");
        api.check("logsmsin", "startdate=2020-02-01&enddate=2020-02-01", SMS_IN);
        api.check("settimezone", "tz=Asia/Kuala_Lumpur", "Ok\nAsia/Kuala_Lumpur\n");
        api.check("logsmsin", "startdate=2020-02-01&enddate=2020-02-01", START_DATE);
    });
}

#[test]
fn calls() {
    on_both(|api| {
        let (inbound, outbound) = (Direction::Inbound, Direction::Outbound);
        take_in(
            api,
            vec![
                call("a", outbound, NOW, CallResult::Answered),
                call("b", outbound, NOW - 3_600, CallResult::Failed),
                call("c", inbound, NOW, CallResult::Answered),
            ],
        );
        let failed = "2,0,2020-01-31,22:00:00,61280000000,61390001111,70,failed,0.0000,\n";
        let answered = "1,0,2020-01-31,23:00:00,61280000000,61390001111,60,answered,0.1600,\n";
        api.check("logvoiceout", DAY, &format!("{VOICE}{failed}{answered}"));
        api.check("logvoiceout", &format!("{DAY}&limit=1"), &format!("{VOICE}{failed}"));
        let came_in = "3,0,2020-01-31,23:00:00,61280000000,61390001111,60,answered,0.0000,\n";
        api.check("logvoicein", DAY, &format!("{VOICE}{came_in}"));
        assert_eq!(api.ask_as("plain", "logvoicein", DAY), VOICE);
        api.check("querybalance", "", "Ok\n13.8400\n");
    });
}

#[test]
fn faxes() {
    on_both(|api| {
        let (inbound, outbound) = (Direction::Inbound, Direction::Outbound);
        take_in(
            api,
            vec![
                fax("a", inbound, "0", Some("ACME, Fax")),
                fax("b", outbound, "0", None),
                fax("c", outbound, "316", None),
                fax("d", outbound, "002", None),
                fax("e", outbound, "BUSY", None),
            ],
        );
        let both = "2020-01-31,23:00:00,61280000000,61390001111";
        let came_in = format!("{FAX_IN}1,0,{both},\"ACME, Fax\",2,14400,61\n");
        api.check("logfaxin", DAY, &came_in);
        let sent: String = [
            ("2", "0.3200", "0"),
            ("3", "0.0000", "316"),
            ("4", "0.0000", "002"),
            ("5", "0.0000", "600"),
        ]
        .map(|(id, cost, code)| format!("{id},0,{both},2,14400,61,{cost},1,{code}\n"))
        .concat();
        api.check("logfaxout", DAY, &format!("{FAX_OUT}{sent}"));
    });
}

#[test]
fn messages() {
    on_both(|api| {
        let (inbound, outbound) = (Direction::Inbound, Direction::Outbound);
        take_in(
            api,
            vec![
                sms("a", inbound, "Meet me,\r\nat 5", None),
                sms("b", inbound, "Zoë", None),
                sms("c", inbound, "=1+1", None),
                sms("d", outbound, "hello", None),
                sms("e", outbound, "hello", Some(Tracking::Delivered)),
            ],
        );
        let both = "2020-01-31,23:00:00,61280000000,61390001111";
        let came_in = [
            format!("1,0,{both},ASCII,\"Meet me,\\nat 5\"\n"),
            format!("2,0,{both},U16,005A006F00EB\n"),
            format!("3,0,{both},ASCII,=1+1\n"),
        ];
        api.check("logsmsin", DAY, &format!("{SMS_IN}{}", came_in.concat()));
        let sent = [format!("4,0,{both},1,,0.0900\n"), format!("5,0,{both},1,delivered,0.0900\n")];
        api.check("logsmsout", DAY, &format!("{SMS_OUT}{}", sent.concat()));
    });
}

#[test]
fn rows_keep_their_sub_account() {
    on_both(|api| {
        api.check("addsubaccount", "alias=desk", "Ok\n1\n");
        let part = SubAccountId::new(1).map(AccountPart::Sub);
        let of_desk = NewRecord { part, ..sms("a", Direction::Inbound, "a", None) };
        take_in(api, vec![of_desk, sms("b", Direction::Inbound, "b", None)]);
        let both = "2020-01-31,23:00:00,61280000000,61390001111,ASCII";
        let (desk, main) = (format!("1,1,{both},a\n"), format!("2,0,{both},b\n"));
        api.check("logsmsin", DAY, &format!("{SMS_IN}{desk}{main}"));
        api.check("logsmsin", &format!("{DAY}&subid=1"), &format!("{SMS_IN}{desk}"));
        api.check("logsmsin", &format!("{DAY}&subid=0"), &format!("{SMS_IN}{main}"));
        api.check("delsubaccount", "subid=1", DONE);
        api.check("logsmsin", &format!("{DAY}&subid=1"), SUB_ACCOUNT);
        api.check("logsmsin", DAY, &format!("{SMS_IN}{desk}{main}"));
    });
}

#[test]
fn days_are_those_of_the_accounts_zone() {
    on_both(|api| {
        // The last second of 30 January in Sydney, and the first of the 31st.
        let midnight = 1_580_389_200;
        let call = |name, second| call(name, Direction::Inbound, second, CallResult::Failed);
        take_in(api, vec![call("a", midnight - 1), call("b", midnight)]);
        let row =
            |id, shown: &str| format!("{id},0,{shown},61280000000,61390001111,70,failed,0.0000,\n");
        let (before, after) = (row(1, "2020-01-30,23:59:59"), row(2, "2020-01-31,00:00:00"));
        let day = |day| format!("startdate=2020-01-{day}&enddate=2020-01-{day}");
        api.check("logvoicein", &day(30), &format!("{VOICE}{before}"));
        api.check("logvoicein", &day(31), &format!("{VOICE}{after}"));
        let both = "startdate=2020-01-30&enddate=2020-01-31";
        api.check("logvoicein", both, &format!("{VOICE}{before}{after}"));
        api.check("settimezone", "tz=UTC", "Ok\nUTC\n");
        let (first, second) = (row(1, "2020-01-30,12:59:59"), row(2, "2020-01-30,13:00:00"));
        api.check("logvoicein", &day(30), &format!("{VOICE}{first}{second}"));
        api.check("logvoicein", &day(31), VOICE);
    });
}

#[test]
fn a_long_log_comes_whole() {
    on_both(|api| {
        let messages = |from: usize| {
            let message = |nth: usize| sms(&nth.to_string(), Direction::Inbound, "a", None);
            (from..from + 800).map(message).collect()
        };
        take_in(api, messages(0));
        take_in(api, messages(800));
        let row =
            |id: usize| format!("{id},0,2020-01-31,23:00:00,61280000000,61390001111,ASCII,a\n");
        let rows = |count: usize| SMS_IN.to_owned() + &(1..=count).map(row).collect::<String>();
        api.check("logsmsin", DAY, &rows(1_600));
        for limit in [499, 500, 501, 1_000, 1_500, 1_600, 9_999] {
            let expected = rows(limit.min(1_600));
            api.check("logsmsin", &format!("{DAY}&limit={limit}"), &expected);
        }
    });
}
