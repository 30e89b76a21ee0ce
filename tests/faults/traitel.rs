//! The modes of TraiTel.

use leaseline_testkit::http::{Answer, Call};

use crate::api::Api;
use crate::each_call::{Operation, nothing};

/// Error 001.
pub(crate) fn is_away(answer: &Answer) -> bool {
    answer.status == 200 && answer.body == "Error 001: Service Unavailable.\n"
}

macro_rules! operation {
    ($mode:literal, $before:expr, $parameters:expr) => {
        Operation {
            name: $mode,
            before: $before,
            call: |prepared, nth| {
                let parameters: fn(&str, usize) -> String = $parameters;
                call($mode, &parameters(prepared, nth))
            },
            success: "Ok\n",
        }
    };
}

const SYDNEY: &str = "country=Australia&city=Sydney";
const DAYS: &str = "startdate=2020-01-01&enddate=2020-01-31";

// A macro so that the table is written once, as a table.
pub(crate) const OPERATIONS: &[Operation] = &[
    // First, while the numbers of these names are there.
    operation!("subscribedid", nothing, |_, nth| {
        format!("service=voice&{SYDNEY}&did=028{nth:07}")
    }),
    operation!("assignnumber", assignment, |id, nth| {
        format!("number=028{nth:07}&service=voice&servicetype=IVML&serviceid={id}")
    }),
    operation!("querybalance", nothing, |_, _| String::new()),
    operation!("querysubaccounts", nothing, |_, _| String::new()),
    operation!("addsubaccount", nothing, |_, nth| {
        format!("alias=desk{nth}&email=desk{nth}@acme.example")
    }),
    operation!("updatesubaccount", sub_account, |id, nth| format!("subid={id}&alias=hall{nth}")),
    operation!("delsubaccount", sub_account, |id, _| format!("subid={id}")),
    operation!("querynumbers", nothing, |_, _| String::new()),
    operation!("querydidcountries", nothing, |_, _| "service=voice".into()),
    operation!("querydidcities", nothing, |_, _| "service=voice&country=Australia".into()),
    operation!("querydids", nothing, |_, _| format!("service=voice&{SYDNEY}")),
    operation!("listivr", nothing, |_, _| String::new()),
    operation!("listivml", nothing, |_, _| String::new()),
    operation!("addivml", nothing, |_, nth| ivml(nth)),
    operation!("updateivml", configuration, |id, nth| format!("ivmlid={id}&name=Later{nth}")),
    operation!("deleteivml", configuration, |id, _| format!("ivmlid={id}")),
    operation!("logfaxin", nothing, |_, _| DAYS.into()),
    operation!("logfaxout", nothing, |_, _| DAYS.into()),
    operation!("logvoicein", nothing, |_, _| DAYS.into()),
    operation!("logvoiceout", nothing, |_, _| DAYS.into()),
    operation!("logsmsin", nothing, |_, _| DAYS.into()),
    operation!("logsmsout", nothing, |_, _| DAYS.into()),
    operation!("settimezone", nothing, |_, nth| {
        format!("tz={}", ["Australia/Perth", "Asia/Kuala_Lumpur"][nth % 2])
    }),
    operation!("querytimezone", nothing, |_, _| String::new()),
    operation!("querysmscost", nothing, |_, _| "number=61400000000&type=replies".into()),
    operation!("queryvoicecost", nothing, |_, _| "number=61390001111".into()),
    operation!("queryfaxcost", nothing, |_, _| "number=61390001111".into()),
];

fn call(mode: &str, parameters: &str) -> Call {
    let form = format!("user=demo&pass=demo-pass&mode={mode}&{parameters}");
    Call::form("/accountmanager.pl", &form)
}

fn ivml(nth: usize) -> String {
    format!("name=Survey{nth}&launchurl=http://acme.example/&type=inbound")
}

/// The second line of an answer that has one.
fn made(api: &Api, mode: &str, parameters: &str) -> String {
    let answer = api.send(&call(mode, parameters)).body;
    assert!(answer.starts_with("Ok\n"), "{answer}");
    answer.lines().nth(1).unwrap_or_default().to_owned()
}

fn sub_account(api: &Api, nth: usize) -> String {
    made(api, "addsubaccount", &format!("alias=desk{nth}"))
}

fn configuration(api: &Api, nth: usize) -> String {
    made(api, "addivml", &ivml(nth))
}

fn assignment(api: &Api, nth: usize) -> String {
    made(api, "subscribedid", &format!("service=voice&{SYDNEY}&did=028{nth:07}"));
    configuration(api, nth)
}
