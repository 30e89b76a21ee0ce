//! The logs: read page by page while they are sent, so that a long one takes no more memory than a
//! short one, however slowly its reader reads.

mod rows;

use actix_web::web::Bytes;
use futures_util::stream::{self, StreamExt};
use leaseline_core::account::AccountPart;
use leaseline_core::ivr::Direction;
use leaseline_core::record::RecordKind;
use leaseline_core::timestamp::Zone;
use leaseline_hub::records::{ActivityCursor, ActivityFilter, RecordLine};
use leaseline_hub::{Failure, Hub, IanaZone};
use time::Date;

use crate::call::Call;
use crate::days::{self, Days};
use crate::error::Error;
use crate::intake::Parameters;
use crate::parameter::{self, optional, required};
use crate::reply::{BrokenOff, Output};

/// So many records are read at a time.
const PAGE: u32 = 500;

/// So often a page is asked for before the log is broken off: whoever reads for minutes meets a busy
/// moment of the store sooner or later.
const TRIES: u32 = 5;

/// Which rows are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Wanted {
    days: Days,
    /// At most so many rows, the first ones.
    limit: u64,
    part: Option<AccountPart>,
}

/// A log on its way to its reader.
struct Reading {
    hub: Hub,
    zone: IanaZone,
    days: Days,
    filter: ActivityFilter,
    after: Option<ActivityCursor>,
    /// So many more rows are wanted.
    left: u64,
    is_over: bool,
}

/// The log of a kind and direction. Its first page is read before anything is said, so that a
/// store that is away has its error.
pub(crate) async fn answer(
    call: &Call<'_>,
    kind: RecordKind,
    direction: Direction,
) -> Result<Output, Error> {
    // Read anew: the account that logged in may be half a second old, and its zone another.
    let account = call.hub.account(call.account.id).await?;
    let zone = IanaZone::by_exact_name(&account.profile.time_zone);
    let zone = zone.map_err(|_| Error::Unavailable)?;
    let today = days::today(&zone, call.hub.now()).ok_or(Error::Unavailable)?;
    let Wanted { days, limit, part } = wanted(call.parameters, &zone, today)?;
    call.know(part).await?;
    let (from, until) = (days.from, days.until);
    let filter = ActivityFilter { account: account.id, kind, direction, part, from, until };
    let hub = call.hub.clone();
    let log = Reading { hub, zone, days, filter, after: None, left: limit, is_over: false };
    log.begun(rows::header(kind, direction)).await
}

impl Reading {
    /// The header and the first rows at once, the rest while they are sent.
    async fn begun(mut self, header: &str) -> Result<Output, Error> {
        // A caller who has not heard anything yet can ask again.
        let first = self.page(1).await?.unwrap_or_default();
        let begun = format!("{header}\n{first}");
        if self.is_over {
            return Ok(Output::Text(begun));
        }
        let begun = stream::iter([Ok(Bytes::from(begun))]);
        let rest = stream::try_unfold(self, async |mut log| {
            let page = log.page(TRIES).await?;
            Ok::<_, BrokenOff>(page.map(|rows| (Bytes::from(rows), log)))
        });
        Ok(Output::stream(begun.chain(rest)))
    }

    /// The next rows; none when the log is over.
    async fn page(&mut self, tries: u32) -> Result<Option<String>, Failure> {
        let mut rows = String::new();
        while rows.is_empty() && !self.is_over {
            let records = self.records(tries).await?;
            let is_full = u32::try_from(records.len()) == Ok(PAGE);
            self.after = records.last().map(RecordLine::cursor);
            records.iter().for_each(|record| self.push(record, &mut rows));
            self.is_over = !is_full || self.left == 0;
        }
        Ok((!rows.is_empty()).then_some(rows))
    }

    async fn records(&self, tries: u32) -> Result<Vec<RecordLine>, Failure> {
        for _ in 1..tries {
            if let Ok(records) = self.hub.activity(self.filter, self.after, PAGE).await {
                return Ok(records);
            }
        }
        self.hub.activity(self.filter, self.after, PAGE).await
    }

    /// Writes a record's row, if it is wanted: where clocks were set back, records of other days
    /// lie between those of one.
    fn push(&mut self, record: &RecordLine, rows: &mut String) {
        let shown = self.zone.local(record.at).filter(|shown| self.days.include(*shown));
        if let (Some(shown), 1..) = (shown, self.left) {
            rows.push_str(&rows::row(record, shown).end());
            self.left -= 1;
        }
    }
}

/// Reads the parameters of a log. A day that lies after today is none.
fn wanted(parameters: &Parameters, zone: &dyn Zone, today: Date) -> Result<Wanted, Error> {
    let day = |text: &str| parameter::day(text).filter(|day| *day <= today);
    let first = required(parameters, "startdate", day, Error::StartDate)?;
    let last = required(parameters, "enddate", day, Error::EndDate)?;
    let limit = optional(parameters, "limit", parameter::limit, Error::Incomplete)?;
    let part = optional(parameters, "subid", parameter::part, Error::SubAccount)?;
    let days = Days::new(first, last, zone).ok_or(Error::StartDate)?;
    Ok(Wanted { days, limit: limit.unwrap_or(u64::MAX), part })
}

/// See [`crate::properties`].
#[cfg(any(test, fuzzing))]
pub(crate) mod properties {
    use time::Month;

    use super::*;

    /// Judges the parameters of a log on a day: what is wanted lies before it.
    pub(crate) fn judge(parameters: &Parameters) -> Result<(), Error> {
        let zone = IanaZone::by_name("Australia/Sydney").expect("in the database");
        let today = Date::from_calendar_date(2026, Month::November, 26).expect("a day");
        let Wanted { days, limit, .. } = wanted(parameters, &zone, today)?;
        let shown = zone.local(days.until).expect("within the calendar");
        assert!(limit >= 1 && shown.date() <= today.saturating_add(time::Duration::days(2)));
        Ok(())
    }
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
