//! Instants as they are typed: RFC 3339, or date and time in a zone.

use leaseline_core::Timestamp;
use leaseline_hub::{IanaZone, NotOneInstant};
use leaseline_service::rfc3339;
use time::{Date, Month, PrimitiveDateTime, Time};

/// An instant, or what the clocks of some zone show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    Instant(Timestamp),
    Local(PrimitiveDateTime),
}

impl When {
    /// Reads `2027-02-19T12:00:00Z`, `2027-02-19 20:00` or `2027-02-19 20:00:30`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let local = local(text).map(Self::Local);
        local.or_else(|| rfc3339::parse(text).ok().map(Self::Instant)).ok_or_else(|| {
            "write 2027-02-19T12:00:00Z, or 2027-02-19 20:00:00 as the clocks of --tz show it"
                .into()
        })
    }

    /// The instant.
    ///
    /// # Errors
    /// [`NotOneInstant`] for what the zone's clocks showed twice or never.
    pub(crate) fn instant(self, zone: &IanaZone) -> Result<Timestamp, NotOneInstant> {
        match self {
            Self::Instant(at) => Ok(at),
            Self::Local(local) => zone.only_instant(local),
        }
    }
}

fn local(text: &str) -> Option<PrimitiveDateTime> {
    let (date, time) = text.split_once(' ')?;
    let [year, month, day] = parts(date, '-')?.try_into().ok()?;
    let date = Date::from_calendar_date(i32::from(year), month_of(month)?, u8_of(day)?).ok()?;
    let time = match *parts(time, ':')?.as_slice() {
        [hour, minute] => Time::from_hms(u8_of(hour)?, u8_of(minute)?, 0),
        [hour, minute, second] => Time::from_hms(u8_of(hour)?, u8_of(minute)?, u8_of(second)?),
        _ => return None,
    };
    Some(PrimitiveDateTime::new(date, time.ok()?))
}

/// Groups of digits.
fn parts(text: &str, separator: char) -> Option<Vec<u16>> {
    let number = |digits: &str| {
        let sound = digits.bytes().all(|byte| byte.is_ascii_digit());
        sound.then(|| digits.parse().ok()).flatten()
    };
    text.split(separator).map(number).collect()
}

fn month_of(number: u16) -> Option<Month> {
    Month::try_from(u8_of(number)?).ok()
}

fn u8_of(number: u16) -> Option<u8> {
    u8::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, zone: &str, expected: Option<&str>) {
        let zone = IanaZone::by_name(zone).unwrap();
        let at = When::parse(text).ok().and_then(|when| when.instant(&zone).ok());
        assert_eq!(at.map(rfc3339::format).as_deref(), expected, "{text}");
    }

    #[test]
    fn an_instant_is_typed_in_one_of_three_ways() {
        check("2027-02-19T20:00:00+08:00", "Europe/Berlin", Some("2027-02-19T12:00:00Z"));
        check("2027-02-19 20:00", "Asia/Kuala_Lumpur", Some("2027-02-19T12:00:00Z"));
        check("2027-02-19 20:00:30", "UTC", Some("2027-02-19T20:00:30Z"));
        check("2027-10-31 02:30", "Europe/Berlin", None);
        check("2027-03-28 02:30", "Europe/Berlin", None);
        for wrong in [
            "",
            "now",
            "2027-02-19",
            "2027-02-30 10:00",
            "2027-02-19 24:00",
            "2027-02-19 1:2:3:4",
            "2027-02-19 +1:00",
            "19-02-2027 10:00x",
        ] {
            check(wrong, "UTC", None);
        }
    }
}
