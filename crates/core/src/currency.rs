//! Currencies, and what amounts of one are in another.

use std::fmt;

use crate::decimal::{Decimal, Rounding};
use crate::money::Credits;

/// A rate is counted in units of 10⁻⁹.
const PLACES: u32 = 9;

/// The code of a currency: three letters, in capitals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CurrencyCode([u8; 3]);

/// So many units of a currency are a dollar: more than zero, with up to nine decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrencyRate(i64);

/// A currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Currency {
    /// Its code.
    pub code: CurrencyCode,
    /// What it is.
    pub terms: CurrencyTerms,
}

/// What a currency is, besides its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrencyTerms {
    /// Whether anything new may be in it.
    pub active: bool,
    /// Whether it is the one that holds where none is named. One is.
    pub system: bool,
    /// So many units are a dollar.
    pub rate: CurrencyRate,
}

/// A change of a currency: what is `None` stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CurrencyChange {
    /// Whether anything new may be in it.
    pub active: Option<bool>,
    /// Whether it is the one that holds where none is named.
    pub system: Option<bool>,
    /// So many units are a dollar.
    pub rate: Option<CurrencyRate>,
}

impl CurrencyCode {
    /// The dollar's, which is always there.
    pub const USD: Self = Self(*b"USD");

    /// Reads three letters, whatever their case.
    pub fn parse(text: &str) -> Option<Self> {
        let letters: [u8; 3] = text.as_bytes().try_into().ok()?;
        let plain = letters.iter().all(u8::is_ascii_alphabetic);
        plain.then(|| Self(letters.map(|letter| letter.to_ascii_uppercase())))
    }

    /// The code in capitals.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).expect("it is made of ASCII letters")
    }
}

impl fmt::Display for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl CurrencyRate {
    /// The dollar's.
    pub const ONE: Self = Self(1_000_000_000);

    /// A rate of so many billionths.
    pub const fn from_nanos(nanos: i64) -> Option<Self> {
        if nanos < 1 { None } else { Some(Self(nanos)) }
    }

    /// How many billionths.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Reads a decimal of more than zero with up to nine places.
    pub fn parse(text: &str) -> Option<Self> {
        let nanos = Decimal::parse(text)?.exactly_in_units_of(PLACES)?;
        Self::from_nanos(i64::try_from(nanos).ok()?)
    }

    /// What an amount at this rate is at another, rounded half up; `None` when it does not fit.
    pub fn convert(self, amount: Credits, to: Self) -> Option<Credits> {
        let scaled = i128::from(amount.get()).checked_mul(i128::from(to.0))?;
        let converted = Rounding::HalfUp.divide(scaled, i128::from(self.0))?;
        i64::try_from(converted).ok().map(Credits::new)
    }
}

impl CurrencyTerms {
    /// A new currency's: active, a dollar's worth, and not the system's.
    pub const NEW: Self = Self { active: true, system: false, rate: CurrencyRate::ONE };

    /// These terms after the change.
    #[must_use]
    pub fn changed(self, change: CurrencyChange) -> Self {
        Self {
            active: change.active.unwrap_or(self.active),
            system: change.system.unwrap_or(self.system),
            rate: change.rate.unwrap_or(self.rate),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_three_letters() {
        let check = |text: &str, expected: Option<&str>| {
            let code = CurrencyCode::parse(text);
            assert_eq!(code.as_ref().map(CurrencyCode::as_str), expected, "{text:?}");
        };
        check("USD", Some("USD"));
        check("eUr", Some("EUR"));
        for wrong in ["", "US", "USDT", "U1D", "é1", " US"] {
            check(wrong, None);
        }
    }

    #[test]
    fn amounts_are_converted_by_way_of_dollars() {
        let check = |amount, from: &str, to: &str, expected| {
            let rate = |text| CurrencyRate::parse(text).expect("a rate");
            let converted = rate(from).convert(Credits::new(amount), rate(to));
            assert_eq!(converted.map(Credits::get), expected, "{amount} at {from} to {to}");
        };
        check(10_000, "1", "0.92", Some(9_200));
        check(9_200, "0.92", "1", Some(10_000));
        check(1, "1", "0.5", Some(1));
        check(1, "1", "0.499999999", Some(0));
        check(i64::MAX, "1", "2", None);
        for wrong in ["0", "-1", "0.0000000001", "9999999999", ""] {
            assert_eq!(CurrencyRate::parse(wrong), None, "{wrong:?}");
        }
    }
}
