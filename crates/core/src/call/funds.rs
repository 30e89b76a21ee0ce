//! What a payer can promise at an instant: its balance, less what is promised already.

use crate::customer::{ChargeMethod, CreditLimit};
use crate::money::Credits;

/// The money behind a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Funds {
    /// What the ledger says.
    pub balance: Credits,
    /// What is set aside for calls whose records have not come.
    pub held: Credits,
    /// When the payer pays.
    pub charge_method: ChargeMethod,
    /// How far below zero it may go when it pays afterwards.
    pub credit_limit: Option<CreditLimit>,
}

impl Funds {
    /// What is left to be promised; without an end for one who pays afterwards and has no limit.
    pub fn available(self) -> Option<Credits> {
        let below_zero = match (self.charge_method, self.credit_limit) {
            (ChargeMethod::Prepaid, _) => 0,
            (ChargeMethod::Postpaid, Some(limit)) => limit.get(),
            (ChargeMethod::Postpaid, None) => return None,
        };
        let (balance, held) = (i128::from(self.balance.get()), i128::from(self.held.get()));
        let available = balance - held + i128::from(below_zero);
        let least = if available < 0 { i64::MIN } else { i64::MAX };
        Some(Credits::new(i64::try_from(available).unwrap_or(least)))
    }
}

#[cfg(test)]
mod tests {
    use ChargeMethod::{Postpaid, Prepaid};

    use super::*;

    #[test]
    fn what_is_held_cannot_be_promised_again() {
        let check = |balance, held, charge_method, limit: Option<i64>, expected: Option<i64>| {
            let credit_limit = limit.map(|limit| CreditLimit::new(limit).expect("not negative"));
            let (balance, held) = (Credits::new(balance), Credits::new(held));
            let funds = Funds { balance, held, charge_method, credit_limit };
            assert_eq!(funds.available().map(Credits::get), expected, "{funds:?}");
        };
        check(10, 0, Prepaid, None, Some(10));
        check(10, 12, Prepaid, None, Some(-2));
        check(10, 0, Prepaid, Some(5), Some(10));
        check(10, 3, Postpaid, None, None);
        check(-10, 3, Postpaid, Some(20), Some(7));
        check(i64::MIN, 1, Prepaid, None, Some(i64::MIN));
        check(i64::MAX, 0, Postpaid, Some(1), Some(i64::MAX));
    }
}
