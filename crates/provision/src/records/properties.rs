//! See [`crate::properties`].

use std::path::Path;

use leaseline_core::Timestamp;
use leaseline_core::record::{NewRecord, Party, Report};
use leaseline_core::region::Region;

use super::{Regions, each_of};
use crate::error::Error;
use crate::properties::{is_discreet, judged};

/// Records that are read are within their bounds, and no whole number stands in what is wrong with
/// those that are not.
pub fn records(text: &str) {
    let malaysia = Regions::only(&Region::by_code("MY").expect("in the table"));
    let read = each_of(text.as_bytes(), Path::new(""), &malaysia, |record| {
        sound(&record);
        Ok(())
    });
    if let Err(Error::Wrong(fault)) = &read {
        is_discreet(fault);
    }
    judged(text, read);
}

fn sound(record: &NewRecord) {
    for name in [&record.name, &record.reporter] {
        let name = name.as_str();
        assert!((1..=255).contains(&name.chars().count()) && !name.chars().any(char::is_control));
    }
    assert!(is_bounded(&record.from) && is_bounded(&record.to));
    assert!(record.at >= Timestamp::EPOCH);
    match &record.report {
        Report::Call(report) => assert!(report.ended_at >= Timestamp::EPOCH),
        Report::Fax(_) => {}
        Report::Sms(report) => {
            assert!(report.text.chars().count() <= 16_000 && !report.text.contains('\0'));
        }
    }
}

fn is_bounded(party: &Party) -> bool {
    let text = party.text.as_str();
    text.len() <= 64 && text.is_ascii() && !text.starts_with(['=', '@'])
}
