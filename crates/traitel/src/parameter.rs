//! Reading one parameter at a time, each with the error that tells what is wrong with it.

use leaseline_core::account::{AccountPart, Email, FreeText, ShownName};
use leaseline_core::ids::{IvmlId, IvrMenuId, SubAccountId};
use leaseline_core::ivr::{Direction, HttpUrl};
use leaseline_core::phone::E164;
use leaseline_core::pool::Service;
use time::{Date, Month};

use crate::error::Error;
use crate::intake::Parameters;

/// A parameter that must be sound. That it is there was checked before.
pub(crate) fn required<T>(
    parameters: &Parameters,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
    wrong: Error,
) -> Result<T, Error> {
    parameters.filled(name).ok_or(Error::Incomplete).and_then(|text| read(text).ok_or(wrong))
}

/// A parameter that may be absent or empty, but not wrong.
pub(crate) fn optional<T>(
    parameters: &Parameters,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
    wrong: Error,
) -> Result<Option<T>, Error> {
    parameters.filled(name).map(|text| read(text).ok_or(wrong)).transpose()
}

/// A parameter of an update: absent leaves the field, empty is a value like any other.
pub(crate) fn change<T>(
    parameters: &Parameters,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
    wrong: Error,
) -> Result<Option<T>, Error> {
    parameters.get(name).map(|text| read(text).ok_or(wrong)).transpose()
}

/// A text; absent is empty.
pub(crate) fn free_text(parameters: &Parameters, name: &str) -> Result<FreeText, Error> {
    let text = optional(parameters, name, FreeText::parse, Error::Incomplete)?;
    Ok(text.unwrap_or_default())
}

pub(crate) fn shown_name(text: &str) -> Option<ShownName> {
    ShownName::parse(text)
}

/// An address, or none.
pub(crate) fn email(text: &str) -> Option<Option<Email>> {
    if text.is_empty() { Some(None) } else { Email::parse(text).map(Some) }
}

pub(crate) fn url(text: &str) -> Option<HttpUrl> {
    HttpUrl::parse(text)
}

/// A URL, or none.
pub(crate) fn optional_url(text: &str) -> Option<Option<HttpUrl>> {
    if text.is_empty() { Some(None) } else { HttpUrl::parse(text).map(Some) }
}

pub(crate) fn direction(text: &str) -> Option<Direction> {
    match text {
        "inbound" => Some(Direction::Inbound),
        "outbound" => Some(Direction::Outbound),
        _ => None,
    }
}

/// `.sms` is a typing error of the document.
pub(crate) fn service(text: &str) -> Option<Service> {
    match text {
        "fax" => Some(Service::Fax),
        "voice" => Some(Service::Voice),
        "sms" | ".sms" => Some(Service::Sms),
        _ => None,
    }
}

pub(crate) fn sub_account(text: &str) -> Option<SubAccountId> {
    integer(text).and_then(SubAccountId::new)
}

/// A sub-account, or `0` for the main account.
pub(crate) fn part(text: &str) -> Option<AccountPart> {
    if text == "0" { Some(AccountPart::Main) } else { sub_account(text).map(AccountPart::Sub) }
}

pub(crate) fn ivml(text: &str) -> Option<IvmlId> {
    integer(text).and_then(IvmlId::new)
}

pub(crate) fn ivr_menu(text: &str) -> Option<IvrMenuId> {
    integer(text).and_then(IvrMenuId::new)
}

/// How many numbers are offered at once.
pub(crate) fn quantity(text: &str) -> Option<u32> {
    integer(text)
        .and_then(|count| u32::try_from(count).ok())
        .filter(|count| (1..=10).contains(count))
}

/// How many rows of a log are wanted at most.
pub(crate) fn limit(text: &str) -> Option<u64> {
    integer(text).and_then(|count| u64::try_from(count).ok()).filter(|count| *count > 0)
}

/// A number without its leading `+`, which arrives as a space when a client does not encode it.
pub(crate) fn without_plus(text: &str) -> &str {
    text.strip_prefix(['+', ' ']).unwrap_or(text)
}

/// An international number of 7 to 15 digits.
pub(crate) fn destination(text: &str) -> Option<E164> {
    E164::parse(without_plus(text)).ok()
}

/// `yyyy-mm-dd`, of the calendar.
pub(crate) fn day(text: &str) -> Option<Date> {
    let shape = |(place, byte): (usize, u8)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    if text.len() != 10 || !text.bytes().enumerate().all(shape) {
        return None;
    }
    let month = Month::try_from(text.get(5..7)?.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(text.get(..4)?.parse().ok()?, month, text.get(8..)?.parse().ok()?).ok()
}

/// Digits: no sign, no blanks, no leading zeros.
fn integer(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = text == "0" || !text.starts_with('0');
    (plain && canonical).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_id_is() {
        let check = |text, expected: Option<i64>| {
            assert_eq!(sub_account(text).map(SubAccountId::get), expected, "{text:?}");
        };
        check("1", Some(1));
        check("9223372036854775807", Some(i64::MAX));
        for wrong in ["", "0", "01", "-1", "+1", " 1", "1.0", "x", "9223372036854775808", "٣"] {
            check(wrong, None);
        }
        assert_eq!(part("0"), Some(AccountPart::Main));
        assert_eq!(part("00"), None);
        assert_eq!(part("7"), SubAccountId::new(7).map(AccountPart::Sub));
    }

    #[test]
    fn what_a_day_is() {
        let check = |text, expected: Option<(i32, u8, u8)>| {
            let read = day(text).map(|day| (day.year(), u8::from(day.month()), day.day()));
            assert_eq!(read, expected, "{text:?}");
        };
        check("2026-11-25", Some((2026, 11, 25)));
        check("2028-02-29", Some((2028, 2, 29)));
        for wrong in [
            "",
            "2026-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "2026-1-1",
            "26-01-01",
            "2026/01/01",
            "2026-01-01 ",
            "+026-01-01",
            "2026-01-1x",
            "२०२६-01-01",
        ] {
            check(wrong, None);
        }
    }

    #[test]
    fn words_and_bounds() {
        assert_eq!(service("sms"), Some(Service::Sms));
        assert_eq!(service(".sms"), Some(Service::Sms));
        assert_eq!(service("Fax"), None);
        assert_eq!([quantity("1"), quantity("10")], [Some(1), Some(10)]);
        assert_eq!([quantity("0"), quantity("11"), quantity("x")], [None; 3]);
        assert_eq!(
            [limit("1"), limit("9223372036854775807")],
            [Some(1), Some(i64::MAX.unsigned_abs())]
        );
        assert_eq!([limit("0"), limit("-1"), limit("1.5")], [None; 3]);
        assert_eq!([direction("Inbound"), direction("")], [None; 2]);
    }

    #[test]
    fn what_a_destination_is() {
        let check = |text, expected: Option<i64>| {
            assert_eq!(destination(text).map(E164::integer), expected, "{text:?}");
        };
        check("61280001111", Some(61_280_001_111));
        check("+61280001111", Some(61_280_001_111));
        check(" 61280001111", Some(61_280_001_111));
        for wrong in ["", "+", "++61280001111", "612800", "6128000111122223", "61 2800", "0612800"]
        {
            check(wrong, None);
        }
    }
}
