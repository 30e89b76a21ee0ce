//! A line of a file of records: texts in columns, and the record that they are.

use std::str::FromStr;

use leaseline_core::Timestamp;
use leaseline_core::account::AccountPart;
use leaseline_core::ids::SubAccountId;
use leaseline_core::ivr::Direction;
use leaseline_core::phone::PhoneNumber;
use leaseline_core::rating::SmsType;
use leaseline_core::record::{
    CallReport, CallResult, FaxOutcome, FaxReport, NewRecord, Party, PartyText, RecordName, Report,
    SmsReport, Tracking,
};
use leaseline_core::region::Region;

use super::Regions;
use crate::numbers::shown;

/// Who reported a record that names no switch.
const IMPORT: &str = "import";

/// The longest message, in characters: a hundred parts of the longest kind.
const LONGEST_MESSAGE: usize = 16_000;

/// The longest name of an account.
const LONGEST_ACCOUNT: usize = 100;

/// The columns: the fields of the records, and `kind`, which says of which.
pub(super) const COLUMNS: [&str; 30] = [
    "kind",
    "switch",
    "account",
    "sub_id",
    "direction",
    "from",
    "to",
    // Of calls.
    "call_id",
    "ref",
    "routed_to",
    "started_at",
    "answered_at",
    "ended_at",
    "duration_ms",
    "bill_ms",
    "result",
    "sip_code",
    "hangup_by",
    // Of faxes and messages.
    "record_id",
    "at",
    "station_id",
    "pages",
    "speed",
    "duration_s",
    "attempt",
    "error_code",
    "text",
    "sent",
    "tracking",
    "type",
];

/// A column, and what is wrong with it.
pub(super) type Wrong = (&'static str, String);

/// A line as it is written; an empty cell says nothing.
pub(super) struct Line<'a>(&'a [(&'static str, &'a str)]);

impl<'a> Line<'a> {
    pub(super) const fn new(cells: &'a [(&'static str, &'a str)]) -> Self {
        Self(cells)
    }

    /// The record that it is. Numbers without a country code are read in the region of its switch.
    pub(super) fn record(&self, regions: &Regions) -> Result<NewRecord, Wrong> {
        let region = regions.of(self.cell("switch"));
        let (name, at, report) = match self.needed("kind")? {
            "call" => ("call_id", "started_at", Report::Call(self.call(region)?)),
            "fax" => ("record_id", "at", Report::Fax(self.fax()?)),
            "sms" => ("record_id", "at", Report::Sms(self.message()?)),
            other => return Err(("kind", format!("{} is none of call, fax, sms", shown(other)))),
        };
        let account = self.account()?;
        let reporter = self.read("switch", RecordName::parse, NAME)?;
        Ok(NewRecord {
            reporter: reporter
                .or_else(|| RecordName::parse(IMPORT))
                .ok_or_else(|| missing("switch"))?,
            name: self.need(name, RecordName::parse, NAME)?,
            part: self.read("sub_id", part, "neither 0 nor the id of a sub-account")?,
            direction: self.direction(account.is_some(), &report)?,
            account,
            from: self.party("from", region)?.unwrap_or_else(nobody),
            to: self.party("to", region)?.ok_or_else(|| missing("to"))?,
            at: self.need(at, instant, INSTANT)?,
            report,
        })
    }

    fn call(&self, region: &Region) -> Result<CallReport, Wrong> {
        Ok(CallReport {
            reference: self
                .read("ref", RecordName::parse, NAME)?
                .map(|reference| reference.as_str().to_owned()),
            routed_to: self.party("routed_to", region)?,
            answered_at: self.read("answered_at", instant, INSTANT)?,
            ended_at: self.need("ended_at", instant, INSTANT)?,
            duration_ms: self.read("duration_ms", integer, MILLIS)?,
            bill_ms: self.need("bill_ms", integer, MILLIS)?,
            result: self.need("result", result, "neither answered nor failed")?,
            sip_code: self.read("sip_code", integer, "not a whole number")?,
            hangup_by: self.read("hangup_by", RecordName::parse, NAME)?,
        })
    }

    fn fax(&self) -> Result<FaxReport, Wrong> {
        const COUNT: &str = "not a whole number from 0 on";
        let outcome = |text: &str| FaxOutcome::parse(text).ok();
        Ok(FaxReport {
            station: self.read("station_id", station, "not at most 64 characters of a log")?,
            pages: self.need("pages", plain, COUNT)?,
            speed: self.read("speed", plain, COUNT)?.unwrap_or(0),
            duration_seconds: self.need("duration_s", plain, COUNT)?,
            attempt: self.read("attempt", plain, COUNT)?.unwrap_or(1),
            outcome: self.need("error_code", outcome, "not the code of an error")?,
        })
    }

