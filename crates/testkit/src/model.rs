//! What must come out when requests are made one at a time: the rules once more, told as plainly
//! as can be, over lists that are searched from end to end. It shares the words with
//! `leaseline_core` but none of its decisions.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use leaseline_core::api_user::Caller;
use leaseline_core::customer::{
    Customer, CustomerStatus, CustomerUpdate, CustomerView, Limit, NewCustomer,
};
use leaseline_core::ids::{ApiUserId, CustomerId, LeaseId, LedgerId, NumberId, SourceId};
use leaseline_core::lease::{Lease, LeaseGranted, LeaseKind, LeaseMember, LeaseRequest};
use leaseline_core::ledger::{EntryKind, LedgerEntry, TopUpRequest, ToppedUp};
use leaseline_core::money::Credits;
use leaseline_core::phone::{E164, PhoneNumber};
use leaseline_core::pool::FreeNumber;
use leaseline_core::release::{LeaseReleased, ReleaseRequest};
use leaseline_core::reservation::{NumbersReserved, ReserveRequest};
use leaseline_core::{Refusal, Timestamp};
use leaseline_hub::Settled;

/// How long an answer is kept for whoever repeats his request.
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// An inventory and ledgers without a database.
///
/// It is told the ids that the hub made: they are the one thing that it can not know.
#[derive(Debug)]
pub struct Model {
    max_leases_per_phone: Limit,
    /// In the order of import.
    numbers: Vec<Number>,
    customers: BTreeMap<CustomerId, Account>,
    leases: Vec<Lease>,
    answers: HashMap<Once, Answer>,
}

/// An idempotency key: it belongs to a user and an operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Once {
    /// Whose it is.
    pub user: ApiUserId,
    /// What it was sent to.
    pub operation: &'static str,
    /// The key.
    pub key: String,
}

#[derive(Debug)]
struct Number {
    number: PhoneNumber,
    quarantine: Duration,
    reserved_for: Option<CustomerId>,
    free_from: Timestamp,
    turns: i64,
}

#[derive(Debug)]
struct Account {
    customer: Customer,
    entries: Vec<Credits>,
}

#[derive(Debug)]
struct Answer {
    fingerprint: Vec<u8>,
    text: String,
    at: Timestamp,
}

impl Model {
    /// An empty one, for hubs with this setting.
    pub fn new(max_leases_per_phone: Limit) -> Self {
        Self {
            max_leases_per_phone,
            numbers: Vec::new(),
            customers: BTreeMap::new(),
            leases: Vec::new(),
            answers: HashMap::new(),
        }
    }

    /// Takes in numbers.
    pub fn import(&mut self, numbers: &[PhoneNumber], quarantine: Duration) {
        self.numbers.extend(numbers.iter().map(|number| Number {
            number: number.clone(),
            quarantine,
            reserved_for: None,
            free_from: Timestamp::EPOCH,
            turns: 0,
        }));
    }

    /// Takes in a customer that was made under this id.
    pub fn create(&mut self, new: &NewCustomer, id: CustomerId, now: Timestamp) {
        let suspended = new.profile.status == CustomerStatus::Suspended;
        let customer = Customer {
            id,
            ledger: LedgerId::new(id.get()).expect("at least 1, as the customer's"),
            profile: new.profile.clone(),
            created_at: now,
            suspended_at: suspended.then_some(now),
            has_reserve: false,
        };
        let opening = Some(new.opening_balance).filter(|amount| *amount != Credits::ZERO);
        let entries = opening.into_iter().collect();
        self.customers.insert(id, Account { customer, entries });
    }

    /// A request for a lease, granted under this id.
    ///
    /// # Errors
    /// [`Refusal`], by the order of checks of the Apigate facade.
    pub fn lease(
        &mut self,
        request: &LeaseRequest,
        id: LeaseId,
        now: Timestamp,
    ) -> Result<LeaseGranted, Refusal> {
        self.permit(request, now)?;
        let expires_at = request.term.expiry(now, &*request.zone).ok_or(Refusal::ExpiryTooFar)?;
        let reserve = Some(request.customer).filter(|&customer| self.reserved(customer) > 0);
        let picked = self.pick(reserve, request.party.users().len(), now)?;
        let mut members = Vec::new();
        let mut free_from = Vec::new();
        for (place, user) in picked.into_iter().zip(request.party.users()) {
            let number = &mut self.numbers[place];
            number.turns += 1;
            number.free_from = expires_at.saturating_add(number.quarantine);
            free_from.push(number.free_from);
            members.push(LeaseMember {
                number_id: number_id(place),
                number: number.number.clone(),
                turn: number.turns,
                user: user.clone(),
            });
        }
        let lease = Lease {
            id,
            customer: request.customer,
            kind: request.party.kind(),
            granted_by: request.caller.user(),
            granted_at: now,
            expires_at,
            released_at: None,
            members,
        };
        self.leases.push(lease.clone());
        Ok(LeaseGranted { lease, free_from })
    }

