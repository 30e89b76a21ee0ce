//! A record as it comes in.

use super::fax::FaxOutcome;
use super::settle::RecordFlag;
use super::sms::Tracking;
use super::text::{Party, RecordName};
use crate::account::AccountPart;
use crate::ivr::Direction;
use crate::pool::Service;
use crate::rating::{RatedService, SmsType, Usage};
use crate::timestamp::Timestamp;

/// What is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// A call.
    Call,
    /// A fax.
    Fax,
    /// A text message.
    Sms,
}

/// What a record is known by: no two have the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey {
    /// Its kind.
    pub kind: RecordKind,
    /// Who reported it.
    pub reporter: RecordName,
    /// What the reporter calls it.
    pub name: RecordName,
}

/// A record as it comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRecord {
    /// The switch that says so, or the label of an import.
    pub reporter: RecordName,
    /// What the reporter calls it.
    pub name: RecordName,
    /// The account it says it belongs to, by the name that the account logs in by.
    pub account: Option<String>,
    /// The part of that account, if it says so.
    pub part: Option<AccountPart>,
    /// Which way it went.
    pub direction: Direction,
    /// From whom.
    pub from: Party,
    /// To whom.
    pub to: Party,
    /// When it began.
    pub at: Timestamp,
    /// What happened.
    pub report: Report,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// A call took place, or was tried.
    Call(CallReport),
    /// A fax was sent or came in, or was tried.
    Fax(FaxReport),
    /// A message was sent or came in, or was tried.
    Sms(SmsReport),
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallReport {
    /// What we called the decision that let it through, if that is known.
    pub reference: Option<String>,
    /// Where it went.
    pub routed_to: Option<Party>,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Timestamp,
    /// How long it took in all, in milliseconds.
    pub duration_ms: Option<i64>,
    /// How long it was connected, in milliseconds, by one clock.
    pub bill_ms: i64,
    /// Whether it was answered.
    pub result: CallResult,
    /// How the switch ended it.
    pub sip_code: Option<i64>,
    /// Who hung up.
    pub hangup_by: Option<RecordName>,
}

/// How a call went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallResult {
    /// Somebody answered.
    Answered,
    /// Nobody did.
    Failed,
}

/// A fax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaxReport {
    /// What the other machine calls itself.
    pub station: Option<RecordName>,
    /// How many pages arrived.
    pub pages: u32,
    /// Bits per second.
    pub speed: u32,
    /// How long it took.
    pub duration_seconds: u32,
    /// The how-manieth try it was.
    pub attempt: u32,
    /// How it ended.
    pub outcome: FaxOutcome,
}

/// A text message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmsReport {
    /// What it says.
    pub text: String,
    /// Whether it went out.
    pub sent: bool,
    /// How far it is, if it is tracked.
    pub tracking: Option<Tracking>,
    /// As what it was sent.
    pub sms_type: SmsType,
}

/// A call that was reported longer than it was allowed by more than this is held to be an error of
/// the switch, and billed as long as it was allowed.
const OVERRUN_SECONDS: i64 = 5;

const MILLIS_PER_SECOND: u64 = 1_000;
const MICROS_PER_MILLI: i64 = 1_000;

impl NewRecord {
    /// What kind it is of.
    pub const fn kind(&self) -> RecordKind {
        match self.report {
            Report::Call(_) => RecordKind::Call,
            Report::Fax(_) => RecordKind::Fax,
            Report::Sms(_) => RecordKind::Sms,
        }
    }

    /// What it is known by.
    pub fn key(&self) -> RecordKey {
        let (reporter, name) = (self.reporter.clone(), self.name.clone());
        RecordKey { kind: self.kind(), reporter, name }
    }

    /// The service of a number that brings such a record to whoever has the number.
    pub const fn service(&self) -> Service {
        match self.report {
            Report::Call(_) => Service::Voice,
            Report::Fax(_) => Service::Fax,
            Report::Sms(_) => Service::Sms,
        }
    }

    /// As what it is priced and how much of it there was, for one that went this way and was
    /// allowed to last so long; `None` when such records cost nothing: what failed, and faxes and
    /// messages that came in.
    pub(super) fn priced_as(
        &self,
        direction: Direction,
        max_seconds: Option<i64>,
    ) -> Option<(RatedService, Usage)> {
        match (&self.report, direction) {
            (Report::Call(call), direction) => {
                let service = RatedService::of_call(direction);
                let seconds = call.billable_seconds(max_seconds);
                (seconds > 0).then(|| (service, Usage::seconds(seconds)))
            }
            (Report::Fax(fax), Direction::Outbound) if fax.outcome.is_success() => {
                let usage = Usage::fax(fax.pages.into(), fax.duration_seconds.into());
                Some((RatedService::Fax, usage))
            }
            (Report::Sms(sms), Direction::Outbound) if sms.sent => {
                Some((RatedService::Sms(sms.sms_type), Usage::message()))
            }
            (Report::Fax(_) | Report::Sms(_), _) => None,
        }
    }

