//! Why a call is not put through.

/// Every no to a call, in one closed list. A switch's answer has a SIP code for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum CallRefusal {
    /// The dialled number is none of ours, or nobody holds it now.
    #[error("no such number")]
    NoSuchNumber,
    /// The caller does not belong to the group whose number it dialled.
    #[error("not a group member")]
    NotAMember,
    /// A group's number was dialled by somebody who does not say who he is.
    #[error("anonymous caller")]
    Anonymous,
    /// The account that is said to call is none, or disabled, or has no such part.
    #[error("unknown account")]
    UnknownAccount,
    /// There is no such card, or it has another PIN.
    #[error("wrong card or PIN")]
    WrongCard,
    /// The card cannot be used now.
    #[error("card not valid")]
    CardNotValid,
    /// The customer is suspended.
    #[error("customer suspended")]
    CustomerSuspended,
    /// As many calls of the customer go on as may.
    #[error("too many calls")]
    TooManyCalls,
    /// The customer has spent what it may in a day.
    #[error("spent for today")]
    SpentForToday,
    /// The customer may not call there.
    #[error("destination not allowed")]
    DestinationNotAllowed,
    /// The credit does not cover the beginning of a call.
    #[error("no credit")]
    NoCredit,
    /// Nobody knows what a call there costs.
    #[error("no rate")]
    NoRate,
    /// The number leads nowhere: its subscriber has not said where to.
    #[error("number not assigned")]
    Unassigned,
    /// The call would come back to where it is.
    #[error("loop detected")]
    Loop,
}
