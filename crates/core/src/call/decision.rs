//! What is decided on a call before it is put through.

use std::time::Duration;

use crate::account::AccountPart;
use crate::call::{Bridge, CallRefusal, Dialled, OriginLabel};
use crate::ids::{CallRef, IvrMenuId};
use crate::ivr::Direction;
use crate::money::Credits;
use crate::record::{RecordKey, RecordOwner};
use crate::switch::SwitchTerms;
use crate::timestamp::Timestamp;

/// A call rings for at most this long before it is answered.
pub const LONGEST_RINGING: Duration = Duration::from_secs(120);

/// A record may come this much later than the call it tells of could have ended.
pub const RECORD_DELAY: Duration = Duration::from_secs(60);

/// So long the same question about a call has the same answer.
pub const ANSWER_KEPT: Duration = Duration::from_secs(24 * 3_600);

/// A decision that was made before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierDecision {
    /// The decision.
    pub decided: CallDecided,
    /// What became of it.
    pub state: CallState,
}

/// What becomes of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallState {
    /// The call is not put through, or nobody pays for it: nothing is awaited.
    Closed,
    /// Something may be set aside for it until its record comes.
    Open,
    /// Its record came.
    Settled,
    /// Another decision on the same call took its place.
    Replaced,
    /// Its time ran out and no record came.
    Lapsed,
}

/// A call as it was decided on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallDecided {
    /// The decision's own name, which the switch brings back with the record.
    pub id: CallRef,
    /// The call: the switch, and what it calls it.
    pub call: RecordKey,
    /// The how-manieth decision on that call it is.
    pub attempt: i64,
    /// What was asked.
    pub dialled: Dialled,
    /// On whose account.
    pub origin: OriginLabel,
    /// When.
    pub decided_at: Timestamp,
    /// What was decided.
    pub outcome: Result<CallPlan, CallRefusal>,
}

/// A call that is put through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallPlan {
    /// Where to.
    pub way: CallWay,
    /// For how long at most, in seconds; none is as long as it likes.
    pub max_seconds: Option<i64>,
    /// Who pays; nobody for a call to the emergency services.
    pub payer: Option<CallPayer>,
    /// What the caller is told first, if it calls by card.
    pub announcement: Option<Announcement>,
}

/// Where a call goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallWay {
    /// To a telephone.
    Bridge(Bridge),
    /// To an application of the number's subscriber.
    Ivml {
        /// Where it begins.
        launch_url: Box<str>,
        /// Where its result goes.
        result_url: Option<Box<str>>,
    },
    /// To a menu.
    Ivr(IvrMenuId),
    /// To the phones of an account.
    Sip {
        /// The name it logs in by.
        account: Box<str>,
        /// Which part of it.
        part: AccountPart,
    },
}

/// What a caller with a card is told before its call is put through: both amounts are the real ones
/// times the group's ghost percents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// What is on the card.
    pub balance: Credits,
    /// How long that lasts, in whole minutes; none is as long as anybody likes.
    pub minutes: Option<i64>,
}

/// Who pays for a call, and what is set aside for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallPayer {
    /// Whose call it is, and so who pays and by which terms.
    pub owner: RecordOwner,
    /// Which way it goes for its owner.
    pub direction: Direction,
    /// What is set aside.
    pub hold: Credits,
    /// From this instant on it no longer is, though no record came.
    pub held_until: Timestamp,
}

impl CallDecided {
    /// What is set aside for it.
    pub fn hold(&self) -> Credits {
        self.payer().map_or(Credits::ZERO, |payer| payer.hold)
    }

    /// Who pays for it.
    pub fn payer(&self) -> Option<&CallPayer> {
        self.outcome.as_ref().ok()?.payer.as_ref()
    }

    /// What it begins as.
    pub fn state(&self) -> CallState {
        if self.payer().is_some() { CallState::Open } else { CallState::Closed }
    }
}

/// When a hold ends by itself: the call may ring, then last, then be told of. Of a switch that
/// tells of answers, one that it did not tell of has not come.
pub(crate) fn held_until(
    decided_at: Timestamp,
    switch: &SwitchTerms,
    max_seconds: Option<i64>,
) -> Timestamp {
    let ringing = decided_at.saturating_add(LONGEST_RINGING);
    if switch.has_events { ringing } else { held_after_answer(ringing, max_seconds) }
}

/// When a hold ends by itself once the call was answered.
pub(crate) fn held_after_answer(answered_at: Timestamp, max_seconds: Option<i64>) -> Timestamp {
    let most = max_seconds.and_then(|seconds| u64::try_from(seconds).ok());
    let lasting = most.map_or(ANSWER_KEPT, Duration::from_secs);
    answered_at.saturating_add(lasting.saturating_add(RECORD_DELAY))
}