    fn permit(&self, request: &LeaseRequest, now: Timestamp) -> Result<(), Refusal> {
        let kind = request.party.kind();
        let profile = &self.active(&request.caller, request.customer)?.customer.profile;
        let terms = profile.terms(kind);
        if !terms.enabled {
            return Err(Refusal::ServiceNotEnabled(kind));
        }
        for phone in request.party.phones() {
            if self.numbers.iter().any(|number| number.number.e164() == phone) {
                return Err(Refusal::PhoneIsOurs);
            }
            let prefixes = &profile.allowed_prefixes;
            if !prefixes.is_empty() && !prefixes.iter().any(|prefix| prefix.covers(phone)) {
                return Err(Refusal::PrefixNotAllowed);
            }
        }
        if is_reached(terms.max_leases, self.live(request.customer, kind, now)) {
            return Err(Refusal::LeaseLimitReached(kind));
        }
        for phone in request.party.phones() {
            let live = self.live_with_phone(request.customer, phone, now);
            if is_reached(self.max_leases_per_phone, live) {
                return Err(Refusal::PhoneLeaseLimitReached);
            }
        }
        Ok(())
    }

    /// A request to give a lease back.
    ///
    /// # Errors
    /// [`Refusal::LeaseUnknown`].
    pub fn release(
        &mut self,
        request: &ReleaseRequest,
        now: Timestamp,
    ) -> Result<LeaseReleased, Refusal> {
        self.query(&request.caller, request.lease, request.kind, now)?;
        let same = |lease: &&mut Lease| lease.id == request.lease;
        let lease = self.leases.iter_mut().find(same).expect("it was just found");
        lease.released_at = Some(now);
        let mut numbers = Vec::new();
        for member in &lease.members {
            let held = |number: &&mut Number| number.number == member.number;
            let number = self.numbers.iter_mut().find(held).expect("numbers never go away");
            number.free_from = now.saturating_add(number.quarantine);
            numbers.push((member.number_id, number.free_from));
        }
        let Lease { id, customer, kind, .. } = *lease;
        Ok(LeaseReleased { lease: id, customer, kind, released_at: now, numbers })
    }

    /// The live lease of this kind with this reference, if the caller may see it.
    ///
    /// # Errors
    /// [`Refusal::LeaseUnknown`].
    pub fn query(
        &self,
        caller: &Caller,
        id: LeaseId,
        kind: LeaseKind,
        now: Timestamp,
    ) -> Result<Lease, Refusal> {
        let found = self.leases.iter().find(|lease| lease.id == id);
        let visible = found.filter(|lease| {
            lease.kind == kind && is_live(lease, now) && caller.reaches(lease.customer)
        });
        visible.cloned().ok_or(Refusal::LeaseUnknown)
    }

