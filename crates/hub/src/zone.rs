//! Zones of the IANA database, by name; the database is compiled in.

use jiff::civil;
use jiff::tz::{AmbiguousOffset, TimeZone};
use leaseline_core::Timestamp;
use leaseline_core::timestamp::{Utc, Zone, local_text};
use time::{Date, Month, PrimitiveDateTime, Time};

/// A zone such as `Asia/Kuala_Lumpur`.
#[derive(Clone, Debug)]
pub struct IanaZone(TimeZone);

/// The IANA database has no zone of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no time zone is called {0:?}: use an IANA name such as \"UTC\" or \"Asia/Kuala_Lumpur\"")]
pub struct UnknownZone(String);

impl IanaZone {
    /// The zone of this name, links included.
    ///
    /// # Errors
    /// [`UnknownZone`].
    pub fn by_name(name: &str) -> Result<Self, UnknownZone> {
        let zone = jiff::tz::TimeZoneDatabase::bundled().get(name);
        zone.map(Self).map_err(|_| UnknownZone(name.to_owned()))
    }
}

impl IanaZone {
    /// The zone of this name, links included, written as the database writes it.
    ///
    /// # Errors
    /// [`UnknownZone`].
    pub fn by_exact_name(name: &str) -> Result<Self, UnknownZone> {
        let zone = Self::by_name(name)?;
        let known = zone.0.iana_name() == Some(name) && !zone.0.is_unknown();
        if known { Ok(zone) } else { Err(UnknownZone(name.to_owned())) }
    }
}

/// Why a time that clocks show is not one instant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOneInstant {
    /// They went back in between.
    #[error("clocks showed this twice, at {} and {} UTC: say it in UTC", utc(*.0), utc(*.1))]
    Twice(Timestamp, Timestamp),
    /// They went forward over it.
    #[error("clocks never showed this: they skipped it")]
    Skipped,
    /// It lies outside of all calendars.
    #[error("this is beyond all calendars")]
    OutOfTime,
}

fn utc(at: Timestamp) -> String {
    Utc.local(at).map(local_text).unwrap_or_default()
}

impl IanaZone {
    /// The instant at which its clocks showed this, for whoever must not guess: [`Zone::instant`] moves
    /// forward out of a gap and takes the earlier of two.
    ///
    /// # Errors
    /// [`NotOneInstant`].
    pub fn only_instant(&self, local: PrimitiveDateTime) -> Result<Timestamp, NotOneInstant> {
        let local = to_jiff(local).ok_or(NotOneInstant::OutOfTime)?;
        let found = self.0.to_ambiguous_timestamp(local);
        let at = |found: Result<jiff::Timestamp, jiff::Error>| {
            let at = found.map_err(|_| NotOneInstant::OutOfTime)?;
            Ok(Timestamp::from_micros(at.as_microsecond()))
        };
        match found.offset() {
            AmbiguousOffset::Unambiguous { .. } => at(found.earlier()),
            AmbiguousOffset::Fold { .. } => {
                Err(NotOneInstant::Twice(at(found.earlier())?, at(found.later())?))
            }
            AmbiguousOffset::Gap { .. } => Err(NotOneInstant::Skipped),
        }
    }
}

impl Zone for IanaZone {
    fn local(&self, at: Timestamp) -> Option<PrimitiveDateTime> {
        let at = jiff::Timestamp::from_microsecond(at.micros()).ok()?;
        from_jiff(self.0.to_datetime(at))
    }

    fn instant(&self, local: PrimitiveDateTime) -> Option<Timestamp> {
        // "Compatible" is the rule of our calendar: gaps move forward, folds are the earlier.
        let at = self.0.to_ambiguous_timestamp(to_jiff(local)?).compatible().ok()?;
        Some(Timestamp::from_micros(at.as_microsecond()))
    }
}

fn from_jiff(local: civil::DateTime) -> Option<PrimitiveDateTime> {
    let month = Month::try_from(u8::try_from(local.month()).ok()?).ok()?;
    let day = u8::try_from(local.day()).ok()?;
    let date = Date::from_calendar_date(i32::from(local.year()), month, day).ok()?;
    let time = Time::from_hms_nano(
        u8::try_from(local.hour()).ok()?,
        u8::try_from(local.minute()).ok()?,
        u8::try_from(local.second()).ok()?,
        u32::try_from(local.subsec_nanosecond()).ok()?,
    );
    Some(PrimitiveDateTime::new(date, time.ok()?))
}

