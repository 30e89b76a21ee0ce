//! What people look at: lists with a filter, page by page; how things stand and how they stood; what
//! leads from a number to a charge.
//!
//! The console and the command line show what comes from here, and so give the same answers.

mod customers;
mod health;
mod lists;
mod numbers;
mod overview;
mod pools;
mod requests;
mod samples;
mod trail;

pub use health::{DatabaseKind, Health};
pub use leaseline_store::load::activity::ActivityCursor;
pub use leaseline_store::load::calls::StoredDecision;
pub use leaseline_store::load::page::{MOST_WALKED, Page, Place};
pub use leaseline_store::load::requests::{Failures, Traffic};
pub use overview::Overview;
pub use pools::{PoolNow, PoolsNow};
pub use requests::{Keeping, Noted};
pub use trail::RecordTrail;

pub use customers::BalancePoint;
pub(crate) use requests::RequestLog;
pub(crate) use requests::run as keep_requests;
pub(crate) use samples::{ThinSamples, keep as keep_samples};
