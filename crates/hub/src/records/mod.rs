//! Activity records: taken in, and read again.

mod intake;
mod reads;
mod resolve;

pub(crate) use intake::Incoming;
pub use intake::{TakeInRecords, TooManyRecords};
pub use leaseline_store::load::activity::{
    ActivityCursor, ActivityFilter, ConflictLine, RecordDetail, RecordLine, RecordState,
};
pub use leaseline_store::load::call_records::{CallRecords, StoredCall};
pub use leaseline_store::load::calls::UnsettledCall;
pub use reads::RecordFound;
pub use resolve::ResolveRecord;
