//! Customers: who leases, on what terms.

use crate::Refusal;
use crate::api_user::Caller;
use crate::ids::{CustomerId, LedgerId};
use crate::lease::LeaseKind;
use crate::money::Credits;
use crate::phone::{E164, Prefix};
use crate::timestamp::Timestamp;

/// Longest name, in characters.
const LONGEST_NAME: usize = 100;

/// Whether a customer may lease and reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomerStatus {
    /// It may.
    Active,
    /// It may not; it can still query, release, be viewed, topped up and changed.
    Suspended,
}

/// When a customer pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChargeMethod {
    /// Before it calls.
    Prepaid,
    /// Afterwards.
    Postpaid,
}

/// A first or last name: 1 to 100 characters, none of them a control character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonName(Box<str>);

/// An upper bound, or none (the default).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limit(i64);

/// So many credits below zero the balance of a postpaid customer may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreditLimit(i64);

/// Size of a billing block: at least one second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockSeconds(i64);

/// Price of a billing block: zero or more credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockRate(i64);

/// On what terms a customer leases numbers of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceTerms {
    /// Whether it may at all.
    pub enabled: bool,
    /// Calls are billed in blocks of this size.
    pub charge_block: BlockSeconds,
    /// Each block costs this.
    pub charge_rate: BlockRate,
    /// So many leases may be live at once.
    pub max_leases: Limit,
}

/// A customer, as decisions see it. Its balance is its ledger's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
    /// Its ledger.
    pub ledger: LedgerId,
    /// What is known of it and agreed with it.
    pub profile: CustomerProfile,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was suspended the last time, if ever.
    pub suspended_at: Option<Timestamp>,
    /// Whether it holds reserved numbers, and so leases from those alone.
    pub has_reserve: bool,
}

/// What is known of a customer and agreed with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerProfile {
    /// First name.
    pub first_name: PersonName,
    /// Last name.
    pub last_name: PersonName,
    /// Active or suspended.
    pub status: CustomerStatus,
    /// Prepaid or postpaid.
    pub charge_method: ChargeMethod,
    /// Terms of single leases.
    pub single: ServiceTerms,
    /// Terms of group leases.
    pub group: ServiceTerms,
    /// So many numbers it may hold in reserve.
    pub max_reserved: Limit,
    /// If not empty, the only prefixes of phones it may lease for.
    pub allowed_prefixes: Vec<Prefix>,
    /// How far below zero it may go when it pays afterwards; none is as far as it likes.
    pub credit_limit: Option<CreditLimit>,
    /// So many calls of its numbers may go on at once.
    pub max_calls: Limit,
    /// So many credits it may spend in a day, which begins at midnight UTC.
    pub max_spend_per_day: Limit,
}

/// A change of a customer: what is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerChange {
    /// First name.
    pub first_name: Option<PersonName>,
    /// Last name.
    pub last_name: Option<PersonName>,
    /// Active or suspended.
    pub status: Option<CustomerStatus>,
    /// Prepaid or postpaid.
    pub charge_method: Option<ChargeMethod>,
    /// Terms of single leases.
    pub single: ServiceChange,
    /// Terms of group leases.
    pub group: ServiceChange,
    /// Most numbers in reserve.
    pub max_reserved: Option<Limit>,
    /// The only prefixes of phones; an empty list allows all.
    pub allowed_prefixes: Option<Vec<Prefix>>,
    /// How far below zero it may go. What was set once can be changed, not taken away.
    pub credit_limit: Option<CreditLimit>,
    /// Most calls at once.
    pub max_calls: Option<Limit>,
    /// Most credits in a day.
    pub max_spend_per_day: Option<Limit>,
}

/// A change of terms: what is `None` stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServiceChange {
    /// Whether it may lease at all.
    pub enabled: Option<bool>,
    /// Size of a block.
    pub charge_block: Option<BlockSeconds>,
    /// Price of a block.
    pub charge_rate: Option<BlockRate>,
    /// Most live leases.
    pub max_leases: Option<Limit>,
}

/// Something new lacks a field that has no default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is missing")]
pub struct MissingField(pub &'static str);

/// Proof that a customer is active.
#[derive(Clone, Copy, Debug)]
pub struct ActiveCustomer<'a>(&'a Customer);

