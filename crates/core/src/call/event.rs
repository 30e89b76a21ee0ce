//! What a switch tells of a call while it goes on.

use std::sync::Arc;

use crate::call::CallDecided;
use crate::call::decision::{ANSWER_KEPT, held_after_answer};
use crate::ids::CallRef;
use crate::money::Credits;
use crate::record::RecordKey;
use crate::switch::Switch;
use crate::timestamp::Timestamp;

/// Something happened to a call.
#[derive(Clone, Debug)]
pub struct CallEvent {
    /// Which switch tells.
    pub switch: Arc<Switch>,
    /// The call: the switch, and what it calls it.
    pub call: RecordKey,
    /// Our decision on it, where it says which.
    pub reference: Option<CallRef>,
    /// What happened.
    pub happening: CallHappening,
    /// When.
    pub at: Timestamp,
}

/// What can happen to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallHappening {
    /// Somebody answered.
    Answer,
    /// It ended.
    Hangup,
}

/// What is set aside for a call, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// How much.
    pub amount: Credits,
    /// Until this instant.
    pub until: Timestamp,
}

impl CallEvent {
    /// What is set aside for the call after this, which is heard of `now`; `answered_at` is when it
    /// was answered, as far as anybody told, `price` what so many seconds of it cost. `None` where it
    /// changes nothing, as what a switch tells that does not tell everything. It is never more than is
    /// set aside already.
    pub fn hold_after(
        &self,
        decided: &CallDecided,
        answered_at: Option<Timestamp>,
        now: Timestamp,
        price: impl Fn(u64) -> Option<Credits>,
    ) -> Option<Hold> {
        let plan = decided.outcome.as_ref().ok().filter(|_| self.switch.terms.has_events)?;
        let held = plan.payer.as_ref()?.hold;
        match (self.happening, answered_at) {
            (CallHappening::Answer, None) => {
                // Whatever the switch's clock says: it cannot have been before we let the call
                // through, nor after we hear of it.
                let answered_at = self.at.max(decided.decided_at).min(now);
                let until = held_after_answer(answered_at, plan.max_seconds);
                Some(Hold { amount: held, until })
            }
            (CallHappening::Answer, Some(_)) => None,
            // At once, also where the switch's clock is ahead of ours.
            (CallHappening::Hangup, None) => Some(Hold { amount: held, until: self.at.min(now) }),
            (CallHappening::Hangup, Some(answered_at)) => {
                let cost = price(self.seconds_since(answered_at)).unwrap_or(held);
                let until = self.at.saturating_add(ANSWER_KEPT);
                Some(Hold { amount: cost.min(held), until })
            }
        }
    }

    /// Begun seconds.
    fn seconds_since(&self, answered_at: Timestamp) -> u64 {
        let micros = self.at.micros().saturating_sub(answered_at.micros());
        u64::try_from(micros).unwrap_or(0).div_ceil(1_000_000)
    }
}
