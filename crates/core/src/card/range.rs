//! Card numbers, and how many cards a group can have.

use std::fmt;

use super::{CardLength, CardRefusal, MOST_CARDS_AT_ONCE};

/// Of all the PINs there are, one in so many may be in use, so that guessing stays hopeless.
const PINS_PER_CARD: u128 = 5;

/// A card's number: 1 to 20 digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CardNumber(Box<str>);

/// A card's PIN: 1 to 20 digits. It prints masked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Pin(Box<str>);

/// Card numbers that follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardRange {
    first: u128,
    count: u32,
    length: CardLength,
}

fn digits(text: &str) -> Option<Box<str>> {
    let length = i64::try_from(text.len()).ok().and_then(CardLength::new);
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    length.filter(|_| plain).map(|_| text.into())
}

impl CardNumber {
    /// Reads digits, of which those at the front may be zeros.
    pub fn parse(text: &str) -> Option<Self> {
        digits(text).map(Self)
    }

    /// The digits.
    pub const fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail = self.0.len().saturating_sub(4);
        write!(f, "CardNumber(…{})", &self.0[tail..])
    }
}

impl Pin {
    /// Reads digits, of which those at the front may be zeros.
    pub fn parse(text: &str) -> Option<Self> {
        digits(text).map(Self)
    }

    /// The digits, for the one who has to have them.
    pub const fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

impl CardRange {
    /// The numbers from one to another, both included, all of this length.
    ///
    /// # Errors
    /// [`CardRefusal::RangeInvalid`] when a bound is not of the length, the first comes after the
    /// last, or there are more than [`MOST_CARDS_AT_ONCE`].
    pub fn new(
        first: &CardNumber,
        last: &CardNumber,
        length: CardLength,
    ) -> Result<Self, CardRefusal> {
        let fits = |number: &CardNumber| number.0.len() == usize::from(length.get());
        let value = |number: &CardNumber| number.0.parse::<u128>().ok().filter(|_| fits(number));
        let bounds = value(first).zip(value(last));
        let (first, last) = bounds.ok_or(CardRefusal::RangeInvalid)?;
        let count = last.checked_sub(first).and_then(|span| u32::try_from(span + 1).ok());
        let count = count.filter(|count| *count <= MOST_CARDS_AT_ONCE);
        Ok(Self { first, count: count.ok_or(CardRefusal::RangeInvalid)?, length })
    }

    /// How many.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The numbers, in their order.
    pub fn numbers(self) -> impl Iterator<Item = CardNumber> {
        let width = usize::from(self.length.get());
        let values = self.first..self.first + u128::from(self.count);
        values.map(move |value| CardNumber(format!("{value:0width$}").into()))
    }
}

/// Whether a group with so many cards may get so many more: at most a fifth of all PINs of their
/// length may be in use.
///
/// # Errors
/// [`CardRefusal::RangeInvalid`].
pub fn permit_cards(there: i64, more: u32, pin_length: CardLength) -> Result<(), CardRefusal> {
    let there = u128::try_from(there).unwrap_or_default();
    let all = 10_u128.pow(pin_length.get().into());
    let permitted = (there + u128::from(more)) * PINS_PER_CARD <= all;
    if permitted { Ok(()) } else { Err(CardRefusal::RangeInvalid) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(digits: i64) -> CardLength {
        CardLength::new(digits).expect("1 to 20")
    }

    #[test]
    fn a_range_is_of_one_length_and_in_order() {
        let check = |first: &str, last: &str, digits, expected: Option<&[&str]>| {
            let bound = |text| CardNumber::parse(text).expect("digits");
            let range = CardRange::new(&bound(first), &bound(last), length(digits));
            let numbers = range.ok().map(|range| range.numbers().collect::<Vec<_>>());
            let numbers = numbers.as_ref().map(|all| all.iter().map(CardNumber::as_str).collect());
            assert_eq!(numbers, expected.map(<[_]>::to_vec), "{first} to {last}");
        };
        check("0998", "1001", 4, Some(&["0998", "0999", "1000", "1001"]));
        check("7", "7", 1, Some(&["7"]));
        check("99999999999999999999", "99999999999999999999", 20, Some(&["9".repeat(20).as_str()]));
        check("2", "1", 1, None);
        check("001", "002", 4, None);
        check("0001", "002", 4, None);
        let many = |last: &str| {
            let first = CardNumber::parse("0000000000").expect("digits");
            let last = CardNumber::parse(last).expect("digits");
            CardRange::new(&first, &last, length(10)).map(|range| range.count())
        };
        assert_eq!(many("0000099999"), Ok(100_000));
        assert_eq!(many("0000100000"), Err(CardRefusal::RangeInvalid));
        assert_eq!(many("9999999999"), Err(CardRefusal::RangeInvalid));
    }

    #[test]
    fn a_number_is_of_digits() {
        for (text, sound) in [("0", true), ("", false), ("1a", false), ("-1", false), ("٣", false)]
        {
            assert_eq!(CardNumber::parse(text).is_some(), sound, "{text:?}");
        }
        assert_eq!(CardNumber::parse(&"1".repeat(21)), None);
    }

    #[test]
    fn a_fifth_of_the_pins_is_enough() {
        let check = |there, more, digits, expected| {
            assert_eq!(permit_cards(there, more, length(digits)).is_ok(), expected);
        };
        check(0, 2, 1, true);
        check(0, 3, 1, false);
        check(1_999, 1, 4, true);
        check(2_000, 1, 4, false);
        check(i64::MAX, 100_000, 20, true);
    }

    #[test]
    fn nothing_shows_a_pin() {
        let pin = Pin::parse("1234").expect("digits");
        let number = CardNumber::parse("1234567890").expect("digits");
        assert_eq!(format!("{pin:?} {number:?}"), "Pin(…) CardNumber(…7890)");
    }
}
