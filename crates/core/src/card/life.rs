//! A card's life: when it can be used, and what it costs by itself.

use std::time::Duration;

use time::Date;

use super::CardGroupTerms;
use crate::money::Credits;
use crate::timestamp::{Timestamp, Zone};

const DAY: Duration = Duration::from_secs(86_400);

/// The use of a card so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CardLife {
    /// When its first call connected.
    pub first_use: Option<Timestamp>,
    /// The last instant of the last day that is charged for.
    pub daily_charge_paid_till: Option<Timestamp>,
}

/// Why no call can be made with a card now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardNotUsable {
    /// Its group is not valid yet.
    #[error("the card is not valid yet")]
    NotYet,
    /// Its group is no longer valid, or its first use is too long ago.
    #[error("the card is no longer valid")]
    Expired,
}

/// Days of a card to be charged for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaysCharged {
    /// So many days.
    pub days: i64,
    /// What they cost.
    pub amount: Credits,
    /// The last instant of the last of them.
    pub paid_till: Timestamp,
}

impl CardLife {
    /// Whether a call can be made now.
    ///
    /// # Errors
    /// [`CardNotUsable`].
    pub fn usable(&self, terms: &CardGroupTerms, now: Timestamp) -> Result<(), CardNotUsable> {
        let validity = terms.validity;
        if now < validity.from {
            return Err(CardNotUsable::NotYet);
        }
        let days = u32::try_from(validity.days_after_first_use).unwrap_or(u32::MAX);
        let end = self.first_use.filter(|_| days > 0);
        let end = end.map(|first| first.saturating_add(DAY.saturating_mul(days)));
        let is_over =
            validity.till.is_some_and(|till| now > till) || end.is_some_and(|end| now >= end);
        if is_over { Err(CardNotUsable::Expired) } else { Ok(()) }
    }

    /// What is due when a call connects besides its cost: the set-up fee, once.
    pub fn setup_fee_due(&self, terms: &CardGroupTerms) -> Credits {
        match self.first_use {
            None => terms.setup_fee,
            Some(_) => Credits::ZERO,
        }
    }

    /// What the days cost that nobody charged for because the use on the first of them was told of
    /// later than another: from that use to the day of what was held for the first one. `None` where
    /// that cannot be counted.
    pub fn days_missed(
        &self,
        terms: &CardGroupTerms,
        zone: &dyn Zone,
        used_at: Timestamp,
    ) -> Option<Credits> {
        let Some(first) = self.first_use else { return Some(Credits::ZERO) };
        let (first, used) = (zone.local(first)?.date(), zone.local(used_at)?.date());
        let days = (first - used).whole_days().max(0);
        terms.daily_charge.get().checked_mul(days).map(Credits::new)
    }

    /// The calendar days of a zone that are to be charged for now: each one from the first use to
    /// today that is not charged for, called or not. `None` when there are none, or they cost
    /// nothing.
    pub fn days_due(
        &self,
        terms: &CardGroupTerms,
        zone: &dyn Zone,
        now: Timestamp,
    ) -> Option<DaysCharged> {
        let today = zone.local(now)?.date();
        let first = match self.daily_charge_paid_till {
            Some(paid) => zone.local(paid)?.date().next_day()?,
            None => zone.local(self.first_use?)?.date(),
        };
        let days = (today - first).whole_days().checked_add(1).filter(|days| *days > 0)?;
        let amount = terms.daily_charge.get().checked_mul(days).filter(|amount| *amount > 0)?;
        let paid_till = end_of(today, zone)?;
        Some(DaysCharged { days, amount: Credits::new(amount), paid_till })
    }
}

/// A microsecond before the next day begins, however long the day was.
fn end_of(day: Date, zone: &dyn Zone) -> Option<Timestamp> {
    let next = zone.instant(day.next_day()?.midnight())?;
    Some(next.saturating_sub(Duration::from_micros(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::{CardFlags, CardLength, CardName, CardValidity};
    use crate::currency::CurrencyCode;
    use crate::ids::{LcrId, LocationId, TariffId};
    use crate::timestamp::Utc;

    const HOUR: i64 = 3_600;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_seconds(hours * HOUR).expect("near 1970")
    }

    fn terms(from: i64, till: Option<i64>, days: i64) -> CardGroupTerms {
        let length = CardLength::new(4).expect("1 to 20");
        CardGroupTerms {
            name: CardName::parse("a").expect("a name"),
            description: String::new(),
            flags: CardFlags::default(),
            validity: CardValidity {
                from: at(from),
                till: till.map(at),
                days_after_first_use: days,
            },
            tariff: TariffId::new(1).expect("at least 1"),
            lcr: LcrId::new(1).expect("at least 1"),
            location: LocationId::new(1).expect("at least 1"),
            tax: None,
            currency: CurrencyCode::USD,
            price_with_tax: Credits::ZERO,
            setup_fee: Credits::new(70),
            daily_charge: Credits::new(3),
            ghost_min_perc: 120,
            ghost_balance_perc: 50,
            number_length: length,
            pin_length: length,
        }
    }

    fn used(first: Option<i64>, paid_till: Option<i64>) -> CardLife {
        CardLife { first_use: first.map(at), daily_charge_paid_till: paid_till.map(at) }
    }

    #[test]
    fn a_card_can_be_used_within_its_dates() {
        let check = |terms: &CardGroupTerms, first, now, expected| {
            assert_eq!(used(first, None).usable(terms, at(now)), expected, "at {now}");
        };
        let dated = terms(10, Some(20), 0);
        check(&dated, None, 9, Err(CardNotUsable::NotYet));
        check(&dated, None, 10, Ok(()));
        check(&dated, Some(10), 20, Ok(()));
        check(&dated, None, 21, Err(CardNotUsable::Expired));
        let after_use = terms(0, None, 2);
        check(&after_use, None, 1_000, Ok(()));
        check(&after_use, Some(10), 57, Ok(()));
        check(&after_use, Some(10), 58, Err(CardNotUsable::Expired));
    }

    #[test]
    fn the_set_up_fee_is_charged_once() {
        let terms = terms(0, None, 0);
        assert_eq!(used(None, None).setup_fee_due(&terms).get(), 70);
        assert_eq!(used(Some(1), None).setup_fee_due(&terms).get(), 0);
    }

    #[test]
    fn each_day_from_the_first_use_on_is_charged_once() {
        let terms = terms(0, None, 0);
        let check = |life: CardLife, now, expected: Option<(i64, i64)>| {
            let due = life.days_due(&terms, &Utc, at(now));
            assert_eq!(due.map(|due| (due.days, due.amount.get())), expected, "at {now}");
        };
        check(used(None, None), 100, None);
        check(used(Some(23), None), 23, Some((1, 3)));
        check(used(Some(23), None), 24, Some((2, 6)));
        check(used(Some(0), None), 24 * 10, Some((11, 33)));
        check(used(Some(23), Some(23)), 23, None);
        check(used(Some(23), Some(23)), 24, Some((1, 3)));
        check(used(Some(23), Some(100)), 24, None);

        let due = used(Some(23), None).days_due(&terms, &Utc, at(30)).expect("two days");
        assert_eq!(due.paid_till.micros(), at(48).micros() - 1);
        let paid = CardLife { daily_charge_paid_till: Some(due.paid_till), ..used(Some(23), None) };
        check(paid, 47, None);
        check(paid, 48, Some((1, 3)));
    }
}
