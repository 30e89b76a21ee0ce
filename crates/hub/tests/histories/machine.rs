//! A machine that does one thing at a time. Which of the free numbers is granted is not its to say:
//! where several processes write, it is one that no other is about to take.

use std::collections::{BTreeMap, BTreeSet};

use leaseline_core::Refusal;
use leaseline_core::customer::CustomerStatus;
use leaseline_core::ids::{CustomerId, LeaseId};
use leaseline_core::lease::LeaseKind;
use leaseline_core::phone::E164;
use leaseline_testkit::history::Sequential;

use crate::client::{Answer, Ask};
use crate::race::{MONTHLY, SETUP};

/// The customers that have limits.
#[derive(Default)]
pub(crate) struct Machine {
    pub(crate) most_leases: BTreeMap<CustomerId, usize>,
    pub(crate) most_reserved: BTreeMap<CustomerId, usize>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct State {
    pub(crate) free: BTreeSet<E164>,
    pub(crate) leases: BTreeMap<LeaseId, (CustomerId, E164)>,
    /// The leases that end when the clock goes on.
    pub(crate) ending: BTreeSet<LeaseId>,
    pub(crate) balances: BTreeMap<CustomerId, i64>,
    /// Whose months are due, and how many.
    pub(crate) due: Option<(CustomerId, usize)>,
    kept: BTreeMap<CustomerId, usize>,
    suspended: BTreeSet<CustomerId>,
    answers: BTreeMap<usize, String>,
    subscribed: BTreeSet<E164>,
    aliases: BTreeSet<String>,
}

impl Sequential for Machine {
    type State = State;
    type Asked = Ask;
    type Answered = Answer;

    fn after(&self, state: &State, asked: &Ask, answered: &Answer) -> Option<State> {
        let mut after = state.clone();
        let is_possible = match asked {
            Ask::Lease(customer) => after.lease(*customer, self, answered),
            Ask::Release(lease) => after.release(*lease, answered),
            Ask::Query(lease) => *answered == Answer::IsLive(state.leases.contains_key(lease)),
            Ask::Reserve(customer, quantity) => {
                let quantity = usize::try_from(*quantity).unwrap();
                after.reserve(*customer, quantity, self, answered)
            }
            Ask::TopUp(customer, amount) => {
                *answered == Answer::Balance(after.book(*customer, *amount))
            }
            Ask::TopUpOnce(customer, key) => after.top_up_once(*customer, *key, answered),
            Ask::Balance(customer) => *answered == Answer::Balance(after.book(*customer, 0)),
            Ask::SetStatus(customer, status) => after.set_status(*customer, *status, answered),
            Ask::Subscribe(customer, _, number) => {
                after.subscribe(*customer, number.e164(), answered)
            }
            Ask::AddAlias(_, alias) => {
                let is_new = after.aliases.insert((*alias).to_owned());
                *answered == if is_new { Answer::Done } else { Answer::NotToBeHad }
            }
            Ask::Aliases(_) => {
                *answered == Answer::Aliases(state.aliases.iter().cloned().collect())
            }
            Ask::Authorise(_, _, number) => {
                let mut held = state.leases.values().map(|(_, number)| *number);
                *answered == Answer::IsPutThrough(held.any(|held| held == number.e164()))
            }
            Ask::ChargeMonth => after.charge(answered),
            Ask::Expire => after.expire(),
        };
        is_possible.then_some(after)
    }

    /// No race takes the store away: every answer is known.
    fn after_unknown(&self, _: &State, _: &Ask) -> Vec<State> {
        Vec::new()
    }
}

impl State {
    fn lease(&mut self, customer: CustomerId, machine: &Machine, answered: &Answer) -> bool {
        let live = self.leases.values().filter(|(holder, _)| *holder == customer).count();
        let is_full = machine.most_leases.get(&customer).is_some_and(|most| live >= *most);
        let refusal = if self.suspended.contains(&customer) {
            Some(Refusal::CustomerSuspended)
        } else if is_full {
            Some(Refusal::LeaseLimitReached(LeaseKind::Single))
        } else if self.free.is_empty() {
            Some(Refusal::NoFreeNumber)
        } else {
            None
        };
        match answered {
            Answer::Refused(refused) => refusal.as_ref() == Some(refused),
            Answer::Leased(lease, number) => {
                let is_first = self.leases.insert(*lease, (customer, *number)).is_none();
                refusal.is_none() && is_first && self.free.remove(number)
            }
            _ => false,
        }
    }

    fn release(&mut self, lease: LeaseId, answered: &Answer) -> bool {
        match (self.leases.remove(&lease), answered) {
            (Some((_, number)), Answer::Done) => self.free.insert(number),
            (None, Answer::Refused(Refusal::LeaseUnknown)) => true,
            _ => false,
        }
    }

    fn reserve(
        &mut self,
        customer: CustomerId,
        quantity: usize,
        machine: &Machine,
        answered: &Answer,
    ) -> bool {
        let kept = self.kept.entry(customer).or_default();
        let most = machine.most_reserved.get(&customer);
        let is_full = most.is_some_and(|most| *kept + quantity > *most);
        match answered {
            Answer::Refused(Refusal::ReserveLimitReached) => is_full,
            Answer::Refused(Refusal::NoFreeNumber) => !is_full && self.free.len() < quantity,
            Answer::Reserved(numbers) => {
                *kept += quantity;
                let were_free = numbers.iter().all(|number| self.free.remove(number));
                !is_full && numbers.len() == quantity && were_free
            }
            _ => false,
        }
    }

    /// The balance after it.
    fn book(&mut self, customer: CustomerId, amount: i64) -> i64 {
        let balance = self.balances.entry(customer).or_default();
        *balance += amount;
        *balance
    }

    fn top_up_once(&mut self, customer: CustomerId, key: usize, answered: &Answer) -> bool {
        if let Some(before) = self.answers.get(&key) {
            return *answered == Answer::Repeated(before.clone());
        }
        let balance = self.book(customer, 1);
        self.answers.insert(key, balance.to_string());
        *answered == Answer::Balance(balance)
    }

    fn set_status(
        &mut self,
        customer: CustomerId,
        status: CustomerStatus,
        answered: &Answer,
    ) -> bool {
        match status {
            CustomerStatus::Suspended => self.suspended.insert(customer),
            CustomerStatus::Active => self.suspended.remove(&customer),
        };
        *answered == Answer::Done
    }

    fn subscribe(&mut self, customer: CustomerId, number: E164, answered: &Answer) -> bool {
        let is_paid_for = self.book(customer, 0) >= SETUP + MONTHLY;
        if is_paid_for && self.subscribed.insert(number) {
            self.book(customer, -SETUP - MONTHLY);
            return *answered == Answer::Done;
        }
        *answered == Answer::NotToBeHad
    }

    /// At most one month of each subscription at a time, and those that are due are debited.
    fn charge(&mut self, answered: &Answer) -> bool {
        let (Some((customer, due)), Answer::Charged(charged)) = (self.due, answered) else {
            return false;
        };
        let Some(left) = due.checked_sub(*charged) else { return false };
        self.due = Some((customer, left));
        self.book(customer, -MONTHLY * i64::try_from(*charged).unwrap());
        true
    }

    fn expire(&mut self) -> bool {
        for lease in std::mem::take(&mut self.ending) {
            let ended = self.leases.remove(&lease);
            self.free.extend(ended.map(|(_, number)| number));
        }
        true
    }
}