    /// A request to set numbers aside.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn reserve(
        &mut self,
        request: &ReserveRequest,
        now: Timestamp,
    ) -> Result<NumbersReserved, Refusal> {
        let most = self.active(&request.caller, request.customer)?.customer.profile.max_reserved;
        let quantity = usize::try_from(request.quantity.get()).expect("a usize is not smaller");
        if most.is_set() && self.reserved(request.customer) + quantity > counted(most) {
            return Err(Refusal::ReserveLimitReached);
        }
        let mut numbers = Vec::new();
        for place in self.pick(None, quantity, now)? {
            let number = &mut self.numbers[place];
            number.reserved_for = Some(request.customer);
            numbers.push(FreeNumber {
                id: number_id(place),
                number: number.number.clone(),
                turn: number.turns,
                quarantine: number.quarantine,
            });
        }
        Ok(NumbersReserved { customer: request.customer, numbers })
    }

    /// A request to add credit, booked under this source.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn top_up(
        &mut self,
        request: &TopUpRequest,
        source: SourceId,
        now: Timestamp,
    ) -> Result<ToppedUp, Refusal> {
        let mut after = self.account(&request.caller, request.customer)?.balance();
        after = after.checked_add(request.amount).ok_or(Refusal::AmountOverflow)?;
        let account = self.customers.get_mut(&request.customer).expect("it was just found");
        account.entries.push(request.amount);
        let entry = LedgerEntry {
            ledger: account.customer.ledger,
            seq: i64::try_from(account.entries.len()).expect("a test books less"),
            amount: request.amount,
            balance_after: after,
            kind: EntryKind::TopUp,
            source,
            reference: None,
            at: now,
        };
        Ok(ToppedUp { customer: request.customer, entry })
    }

    /// A request to change a customer.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn update(
        &mut self,
        request: &CustomerUpdate,
        now: Timestamp,
    ) -> Result<Customer, Refusal> {
        let mut customer = self.view(&request.caller, request.customer)?.customer;
        let was_active = customer.profile.status == CustomerStatus::Active;
        // Which fields a change replaces is the core's to say; when it dates a suspension is not.
        customer.profile = customer.clone().changed(request.change.clone(), now).profile;
        if was_active && customer.profile.status == CustomerStatus::Suspended {
            customer.suspended_at = Some(now);
        }
        let account = self.customers.get_mut(&request.customer).expect("it was just found");
        account.customer = customer.clone();
        Ok(customer)
    }

    /// A customer with its balance.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn view(&self, caller: &Caller, id: CustomerId) -> Result<CustomerView, Refusal> {
        let account = self.account(caller, id)?;
        let has_reserve = self.reserved(id) > 0;
        let customer = Customer { has_reserve, ..account.customer.clone() };
        Ok(CustomerView { customer, balance: account.balance() })
    }

    /// A request that is carried out once for all that come with its key.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn once<O>(
        &mut self,
        once: &Once,
        fingerprint: &[u8],
        now: Timestamp,
        answer: impl Fn(&O) -> String,
        decide: impl FnOnce(&mut Self) -> Result<O, Refusal>,
    ) -> Result<Settled<O>, Refusal> {
        let kept = self.answers.get(once).filter(|kept| now < kept.at.saturating_add(DAY));
        match kept {
            Some(kept) if kept.fingerprint == fingerprint => {
                Ok(Settled::Repeated(kept.text.clone()))
            }
            Some(_) => Err(Refusal::KeyReused),
            None => {
                let outcome = decide(self)?;
                let text = answer(&outcome);
                let kept = Answer { fingerprint: fingerprint.to_vec(), text, at: now };
                self.answers.insert(once.clone(), kept);
                Ok(Settled::Fresh(outcome))
            }
        }
    }

    /// The next instant after this one at which a lease is over or a number is free.
    pub fn next_end(&self, now: Timestamp) -> Option<Timestamp> {
        let leases = self.leases.iter().map(|lease| lease.expires_at);
        let numbers = self.numbers.iter().map(|number| number.free_from);
        leases.chain(numbers).filter(|end| *end > now).min()
    }

    /// All leases there ever were, in the order in which they were granted.
    pub fn leases(&self) -> &[Lease] {
        &self.leases
    }

    /// All customers, in the order of their ids.
    pub fn customers(&self) -> Vec<CustomerId> {
        self.customers.keys().copied().collect()
    }

    fn account(&self, caller: &Caller, id: CustomerId) -> Result<&Account, Refusal> {
        if !caller.reaches(id) {
            return Err(Refusal::NotYourCustomer);
        }
        self.customers.get(&id).ok_or(Refusal::CustomerUnknown)
    }

    fn active(&self, caller: &Caller, id: CustomerId) -> Result<&Account, Refusal> {
        let account = self.account(caller, id)?;
        match account.customer.profile.status {
            CustomerStatus::Active => Ok(account),
            CustomerStatus::Suspended => Err(Refusal::CustomerSuspended),
        }
    }

    /// The places of free numbers, all or none: the one that rested longest first, then the one
    /// that was imported first.
    fn pick(
        &self,
        reserved_for: Option<CustomerId>,
        count: usize,
        now: Timestamp,
    ) -> Result<Vec<usize>, Refusal> {
        let numbers = self.numbers.iter().enumerate();
        let mut free: Vec<_> = numbers
            .filter(|(_, number)| number.reserved_for == reserved_for && number.free_from <= now)
            .map(|(place, number)| (number.free_from, place))
            .collect();
        free.sort_unstable();
        if free.len() < count {
            return Err(Refusal::NoFreeNumber);
        }
        Ok(free.into_iter().take(count).map(|(_, place)| place).collect())
    }

    fn reserved(&self, customer: CustomerId) -> usize {
        self.numbers.iter().filter(|number| number.reserved_for == Some(customer)).count()
    }

    fn live(&self, customer: CustomerId, kind: LeaseKind, now: Timestamp) -> usize {
        self.live_leases(customer, now).filter(|lease| lease.kind == kind).count()
    }

    fn live_with_phone(&self, customer: CustomerId, phone: E164, now: Timestamp) -> usize {
        let has =
            |lease: &&Lease| lease.members.iter().any(|member| member.user.phone().e164() == phone);
        self.live_leases(customer, now).filter(has).count()
    }

    fn live_leases(&self, customer: CustomerId, now: Timestamp) -> impl Iterator<Item = &Lease> {
        let live = move |lease: &&Lease| lease.customer == customer && is_live(lease, now);
        self.leases.iter().filter(live)
    }
}

impl Account {
    fn balance(&self) -> Credits {
        let sum: i64 = self.entries.iter().map(|amount| amount.get()).sum();
        Credits::new(sum)
    }
}

fn is_live(lease: &Lease, now: Timestamp) -> bool {
    lease.released_at.is_none() && now < lease.expires_at
}

fn is_reached(limit: Limit, count: usize) -> bool {
    limit.is_set() && count >= counted(limit)
}

fn counted(limit: Limit) -> usize {
    usize::try_from(limit.get()).expect("not negative")
}

/// Numbers are counted in the order of their import.
fn number_id(place: usize) -> NumberId {
    let nth = i64::try_from(place + 1).expect("a test imports less");
    NumberId::new(nth).expect("at least 1")
}
