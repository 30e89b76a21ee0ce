//! The decision on a call.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::account::AccountPart;
use crate::call::{
    ANSWER_KEPT, CallDecided, CallLedger, CallOrigin, CallPlan, CallRefusal, CallState, CalledDid,
    CallingAccount, CallingCard, CardClaim, Dialled, EarlierDecision, SingleCallerId,
};
use crate::customer::Customer;
use crate::ids::{CallRef, CustomerId, LedgerId, RateDeckId};
use crate::lease::Lease;
use crate::phone::E164;
use crate::rating::{FoundRate, RatedService};
use crate::record::RecordKey;
use crate::switch::SwitchTerms;
use crate::timestamp::Timestamp;

/// A switch asks what to do with a call.
#[derive(Clone, Debug)]
pub struct AuthoriseRequest {
    /// What holds for the calls of the switch that asks.
    pub terms: Arc<SwitchTerms>,
    /// The call: the switch's name, and what it calls it.
    pub call: RecordKey,
    /// What was dialled, and by whom.
    pub dialled: Dialled,
    /// On whose account.
    pub origin: CallOrigin,
    /// Which number the phone behind a single lease sees.
    pub single: SingleCallerId,
    /// No call lasts longer than so many seconds; none is no bound.
    pub longest_seconds: Option<i64>,
}

/// What the decisions on a batch of calls may see. Each one changes it for those after it.
#[derive(Debug, Default)]
pub struct AuthoriseView {
    /// The live leases of the dialled numbers.
    pub leases: HashMap<E164, Arc<Lease>>,
    /// Those of the phones they lead to that are numbers of ours in somebody's hands.
    pub leased_phones: HashSet<E164>,
    /// Those of the dialled numbers that are subscribed to for calls.
    pub dids: HashMap<E164, CalledDid>,
    /// The accounts that call, as far as they may.
    pub accounts: HashMap<(Box<str>, AccountPart), CallingAccount>,
    /// The cards that calls are made with.
    pub cards: HashMap<CardClaim, CallingCard>,
    /// What the numbers that are called, or that are called on, cost.
    pub rates: HashMap<(RateDeckId, RatedService, E164), FoundRate>,
    /// The customers of all these.
    pub customers: HashMap<CustomerId, Customer>,
    /// The ledgers of all these.
    pub ledgers: HashMap<LedgerId, CallLedger>,
    /// The last decision on each of the calls.
    pub earlier: HashMap<RecordKey, EarlierDecision>,
}

/// A decision, new or given before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authorised {
    /// It was made just now; the hold of the one before it on the same call, if any, is gone.
    Fresh {
        /// The decision.
        decided: CallDecided,
        /// The attempt that it replaces.
        replaces: Option<i64>,
    },
    /// The switch asked the same before.
    Repeated(CallDecided),
}

impl Authorised {
    /// The decision.
    pub const fn decided(&self) -> &CallDecided {
        match self {
            Self::Fresh { decided, .. } | Self::Repeated(decided) => decided,
        }
    }
}

impl AuthoriseView {
    /// Decides one call under the given name. The same question has the same answer until the
    /// call's record came or a day has passed; another question about the call replaces it.
    pub fn authorise(
        &mut self,
        request: &AuthoriseRequest,
        id: CallRef,
        now: Timestamp,
    ) -> Authorised {
        let earlier = self.earlier.get(&request.call).cloned();
        if let Some(earlier) = &earlier
            && earlier.answers(request, now)
        {
            return Authorised::Repeated(earlier.decided.clone());
        }
        let open = earlier.as_ref().filter(|earlier| earlier.is_open(now));
        let replaces = open.map(|open| open.decided.attempt);
        open.into_iter().for_each(|open| self.let_go(&open.decided));
        let decided = CallDecided {
            id,
            call: request.call.clone(),
            attempt: earlier.map_or(1, |earlier| earlier.decided.attempt + 1),
            dialled: request.dialled.clone(),
            origin: request.origin.label(),
            decided_at: now,
            outcome: self.decide(request, now),
        };
        self.set_aside(&decided);
        let state = decided.state();
        let latest = EarlierDecision { decided: decided.clone(), state };
        self.earlier.insert(request.call.clone(), latest);
        Authorised::Fresh { decided, replaces }
    }

    fn decide(&self, request: &AuthoriseRequest, now: Timestamp) -> Result<CallPlan, CallRefusal> {
        if request.terms.is_emergency(request.dialled.to.text.as_str()) {
            return Ok(Self::emergency(&request.dialled));
        }
        match &request.origin {
            CallOrigin::Number => self.to_number(request, now),
            CallOrigin::Account { user, part } => {
                self.of_account(request, &(user.clone(), *part), now)
            }
            CallOrigin::Card(claim) => self.by_card(request, claim, now),
        }
    }

    fn set_aside(&mut self, decided: &CallDecided) {
        if let Some(payer) = decided.payer()
            && let Some(ledger) = self.ledgers.get_mut(&payer.owner.ledger())
        {
            ledger.hold(payer.hold);
        }
    }

    fn let_go(&mut self, decided: &CallDecided) {
        if let Some(payer) = decided.payer()
            && let Some(ledger) = self.ledgers.get_mut(&payer.owner.ledger())
        {
            ledger.let_go(payer.hold);
        }
    }
}

impl EarlierDecision {
    /// Whether this is the answer to the question. Whoever was refused for its card may have typed
    /// another PIN since.
    fn answers(&self, request: &AuthoriseRequest, now: Timestamp) -> bool {
        let decided = &self.decided;
        let may_stand = match self.state {
            CallState::Open => self.is_open(now),
            CallState::Closed => {
                !matches!(decided.outcome, Err(CallRefusal::WrongCard | CallRefusal::CardNotValid))
            }
            CallState::Settled | CallState::Replaced | CallState::Lapsed => false,
        };
        may_stand
            && decided.dialled.is_like(&request.dialled)
            && decided.origin == request.origin.label()
            && now < decided.decided_at.saturating_add(ANSWER_KEPT)
    }

    /// Whether something is set aside for it.
    fn is_open(&self, now: Timestamp) -> bool {
        let payer = self.decided.payer();
        self.state == CallState::Open && payer.is_some_and(|payer| now < payer.held_until)
    }
}
