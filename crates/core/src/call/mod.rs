//! Calls: where one goes, how long it may last, what is set aside for it and what it costs.

mod authorise;
mod cover;
mod decision;
mod event;
mod funds;
mod ledger;
mod plan;
mod refusal;
mod route;
mod tariff;

pub use authorise::{AuthoriseRequest, AuthoriseView, Authorised};
pub use cover::Cover;
pub use decision::{
    ANSWER_KEPT, Announcement, CallDecided, CallPayer, CallPlan, CallState, CallWay,
    EarlierDecision, LONGEST_RINGING, RECORD_DELAY,
};
pub use event::{CallEvent, CallHappening, Hold};
pub use funds::Funds;
pub use ledger::{CallLedger, Day, DaySpending};
pub use plan::{CalledDid, CallingAccount, CallingCard, CardClaim, VoiceDid};
pub use refusal::CallRefusal;
pub use route::{Bridge, CallOrigin, Dialled, OriginLabel, SingleCallerId};
pub use tariff::BlockTariff;
