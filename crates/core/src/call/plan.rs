//! Who pays for a call and where it goes, for each way in which one can be made.

use std::fmt;
use std::sync::Arc;

use crate::account::AccountPart;
use crate::call::authorise::{AuthoriseRequest, AuthoriseView};
use crate::call::decision::held_until;
use crate::call::{
    Announcement, BlockTariff, Bridge, CallLedger, CallPayer, CallPlan, CallRefusal, CallWay,
    Cover, Day, Dialled, Funds,
};
use crate::card::{CardGroupTerms, CardLife};
use crate::customer::{ChargeMethod, Customer};
use crate::did::Assignment;
use crate::ids::{CardId, LedgerId, RateDeckId};
use crate::ivr::Direction;
use crate::lease::{Lease, LeaseMember};
use crate::money::Credits;
use crate::phone::{E164, PhoneNumber};
use crate::rating::{FoundRate, RatedService};
use crate::record::{AccountOwner, CardOwner, LeaseOwner, RecordOwner};
use crate::timestamp::{Timestamp, Zone};

/// A number that is subscribed to for calls, as a call to it finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalledDid {
    /// Whose it is.
    pub owner: AccountOwner,
    /// Where it leads; none while it is assigned to nothing.
    pub way: Option<CallWay>,
}

/// An account that calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallingAccount {
    /// Which, and the part of it that calls.
    pub owner: AccountOwner,
    /// Its numbers for calls, the one it has had longest first.
    pub numbers: Vec<VoiceDid>,
}

/// A number of an account that calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceDid {
    /// The number.
    pub number: PhoneNumber,
    /// What it leads to.
    pub assigned: Assignment,
}

/// What is said of the card that a call is made with.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CardClaim {
    /// Its number and its PIN.
    Pin {
        /// The number.
        number: Box<str>,
        /// The PIN.
        pin: Box<str>,
    },
    /// The telephone that it is recognised by.
    CallerId(Box<str>),
    /// Nothing that is looked at: whoever says it has said too much that was wrong.
    HeldOff,
}

/// A card that a call is made with; the claim was found to be true.
#[derive(Clone)]
pub struct CallingCard {
    /// Which.
    pub card: CardId,
    /// Its ledger.
    pub ledger: LedgerId,
    /// Its use so far.
    pub life: CardLife,
    /// With less on it than this it makes no calls.
    pub least_balance: Credits,
    /// What its group's cards have in common.
    pub terms: CardGroupTerms,
    /// What calls with it cost; none when nobody has said so.
    pub deck: Option<RateDeckId>,
    /// On whose calendar its days are counted.
    pub zone: Arc<dyn Zone>,
}

// A PIN may not end up in a log.
impl fmt::Debug for CardClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pin { .. } => f.write_str("Pin"),
            Self::CallerId(_) => f.write_str("CallerId"),
            Self::HeldOff => f.write_str("HeldOff"),
        }
    }
}

impl fmt::Debug for CallingCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallingCard").field("card", &self.card).finish_non_exhaustive()
    }
}

/// Who would pay for a call, with what the decision needs of it.
struct Payer<'a> {
    customer: &'a Customer,
    ledger: &'a CallLedger,
}

impl AuthoriseView {
    /// To the emergency services as dialled: nothing is asked and nothing is charged.
    pub(super) fn emergency(dialled: &Dialled) -> CallPlan {
        let to = dialled.to.text.as_str().into();
        let way = CallWay::Bridge(Bridge { to, caller_id: dialled.shown(), is_private: false });
        CallPlan { way, max_seconds: None, payer: None, announcement: None }
    }

    /// A call to a number that is leased, or subscribed to.
    pub(super) fn to_number(
        &self,
        request: &AuthoriseRequest,
        now: Timestamp,
    ) -> Result<CallPlan, CallRefusal> {
        let number = request.dialled.to.number.ok_or(CallRefusal::NoSuchNumber)?;
        if let Some((lease, member)) = self.leased(number) {
            return self.to_lease(request, lease, member, now);
        }
        let did = self.dids.get(&number).ok_or(CallRefusal::NoSuchNumber)?;
        self.to_did(request, number, did, now)
    }

    fn leased(&self, number: E164) -> Option<(&Lease, &LeaseMember)> {
        let lease = self.leases.get(&number)?;
        let member = lease.members.iter().find(|member| member.number.e164() == number)?;
        Some((lease, member))
    }

    fn to_lease(
        &self,
        request: &AuthoriseRequest,
        lease: &Lease,
        member: &LeaseMember,
        now: Timestamp,
    ) -> Result<CallPlan, CallRefusal> {
        let bridge = request.dialled.route(lease, member, request.single)?;
        let customer = self.customers.get(&lease.customer).ok_or(CallRefusal::NoSuchNumber)?;
        let payer = self.payer(customer)?;
        let destination = member.user.phone().e164();
        payer.permit(Some(destination), now)?;
        let tariff = BlockTariff::of(customer.profile.terms(lease.kind));
        let cover = Cover::by_blocks(tariff, payer.available(), request.longest_seconds);
        let cover = cover.ok_or(CallRefusal::NoCredit)?;
        if self.leased_phones.contains(&destination) {
            return Err(CallRefusal::Loop);
        }
        request.dialled.refuse_loop(destination)?;
        let owner = RecordOwner::Lease(LeaseOwner {
            lease: lease.id,
            kind: lease.kind,
            customer: lease.customer,
            ledger: customer.ledger,
            tariff,
        });
        Ok(request.plan(CallWay::Bridge(bridge), cover, (owner, Direction::Inbound), now))
    }

