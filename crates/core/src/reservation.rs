//! Setting numbers aside for one customer (Apigate 2.0, section 8).

use std::num::NonZeroU32;

use crate::Refusal;
use crate::api_user::Caller;
use crate::customer::ActiveCustomer;
use crate::ids::CustomerId;
use crate::pool::FreeNumber;

/// A request to set numbers aside.
#[derive(Clone, Debug)]
pub struct ReserveRequest {
    /// Who asks.
    pub caller: Caller,
    /// For which customer.
    pub customer: CustomerId,
    /// How many, in addition to what it holds already.
    pub quantity: NonZeroU32,
}

/// Numbers that were set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumbersReserved {
    /// For whom.
    pub customer: CustomerId,
    /// The new ones, the one that rested longest first.
    pub numbers: Vec<FreeNumber>,
}

/// Decides how many numbers may be picked for a customer that `held` numbers before.
///
/// # Errors
/// [`Refusal::ReserveLimitReached`] when they would be more than it may hold.
pub fn permit_reserve(
    customer: ActiveCustomer<'_>,
    held: i64,
    quantity: NonZeroU32,
) -> Result<(), Refusal> {
    let after = held.saturating_add(i64::from(quantity.get()));
    let exceeded = customer.customer().profile.max_reserved.is_exceeded_by(after);
    if exceeded { Err(Refusal::ReserveLimitReached) } else { Ok(()) }
}

/// Sets aside what was picked, all or none.
///
/// # Errors
/// [`Refusal::NoFreeNumber`] when fewer were found than asked for.
pub fn reserve(
    customer: ActiveCustomer<'_>,
    quantity: NonZeroU32,
    picked: Vec<FreeNumber>,
) -> Result<NumbersReserved, Refusal> {
    let enough = u32::try_from(picked.len()).is_ok_and(|found| found == quantity.get());
    let reserved = NumbersReserved { customer: customer.customer().id, numbers: picked };
    enough.then_some(reserved).ok_or(Refusal::NoFreeNumber)
}
