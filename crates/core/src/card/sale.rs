//! Selling cards. No customer's money moves: who is paid how is the seller's affair.

use super::{CardNumber, CardRefusal, Pin, SoldCard};
use crate::Refusal;
use crate::currency::Currency;
use crate::ids::CardId;
use crate::money::Credits;

/// A card that can be sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreeCard {
    /// Its id.
    pub id: CardId,
    /// Its number.
    pub number: CardNumber,
    /// Its PIN.
    pub pin: Pin,
    /// What is on it, in its group's currency.
    pub balance: Credits,
}

/// Sells so many cards, all of them or none. What is on them is told in the currency `told_in`.
///
/// # Errors
/// [`CardRefusal::CurrencyUnknown`] when that currency is not active, then
/// [`CardRefusal::NoFreeCard`]; [`Refusal::AmountOverflow`] when an amount does not fit there.
pub fn sell_cards(
    free: Vec<FreeCard>,
    wanted: u32,
    groups: Currency,
    told_in: Option<Currency>,
) -> Result<Vec<SoldCard>, Refusal> {
    let told_in = told_in.filter(|currency| currency.terms.active);
    let told_in = told_in.ok_or(CardRefusal::CurrencyUnknown)?;
    if usize::try_from(wanted).is_ok_and(|wanted| free.len() < wanted) {
        return Err(CardRefusal::NoFreeCard.into());
    }
    let sold = |card: FreeCard| {
        let balance = groups.terms.rate.convert(card.balance, told_in.terms.rate);
        let balance = balance.ok_or(Refusal::AmountOverflow)?;
        let currency = told_in.code;
        Ok(SoldCard { card: card.id, number: card.number, pin: card.pin, balance, currency })
    };
    free.into_iter().map(sold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::currency::{CurrencyCode, CurrencyRate, CurrencyTerms};

    fn currency(code: &str, rate: &str, active: bool) -> Currency {
        let rate = CurrencyRate::parse(rate).expect("a rate");
        let code = CurrencyCode::parse(code).expect("a code");
        Currency { code, terms: CurrencyTerms { active, system: false, rate } }
    }

    fn card(id: i64) -> FreeCard {
        FreeCard {
            id: CardId::new(id).expect("at least 1"),
            number: CardNumber::parse("12").expect("digits"),
            pin: Pin::parse("34").expect("digits"),
            balance: Credits::new(10_000),
        }
    }

    #[test]
    fn cards_are_sold_all_or_none() {
        let check = |free: i64, wanted, told_in: Option<Currency>, expected: Result<&[i64], _>| {
            let cards = (1..=free).map(card).collect();
            let sold = sell_cards(cards, wanted, currency("USD", "1", false), told_in);
            let balances = sold.map(|all| all.iter().map(|it| it.balance.get()).collect());
            assert_eq!(balances, expected.map(<[_]>::to_vec));
        };
        let euro = Some(currency("EUR", "0.92", true));
        check(2, 2, euro, Ok(&[9_200, 9_200]));
        check(1, 2, euro, Err(CardRefusal::NoFreeCard.into()));
        check(0, 1, None, Err(CardRefusal::CurrencyUnknown.into()));
        check(1, 1, Some(currency("EUR", "1", false)), Err(CardRefusal::CurrencyUnknown.into()));
    }
}