    /// A call that comes in costs what its subscriber's deck says, or nothing.
    fn to_did(
        &self,
        request: &AuthoriseRequest,
        number: E164,
        did: &CalledDid,
        now: Timestamp,
    ) -> Result<CallPlan, CallRefusal> {
        let customer = self.customers.get(&did.owner.customer).ok_or(CallRefusal::NoSuchNumber)?;
        let payer = self.payer(customer)?;
        payer.permit(None, now)?;
        let way = did.way.clone().ok_or(CallRefusal::Unassigned)?;
        let cover = match self.rate(did.owner.deck, RatedService::VoiceIn, number) {
            Some(found) => Cover::by_rate(&found.rate, payer.available(), request.longest_seconds)
                .ok_or(CallRefusal::NoCredit)?,
            None => Cover::free(request.longest_seconds),
        };
        request.dialled.refuse_hops()?;
        let owner = RecordOwner::Account(did.owner);
        Ok(request.plan(way, cover, (owner, Direction::Inbound), now))
    }

    /// A call from the phone of an account.
    pub(super) fn of_account(
        &self,
        request: &AuthoriseRequest,
        key: &(Box<str>, AccountPart),
        now: Timestamp,
    ) -> Result<CallPlan, CallRefusal> {
        let account = self.accounts.get(key).ok_or(CallRefusal::UnknownAccount)?;
        let owner = account.owner;
        let customer = self.customers.get(&owner.customer).ok_or(CallRefusal::UnknownAccount)?;
        let payer = self.payer(customer)?;
        let number = request.dialled.to.number.ok_or(CallRefusal::NoRate)?;
        payer.permit(Some(number), now)?;
        let found = self.rate(owner.deck, RatedService::Voice, number);
        let found = found.ok_or(CallRefusal::NoRate)?;
        let cover = Cover::by_rate(&found.rate, payer.available(), request.longest_seconds);
        let cover = cover.ok_or(CallRefusal::NoCredit)?;
        request.dialled.refuse_loop(number)?;
        let way = self.way_out(request, account, number);
        let owner = RecordOwner::Account(owner);
        Ok(request.plan(way, cover, (owner, Direction::Outbound), now))
    }

    /// To the phones behind a number of ours, or to the world.
    fn way_out(
        &self,
        request: &AuthoriseRequest,
        account: &CallingAccount,
        number: E164,
    ) -> CallWay {
        match self.dids.get(&number).and_then(|did| did.way.clone()) {
            Some(phones @ CallWay::Sip { .. }) => phones,
            _ => {
                let caller_id = account.caller_id(request.dialled.from.number);
                let is_private = caller_id.is_none() || request.dialled.is_hidden;
                let to = request.dialled.to.text.as_str().into();
                CallWay::Bridge(Bridge { to, caller_id, is_private })
            }
        }
    }

    /// A call with a card.
    pub(super) fn by_card(
        &self,
        request: &AuthoriseRequest,
        claim: &CardClaim,
        now: Timestamp,
    ) -> Result<CallPlan, CallRefusal> {
        let card = self.cards.get(claim).ok_or(CallRefusal::WrongCard)?;
        card.life.usable(&card.terms, now).map_err(|_| CallRefusal::CardNotValid)?;
        let ledger = self.ledgers.get(&card.ledger).ok_or(CallRefusal::WrongCard)?;
        let (deck, number) = (card.deck, request.dialled.to.number.ok_or(CallRefusal::NoRate)?);
        let found = self.rate(deck, RatedService::Voice, number).ok_or(CallRefusal::NoRate)?;
        if ledger.head.balance < card.least_balance {
            return Err(CallRefusal::NoCredit);
        }
        let available = card.available(ledger, now).ok_or(CallRefusal::NoCredit)?;
        let cover = Cover::by_rate(&found.rate, Some(available), request.longest_seconds);
        let cover = cover.ok_or(CallRefusal::NoCredit)?;
        request.dialled.refuse_loop(number)?;
        let caller_id = request.dialled.shown();
        let is_private = caller_id.is_none() || request.dialled.is_hidden;
        let to = request.dialled.to.text.as_str().into();
        let way = CallWay::Bridge(Bridge { to, caller_id, is_private });
        let deck = deck.ok_or(CallRefusal::NoRate)?;
        let owner = RecordOwner::Card(CardOwner { card: card.card, ledger: card.ledger, deck });
        let mut plan = request.plan(way, cover, (owner, Direction::Outbound), now);
        // How long the credit lasts, also where a call may not last as long.
        let lasts = Cover::by_rate(&found.rate, Some(available), None);
        let lasts = lasts.and_then(|cover| cover.max_seconds);
        plan.announcement = Some(card.announcement(ledger.head.balance, lasts));
        // What the card costs by itself when the call connects is set aside with the call.
        if let Some(payer) = &mut plan.payer {
            let fees = card.fees_due(now).and_then(|fees| payer.hold.checked_add(fees));
            payer.hold = fees.ok_or(CallRefusal::NoCredit)?;
        }
        Ok(plan)
    }

