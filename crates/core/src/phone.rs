//! Telephone numbers by one rule, without a numbering plan: `+X` and `00X` are international X;
//! else digits that begin with the region's national prefix are country code + the rest (where
//! there is no such prefix, as in Italy, a leading 0 is part of the number and stays); else the
//! digits are international as they stand. The result has 7 to 15 digits and does not begin
//! with 0. A number is shown as it was sent and compared by that normal form.

use std::fmt;
use std::ops::RangeInclusive;

use crate::region::Region;

/// Fewest digits of a number.
const FEWEST_DIGITS: usize = 7;
/// Most digits of a number (E.164).
const MOST_DIGITS: usize = 15;

/// The integers with so many digits.
const ALL: RangeInclusive<i64> = 1_000_000..=999_999_999_999_999;

/// An international number without its `+`: 7 to 15 digits, the first one not 0. As it never
/// begins with 0 it is kept as an integer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct E164(i64);

/// A telephone number: as somebody wrote it, and in its normal form.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber {
    sent: Box<str>,
    e164: E164,
}

/// The text is no telephone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a telephone number of 7 to 15 digits")]
pub struct NotANumber;

/// The first digits of international numbers, such as `60`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix(Box<str>);

/// How numbers begin that somebody looks for: the first digits of their normal form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberBeginning {
    value: i64,
    digits: usize,
}

impl PhoneNumber {
    /// Reads digits with at most one `+` before them; `region` is where the writer is.
    ///
    /// # Errors
    /// [`NotANumber`] when there is anything else in the text, or the normal form is too short,
    /// too long or begins with 0.
    pub fn parse(text: &str, region: &Region) -> Result<Self, NotANumber> {
        let e164 = E164::parse(&normal_form(text, region))?;
        Ok(Self { sent: text.into(), e164 })
    }

    /// Puts a number together that was parsed once and kept in both forms.
    pub fn from_parts(sent: &str, e164: E164) -> Self {
        Self { sent: sent.into(), e164 }
    }

    /// As it was sent.
    pub fn sent(&self) -> &str {
        &self.sent
    }

    /// Its normal form.
    pub const fn e164(&self) -> E164 {
        self.e164
    }
}

fn normal_form(text: &str, region: &Region) -> String {
    if let Some(international) = text.strip_prefix('+').or_else(|| text.strip_prefix("00")) {
        return international.to_owned();
    }
    let national = match region.national_prefix() {
        Some(prefix) => text.strip_prefix(prefix),
        None => Some(text).filter(|text| text.starts_with('0')),
    };
    match national {
        Some(rest) => format!("{}{rest}", region.country_code()),
        None => text.to_owned(),
    }
}

impl E164 {
    /// Reads a normal form.
    ///
    /// # Errors
    /// [`NotANumber`] unless the text is 7 to 15 ASCII digits and does not begin with 0.
    pub fn parse(digits: &str) -> Result<Self, NotANumber> {
        let long_enough = (FEWEST_DIGITS..=MOST_DIGITS).contains(&digits.len());
        let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
        if !long_enough || !all_digits || digits.starts_with('0') {
            return Err(NotANumber);
        }
        digits.parse().map(Self).map_err(|_| NotANumber)
    }

    /// The number whose digits are those of `value`.
    ///
    /// # Errors
    /// [`NotANumber`] when they are not 7 to 15.
    pub fn from_integer(value: i64) -> Result<Self, NotANumber> {
        if ALL.contains(&value) { Ok(Self(value)) } else { Err(NotANumber) }
    }

    /// The digits as an integer.
    pub const fn integer(self) -> i64 {
        self.0
    }

    /// For people and logs: the last four digits.
    pub fn masked(self) -> String {
        format!("…{:04}", self.0 % 10_000)
    }
}

impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

// Debug output ends up in logs and panics, where no whole number may stand.
impl fmt::Debug for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.e164.masked())
    }
}

