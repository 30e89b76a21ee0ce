//! Taxes on what cards cost.

use crate::decimal::{Decimal, Rounding};
use crate::money::Credits;

/// A rate is counted in ten-thousandths of a percent.
const PLACES: u32 = 4;

/// So many of those are the whole amount.
const WHOLE: i64 = 1_000_000;

/// No tax is higher than this: ten times what is taxed.
const MOST: i64 = 10 * WHOLE;

/// A tax in percent, from 0 to 1000, with up to four decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaxRate(i64);

impl TaxRate {
    /// A rate of so many ten-thousandths of a percent; `None` out of bounds.
    pub const fn from_units(units: i64) -> Option<Self> {
        if units < 0 || units > MOST { None } else { Some(Self(units)) }
    }

    /// How many ten-thousandths of a percent.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// Reads percents: `21`, `8.25`.
    pub fn parse(text: &str) -> Option<Self> {
        let units = Decimal::parse(text)?.exactly_in_units_of(PLACES)?;
        Self::from_units(i64::try_from(units).ok()?)
    }

    /// What is left of a price with this tax when it is taken out: price / (1 + tax), rounded half
    /// up to a credit.
    pub fn taken_out_of(self, price: Credits) -> Credits {
        let scaled = i128::from(price.get()) * i128::from(WHOLE);
        let net = Rounding::HalfUp.divide(scaled, i128::from(WHOLE + self.0));
        let net = net.and_then(|net| i64::try_from(net).ok());
        Credits::new(net.expect("no more than the price, as the divisor is at least the factor"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_loses_its_tax() {
        let check = |price, percent: &str, expected| {
            let tax = TaxRate::parse(percent).expect("a rate");
            assert_eq!(tax.taken_out_of(Credits::new(price)).get(), expected, "{price} {percent}");
        };
        check(121_000, "21", 100_000);
        check(100_000, "21", 82_645); // 8.26446…
        check(15_000, "20", 12_500);
        check(1, "100", 1); // half a credit, up
        check(100_000, "8.25", 92_379);
        check(0, "21", 0);
        check(i64::MAX, "0", i64::MAX);
        check(i64::MAX, "1000", 838_488_366_986_797_801);
        for wrong in ["-1", "1000.0001", "1.00001", "x", ""] {
            assert_eq!(TaxRate::parse(wrong), None, "{wrong:?}");
        }
    }
}
