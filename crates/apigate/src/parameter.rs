//! Reading one parameter at a time, each with the status that tells what is wrong with it.

use leaseline_core::customer::{BlockRate, BlockSeconds, Limit, PersonName};
use leaseline_core::expiry::TermUnit;
use leaseline_core::ids::{CustomerId, LeaseId};
use leaseline_core::phone::PhoneNumber;
use leaseline_core::region::Region;
use leaseline_core::subscriber::{Imsi, Mcc, Mnc, Network};
use leaseline_web::Form;
use uuid::Uuid;

use crate::status::Status;

/// A parameter's text; an empty one counts as absent.
pub(crate) fn text<'a>(form: &'a Form, name: &str) -> Option<&'a str> {
    form.get(name).filter(|value| !value.is_empty())
}

/// A parameter that must be there and sound.
pub(crate) fn required<T>(
    form: &Form,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
    wrong: Status,
) -> Result<T, Status> {
    text(form, name).and_then(read).ok_or(wrong)
}

/// A parameter that may be absent, but not wrong.
pub(crate) fn optional<T>(
    form: &Form,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
    wrong: Status,
) -> Result<Option<T>, Status> {
    text(form, name).map(|text| read(text).ok_or(wrong)).transpose()
}

/// Digits with an optional `-`: no `+`, no blanks, no leading zeros.
pub(crate) fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = text == "0" || !digits.starts_with('0');
    (plain && canonical).then(|| text.parse().ok()).flatten()
}

pub(crate) fn flag(text: &str) -> Option<bool> {
    match text {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    }
}

pub(crate) fn customer_id(form: &Form) -> Result<CustomerId, Status> {
    let read = |text: &str| integer(text).and_then(CustomerId::new);
    required(form, "customer_id", read, Status::CustomerParameter)
}

pub(crate) fn reference_id(form: &Form) -> Result<LeaseId, Status> {
    required(form, "reference_id", hyphenated, Status::ReferenceParameter).map(LeaseId::new)
}

/// The library also reads forms without hyphens, in braces and as URNs, which differ in length.
fn hyphenated(text: &str) -> Option<Uuid> {
    let length = uuid::fmt::Hyphenated::LENGTH;
    Uuid::try_parse(text).ok().filter(|_| text.len() == length)
}

pub(crate) fn phone(form: &Form, name: &str, region: &Region) -> Result<PhoneNumber, Status> {
    let text = text(form, name).ok_or(Status::PhoneParameter)?;
    PhoneNumber::parse(text, region).map_err(|_| Status::PhoneFormat)
}

pub(crate) fn imsi(form: &Form, name: &str) -> Result<Option<Imsi>, Status> {
    optional(form, name, Imsi::parse, Status::ImsiParameter)
}

/// The two codes, which come together or not at all.
pub(crate) fn network(form: &Form, mcc: &str, mnc: &str) -> Result<Option<Network>, Status> {
    let mcc = optional(form, mcc, Mcc::parse, Status::MccParameter)?;
    let mnc = optional(form, mnc, Mnc::parse, Status::MncParameter)?;
    match (mcc, mnc) {
        (Some(mcc), Some(mnc)) => Ok(Some(Network { mcc, mnc })),
        (None, None) => Ok(None),
        (Some(_), None) | (None, Some(_)) => Err(Status::MncParameter),
    }
}

pub(crate) fn term_unit(text: &str) -> Option<TermUnit> {
    match text {
        "years" => Some(TermUnit::Years),
        "months" => Some(TermUnit::Months),
        "days" => Some(TermUnit::Days),
        "hours" => Some(TermUnit::Hours),
        "minutes" => Some(TermUnit::Minutes),
        _ => None,
    }
}

pub(crate) fn name(text: &str) -> Option<PersonName> {
    PersonName::parse(text)
}

pub(crate) fn block(text: &str) -> Option<BlockSeconds> {
    integer(text).and_then(BlockSeconds::new)
}

pub(crate) fn rate(text: &str) -> Option<BlockRate> {
    integer(text).and_then(BlockRate::new)
}

pub(crate) fn limit(text: &str) -> Option<Limit> {
    integer(text).and_then(Limit::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_integer_is() {
        let check = |text, expected| assert_eq!(integer(text), expected, "{text:?}");
        check("0", Some(0));
        check("1", Some(1));
        check("-1", Some(-1));
        check("9223372036854775807", Some(i64::MAX));
        check("-9223372036854775808", Some(i64::MIN));
        for wrong in [
            "",
            "-",
            "+1",
            " 1",
            "1 ",
            "01",
            "-0",
            "-01",
            "1.0",
            "1e3",
            "٣",
            "--1",
            "9223372036854775808",
            "-9223372036854775809",
            "0x10",
            "1_000",
        ] {
            check(wrong, None);
        }
    }

    #[test]
    fn only_hyphenated_references_are_read() {
        let check = |text, sound| assert_eq!(hyphenated(text).is_some(), sound, "{text}");
        check("902493a9-ca64-4d79-9075-002def32a261", true);
        check("902493A9-CA64-4D79-9075-002DEF32A261", true);
        check("902493a9ca644d799075002def32a261", false);
        check("{902493a9-ca64-4d79-9075-002def32a261}", false);
        check("urn:uuid:902493a9-ca64-4d79-9075-002def32a261", false);
        check("902493a9-ca64-4d79-9075-002def32a26", false);
    }
}
