//! Prices: finer than credits, so that what a second costs can be said.

use std::fmt;

use crate::decimal::{Decimal, Rounding};
use crate::money::Credits;

/// So many decimals a price has at most.
const PLACES: u32 = 9;
/// A credit in the units of a price.
const NANOS_PER_CREDIT: i128 = 100_000;

/// A price of zero or more: an integer of 10⁻⁹ dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(i64);

impl Price {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// That many 10⁻⁹ dollars; `None` below 0.
    pub const fn new(nanodollars: i64) -> Option<Self> {
        if nanodollars < 0 { None } else { Some(Self(nanodollars)) }
    }

    /// Reads dollars with up to 9 decimals: `0.0025`. `None` when there is anything else in the
    /// text, or the price does not fit.
    ///
    /// ```
    /// use leaseline_core::rating::Price;
    ///
    /// assert_eq!(Price::parse("0.0025").map(Price::nanodollars), Some(2_500_000));
    /// assert_eq!(Price::parse("0.0000000001"), None);
    /// ```
    pub fn parse(dollars: &str) -> Option<Self> {
        let nanodollars = Decimal::parse(dollars)?.exactly_in_units_of(PLACES)?;
        i64::try_from(nanodollars).ok().and_then(Self::new)
    }

    /// How many 10⁻⁹ dollars.
    pub const fn nanodollars(self) -> i64 {
        self.0
    }

    /// What `count` of `per` cost in credits, half up; `None` when it does not fit.
    pub(super) fn credits_for(self, count: u32, per: u32) -> Option<Credits> {
        let total = i128::from(self.0).checked_mul(i128::from(count))?;
        let credits = Rounding::HalfUp.divide(total, NANOS_PER_CREDIT * i128::from(per))?;
        i64::try_from(credits).ok().map(Credits::new)
    }

    /// Whether it can be written with that many decimals.
    pub(super) fn has_at_most(self, decimals: u8) -> bool {
        let unit = 10_i64.checked_pow(PLACES.saturating_sub(u32::from(decimals)));
        unit.is_some_and(|unit| self.0 % unit == 0)
    }
}

/// In dollars, with no more decimals than it needs.
impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:09}", self.0 / 1_000_000_000, self.0 % 1_000_000_000);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_has_up_to_nine_decimals() {
        let check = |text: &str, expected: Option<(i64, &str)>| {
            let price = Price::parse(text);
            let read = price.map(|price| (price.nanodollars(), price.to_string()));
            assert_eq!(read, expected.map(|(nanos, shown)| (nanos, shown.to_owned())), "{text:?}");
        };
        check("0", Some((0, "0")));
        check("0.06", Some((60_000_000, "0.06")));
        check("10.50", Some((10_500_000_000, "10.5")));
        check("100", Some((100_000_000_000, "100")));
        check("0.000000001", Some((1, "0.000000001")));
        check("0.0000000010", Some((1, "0.000000001")));
        check("9223372036.854775807", Some((i64::MAX, "9223372036.854775807")));
        for wrong in ["", "-1", "0.0000000001", "9223372036.854775808", "1e3", "0,5", ".5"] {
            check(wrong, None);
        }
    }
}
