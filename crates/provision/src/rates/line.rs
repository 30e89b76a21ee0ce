//! A line of a rate deck: texts in columns, and what they mean.

use std::num::NonZeroU32;
use std::str::FromStr;

use leaseline_core::Timestamp;
use leaseline_core::decimal::Rounding;
use leaseline_core::phone::Prefix;
use leaseline_core::rating::{Counting, Price, RateKey, RateTerms, RatedService, SmsType, Step};

use crate::spot::Spot;

/// The columns, in the documented order.
pub(super) const COLUMNS: [&str; 16] = [
    "service",
    "prefix",
    "connect_fee",
    "from_second",
    "price",
    "per_seconds",
    "increment",
    "counting",
    "minimum",
    "rounding",
    "decimals",
    "max_cost",
    "per_page",
    "sms_type",
    "valid_from",
    "valid_till",
];

/// What each line of a rate says of its own step; all else belongs to the whole rate.
const OF_A_STEP: [&str; 4] = ["from_second", "price", "per_seconds", "increment"];

/// A line as it is written.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) spot: Spot,
    cells: [String; COLUMNS.len()],
}

/// A column whose text does not mean anything.
#[derive(Debug)]
pub(super) struct BadCell {
    pub(super) column: &'static str,
    pub(super) what: String,
}

type Meant<T> = Result<T, BadCell>;

impl Line {
    pub(super) fn new(spot: Spot) -> Self {
        Self { spot, cells: std::array::from_fn(|_| String::new()) }
    }

    /// Writes a text into a known column.
    pub(super) fn set(&mut self, column: &'static str, text: &str) {
        if let Some(place) = COLUMNS.iter().position(|known| *known == column) {
            self.cells[place] = text.to_owned();
        }
    }

    fn cell(&self, column: &'static str) -> Option<&str> {
        let place = COLUMNS.iter().position(|known| *known == column)?;
        Some(self.cells[place].as_str()).filter(|text| !text.is_empty())
    }

    /// For what it is.
    pub(super) fn key(&self) -> Meant<RateKey> {
        let service = self.service()?;
        let valid_from = self.instant("valid_from")?;
        let digits = self.needed("prefix")?;
        let prefix = Prefix::parse(digits)
            .ok_or_else(|| bad("prefix", format!("{digits:?} is not 1 to 15 digits")))?;
        RateKey::new(service, &prefix, valid_from)
            .ok_or_else(|| bad("prefix", "no international number begins with 0"))
    }

    /// The end of its validity.
    pub(super) fn valid_till(&self) -> Meant<Option<Timestamp>> {
        let till = self.instant("valid_till")?;
        match (self.instant("valid_from")?, till) {
            (Some(from), Some(till)) if till <= from => {
                Err(bad("valid_till", "it does not lie after valid_from"))
            }
            (_, till) => Ok(till),
        }
    }

    /// All that it says of the rate, its own step included.
    pub(super) fn terms(&self, service: RatedService) -> Meant<RateTerms> {
        let is_message = matches!(service, RatedService::Sms(_));
        let is_fax = service == RatedService::Fax;
        let per_page = self.price("per_page")?;
        Ok(RateTerms {
            connect_fee: self.price("connect_fee")?.unwrap_or(Price::ZERO),
            steps: self.step(service)?.into_iter().collect(),
            counting: self.counting()?,
            // Nothing for a page is what there is to say of everything but a fax.
            per_page: per_page.filter(|price| is_fax || *price != Price::ZERO),
            per_message: if is_message { self.price("price")? } else { None },
            rounding: self.rounding()?,
            decimals: self.parsed("decimals", "a number of decimals, 0 to 4")?.unwrap_or(4),
            max_cost: self.price("max_cost")?,
        })
    }

    /// Its step; a message has none whatever stands there, and a fax need not have one.
    pub(super) fn step(&self, service: RatedService) -> Meant<Option<Step>> {
        let from_second = self.parsed("from_second", "a number of seconds")?.unwrap_or(0);
        if matches!(service, RatedService::Sms(_)) {
            return match from_second {
                0 => Ok(None),
                _ => Err(bad("from_second", "a message has no duration")),
            };
        }
        if OF_A_STEP.into_iter().all(|column| self.cell(column).is_none()) {
            return Ok(None);
        }
        let positive = |column| {
            let seconds = self.parsed::<NonZeroU32>(column, "a number of seconds from 1 on")?;
            seconds.ok_or_else(|| missing(column))
        };
        Ok(Some(Step {
            from_second,
            price: self.price("price")?.ok_or_else(|| missing("price"))?,
            per_seconds: positive("per_seconds")?,
            increment: positive("increment")?,
        }))
    }

