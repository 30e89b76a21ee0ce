use std::io::Write;

use leaseline_core::record::{CallResult, FaxOutcome, Report, Tracking};

use super::*;

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

/// Malaysia, and Australia for one switch.
fn regions() -> Regions {
    let region = |code| Region::by_code(code).unwrap();
    let of_switches = HashMap::from([("sydney".to_owned(), region("AU"))]);
    Regions { of_switches, ..Regions::only(&region("MY")) }
}

fn records(text: &str) -> Vec<NewRecord> {
    let file = file(text);
    let mut records = Vec::new();
    let read = RecordsFile::read(file.path(), regions()).unwrap();
    read.each(|record| {
        records.push(record);
        Ok(())
    })
    .unwrap();
    assert_eq!(read.records(), records.len());
    records
}

fn check_wrong(text: &str, expected: &str) {
    let error = RecordsFile::read(file(text).path(), regions()).unwrap_err();
    assert_eq!(error.to_string(), expected, "{text}");
}

#[test]
fn a_call_a_fax_and_a_message_in_one_file() {
    let read = records(
        "kind,switch,account,sub_id,direction,call_id,record_id,from,to,started_at,ended_at,\
         bill_ms,result,at,pages,duration_s,error_code,text,sent,tracking,type\n\
         call,edge-1,demo,7,,c-1,,0388880000,+61212345678,1795293800,1795293865,60000,answered,,,,\
         ,,,,\n\
         fax,edge-1,demo,,out,,f-1,0388880000,61212345678,,,,,1795293800,3,95,316,,,,\n\
         sms,,,,in,,m-1,alice,0388880000,,,,,1795293800,,,,\"a,b\",true,delivered,tracking\n",
    );
    let [call, fax, message] = read.as_slice() else { panic!("{read:?}") };
    assert_eq!((call.reporter.as_str(), call.name.as_str()), ("edge-1", "c-1"));
    assert_eq!(call.to.number.unwrap().to_string(), "61212345678");
    assert_eq!(call.from.number.unwrap().to_string(), "60388880000");
    let Report::Call(report) = &call.report else { panic!("{call:?}") };
    assert_eq!((report.bill_ms, report.result), (60_000, CallResult::Answered));
    let Report::Fax(report) = &fax.report else { panic!("{fax:?}") };
    assert_eq!((report.pages, report.attempt), (3, 1));
    assert_eq!(report.outcome, FaxOutcome::parse("316").unwrap());
    let Report::Sms(report) = &message.report else { panic!("{message:?}") };
    assert_eq!((report.text.as_str(), report.tracking), ("a,b", Some(Tracking::Delivered)));
    assert_eq!((message.reporter.as_str(), message.from.number), ("import", None));
}

#[test]
fn a_number_is_read_in_the_region_of_its_switch() {
    let read = records(
        "kind,switch,direction,record_id,from,to,at\n\
         sms,sydney,in,m-1,,0280001234,1795293800\n\
         sms,edge-1,in,m-2,,0388880000,1795293800\n\
         sms,,in,m-3,,0388880000,1795293800\n",
    );
    let numbers = read.iter().map(|record| record.to.number.unwrap().to_string());
    assert_eq!(numbers.collect::<Vec<_>>(), ["61280001234", "60388880000", "60388880000"]);
}

#[test]
fn what_is_wrong_is_named_by_line_and_column() {
    let call =
        |cells: &str| format!("kind,call_id,from,to,started_at,ended_at,bill_ms,result\n{cells}\n");
    check_wrong(
        "kind,form,to\n",
        "line 1: there is no column \"form\"; the nearest known one is \"from\"",
    );
    check_wrong("kind,from\n", "line 1: there is no column \"to\"");
    check_wrong(
        &call("letter,,,,,,,"),
        "line 2: column kind: \"letter\" is none of call, fax, sms",
    );
    check_wrong(
        &call("60195730424,,,,,,,"),
        "line 2: column kind: \"…0424\" is none of call, fax, sms",
    );
    check_wrong(&call("call,c,1,2,3,4,,answered"), "line 2: column bill_ms: it is missing");
    check_wrong(
        &call("call,c,1,2,3,4,1.5,answered"),
        "line 2: column bill_ms: it is not a whole number of milliseconds",
    );
    check_wrong(
        &call("call,c,=1,2,3,4,5,answered"),
        "line 2: column from: it is not at most 64 of + 0-9 * # A-Z a-z @ . _ -, beginning with \
         neither = nor @",
    );
    check_wrong(
        &call("call,c,1,2,3,4,5,busy"),
        "line 2: column result: it is neither answered nor failed",
    );
    check_wrong(
        &call("call,c,1,2,noon,4,5,failed"),
        "line 2: column started_at: it is not a number of seconds since 1970",
    );
    check_wrong(
        "kind,record_id,from,to,at,pages,duration_s,error_code\nfax,f,1,2,3,1,1,0\n",
        "line 2: column direction: it is missing",
    );
}
