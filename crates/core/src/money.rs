//! Credits: whole, signed, checked. One credit is $0.0001 (Apigate 2.0, section 10).

use std::fmt;

/// A dollar's decimals: the last of them is a credit.
const DECIMALS: &str = "0000";

/// An amount of credits, within i64. There is no unchecked arithmetic on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Credits(i64);

impl Credits {
    /// No credit.
    pub const ZERO: Self = Self(0);

    /// That many credits.
    pub const fn new(credits: i64) -> Self {
        Self(credits)
    }

    /// How many.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The amount in dollars, always with four decimals: `14.0000`, `-0.0005`.
    pub const fn in_dollars(self) -> Dollars {
        Dollars(self)
    }

    /// The amount with the other sign; `None` when it does not fit.
    pub fn checked_neg(self) -> Option<Self> {
        self.0.checked_neg().map(Self)
    }

    /// The sum; `None` when it does not fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }
}

/// Credits as they are shown in dollars.
#[derive(Clone, Copy, Debug)]
pub struct Dollars(Credits);

impl Dollars {
    /// Writes them as they are displayed. Lists are full of amounts, and a format costs more than
    /// they do.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_to(self, out: &mut impl fmt::Write) -> fmt::Result {
        let Self(Credits(credits)) = self;
        let sign = if credits < 0 { "-" } else { "" };
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(credits.unsigned_abs());
        let (whole, rest) = digits.split_at(digits.len().saturating_sub(DECIMALS.len()));
        let whole = if whole.is_empty() { "0" } else { whole };
        let zeros = &DECIMALS[rest.len()..];
        [sign, whole, ".", zeros, rest].into_iter().try_for_each(|piece| out.write_str(piece))
    }
}

impl fmt::Display for Dollars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_have_four_decimals() {
        let check = |credits, expected: &str| {
            assert_eq!(Credits::new(credits).in_dollars().to_string(), expected);
        };
        check(0, "0.0000");
        check(1, "0.0001");
        check(-5, "-0.0005");
        check(140_000, "14.0000");
        check(-123_456, "-12.3456");
        check(i64::MAX, "922337203685477.5807");
        check(i64::MIN, "-922337203685477.5808");
    }
}