    /// A column in which this line says something of the whole rate that the first line of the
    /// rate does not say.
    pub(super) fn contradiction(&self, first: &Self) -> Option<&'static str> {
        let of_the_rate = |column: &&str| !OF_A_STEP.contains(column);
        let mut columns = COLUMNS.into_iter().filter(of_the_rate);
        columns.find(|column| {
            let said = self.cell(column);
            said.is_some() && said != first.cell(column)
        })
    }

    fn service(&self) -> Meant<RatedService> {
        let name = self.needed("service")?;
        let sms_type = self.cell("sms_type");
        let service = match name {
            "voice" => RatedService::Voice,
            "voice_in" => RatedService::VoiceIn,
            "fax" => RatedService::Fax,
            "sms" => return self.sms_type().map(RatedService::Sms),
            other => {
                let what = format!("{other:?} is none of voice, voice_in, fax, sms");
                return Err(bad("service", what));
            }
        };
        match sms_type {
            Some(_) => Err(bad("sms_type", "only a message has a type")),
            None => Ok(service),
        }
    }

    fn sms_type(&self) -> Meant<SmsType> {
        let name = self.needed("sms_type")?;
        SmsType::by_name(name).ok_or_else(|| {
            let what = format!("{name:?} is none of replies, masking, tracking, masktrack");
            bad("sms_type", what)
        })
    }

    fn counting(&self) -> Meant<Counting> {
        let minimum = self.parsed("minimum", "a number of seconds")?;
        match self.cell("counting") {
            Some("from_zero") => Ok(Counting::FromZero { minimum: minimum.unwrap_or(0) }),
            Some("after_first") | None if minimum.unwrap_or(0) > 0 => {
                Err(bad("minimum", "only what is counted from_zero has a minimum"))
            }
            Some("after_first") | None => Ok(Counting::AfterFirst),
            Some(other) => {
                Err(bad("counting", format!("{other:?} is neither after_first nor from_zero")))
            }
        }
    }

    fn rounding(&self) -> Meant<Rounding> {
        match self.cell("rounding") {
            Some("up") => Ok(Rounding::Up),
            Some("half_up") | None => Ok(Rounding::HalfUp),
            Some("down") => Ok(Rounding::Down),
            Some(other) => Err(bad("rounding", format!("{other:?} is none of up, half_up, down"))),
        }
    }

    fn price(&self, column: &'static str) -> Meant<Option<Price>> {
        let read = |text: &str| {
            let what = || format!("{text:?} is not an amount in dollars with at most 9 decimals");
            Price::parse(text).ok_or_else(|| bad(column, what()))
        };
        self.cell(column).map(read).transpose()
    }

    fn parsed<T: FromStr>(&self, column: &'static str, what: &str) -> Meant<Option<T>> {
        let read = |text: &str| {
            let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
            let value = text.parse().ok().filter(|_| is_plain);
            value.ok_or_else(|| bad(column, format!("{text:?} is not {what}")))
        };
        self.cell(column).map(read).transpose()
    }

    /// An instant with its offset, or the beginning of a day in UTC.
    fn instant(&self, column: &'static str) -> Meant<Option<Timestamp>> {
        let read = |text: &str| {
            let what =
                || format!("{text:?} is neither an instant such as 2027-02-19T12:00:00Z nor a day");
            instant(text).ok_or_else(|| bad(column, what()))
        };
        self.cell(column).map(read).transpose()
    }

    fn needed(&self, column: &'static str) -> Meant<&str> {
        self.cell(column).ok_or_else(|| missing(column))
    }
}

fn instant(text: &str) -> Option<Timestamp> {
    let at = text.parse::<jiff::Timestamp>().ok();
    let at = at.or_else(|| {
        let day = text.parse::<jiff::civil::Date>().ok().filter(|day| day.to_string() == text)?;
        day.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|midnight| midnight.timestamp())
    });
    at.map(|at| Timestamp::from_micros(at.as_microsecond()))
}

fn bad(column: &'static str, what: impl Into<String>) -> BadCell {
    BadCell { column, what: what.into() }
}

fn missing(column: &'static str) -> BadCell {
    bad(column, "it is missing")
}
