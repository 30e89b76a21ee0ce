//! Reading one parameter at a time, each with the text that tells what is wrong with it.

use leaseline_core::Timestamp;
use leaseline_core::decimal::{Decimal, Rounding};
use leaseline_core::money::Credits;

use crate::intake::Parameters;
use crate::reply::Said;

/// Amounts are counted in 0.0001.
const PLACES: u32 = 4;

/// No amount is higher, in units.
const MOST_UNITS: i128 = 100_000_000_000_000;

/// 9999-12-31T23:59:59Z.
const LAST_SECOND: i64 = 253_402_300_799;

/// A parameter that may be absent (or empty, which is the same), but not wrong.
pub(crate) fn optional<T>(
    parameters: &Parameters,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
    wrong: &'static str,
) -> Result<Option<T>, Said> {
    parameters.text(name).map(|text| read(&text).ok_or(Said(wrong))).transpose()
}

/// Digits, and nothing else.
pub(crate) fn integer(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

pub(crate) fn flag(text: &str) -> Option<bool> {
    match text {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    }
}

/// Seconds since the epoch.
pub(crate) fn instant(text: &str) -> Option<Timestamp> {
    integer(text).filter(|seconds| *seconds <= LAST_SECOND).and_then(Timestamp::from_seconds)
}

/// An amount of at most 10^14, rounded half up to 0.0001.
pub(crate) fn amount(text: &str) -> Option<Credits> {
    let decimal = Decimal::parse(text)?;
    let most = decimal.rounded_to_units_of(0, Rounding::Up)?;
    let units = decimal.rounded_to_units_of(PLACES, Rounding::HalfUp)?;
    i64::try_from(units).ok().filter(|_| most <= MOST_UNITS).map(Credits::new)
}

/// A text of at most so many characters.
pub(crate) fn text(most: usize) -> impl Fn(&str) -> Option<String> {
    move |text| (text.chars().count() <= most).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_once_and_bounded() {
        let check = |text: &str, expected| {
            assert_eq!(amount(text).map(Credits::get), expected, "{text:?}");
        };
        check("0", Some(0));
        check("12.34565", Some(123_457));
        check("0.00005", Some(1));
        check("0.00004", Some(0));
        check("100000000000000", Some(1_000_000_000_000_000_000));
        check("100000000000000.00001", None);
        for wrong in ["-1", "1,5", ".5", "5.", "1e3", " 1", "x"] {
            check(wrong, None);
        }
    }

    #[test]
    fn integers_are_digits() {
        let check = |text: &str, expected| assert_eq!(integer(text), expected, "{text:?}");
        check("0", Some(0));
        check("007", Some(7));
        for wrong in ["-1", "+1", "1.0", " 1", "٣", "9223372036854775808"] {
            check(wrong, None);
        }
        assert_eq!(instant("253402300799").map(Timestamp::seconds), Some(LAST_SECOND));
        assert_eq!(instant("253402300800"), None);
    }
}