    /// When a call connected; `None` for one that did not, and for what is no call. An answer that
    /// was not while the call went on is none.
    pub(super) fn connected_at(&self) -> Option<Timestamp> {
        match &self.report {
            Report::Call(call) if call.billable_seconds(None) > 0 => {
                let during = |at: &Timestamp| (self.at..=call.ended_at).contains(at);
                Some(call.answered_at.filter(during).unwrap_or(self.at))
            }
            Report::Call(_) | Report::Fax(_) | Report::Sms(_) => None,
        }
    }

    /// How far it is, if it is a message that is tracked.
    pub const fn tracking(&self) -> Option<Tracking> {
        match &self.report {
            Report::Sms(sms) => sms.tracking,
            Report::Call(_) | Report::Fax(_) => None,
        }
    }

    /// All that it says, but for how far a message is: two records with the same name say the same
    /// if and only if their words are equal. They hold whole numbers and whole texts, and belong
    /// into the store alone.
    pub fn in_words(&self) -> String {
        let micros = |at: Timestamp| at.micros();
        let party = |party: &Party| party.text.as_str().to_owned();
        let part = self.part.map(|part| match part {
            AccountPart::Main => 0,
            AccountPart::Sub(id) => id.get(),
        });
        let of_report = match &self.report {
            Report::Call(call) => format!(
                "call {:?} {:?} {:?} {} {:?} {} {:?} {:?} {:?}",
                call.reference,
                call.routed_to.as_ref().map(party),
                call.answered_at.map(micros),
                micros(call.ended_at),
                call.duration_ms,
                call.bill_ms,
                call.result,
                call.sip_code,
                call.hangup_by.as_ref().map(RecordName::as_str),
            ),
            Report::Fax(fax) => format!(
                "fax {:?} {} {} {} {} {} {:?}",
                fax.station.as_ref().map(RecordName::as_str),
                fax.pages,
                fax.speed,
                fax.duration_seconds,
                fax.attempt,
                fax.outcome.code(),
                fax.outcome.raw().map(|raw| raw.as_str().to_owned()),
            ),
            Report::Sms(sms) => format!("sms {:?} {} {:?}", sms.text, sms.sent, sms.sms_type),
        };
        format!(
            "{:?} {part:?} {:?} from {:?} to {:?} at {}: {of_report}",
            self.account,
            self.direction,
            self.from.text.as_str(),
            self.to.text.as_str(),
            micros(self.at),
        )
    }
}

impl CallReport {
    /// Seconds that are billed before a rate or a block rounds them: whole ones, none of a failed
    /// call, and no more than it was allowed to last where it is said to have overrun that.
    pub fn billable_seconds(&self, max_seconds: Option<i64>) -> u64 {
        let overrun = max_seconds.filter(|_| self.has_overrun(max_seconds));
        match (self.result, overrun.map(i64::unsigned_abs)) {
            (CallResult::Failed, _) => 0,
            (CallResult::Answered, Some(allowed)) => allowed,
            (CallResult::Answered, None) => {
                u64::try_from(self.bill_ms).unwrap_or(0).div_ceil(MILLIS_PER_SECOND)
            }
        }
    }

    /// A length that cannot be meant.
    pub(super) fn oddity(&self, max_seconds: Option<i64>) -> Option<RecordFlag> {
        match self.bill_ms {
            ..0 => Some(RecordFlag::NegativeDuration),
            _ if self.has_overrun(max_seconds) => Some(RecordFlag::Overrun),
            _ => None,
        }
    }

    fn has_overrun(&self, max_seconds: Option<i64>) -> bool {
        let longest = |seconds: i64| seconds.saturating_add(OVERRUN_SECONDS).saturating_mul(1_000);
        max_seconds.is_some_and(|seconds| self.bill_ms > longest(seconds))
    }
}

impl CallResult {
    /// How long a call is said to have lasted, in whole seconds begun: from its answer to its end,
    /// by the one clock that bills it; a failed one from its beginning to its failure.
    pub fn duration_seconds(self, began_at: Timestamp, ended_at: Timestamp, bill_ms: i64) -> u64 {
        let millis = match self {
            Self::Answered => bill_ms,
            Self::Failed => ended_at.micros().saturating_sub(began_at.micros()) / MICROS_PER_MILLI,
        };
        u64::try_from(millis).unwrap_or(0).div_ceil(MILLIS_PER_SECOND)
    }
}