impl Prefix {
    /// Reads 1 to 15 digits; `None` when there is anything else in the text.
    pub fn parse(digits: &str) -> Option<Self> {
        let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
        let sound = all_digits && (1..=MOST_DIGITS).contains(&digits.len());
        sound.then(|| Self(digits.into()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the number begins with it.
    pub fn covers(&self, number: E164) -> bool {
        number.to_string().starts_with(&*self.0)
    }
}

impl NumberBeginning {
    /// Reads 1 to 15 digits by the same rule as a whole number: `0388` in Malaysia and `+60388`
    /// are the same beginning. None when there is anything else in the text.
    pub fn parse(text: &str, region: &Region) -> Option<Self> {
        let normal = normal_form(text, region);
        let sound = Prefix::parse(&normal).is_some() && !normal.starts_with('0');
        let value = sound.then(|| normal.parse().ok()).flatten()?;
        Some(Self { value, digits: normal.len() })
    }

    /// The numbers that begin so, as integers: from one on and below another, for each length that
    /// a number can have.
    pub fn ranges(self) -> impl Iterator<Item = (i64, i64)> {
        (self.digits.max(FEWEST_DIGITS)..=MOST_DIGITS).map(move |length| {
            let more = u32::try_from(length - self.digits).unwrap_or(0);
            let power = 10_i64.pow(more);
            (self.value * power, (self.value + 1) * power)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, region: &str, expected: Option<&str>) {
        let region = Region::by_code(region).expect("in the table");
        let parsed = PhoneNumber::parse(text, &region).ok();
        let normal = parsed.as_ref().map(|number| number.e164().to_string());
        assert_eq!(normal.as_deref(), expected, "{text} in {region:?}");
        assert!(parsed.is_none_or(|number| number.sent() == text));
    }

    #[test]
    fn four_ways_to_write_one_number() {
        for text in ["+60195730424", "0060195730424", "60195730424", "0195730424"] {
            check(text, "MY", Some("60195730424"));
        }
    }

    #[test]
    fn a_region_without_a_national_prefix_keeps_the_zero() {
        check("0612345678", "IT", Some("390612345678"));
        check("390612345678", "IT", Some("390612345678"));
    }

    #[test]
    fn a_beginning_is_some_ranges_of_numbers() {
        let malaysia = Region::by_code("MY").expect("in the table");
        let ranges = |text: &str| {
            NumberBeginning::parse(text, &malaysia).map(|it| it.ranges().collect::<Vec<_>>())
        };
        let of = ranges("0388").expect("a beginning");
        assert_eq!((of[0], of.len()), ((6_038_800, 6_038_900), 9));
        assert_eq!(ranges("+60388"), Some(of));
        let whole = ranges("60388880000").expect("a number");
        assert_eq!((whole[0], whole.len()), ((60_388_880_000, 60_388_880_001), 5));
        let longest = vec![(999_999_999_999_999, 1_000_000_000_000_000)];
        assert_eq!(ranges("999999999999999"), Some(longest));
        for wrong in ["", "+", "00", "x", "03 8", "1234567890123456", "000"] {
            assert_eq!(ranges(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_no_number() {
        for text in [
            "",
            "+",
            "0",
            "00",
            "+0195730424",
            "000195730424",
            "123456",
            "1234567890123456",
            "٠١٩٥٧٣٠٤٢٤",
            "++60195730424",
            "60 195730424",
            "60-195730424",
            "6019573042a",
            "+60195730424 ",
            "0+60195730424",
        ] {
            check(text, "MY", None);
        }
        check("1234567", "MY", Some("1234567"));
        check("123456789012345", "MY", Some("123456789012345"));
    }

    #[test]
    fn integers_of_7_to_15_digits_are_numbers() {
        for (integer, is_one) in [
            (1_000_000, true),
            (999_999_999_999_999, true),
            (999_999, false),
            (1_000_000_000_000_000, false),
            (0, false),
            (-60_195_730_424, false),
            (i64::MIN, false),
            (i64::MAX, false),
        ] {
            let read = E164::from_integer(integer);
            assert_eq!(read.is_ok(), is_one, "{integer}");
            assert_eq!(read, E164::parse(&integer.to_string()), "{integer}");
        }
    }

    #[test]
    fn a_debug_print_hides_the_number() {
        let region = Region::by_code("MY").expect("in the table");
        let number = PhoneNumber::parse("0195730424", &region).expect("a number");
        assert_eq!(format!("{number:?} {:?}", number.e164()), "…0424 …0424");
    }

    #[test]
    fn a_prefix_covers_numbers_that_begin_with_it() {
        let malaysia = Prefix::parse("60").expect("digits");
        assert!(malaysia.covers(E164::parse("60195730424").unwrap()));
        assert!(!malaysia.covers(E164::parse("61195730424").unwrap()));
        assert_eq!(Prefix::parse(""), None);
        assert_eq!(Prefix::parse("+60"), None);
    }

    proptest! {
        #[test]
        fn integers_keep_every_digit(digits in "[1-9][0-9]{6,14}") {
            let number = E164::parse(&digits).unwrap();
            prop_assert_eq!(number.to_string(), digits);
            prop_assert_eq!(E164::from_integer(number.integer()), Ok(number));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,20}") {
            let _ = PhoneNumber::parse(&text, &Region::by_code("MY").unwrap());
        }
    }
}