fn to_jiff(local: PrimitiveDateTime) -> Option<civil::DateTime> {
    civil::DateTime::new(
        i16::try_from(local.year()).ok()?,
        i8::try_from(u8::from(local.month())).ok()?,
        i8::try_from(local.day()).ok()?,
        i8::try_from(local.hour()).ok()?,
        i8::try_from(local.minute()).ok()?,
        i8::try_from(local.second()).ok()?,
        i32::try_from(local.nanosecond()).ok()?,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use leaseline_core::expiry::{LeaseTerm, TermUnit};

    use super::*;

    fn check(zone: &str, from: &str, value: i64, unit: TermUnit, expected: &str) {
        let instant = |text: &str| {
            let at: jiff::Timestamp = text.parse().expect("a time");
            Timestamp::from_micros(at.as_microsecond())
        };
        let zone = IanaZone::by_name(zone).expect("a zone");
        let term = LeaseTerm::new(value, unit).expect("at least 1");
        assert_eq!(term.expiry(instant(from), &zone), Some(instant(expected)), "{from}");
    }

    #[test]
    fn months_are_counted_on_the_zones_calendar() {
        // 31 January 00:30 in Kuala Lumpur is still 30 January in UTC.
        check(
            "Asia/Kuala_Lumpur",
            "2027-01-30T16:30:00Z",
            1,
            TermUnit::Months,
            "2027-02-27T16:30:00Z",
        );
        check("UTC", "2027-01-30T16:30:00Z", 1, TermUnit::Months, "2027-02-28T16:30:00Z");
    }

    #[test]
    fn a_local_time_in_a_gap_moves_forward_and_a_double_one_is_the_earlier() {
        // Clocks in Berlin jump from 02:00 to 03:00 on 28 March 2027.
        check("Europe/Berlin", "2027-02-28T01:30:00Z", 1, TermUnit::Months, "2027-03-28T01:30:00Z");
        // They show 02:30 twice on 31 October 2027: at 00:30 and at 01:30 UTC.
        check("Europe/Berlin", "2027-09-30T00:30:00Z", 1, TermUnit::Months, "2027-10-30T00:30:00Z");
        check("Europe/Berlin", "2026-10-31T01:30:00Z", 1, TermUnit::Years, "2027-10-31T00:30:00Z");
        check("Europe/Berlin", "2027-03-27T01:30:00Z", 1, TermUnit::Days, "2027-03-28T01:30:00Z");
    }

    #[test]
    fn a_time_that_clocks_showed_twice_or_never_is_known_as_such() {
        let berlin = IanaZone::by_name("Europe/Berlin").expect("a zone");
        let local = |month, day, hour| {
            let date = Date::from_calendar_date(2027, month, day).expect("a day");
            PrimitiveDateTime::new(date, Time::from_hms(hour, 30, 0).expect("a time"))
        };
        let at = |text: &str| {
            let at: jiff::Timestamp = text.parse().expect("a time");
            Timestamp::from_micros(at.as_microsecond())
        };
        let twice = NotOneInstant::Twice(at("2027-10-31T00:30:00Z"), at("2027-10-31T01:30:00Z"));
        assert_eq!(berlin.only_instant(local(Month::October, 31, 2)), Err(twice.clone()));
        assert_eq!(
            twice.to_string(),
            "clocks showed this twice, at 2027-10-31 00:30:00 and 2027-10-31 01:30:00 UTC: say it in UTC"
        );
        assert_eq!(berlin.only_instant(local(Month::March, 28, 2)), Err(NotOneInstant::Skipped));
        assert_eq!(berlin.only_instant(local(Month::March, 28, 3)), Ok(at("2027-03-28T01:30:00Z")));
    }

    #[test]
    fn an_exact_name_is_written_as_the_database_writes_it() {
        let check = |name: &str, known: bool| {
            assert_eq!(IanaZone::by_exact_name(name).is_ok(), known, "{name:?}");
        };
        for name in ["Australia/Sydney", "US/Pacific", "UTC", "Etc/GMT+5", "Asia/Calcutta", "EST"] {
            check(name, true);
        }
        for name in ["australia/sydney", "Australia/sydney", "utc", "", "Etc/Unknown", "+10:00"] {
            check(name, false);
        }
    }

    #[test]
    fn an_unknown_zone_is_named() {
        let error = IanaZone::by_name("Mars/Olympus").expect_err("not on Earth");
        assert!(error.to_string().contains("Mars/Olympus"));
    }
}