    fn message(&self) -> Result<SmsReport, Wrong> {
        let sms_type = self.read("type", SmsType::by_name, "not a type of messages")?;
        Ok(SmsReport {
            text: self
                .read("text", text, "not a text of at most 16,000 characters")?
                .unwrap_or_default(),
            sent: self.read("sent", boolean, "neither true nor false")?.unwrap_or(true),
            tracking: self.read("tracking", Tracking::by_name, "not a state of tracking")?,
            sms_type: sms_type.unwrap_or(SmsType::Replies),
        })
    }

    fn account(&self) -> Result<Option<String>, Wrong> {
        let sound = |text: &str| {
            let sound =
                text.chars().count() <= LONGEST_ACCOUNT && !text.chars().any(char::is_control);
            sound.then(|| text.to_owned())
        };
        self.read("account", sound, "not the name of an account")
    }

    /// A fax or a message says which way it went; a call that does not goes out if it is an
    /// account's.
    fn direction(&self, has_account: bool, report: &Report) -> Result<Direction, Wrong> {
        let said = self.read("direction", direction, "neither in nor out")?;
        match (said, report) {
            (Some(direction), _) => Ok(direction),
            (None, Report::Call(_)) if has_account => Ok(Direction::Outbound),
            (None, Report::Call(_)) => Ok(Direction::Inbound),
            (None, Report::Fax(_) | Report::Sms(_)) => Err(missing("direction")),
        }
    }

    fn party(&self, column: &'static str, region: &Region) -> Result<Option<Party>, Wrong> {
        let read = |text: &str| {
            let number = PhoneNumber::parse(text, region).ok().map(|number| number.e164());
            PartyText::parse(text).map(|text| Party { text, number })
        };
        // Not quoted: it may be somebody's number.
        match self.cell(column) {
            Some(text) => read(text).map(Some).ok_or((column, format!("it is {PARTY}"))),
            None => Ok(None),
        }
    }

    fn need<T>(
        &self,
        column: &'static str,
        read: impl Fn(&str) -> Option<T>,
        what: &str,
    ) -> Result<T, Wrong> {
        self.read(column, read, what)?.ok_or_else(|| missing(column))
    }

    fn read<T>(
        &self,
        column: &'static str,
        read: impl Fn(&str) -> Option<T>,
        what: &str,
    ) -> Result<Option<T>, Wrong> {
        let wrong = || (column, format!("it is {what}"));
        self.cell(column).map(|text| read(text).ok_or_else(wrong)).transpose()
    }

    fn needed(&self, column: &'static str) -> Result<&str, Wrong> {
        self.cell(column).ok_or_else(|| missing(column))
    }

    fn cell(&self, column: &str) -> Option<&str> {
        let found = self.0.iter().find(|(name, _)| *name == column);
        found.map(|(_, text)| *text).filter(|text| !text.is_empty())
    }
}

const NAME: &str = "not 1 to 255 characters, none of them a control character";
const INSTANT: &str = "not a number of seconds since 1970";
const MILLIS: &str = "not a whole number of milliseconds";
const PARTY: &str = "not at most 64 of + 0-9 * # A-Z a-z @ . _ -, beginning with neither = nor @";

fn missing(column: &'static str) -> Wrong {
    (column, "it is missing".into())
}

fn nobody() -> Party {
    let text = PartyText::parse("").expect("no text is a text");
    Party { text, number: None }
}

fn part(text: &str) -> Option<AccountPart> {
    match plain(text)? {
        0 => Some(AccountPart::Main),
        id => SubAccountId::new(id).map(AccountPart::Sub),
    }
}

fn direction(text: &str) -> Option<Direction> {
    match text {
        "in" => Some(Direction::Inbound),
        "out" => Some(Direction::Outbound),
        _ => None,
    }
}

fn result(text: &str) -> Option<CallResult> {
    match text {
        "answered" => Some(CallResult::Answered),
        "failed" => Some(CallResult::Failed),
        _ => None,
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

fn text(text: &str) -> Option<String> {
    let sound = text.chars().count() <= LONGEST_MESSAGE && !text.contains('\0');
    sound.then(|| text.to_owned())
}

/// What the other machine calls itself may have blanks in it.
fn station(text: &str) -> Option<RecordName> {
    let sound = text.chars().count() <= 64 && !text.starts_with(['=', '@']);
    RecordName::parse(text).filter(|_| sound)
}

fn instant(text: &str) -> Option<Timestamp> {
    plain(text).and_then(Timestamp::from_seconds)
}

fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    plain::<u64>(digits).and_then(|_| text.parse().ok())
}

/// Digits alone.
fn plain<T: FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
