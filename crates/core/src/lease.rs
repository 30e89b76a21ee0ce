//! Leases: the decision on a request, and what was granted.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::Arc;

use crate::Refusal;
use crate::api_user::Caller;
use crate::customer::{ActiveCustomer, Customer, Limit};
use crate::expiry::LeaseTerm;
use crate::ids::{ApiUserId, CustomerId, LeaseId, NumberId};
use crate::phone::{E164, PhoneNumber};
use crate::pool::{FreeNumber, Shelf, rested};
use crate::subscriber::Subscriber;
use crate::timestamp::{Timestamp, Zone};

/// What a lease is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeaseKind {
    /// One number for one user, callable by everybody (Apigate 2.0, section 2).
    Single,
    /// A number for each of two users, who call one another (Apigate 2.0, section 3).
    Group,
}

/// Who takes part in a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party(Vec<Subscriber>);

/// Both users of a group have the same phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("both users have the same phone")]
pub struct SamePhone;

/// A request for a lease.
#[derive(Clone)]
pub struct LeaseRequest {
    /// Who asks.
    pub caller: Caller,
    /// For which customer.
    pub customer: CustomerId,
    /// For which users.
    pub party: Party,
    /// For how long.
    pub term: LeaseTerm,
    /// On whose calendar months and years are counted.
    pub zone: Arc<dyn Zone>,
}

/// A lease that was granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseGranted {
    /// The lease.
    pub lease: Lease,
    /// From when on each member's number can be leased to somebody else.
    pub free_from: Vec<Timestamp>,
}

/// A lease: numbers of ours that lead to phones of users until an instant. Of one that is over the
/// users may have been erased: it is a [`PastLease`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease<U = Subscriber> {
    /// Its reference.
    pub id: LeaseId,
    /// Whose it is.
    pub customer: CustomerId,
    /// Single or group.
    pub kind: LeaseKind,
    /// Which user of an API asked for it; none for the operator.
    pub granted_by: Option<ApiUserId>,
    /// Since when it holds.
    pub granted_at: Timestamp,
    /// At this instant it is over.
    pub expires_at: Timestamp,
    /// When it was given back, if it was.
    pub released_at: Option<Timestamp>,
    /// One per user, in the order asked for.
    pub members: Vec<LeaseMember<U>>,
}

/// A lease, live or not.
pub type PastLease = Lease<Option<Subscriber>>;

/// A user of a lease and the number that leads to its phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseMember<U = Subscriber> {
    /// The leased number's id.
    pub number_id: NumberId,
    /// The leased number, as imported.
    pub number: PhoneNumber,
    /// The how-manieth lease of this number it is.
    pub turn: i64,
    /// The user.
    pub user: U,
}

/// A member of a lease, live or not.
pub type PastMember = LeaseMember<Option<Subscriber>>;

impl Party {
    /// One user.
    pub fn single(user: Subscriber) -> Self {
        Self(vec![user])
    }

    /// Two users.
    ///
    /// # Errors
    /// [`SamePhone`] when their phones are one number.
    pub fn group(first: Subscriber, second: Subscriber) -> Result<Self, SamePhone> {
        if first.phone().e164() == second.phone().e164() {
            return Err(SamePhone);
        }
        Ok(Self(vec![first, second]))
    }

    /// The users, in the order given.
    pub fn users(&self) -> &[Subscriber] {
        &self.0
    }

    /// Their phones, in that order.
    pub fn phones(&self) -> impl Iterator<Item = E164> + '_ {
        self.0.iter().map(|user| user.phone().e164())
    }

    /// What kind of lease they need.
    pub fn kind(&self) -> LeaseKind {
        if self.0.len() == 1 { LeaseKind::Single } else { LeaseKind::Group }
    }
}

impl<U> Lease<U> {
    /// Whether it holds at this instant.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.released_at.is_none() && now < self.expires_at
    }
}

impl From<Lease> for PastLease {
    fn from(lease: Lease) -> Self {
        let member = |it: LeaseMember| {
            let LeaseMember { number_id, number, turn, user } = it;
            LeaseMember { number_id, number, turn, user: Some(user) }
        };
        Self {
            id: lease.id,
            customer: lease.customer,
            kind: lease.kind,
            granted_by: lease.granted_by,
            granted_at: lease.granted_at,
            expires_at: lease.expires_at,
            released_at: lease.released_at,
            members: lease.members.into_iter().map(member).collect(),
        }
    }
}

impl PastMember {
    /// The member with its user; none when that was erased.
    pub fn known(self) -> Option<LeaseMember> {
        let Self { number_id, number, turn, user } = self;
        Some(LeaseMember { number_id, number, turn, user: user? })
    }
}

impl fmt::Debug for LeaseRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeaseRequest")
            .field("caller", &self.caller.user())
            .field("customer", &self.customer)
            .field("party", &self.party)
            .field("term", &self.term)
            .finish_non_exhaustive()
    }
}

