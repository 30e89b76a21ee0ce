//! One id type per noun, so that a pool can not be asked for where a customer is meant.

use std::fmt;

use uuid::Uuid;

macro_rules! integer_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// The id with this value; `None` unless it is at least 1.
            pub const fn new(value: i64) -> Option<Self> {
                if value < 1 { None } else { Some(Self(value)) }
            }

            /// The value, at least 1.
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

// A macro because these types differ in nothing but their names, which no trait can give.
integer_id! {
    /// A customer (Apigate: `customer_id`).
    CustomerId
}
integer_id! {
    /// A pool of numbers.
    PoolId
}
integer_id! {
    /// A number of the inventory. Ids ascend in the order of import.
    NumberId
}
integer_id! {
    /// A ledger: the money of one customer, or of one calling card.
    LedgerId
}
integer_id! {
    /// A user of an API.
    ApiUserId
}
integer_id! {
    /// An account (TraiTel).
    AccountId
}
integer_id! {
    /// A sub-account (TraiTel: `Sub-ID`). Never given out twice.
    SubAccountId
}
integer_id! {
    /// A subscription: one service of one number.
    SubscriptionId
}
integer_id! {
    /// An IVR menu.
    IvrMenuId
}
integer_id! {
    /// An IVML configuration. Never given out twice.
    IvmlId
}
integer_id! {
    /// A rate deck.
    RateDeckId
}
integer_id! {
    /// A record of a call, a fax or a message (TraiTel: `ID` of the logs).
    RecordId
}
integer_id! {
    /// A calling card (MOR: `card_id`).
    CardId
}
integer_id! {
    /// A group of calling cards (MOR: `group_id`).
    CardGroupId
}
integer_id! {
    /// A least-cost routing (MOR: `lcr_id`).
    LcrId
}
integer_id! {
    /// A location (MOR: `location_id`).
    LocationId
}
integer_id! {
    /// A user of MOR's interface.
    MorUserId
}
integer_id! {
    /// A tariff (MOR: `tariff_id`).
    TariffId
}
integer_id! {
    /// A tax (MOR: `tax_id`).
    TaxId
}

integer_id! {
    /// A softswitch.
    SwitchId
}
integer_id! {
    /// A user of the console.
    StaffId
}
integer_id! {
    /// An entry of the audit log.
    AuditId
}

/// The decision on a call (switch interface: `ref`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallRef(Uuid);

/// A lease (Apigate: `reference_id`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaseId(Uuid);

/// What a ledger entry was booked for. Unique: one source is booked once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(Uuid);

impl CallRef {
    /// The decision with this name.
    pub const fn new(name: Uuid) -> Self {
        Self(name)
    }

    /// The name.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for CallRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl LeaseId {
    /// The lease with this reference.
    pub const fn new(reference: Uuid) -> Self {
        Self(reference)
    }

    /// The reference.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for LeaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl SourceId {
    /// The source with this id.
    pub const fn new(source: Uuid) -> Self {
        Self(source)
    }

    /// The id.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}
