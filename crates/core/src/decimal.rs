//! Decimal numbers as people write amounts: exact, never by floating point, rounded only where
//! somebody says how.

/// The longest text that is read: no amount needs more digits.
const LONGEST: usize = 36;

/// A decimal number of zero or more, `units` × 10⁻ᵖˡᵃᶜᵉˢ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    units: i128,
    places: u32,
}

/// Which way an amount goes that lies between two that can be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// To the greater one.
    Up,
    /// To the nearer one; from the middle to the greater one.
    #[default]
    HalfUp,
    /// To the smaller one.
    Down,
}

impl Decimal {
    /// Reads digits with at most one `.` between them: `12`, `0.5`, `007.50`. No sign, no blank,
    /// no exponent.
    ///
    /// ```
    /// use leaseline_core::decimal::{Decimal, Rounding};
    ///
    /// let price = Decimal::parse("0.12345").expect("a decimal");
    /// assert_eq!(price.exactly_in_units_of(5), Some(12_345));
    /// assert_eq!(price.exactly_in_units_of(4), None);
    /// assert_eq!(price.rounded_to_units_of(4, Rounding::HalfUp), Some(1_235));
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return None,
            None => (text, ""),
        };
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || text.len() > LONGEST || !digits(whole) || !digits(fraction) {
            return None;
        }
        let units = format!("{whole}{fraction}").parse().ok()?;
        Some(Self { units, places: u32::try_from(fraction.len()).ok()? })
    }

    /// How many units of 10⁻ᵖˡᵃᶜᵉˢ it is; `None` when it is not a whole number of them.
    pub fn exactly_in_units_of(self, places: u32) -> Option<i128> {
        let rounded = self.rounded_to_units_of(places, Rounding::Down)?;
        (self.rounded_to_units_of(places, Rounding::Up)? == rounded).then_some(rounded)
    }

    /// How many units of 10⁻ᵖˡᵃᶜᵉˢ it is, rounded; `None` when they cannot be counted.
    pub fn rounded_to_units_of(self, places: u32, rounding: Rounding) -> Option<i128> {
        match places.checked_sub(self.places) {
            Some(more) => self.units.checked_mul(10_i128.checked_pow(more)?),
            None => rounding.divide(self.units, 10_i128.checked_pow(self.places - places)?),
        }
    }
}

impl Rounding {
    /// `amount / by`, rounded; `None` for a divisor below 1.
    pub fn divide(self, amount: i128, by: i128) -> Option<i128> {
        if by < 1 {
            return None;
        }
        let (floor, rest) = (amount.div_euclid(by), amount.rem_euclid(by));
        let is_up = match self {
            Self::Up => rest > 0,
            Self::HalfUp => rest >= by - rest,
            Self::Down => false,
        };
        floor.checked_add(i128::from(is_up))
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert_eq, proptest};

    use super::*;

    proptest! {
        #[test]
        fn every_digit_counts(whole in "[0-9]{1,17}", fraction in "[0-9]{1,18}") {
            let read = Decimal::parse(&format!("{whole}.{fraction}"));
            let units = format!("{whole}{fraction:0<18}").parse().unwrap();
            prop_assert_eq!(read.and_then(|read| read.exactly_in_units_of(18)), Some(units));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9.+eE\u{0}-\u{ff}-]{0,40}") {
            let read = Decimal::parse(&text);
            let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            prop_assert_eq!(read.is_some() && !is_plain, false);
        }
    }

    #[test]
    fn what_a_decimal_is() {
        let check = |text: &str, millionths| {
            let read = Decimal::parse(text).and_then(|it| it.exactly_in_units_of(6));
            assert_eq!(read, millionths, "{text:?}");
        };
        check("0", Some(0));
        check("12", Some(12_000_000));
        check("0.5", Some(500_000));
        check("007.50", Some(7_500_000));
        check("0.000001", Some(1));
        check("0.0000010", Some(1));
        check("0.0000001", None);
        for wrong in ["", ".", ".5", "5.", "-1", "+1", " 1", "1 ", "1e3", "1,5", "1.2.3", "٣"] {
            check(wrong, None);
        }
        check(&"9".repeat(LONGEST), None);
        check(&"0".repeat(LONGEST), Some(0));
        check(&"0".repeat(LONGEST + 1), None);
    }

    #[test]
    fn rounding_goes_one_way_or_the_other() {
        let check = |amount, by, expected: [i128; 3]| {
            let all = [Rounding::Up, Rounding::HalfUp, Rounding::Down];
            let rounded = all.map(|rounding| rounding.divide(amount, by).expect("a divisor"));
            assert_eq!(rounded, expected, "{amount} / {by}");
        };
        check(10, 5, [2, 2, 2]);
        check(11, 5, [3, 2, 2]);
        check(12, 5, [3, 2, 2]);
        check(13, 5, [3, 3, 2]);
        check(5, 2, [3, 3, 2]);
        check(-5, 2, [-2, -2, -3]);
        check(0, 7, [0, 0, 0]);
        assert_eq!(Rounding::Up.divide(1, 0), None);
    }
}