    fn payer<'a>(&'a self, customer: &'a Customer) -> Result<Payer<'a>, CallRefusal> {
        let ledger = self.ledgers.get(&customer.ledger).ok_or(CallRefusal::NoCredit)?;
        Ok(Payer { customer, ledger })
    }

    fn rate(
        &self,
        deck: Option<RateDeckId>,
        service: RatedService,
        number: E164,
    ) -> Option<&FoundRate> {
        self.rates.get(&(deck?, service, number))
    }
}

impl Payer<'_> {
    fn permit(&self, destination: Option<E164>, now: Timestamp) -> Result<(), CallRefusal> {
        let active = self.customer.active().map_err(|_| CallRefusal::CustomerSuspended)?;
        let profile = &self.customer.profile;
        if profile.max_calls.is_exceeded_by(self.ledger.calls.saturating_add(1)) {
            return Err(CallRefusal::TooManyCalls);
        }
        let (most, spent) = (profile.max_spend_per_day, self.ledger.spent_on(Day::of(now)));
        if most.is_set() && spent.get() >= most.get() {
            return Err(CallRefusal::SpentForToday);
        }
        let allowed = destination.is_none_or(|number| active.allows(number));
        allowed.then_some(()).ok_or(CallRefusal::DestinationNotAllowed)
    }

    fn available(&self) -> Option<Credits> {
        let profile = &self.customer.profile;
        Funds {
            balance: self.ledger.head.balance,
            held: self.ledger.held,
            charge_method: profile.charge_method,
            credit_limit: profile.credit_limit,
        }
        .available()
    }
}

impl CallingAccount {
    /// The number that the called one sees: the one that the caller says, if its part of the account
    /// may show it, else the one that the account has had longest.
    fn caller_id(&self, from: Option<E164>) -> Option<Box<str>> {
        let part = self.owner.part;
        let may_show = |did: &&VoiceDid| {
            let free_or_its_own = [Assignment::Nothing, Assignment::Sip(part)];
            part == AccountPart::Main || free_or_its_own.contains(&did.assigned)
        };
        let mut showable = self.numbers.iter().filter(may_show);
        let said = showable.find(|did| Some(did.number.e164()) == from);
        let shown = said.or_else(|| self.numbers.first())?;
        Some(shown.number.sent().into())
    }
}

impl CallingCard {
    /// What the call may cost: what is on the card, less what is set aside and what the card costs
    /// by itself once the call connects.
    fn available(&self, ledger: &CallLedger, now: Timestamp) -> Option<Credits> {
        let funds = Funds {
            balance: ledger.head.balance,
            held: ledger.held,
            charge_method: ChargeMethod::Prepaid,
            credit_limit: None,
        };
        funds.available()?.checked_add(self.fees_due(now)?.checked_neg()?)
    }

    /// The set-up fee and the days that are due when a call connects now.
    fn fees_due(&self, now: Timestamp) -> Option<Credits> {
        self.connected(now, now).map(|(_, fees)| fees)
    }

    /// The card's life after a call that connected then, and what the card costs by itself for it
    /// now; `None` where that cannot be counted.
    pub fn connected(&self, at: Timestamp, now: Timestamp) -> Option<(CardLife, Credits)> {
        let missed = self.life.days_missed(&self.terms, &*self.zone, at)?;
        let first_use = Some(self.life.first_use.map_or(at, |first| first.min(at)));
        let mut life = CardLife { first_use, ..self.life };
        let days = life.days_due(&self.terms, &*self.zone, now);
        if let Some(days) = &days {
            life.daily_charge_paid_till = Some(days.paid_till);
        }
        let days = days.map_or(Credits::ZERO, |days| days.amount);
        let fees = self.life.setup_fee_due(&self.terms).checked_add(missed)?;
        Some((life, fees.checked_add(days)?))
    }

    fn announcement(&self, balance: Credits, lasts: Option<i64>) -> Announcement {
        let balance = self.terms.announced_balance(balance).unwrap_or(balance);
        let seconds = lasts.map(|real| self.terms.announced_seconds(real).unwrap_or(real));
        Announcement { balance, minutes: seconds.map(|seconds| seconds / 60) }
    }
}

impl AuthoriseRequest {
    fn plan(
        &self,
        way: CallWay,
        cover: Cover,
        (owner, direction): (RecordOwner, Direction),
        now: Timestamp,
    ) -> CallPlan {
        let held_until = held_until(now, &self.terms, cover.max_seconds);
        let payer = CallPayer { owner, direction, hold: cover.hold, held_until };
        let max_seconds = cover.max_seconds;
        CallPlan { way, max_seconds, payer: Some(payer), announcement: None }
    }
}
