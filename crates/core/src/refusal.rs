//! Every no of the domain, in one closed list: each facade maps all of them, without a `_` arm,
//! so that a new one stops the build there.

use crate::card::CardRefusal;
use crate::lease::LeaseKind;

/// Why something was not done. A refusal changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The caller may not see this customer, whether it exists or not.
    #[error("the customer is not among the caller's")]
    NotYourCustomer,
    /// There is no such customer.
    #[error("the customer is unknown")]
    CustomerUnknown,
    /// The customer is suspended.
    #[error("the customer is suspended")]
    CustomerSuspended,
    /// The customer does not have this service.
    #[error("the service is not enabled for the customer")]
    ServiceNotEnabled(LeaseKind),
    /// The user's phone is itself a number of the inventory: calls would loop.
    #[error("the phone is a number of the inventory")]
    PhoneIsOurs,
    /// The user's phone is outside of what the customer may lease for.
    #[error("the phone is outside the customer's allowed prefixes")]
    PrefixNotAllowed,
    /// As many leases of this kind are live as the customer may have.
    #[error("the customer's live leases have reached their maximum")]
    LeaseLimitReached(LeaseKind),
    /// The phone takes part in as many live leases as one phone may.
    #[error("the phone's live leases have reached their maximum")]
    PhoneLeaseLimitReached,
    /// Not enough numbers are free.
    #[error("no number is free")]
    NoFreeNumber,
    /// More numbers than the customer may hold in reserve.
    #[error("the customer's reserve has reached its maximum")]
    ReserveLimitReached,
    /// No live lease of that kind which the caller may see has this reference.
    #[error("the lease is unknown")]
    LeaseUnknown,
    /// The lease would end more than 100 years ahead.
    #[error("the expiry is too far ahead")]
    ExpiryTooFar,
    /// The balance would no longer fit.
    #[error("the amount would overflow the balance")]
    AmountOverflow,
    /// A calling card can not be made or sold so.
    #[error(transparent)]
    Card(#[from] CardRefusal),
    /// The idempotency key was used before, for something else.
    #[error("the idempotency key was used with other parameters")]
    KeyReused,
}
