//! What holds whatever is sent. The tests below try it with some inputs, the targets in `fuzz/` with
//! very many; no ordinary build has this module.

use actix_web::test::TestRequest;
use leaseline_core::Timestamp;
use leaseline_core::ids::AccountId;
use leaseline_core::timestamp::{Utc, Zone};
use time::{PrimitiveDateTime, Time};

use crate::error::Error;
use crate::intake::Parameters;
use crate::mode::Mode;
use crate::{costs, days, from_wire, log, parameter};

/// Parameters in a query and a body (after the first line) are judged by their values alone, not by
/// their order; what is wrong is an error of their mode, and never that we are unavailable.
pub fn request(which: u8, sent: &[u8]) {
    let mode = Mode::ALL[usize::from(which) % Mode::ALL.len()];
    let mut parts = sent.splitn(2, |&byte| byte == b'\n');
    let (query, body) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let Some(parameters) = read(query, body) else { return };
    let judged = judge(mode, &parameters);
    let (query, body) = (backwards(query), backwards(body));
    let again = read(&query, &body).expect("what was read once is read");
    assert_eq!(judged, judge(mode, &again), "{parameters:?}");
    if let Err(error) = judged {
        assert!(![Error::Unavailable, Error::Authentication].contains(&error), "{parameters:?}");
    }
}

/// What is no address is left out, and an address that has more behind its query.
fn read(query: &[u8], body: &[u8]) -> Option<Parameters> {
    let query = str::from_utf8(query).ok().filter(|query| !query.contains('#'))?;
    let uri: actix_web::http::Uri = format!("/accountmanager.pl?{query}").parse().ok()?;
    let request = TestRequest::post().uri(&uri.to_string()).to_http_request();
    Parameters::read(&request, body).ok()
}

fn backwards(form: &[u8]) -> Vec<u8> {
    let mut pairs: Vec<_> = form.split(|&byte| byte == b'&').collect();
    pairs.reverse();
    pairs.join(&b'&')
}

fn judge(mode: Mode, parameters: &Parameters) -> Result<(), Error> {
    let account = AccountId::new(1).expect("at least 1");
    if mode.required().iter().any(|name| parameters.filled(name).is_none()) {
        return Err(Error::Incomplete);
    }
    match mode {
        Mode::QueryBalance
        | Mode::QuerySubAccounts
        | Mode::ListIvr
        | Mode::ListIvml
        | Mode::QueryTimeZone => Ok(()),
        Mode::AddSubAccount => from_wire::add_sub_account(account, parameters).map(drop),
        Mode::DelSubAccount => from_wire::delete_sub_account(account, parameters).map(drop),
        Mode::UpdateSubAccount => from_wire::update_sub_account(account, parameters).map(drop),
        Mode::QueryNumbers => from_wire::number_filter(parameters).map(drop),
        Mode::AssignNumber => from_wire::assign_number(account, parameters).map(drop),
        Mode::QueryDidCountries => from_wire::service(parameters).map(drop),
        Mode::QueryDidCities => from_wire::country(parameters).map(drop),
        Mode::QueryDids => {
            let (_, _, quantity) = from_wire::wanted_dids(parameters)?;
            assert!((1..=10).contains(&quantity));
            Ok(())
        }
        Mode::SubscribeDid => from_wire::subscribe_did(account, parameters).map(drop),
        Mode::AddIvml => from_wire::add_ivml(account, parameters).map(drop),
        Mode::UpdateIvml => from_wire::update_ivml(account, parameters).map(drop),
        Mode::DeleteIvml => from_wire::delete_ivml(account, parameters).map(drop),
        Mode::LogFaxIn
        | Mode::LogFaxOut
        | Mode::LogVoiceIn
        | Mode::LogVoiceOut
        | Mode::LogSmsIn
        | Mode::LogSmsOut => log::properties::judge(parameters),
        Mode::SetTimeZone => from_wire::zone_name(parameters).map(drop),
        Mode::QuerySmsCost => costs::message(parameters).map(drop),
        Mode::QueryVoiceCost | Mode::QueryFaxCost => costs::destination(parameters).map(drop),
    }
}

/// A day is what it is written as.
pub fn day(text: &str) {
    let Some(day) = parameter::day(text) else { return };
    let [written, _] = days::columns(PrimitiveDateTime::new(day, Time::MIDNIGHT));
    assert_eq!(written, text);
    if let Some(days) = days::Days::new(day, day, &Utc) {
        let seconds = days.until.seconds() - days.from.seconds();
        assert_eq!(seconds, 86_400, "{text}");
        let last = Timestamp::from_micros(days.until.micros() - 1);
        assert!(Utc.local(last).is_some_and(|shown| days.include(shown)), "{text}");
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn requests(which: u8, pairs in vec(
            ("alias|email|firstname|subid|service|serviceid|servicetype|number|country|city|did|\
              quantity|name|launchurl|resulturl|type|ivmlid|startdate|enddate|limit|tz|[a-z]{1,3}",
             "[0-9]{0,12}|2026-(0|1)[0-9]-[0-3][0-9]|voice|fax|sms|ivr|ivml|sip|inbound|replies|\
              https?://[a-z]{1,5}/|[a-z]{1,4}@[a-z]{1,4}[.]example|(%[0-9A-F]{2}|[ -~&&[^&#%]]){0,12}"),
            0..8,
        ), line in "\n?") {
            let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
            super::request(which, format!("a=1{line}{}", pairs.join("&")).as_bytes());
        }

        #[test]
        fn any_bytes(which: u8, sent in vec(any::<u8>(), 0..64)) {
            super::request(which, &sent);
        }

        #[test]
        fn days(text in "[0-9]{4}-[01][0-9]-[0-3][0-9]|[0-9-]{0,12}") {
            super::day(&text);
        }
    }
}
