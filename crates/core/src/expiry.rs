//! How long a lease lasts: the arithmetic of `expiry_value` and `expiry_unit`
//! (Apigate 2.0, section 2.1.1).

use std::num::NonZeroI64;
use std::time::Duration;

use time::util::days_in_month;
use time::{Date, Month, PrimitiveDateTime};

use crate::timestamp::{Timestamp, Zone};

/// No lease ends later than this many calendar years from now.
const LONGEST_YEARS: i64 = 100;

/// What a term is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermUnit {
    /// Calendar years.
    Years,
    /// Calendar months.
    Months,
    /// Exact spans of 24 hours.
    Days,
    /// Exact hours.
    Hours,
    /// Exact minutes.
    Minutes,
}

/// How long a lease was asked to last: at least one of some unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseTerm {
    value: NonZeroI64,
    unit: TermUnit,
}

impl LeaseTerm {
    /// A term; `None` unless `value` is at least 1.
    pub fn new(value: i64, unit: TermUnit) -> Option<Self> {
        let value = NonZeroI64::new(value).filter(|value| value.is_positive())?;
        Some(Self { value, unit })
    }

    /// The instant at which a lease granted `now` is over, rounded up to the whole second;
    /// `None` when that is more than 100 years ahead.
    ///
    /// Months and years are counted on the zone's calendar and clamped to the month's last day;
    /// days, hours and minutes are exact.
    pub fn expiry(self, now: Timestamp, zone: &dyn Zone) -> Option<Timestamp> {
        let latest = add_months(now, 12 * LONGEST_YEARS, zone)?;
        let exact = match self.unit {
            TermUnit::Years => add_months(now, self.value.get().checked_mul(12)?, zone),
            TermUnit::Months => add_months(now, self.value.get(), zone),
            TermUnit::Days => self.add_seconds(now, 86_400),
            TermUnit::Hours => self.add_seconds(now, 3_600),
            TermUnit::Minutes => self.add_seconds(now, 60),
        }?;
        (exact <= latest).then_some(exact)?.ceil_to_second()
    }

    fn add_seconds(self, now: Timestamp, seconds_per_unit: u64) -> Option<Timestamp> {
        let value = u64::try_from(self.value.get()).ok()?;
        now.checked_add(Duration::from_secs(value.checked_mul(seconds_per_unit)?))
    }
}

/// So many months later on the zone's calendar, clamped to the month's last day; `None` outside
/// of the calendar.
pub(crate) fn add_months(from: Timestamp, months: i64, zone: &dyn Zone) -> Option<Timestamp> {
    let local = zone.local(from)?;
    let date = date_plus_months(local.date(), months)?;
    zone.instant(PrimitiveDateTime::new(date, local.time()))
}

/// The same day of a later month, or that month's last day where it has no such day.
fn date_plus_months(date: Date, months: i64) -> Option<Date> {
    let counted = i64::from(date.year()) * 12 + i64::from(u8::from(date.month())) - 1;
    let counted = counted.checked_add(months)?;
    let year = i32::try_from(counted.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(counted.rem_euclid(12) + 1).ok()?).ok()?;
    let day = date.day().min(days_in_month(month, year));
    Date::from_calendar_date(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timestamp::Utc;

    fn at(year: i32, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> Timestamp {
        let month = Month::try_from(month).unwrap();
        let date = Date::from_calendar_date(year, month, day).unwrap();
        Utc.instant(date.with_hms(hour, minute, second).unwrap()).unwrap()
    }

    fn check(from: Timestamp, value: i64, unit: TermUnit, expected: Option<Timestamp>) {
        let term = LeaseTerm::new(value, unit).expect("at least 1");
        assert_eq!(term.expiry(from, &Utc), expected, "{value} {unit:?} from {from:?}");
    }

    #[test]
    fn a_term_is_at_least_one() {
        assert_eq!(LeaseTerm::new(0, TermUnit::Days), None);
        assert_eq!(LeaseTerm::new(-1, TermUnit::Days), None);
    }

    #[test]
    fn months_are_clamped_and_days_are_exact() {
        let january = at(2027, 1, 31, 9, 30, 0);
        check(january, 1, TermUnit::Months, Some(at(2027, 2, 28, 9, 30, 0)));
        check(january, 13, TermUnit::Months, Some(at(2028, 2, 29, 9, 30, 0)));
        check(january, 2, TermUnit::Months, Some(at(2027, 3, 31, 9, 30, 0)));
        check(at(2028, 2, 29, 0, 0, 0), 1, TermUnit::Years, Some(at(2029, 2, 28, 0, 0, 0)));
        check(at(2026, 12, 5, 1, 2, 3), 1, TermUnit::Months, Some(at(2027, 1, 5, 1, 2, 3)));
        check(january, 1, TermUnit::Days, Some(at(2027, 2, 1, 9, 30, 0)));
        check(january, 25, TermUnit::Hours, Some(at(2027, 2, 1, 10, 30, 0)));
        check(january, 90, TermUnit::Minutes, Some(at(2027, 1, 31, 11, 0, 0)));
    }

    #[test]
    fn the_printed_second_is_the_instant_of_the_end() {
        let half_past = Timestamp::from_micros(at(2027, 1, 1, 0, 0, 0).micros() + 500_000);
        check(half_past, 1, TermUnit::Minutes, Some(at(2027, 1, 1, 0, 1, 1)));
    }

    #[test]
    fn a_hundred_years_is_the_most() {
        let now = at(2026, 11, 21, 12, 0, 0);
        let end = Some(at(2126, 11, 21, 12, 0, 0));
        check(now, 100, TermUnit::Years, end);
        check(now, 1_200, TermUnit::Months, end);
        check(now, 36_524, TermUnit::Days, end);
        check(now, 36_525, TermUnit::Days, None);
        check(now, 1_201, TermUnit::Months, None);
        check(now, 101, TermUnit::Years, None);
        for unit in [TermUnit::Years, TermUnit::Months, TermUnit::Days, TermUnit::Minutes] {
            check(now, i64::MAX, unit, None);
        }
    }
}
