//! Credits: whole, signed, checked. One credit is $0.0001 (Apigate 2.0, section 10).

use std::fmt;

/// An amount of credits, within i64. There is no unchecked arithmetic on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Credits(i64);

impl Credits {
    /// No credit.
    pub const ZERO: Self = Self(0);

    /// That many credits.
    pub const fn new(credits: i64) -> Self {
        Self(credits)
    }

    /// How many.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum; `None` when it does not fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }
}

impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