/// What the decisions on a batch of lease requests may see. Each granted lease changes it for
/// the ones after it.
#[derive(Debug, Default)]
pub struct LeaseView {
    /// The customers that were named, as far as they exist.
    pub customers: HashMap<CustomerId, Arc<Customer>>,
    /// Live leases of the customers that have a limit.
    pub live: HashMap<(CustomerId, LeaseKind), i64>,
    /// So many live leases of one customer a phone may take part in.
    pub max_per_phone: Limit,
    /// In how many it does, where there is such a limit.
    pub live_by_phone: HashMap<(CustomerId, E164), i64>,
    /// Those of the named phones that are numbers of the inventory.
    pub inventory: HashSet<E164>,
    /// Free numbers, the one that rested longest first.
    pub free: HashMap<Shelf, VecDeque<FreeNumber>>,
}

impl LeaseView {
    /// Decides one request: grants it under the given id, or says why not.
    ///
    /// # Errors
    /// The first that applies, in this order: [`Refusal::NotYourCustomer`],
    /// [`Refusal::CustomerUnknown`], [`Refusal::CustomerSuspended`],
    /// [`Refusal::ServiceNotEnabled`], [`Refusal::PhoneIsOurs`], [`Refusal::PrefixNotAllowed`],
    /// [`Refusal::LeaseLimitReached`], [`Refusal::PhoneLeaseLimitReached`],
    /// [`Refusal::ExpiryTooFar`], [`Refusal::NoFreeNumber`].
    pub fn grant(
        &mut self,
        request: &LeaseRequest,
        id: LeaseId,
        now: Timestamp,
    ) -> Result<LeaseGranted, Refusal> {
        let found = self.customers.get(&request.customer).map(|customer| &**customer);
        let customer = request.caller.customer(request.customer, found)?;
        let shelf = customer.shelf();
        self.permit(customer.active()?, &request.party)?;
        let expires_at = request.term.expiry(now, &*request.zone).ok_or(Refusal::ExpiryTooFar)?;
        let numbers = self.take(shelf, request.party.users().len())?;
        self.count(request.customer, &request.party);
        let free_from = numbers.iter().map(|free| rested(expires_at, free.quarantine)).collect();
        let lease = Lease {
            id,
            customer: request.customer,
            kind: request.party.kind(),
            granted_by: request.caller.user(),
            granted_at: now,
            expires_at,
            released_at: None,
            members: members(numbers, &request.party),
        };
        Ok(LeaseGranted { lease, free_from })
    }

    fn permit(&self, customer: ActiveCustomer<'_>, party: &Party) -> Result<(), Refusal> {
        let terms = customer.enabled_terms(party.kind())?;
        for phone in party.phones() {
            self.permit_phone(customer, phone)?;
        }
        let key = (customer.customer().id, party.kind());
        if terms.max_leases.is_exceeded_by(count_after_one_more(&self.live, &key)) {
            return Err(Refusal::LeaseLimitReached(party.kind()));
        }
        party.phones().try_for_each(|phone| self.permit_one_more(customer, phone))
    }

    fn permit_phone(&self, customer: ActiveCustomer<'_>, phone: E164) -> Result<(), Refusal> {
        if self.inventory.contains(&phone) {
            return Err(Refusal::PhoneIsOurs);
        }
        customer.allows(phone).then_some(()).ok_or(Refusal::PrefixNotAllowed)
    }

    fn permit_one_more(&self, customer: ActiveCustomer<'_>, phone: E164) -> Result<(), Refusal> {
        let key = (customer.customer().id, phone);
        let after = count_after_one_more(&self.live_by_phone, &key);
        let exceeded = self.max_per_phone.is_exceeded_by(after);
        if exceeded { Err(Refusal::PhoneLeaseLimitReached) } else { Ok(()) }
    }

    /// Takes the numbers that rested longest, all or none.
    fn take(&mut self, shelf: Shelf, count: usize) -> Result<Vec<FreeNumber>, Refusal> {
        let free = self.free.get_mut(&shelf).filter(|free| free.len() >= count);
        Ok(free.ok_or(Refusal::NoFreeNumber)?.drain(..count).collect())
    }

    fn count(&mut self, customer: CustomerId, party: &Party) {
        *self.live.entry((customer, party.kind())).or_default() += 1;
        for phone in party.phones() {
            *self.live_by_phone.entry((customer, phone)).or_default() += 1;
        }
    }
}

impl Customer {
    /// Where its leases take their numbers from.
    pub const fn shelf(&self) -> Shelf {
        if self.has_reserve { Shelf::ReservedFor(self.id) } else { Shelf::General }
    }
}

fn count_after_one_more<K: std::hash::Hash + Eq>(counts: &HashMap<K, i64>, key: &K) -> i64 {
    counts.get(key).copied().unwrap_or(0).saturating_add(1)
}

fn members(numbers: Vec<FreeNumber>, party: &Party) -> Vec<LeaseMember> {
    let pairs = numbers.into_iter().zip(party.users());
    pairs
        .map(|(free, user)| LeaseMember {
            number_id: free.id,
            number: free.number,
            turn: free.turn + 1,
            user: user.clone(),
        })
        .collect()
}
