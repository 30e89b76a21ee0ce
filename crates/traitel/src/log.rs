//! The logs: read page by page while they are sent, so that a long one takes no more memory than a
//! short one, however slowly its reader reads.

use leaseline_core::account::AccountPart;
use leaseline_core::timestamp::Zone;
use time::Date;

use crate::days::Days;
use crate::error::Error;
use crate::intake::Parameters;
use crate::parameter::{self, optional, required};

/// Which rows are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) days: Days,
    /// At most so many rows, the first ones.
    pub(crate) limit: u64,
    pub(crate) part: Option<AccountPart>,
}

/// Reads the parameters of a log. A day that lies after today is none.
pub(crate) fn wanted(
    parameters: &Parameters,
    zone: &dyn Zone,
    today: Date,
) -> Result<Wanted, Error> {
    let day = |text: &str| parameter::day(text).filter(|day| *day <= today);
    let first = required(parameters, "startdate", day, Error::StartDate)?;
    let last = required(parameters, "enddate", day, Error::EndDate)?;
    let limit = optional(parameters, "limit", parameter::limit, Error::Incomplete)?;
    let part = optional(parameters, "subid", parameter::part, Error::SubAccount)?;
    let days = Days::new(first, last, zone).ok_or(Error::StartDate)?;
    Ok(Wanted { days, limit: limit.unwrap_or(u64::MAX), part })
}

#[cfg(test)]
mod tests {
    use leaseline_hub::IanaZone;
    use time::Month;

    use super::*;

    fn check(query: &str, expected: Result<(u64, Option<AccountPart>), Error>) {
        let zone = IanaZone::by_name("Australia/Sydney").unwrap();
        let today = Date::from_calendar_date(2026, Month::November, 25).unwrap();
        let read = wanted(&Parameters::of(query), &zone, today);
        assert_eq!(read.map(|wanted| (wanted.limit, wanted.part)), expected, "{query}");
    }

    #[test]
    fn values_are_judged_in_the_order_of_the_table() {
        let days = "startdate=2026-11-01&enddate=2026-11-25";
        check(days, Ok((u64::MAX, None)));
        check(&format!("{days}&limit=&subid="), Ok((u64::MAX, None)));
        check(&format!("{days}&limit=5&subid=0"), Ok((5, Some(AccountPart::Main))));
        check("startdate=2026-11-25&enddate=2026-11-01", Ok((u64::MAX, None)));
        check("startdate=2026-11-26&enddate=2026-11-26&limit=x", Err(Error::StartDate));
        check("startdate=2026-02-29&enddate=x", Err(Error::StartDate));
        check("startdate=2026-11-25&enddate=2026-11-26&limit=x", Err(Error::EndDate));
        check("startdate=2026-11-25&enddate=25.11.2026", Err(Error::EndDate));
        check(&format!("{days}&limit=0&subid=x"), Err(Error::Incomplete));
        check(&format!("{days}&limit=-1"), Err(Error::Incomplete));
        check(&format!("{days}&subid=x"), Err(Error::SubAccount));
    }
}