impl Customer {
    /// The proof that it is active.
    ///
    /// # Errors
    /// [`Refusal::CustomerSuspended`].
    pub const fn active(&self) -> Result<ActiveCustomer<'_>, Refusal> {
        match self.profile.status {
            CustomerStatus::Active => Ok(ActiveCustomer(self)),
            CustomerStatus::Suspended => Err(Refusal::CustomerSuspended),
        }
    }

    /// This customer after the change. Suspending an active one notes the instant; activating
    /// keeps the note; doing again what is done already changes nothing.
    #[must_use]
    pub fn changed(mut self, change: CustomerChange, now: Timestamp) -> Self {
        let was = self.profile.status;
        self.profile.apply(change);
        if was == CustomerStatus::Active && self.profile.status == CustomerStatus::Suspended {
            self.suspended_at = Some(now);
        }
        self
    }
}

impl CustomerProfile {
    /// The profile of a new customer of whom this is known. Unless told otherwise it is active, a
    /// kind of lease that is not spoken of is not enabled, and nothing is limited.
    ///
    /// # Errors
    /// [`MissingField`]: both names, the charge method, and the terms of a kind that is enabled
    /// have no default.
    pub fn of_new(known: CustomerChange) -> Result<Self, MissingField> {
        Ok(Self {
            first_name: known.first_name.ok_or(MissingField("first_name"))?,
            last_name: known.last_name.ok_or(MissingField("last_name"))?,
            status: known.status.unwrap_or(CustomerStatus::Active),
            charge_method: known.charge_method.ok_or(MissingField("charge_method"))?,
            single: ServiceTerms::of_new(known.single, ["single.block", "single.rate"])?,
            group: ServiceTerms::of_new(known.group, ["group.block", "group.rate"])?,
            max_reserved: known.max_reserved.unwrap_or_default(),
            allowed_prefixes: known.allowed_prefixes.unwrap_or_default(),
            credit_limit: known.credit_limit,
            max_calls: known.max_calls.unwrap_or_default(),
            max_spend_per_day: known.max_spend_per_day.unwrap_or_default(),
        })
    }

    /// The terms of one kind of lease.
    pub const fn terms(&self, kind: LeaseKind) -> ServiceTerms {
        match kind {
            LeaseKind::Single => self.single,
            LeaseKind::Group => self.group,
        }
    }

    fn apply(&mut self, change: CustomerChange) {
        replace(&mut self.first_name, change.first_name);
        replace(&mut self.last_name, change.last_name);
        replace(&mut self.status, change.status);
        replace(&mut self.charge_method, change.charge_method);
        self.single.apply(change.single);
        self.group.apply(change.group);
        replace(&mut self.max_reserved, change.max_reserved);
        replace(&mut self.allowed_prefixes, change.allowed_prefixes);
        self.credit_limit = change.credit_limit.or(self.credit_limit);
        replace(&mut self.max_calls, change.max_calls);
        replace(&mut self.max_spend_per_day, change.max_spend_per_day);
    }
}

impl ServiceTerms {
    /// What a kind of lease costs that nobody may have, until somebody says otherwise.
    const NOT_ENABLED: Self = Self {
        enabled: false,
        charge_block: BlockSeconds(60),
        charge_rate: BlockRate(0),
        max_leases: Limit::NONE,
    };

    /// `names` are those of block and rate, for the error.
    fn of_new(
        known: ServiceChange,
        [block, rate]: [&'static str; 2],
    ) -> Result<Self, MissingField> {
        if known.enabled == Some(true) {
            known.charge_block.ok_or(MissingField(block))?;
            known.charge_rate.ok_or(MissingField(rate))?;
        }
        let mut terms = Self::NOT_ENABLED;
        terms.apply(known);
        Ok(terms)
    }

    fn apply(&mut self, change: ServiceChange) {
        replace(&mut self.enabled, change.enabled);
        replace(&mut self.charge_block, change.charge_block);
        replace(&mut self.charge_rate, change.charge_rate);
        replace(&mut self.max_leases, change.max_leases);
    }
}

fn replace<T>(field: &mut T, change: Option<T>) {
    if let Some(value) = change {
        *field = value;
    }
}

impl<'a> ActiveCustomer<'a> {
    /// The customer.
    pub const fn customer(self) -> &'a Customer {
        self.0
    }

