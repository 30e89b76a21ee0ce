//! See [`crate::properties`].

use std::path::Path;

use leaseline_core::decimal::Rounding;
use leaseline_core::rating::{Counting, Price, RateEntry, RatedService, Step};

use super::RatesFile;
use super::line::COLUMNS;
use crate::properties::judged;

/// Rates that are read are the same when they are written, a line a step, and read again.
pub fn rates(text: &str) {
    let read = RatesFile::read_from(text.as_bytes(), Path::new(""));
    let Some(RatesFile(rates)) = judged(text, read) else { return };
    for entry in &rates {
        let (service, terms) = (entry.key.service, entry.rate.terms().clone());
        assert_eq!(terms.checked(service).as_ref(), Ok(&entry.rate));
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).expect("into memory");
    for line in rates.iter().flat_map(lines) {
        writer.write_record(line).expect("into memory");
    }
    let written = writer.into_inner().expect("memory takes what is written");
    let again = RatesFile::read_from(&written[..], Path::new("")).expect("what was read once");
    assert_eq!(again.0, rates, "{}", String::from_utf8_lossy(&written));
}

fn lines(entry: &RateEntry) -> Vec<[String; COLUMNS.len()]> {
    let steps = &entry.rate.terms().steps;
    match steps.is_empty() {
        true => vec![line(entry, None)],
        false => steps.iter().map(|step| line(entry, Some(step))).collect(),
    }
}

fn line(entry: &RateEntry, step: Option<&Step>) -> [String; COLUMNS.len()] {
    let (key, terms) = (entry.key, entry.rate.terms());
    let of_step = |text: fn(&Step) -> String| step.map(text).unwrap_or_default();
    let optional = |price: Option<Price>| price.map(|it| it.to_string()).unwrap_or_default();
    let instant = |at: Option<leaseline_core::Timestamp>| {
        let at = at.map(|at| jiff::Timestamp::from_microsecond(at.micros()).expect("was read"));
        at.map(|at| at.to_string()).unwrap_or_default()
    };
    let (counting, minimum) = match terms.counting {
        Counting::AfterFirst => ("after_first", String::new()),
        Counting::FromZero { minimum } => ("from_zero", minimum.to_string()),
    };
    let rounding = match terms.rounding {
        Rounding::Up => "up",
        Rounding::HalfUp => "half_up",
        Rounding::Down => "down",
    };
    let sms_type = match key.service {
        RatedService::Sms(sms_type) => sms_type.name(),
        RatedService::Voice | RatedService::VoiceIn | RatedService::Fax => "",
    };
    let price = of_step(|step| step.price.to_string());
    [
        key.service.name().into(),
        key.prefix().to_string(),
        terms.connect_fee.to_string(),
        of_step(|step| step.from_second.to_string()),
        if sms_type.is_empty() { price } else { optional(terms.per_message) },
        of_step(|step| step.per_seconds.to_string()),
        of_step(|step| step.increment.to_string()),
        counting.into(),
        minimum,
        rounding.into(),
        terms.decimals.to_string(),
        optional(terms.max_cost),
        optional(terms.per_page),
        sms_type.into(),
        instant(key.valid_from),
        instant(entry.valid_till),
    ]
}
