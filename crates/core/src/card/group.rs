//! Groups of cards: all that their cards have in common.

use crate::currency::CurrencyCode;
use crate::decimal::Rounding;
use crate::ids::{CardGroupId, LcrId, LocationId, MorUserId, TariffId, TaxId};
use crate::money::Credits;
use crate::tax::TaxRate;
use crate::timestamp::Timestamp;

/// The longest name, in characters.
const LONGEST_NAME: usize = 255;

/// Numbers and PINs have at most so many digits.
const LONGEST: u8 = 20;

/// A group of cards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardGroup {
    /// Its id.
    pub id: CardGroupId,
    /// Who made it.
    pub owner: MorUserId,
    /// All that its cards have in common.
    pub terms: CardGroupTerms,
    /// The rate of its tax, if it has one.
    pub tax_rate: Option<TaxRate>,
}

/// All that the cards of a group have in common. Amounts are in the group's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardGroupTerms {
    /// Its name, which others may have too.
    pub name: CardName,
    /// For people.
    pub description: String,
    /// What its cards can do.
    pub flags: CardFlags,
    /// When its cards can be used.
    pub validity: CardValidity,
    /// What calls cost.
    pub tariff: TariffId,
    /// Over which routes they go.
    pub lcr: LcrId,
    /// By which rules numbers are read.
    pub location: LocationId,
    /// The tax in its price, if there is one.
    pub tax: Option<TaxId>,
    /// The currency of its amounts.
    pub currency: CurrencyCode,
    /// What a new card's price is, its tax included.
    pub price_with_tax: Credits,
    /// Charged when a card's first call connects.
    pub setup_fee: Credits,
    /// Charged for each calendar day from the first use on.
    pub daily_charge: Credits,
    /// What remaining time is multiplied by when it is announced, in percent.
    pub ghost_min_perc: i64,
    /// What the balance is multiplied by when it is announced, in percent.
    pub ghost_balance_perc: i64,
    /// So many digits a card's number has.
    pub number_length: CardLength,
    /// So many digits a card's PIN has.
    pub pin_length: CardLength,
}

/// A name: not blank, at most 255 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardName(Box<str>);

/// A number of digits: 1 to 20.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardLength(u8);

/// What cards of a group can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CardFlags {
    /// A function outside of the switch is asked.
    pub use_external_function: bool,
    /// Calls at a loss are let through.
    pub allow_loss_calls: bool,
    /// Announcements tell cents too.
    pub tell_cents: bool,
    /// A telephone is recognised for one card only.
    pub solo_pinless: bool,
    /// Vouchers top no card up.
    pub disable_voucher: bool,
    /// A card stays recognised by its telephone when there is nothing left on it.
    pub callerid_leave: bool,
    /// Announcements tell the balance in the group's currency.
    pub tell_balance_in_currency: bool,
    /// Cards with a recognised telephone top no card up.
    pub disable_topup_from_cards_with_cid: bool,
}

/// When cards can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardValidity {
    /// From this instant on.
    pub from: Timestamp,
    /// Until this instant, if it ends.
    pub till: Option<Timestamp>,
    /// So many days after the first use; 0 is no limit.
    pub days_after_first_use: i64,
}

impl CardGroup {
    /// What is on a new card: the price without its tax.
    pub fn new_balance(&self) -> Credits {
        self.tax_rate
            .map_or(self.terms.price_with_tax, |tax| tax.taken_out_of(self.terms.price_with_tax))
    }
}

impl CardGroupTerms {
    /// The balance as it is announced; `None` when it does not fit.
    pub fn announced_balance(&self, balance: Credits) -> Option<Credits> {
        percent(balance.get(), self.ghost_balance_perc).map(Credits::new)
    }

    /// Remaining time as it is announced, in seconds; `None` when it does not fit.
    pub fn announced_seconds(&self, seconds: i64) -> Option<i64> {
        percent(seconds, self.ghost_min_perc)
    }
}

fn percent(amount: i64, percent: i64) -> Option<i64> {
    let scaled = i128::from(amount).checked_mul(i128::from(percent))?;
    i64::try_from(Rounding::HalfUp.divide(scaled, 100)?).ok()
}

impl CardName {
    /// A name; `None` when it is blank or too long.
    pub fn parse(text: &str) -> Option<Self> {
        let sound = !text.trim().is_empty() && text.chars().count() <= LONGEST_NAME;
        sound.then(|| Self(text.into()))
    }

    /// The name.
    pub const fn as_str(&self) -> &str {
        &self.0
    }
}

impl CardLength {
    /// So many digits; `None` unless 1 to 20.
    pub fn new(digits: i64) -> Option<Self> {
        let digits = u8::try_from(digits).ok()?;
        (1..=LONGEST).contains(&digits).then_some(Self(digits))
    }

    /// How many.
    pub const fn get(self) -> u8 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ghost_is_told_in_percent() {
        let check = |amount, perc, expected| assert_eq!(percent(amount, perc), expected);
        check(1_000, 100, Some(1_000));
        check(1_000, 120, Some(1_200));
        check(1, 150, Some(2));
        check(1, 149, Some(1));
        check(7, 0, Some(0));
        check(i64::MAX, i64::MAX, None);
    }

    #[test]
    fn names_and_lengths_have_bounds() {
        for (name, sound) in [("a", true), ("", false), (" \t", false), (&"é".repeat(255), true)] {
            assert_eq!(CardName::parse(name).is_some(), sound, "{name:?}");
        }
        assert_eq!(CardName::parse(&"e".repeat(256)), None);
        let lengths = [-1, 0, 1, 20, 21, 257].map(|it| CardLength::new(it).map(CardLength::get));
        assert_eq!(lengths, [None, None, Some(1), Some(20), None, None]);
    }
}
