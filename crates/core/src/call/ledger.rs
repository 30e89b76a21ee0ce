//! A ledger as calls find it: its money, what is set aside of it, and what went on it today.

use crate::ledger::LedgerHead;
use crate::money::Credits;
use crate::timestamp::Timestamp;

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// A day in UTC: so many days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(i64);

/// What calls cost on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaySpending {
    /// The day.
    pub day: Day,
    /// What was spent on it.
    pub spent: Credits,
}

/// A ledger as calls find it. Each decision changes it for those after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallLedger {
    /// How it stands.
    pub head: LedgerHead,
    /// What is set aside for calls whose records have not come.
    pub held: Credits,
    /// So many of those calls there are.
    pub calls: i64,
    /// The last day on which calls were charged.
    pub last_day: DaySpending,
}

impl Day {
    /// The day of an instant.
    pub const fn of(at: Timestamp) -> Self {
        Self(at.micros().div_euclid(MICROS_PER_DAY))
    }

    /// The day so many days after 1970-01-01.
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// How many days after 1970-01-01 it is.
    pub const fn number(self) -> i64 {
        self.0
    }
}

impl CallLedger {
    /// Sets something aside for one more call. What is covered fits below a balance; what does not
    /// even fit its sum is as much as there can be.
    pub fn hold(&mut self, amount: Credits) {
        self.held = self.held.checked_add(amount).unwrap_or(Credits::new(i64::MAX));
        self.calls = self.calls.saturating_add(1);
    }

    /// Lets go what was set aside for a call.
    pub fn let_go(&mut self, amount: Credits) {
        self.reduce(amount);
        self.calls = self.calls.saturating_sub(1);
    }

    /// Lets go a part of what was set aside for a call that goes on.
    pub fn reduce(&mut self, amount: Credits) {
        let less = amount.checked_neg().and_then(|less| self.held.checked_add(less));
        self.held = less.unwrap_or(Credits::ZERO);
    }

    /// What calls cost on this day.
    pub fn spent_on(&self, day: Day) -> Credits {
        if self.last_day.day == day { self.last_day.spent } else { Credits::ZERO }
    }

    /// Counts what a call cost.
    pub fn spend(&mut self, amount: Credits, day: Day) {
        let spent = self.spent_on(day).checked_add(amount).unwrap_or(Credits::new(i64::MAX));
        self.last_day = DaySpending { day, spent };
    }
}
