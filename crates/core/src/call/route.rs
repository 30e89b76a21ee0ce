//! Where a call is to go, and what the one who is called sees.

use crate::account::AccountPart;
use crate::call::{CallRefusal, CardClaim};
use crate::lease::{Lease, LeaseKind, LeaseMember};
use crate::phone::{E164, PhoneNumber};
use crate::record::Party;

/// A call that went through more systems than this goes round in circles.
const MOST_HOPS: u32 = 5;

/// Which number the phone behind a single lease sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SingleCallerId {
    /// The caller's own.
    #[default]
    Caller,
    /// The leased number that was dialled.
    Leased,
}

/// A call as it was dialled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialled {
    /// Who calls; its text may be empty.
    pub from: Party,
    /// Whether the caller wants to stay unknown.
    pub is_hidden: bool,
    /// What was dialled.
    pub to: Party,
    /// How many systems the call went through already.
    pub hops: u32,
}

/// On whose account a call is made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CallOrigin {
    /// On that of the number that was dialled.
    Number,
    /// On that of an account whose phone calls.
    Account {
        /// The name it logs in by.
        user: Box<str>,
        /// Which part of it calls.
        part: AccountPart,
    },
    /// On that of a calling card.
    Card(CardClaim),
}

/// What is remembered of a call's origin. No PIN is in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OriginLabel(Box<str>);

/// Whom a call is put through to, and what that one sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bridge {
    /// The number to call, in the form in which it is known to the one who gave it.
    pub to: Box<str>,
    /// Who is said to call; none is nobody.
    pub caller_id: Option<Box<str>>,
    /// Whether who calls is kept from the one who is called.
    pub is_private: bool,
}

impl CallOrigin {
    /// What is remembered of it.
    pub fn label(&self) -> OriginLabel {
        let label = match self {
            Self::Number => String::new(),
            Self::Account { user, part: AccountPart::Main } => format!("account 0 {user}"),
            Self::Account { user, part: AccountPart::Sub(id) } => format!("account {id} {user}"),
            Self::Card(CardClaim::Pin { number, .. }) => format!("card {number}"),
            Self::Card(CardClaim::CallerId(phone)) => format!("phone {phone}"),
            Self::Card(CardClaim::HeldOff) => "card".to_owned(),
        };
        OriginLabel(label.into())
    }
}

impl OriginLabel {
    /// The label of this text.
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// Its text; empty for a call on account of the number that was dialled.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Dialled {
    /// The member of a lease whose number was dialled.
    pub fn member<'a>(&self, lease: &'a Lease) -> Option<&'a LeaseMember> {
        let dialled = self.to.number?;
        lease.members.iter().find(|member| member.number.e164() == dialled)
    }

    /// Where a call to a member of a live lease goes.
    ///
    /// # Errors
    /// [`CallRefusal::NotAMember`] or [`CallRefusal::Anonymous`] for a group that the caller does
    /// not belong to.
    pub fn route(
        &self,
        lease: &Lease,
        dialled: &LeaseMember,
        single: SingleCallerId,
    ) -> Result<Bridge, CallRefusal> {
        let to = dialled.user.phone().sent().into();
        match lease.kind {
            LeaseKind::Single => Ok(Bridge {
                to,
                caller_id: self.caller_id(&dialled.number, single),
                is_private: self.is_hidden,
            }),
            LeaseKind::Group => {
                let caller = self.calling_member(lease).ok_or_else(|| self.stranger())?;
                let caller_id = Some(caller.number.sent().into());
                Ok(Bridge { to, caller_id, is_private: false })
            }
        }
    }

    /// Whether a call that leads to this phone would come back.
    ///
    /// # Errors
    /// [`CallRefusal::Loop`] when the caller calls itself, or the call has been round already.
    pub fn refuse_loop(&self, destination: E164) -> Result<(), CallRefusal> {
        if self.from.number == Some(destination) {
            Err(CallRefusal::Loop)
        } else {
            self.refuse_hops()
        }
    }

    /// Whether the call has been round already.
    ///
    /// # Errors
    /// [`CallRefusal::Loop`].
    pub const fn refuse_hops(&self) -> Result<(), CallRefusal> {
        if self.hops > MOST_HOPS { Err(CallRefusal::Loop) } else { Ok(()) }
    }

    /// Whether two questions about a call are the same as far as it matters.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.to.text == other.to.text
            && self.from.text == other.from.text
            && self.is_hidden == other.is_hidden
            && self.refuse_hops() == other.refuse_hops()
    }

    /// The caller as it was sent; none when nothing was.
    pub(super) fn shown(&self) -> Option<Box<str>> {
        let text = self.from.text.as_str();
        (!text.is_empty()).then(|| text.into())
    }

    fn caller_id(&self, leased: &PhoneNumber, single: SingleCallerId) -> Option<Box<str>> {
        match single {
            SingleCallerId::Leased => Some(leased.sent().into()),
            SingleCallerId::Caller => self.shown(),
        }
    }

    fn calling_member<'a>(&self, lease: &'a Lease) -> Option<&'a LeaseMember> {
        let caller = self.from.number?;
        lease.members.iter().find(|member| member.user.phone().e164() == caller)
    }

    fn stranger(&self) -> CallRefusal {
        let is_known = self.from.number.is_some() && !self.is_hidden;
        if is_known { CallRefusal::NotAMember } else { CallRefusal::Anonymous }
    }
}