    /// The terms of one kind of lease.
    ///
    /// # Errors
    /// [`Refusal::ServiceNotEnabled`].
    pub fn enabled_terms(self, kind: LeaseKind) -> Result<ServiceTerms, Refusal> {
        let terms = self.0.profile.terms(kind);
        terms.enabled.then_some(terms).ok_or(Refusal::ServiceNotEnabled(kind))
    }

    /// Whether it may lease a number for this phone.
    pub fn allows(self, phone: E164) -> bool {
        let prefixes = &self.0.profile.allowed_prefixes;
        prefixes.is_empty() || prefixes.iter().any(|prefix| prefix.covers(phone))
    }
}

impl PersonName {
    /// Reads a name; `None` when it is empty, too long or holds a control character.
    pub fn parse(text: &str) -> Option<Self> {
        let length = text.chars().count();
        let sound = (1..=LONGEST_NAME).contains(&length) && !text.chars().any(char::is_control);
        sound.then(|| Self(text.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Limit {
    /// No limit.
    pub const NONE: Self = Self(0);

    /// At most that many; 0 means no limit, `None` when negative.
    pub const fn new(most: i64) -> Option<Self> {
        if most < 0 { None } else { Some(Self(most)) }
    }

    /// At most how many; 0 means no limit.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Whether there is a limit at all.
    pub const fn is_set(self) -> bool {
        self.0 > 0
    }

    /// Whether that many are more than it allows.
    pub const fn is_exceeded_by(self, count: i64) -> bool {
        self.is_set() && count > self.0
    }
}

impl CreditLimit {
    /// So many credits below zero; `None` when negative.
    pub const fn new(credits: i64) -> Option<Self> {
        if credits < 0 { None } else { Some(Self(credits)) }
    }

    /// How many credits.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl BlockSeconds {
    /// Blocks of that many seconds; `None` below 1.
    pub const fn new(seconds: i64) -> Option<Self> {
        if seconds < 1 { None } else { Some(Self(seconds)) }
    }

    /// How many seconds.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl BlockRate {
    /// That many credits per block; `None` below 0.
    pub const fn new(credits: i64) -> Option<Self> {
        if credits < 0 { None } else { Some(Self(credits)) }
    }

    /// How many credits.
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// A customer to be made, with its opening balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCustomer {
    /// What is known of it and agreed with it.
    pub profile: CustomerProfile,
    /// Booked once, as the first entry of its ledger; nothing is booked for zero.
    pub opening_balance: Credits,
}

/// A request to change a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerUpdate {
    /// Who asks.
    pub caller: Caller,
    /// Which customer.
    pub customer: CustomerId,
    /// What to change.
    pub change: CustomerChange,
}

/// A customer with what its ledger says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerView {
    /// The customer.
    pub customer: Customer,
    /// The ledger's balance, holds not subtracted.
    pub balance: Credits,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded_text() {
        let check = |text: &str, sound: bool| {
            assert_eq!(PersonName::parse(text).is_some(), sound, "{text:?}");
        };
        check("Nizam", true);
        check("", false);
        check(&"é".repeat(100), true);
        check(&"é".repeat(101), false);
        check("a\nb", false);
        check("a\u{7f}b", false);
        check(" ", true);
    }

    #[test]
    fn what_a_new_customer_must_have() {
        let name = |text| PersonName::parse(text).expect("a name");
        let check = |known: &CustomerChange, missing: Option<&str>| {
            let profile = CustomerProfile::of_new(known.clone());
            assert_eq!(profile.err().map(|error| error.0), missing, "{known:?}");
        };
        let mut known = CustomerChange::default();
        check(&known, Some("first_name"));
        known.first_name = Some(name("Ada"));
        check(&known, Some("last_name"));
        known.last_name = Some(name("Lim"));
        check(&known, Some("charge_method"));
        known.charge_method = Some(ChargeMethod::Prepaid);
        check(&known, None);
        known.group.enabled = Some(true);
        check(&known, Some("group.block"));
        known.group.charge_block = BlockSeconds::new(20);
        check(&known, Some("group.rate"));
        known.group.charge_rate = BlockRate::new(1);
        check(&known, None);
    }

    #[test]
    fn a_limit_of_zero_is_none() {
        assert!(!Limit::NONE.is_exceeded_by(i64::MAX));
        let two = Limit::new(2).expect("not negative");
        assert!(!two.is_exceeded_by(2) && two.is_exceeded_by(3));
        assert_eq!(Limit::new(-1), None);
    }
}
