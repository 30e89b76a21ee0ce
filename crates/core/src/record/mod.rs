//! Activity records: what switches report of calls, faxes and text messages that took place. A
//! record is written down once, whoever sends it how often, and charged once.

mod fax;
mod new;
mod owner;
mod repeat;
mod review;
mod settle;
mod sms;
mod text;

pub use fax::{FaxOutcome, UnreadableFaxError};
pub use new::{
    CallReport, CallResult, FaxReport, NewRecord, RecordKey, RecordKind, Report, SmsReport,
};
pub use owner::{AccountOwner, CardOwner, LeaseOwner, RecordOwner};
pub use repeat::{ContentDigest, Intake, KnownRecord, Repeat};
pub use review::{Review, ReviewNote};
pub use settle::{Charge, Owned, OwnerView, Ownership, RecordFlag, Settled};
pub use sms::Tracking;
pub use text::{Party, PartyText, RecordName};

#[cfg(test)]
mod tests;
