//! A person has looked at a record.

use leaseline_core::Timestamp;
use leaseline_core::ids::RecordId;
use leaseline_core::record::{Review, ReviewNote};
use leaseline_store::load::activity::RecordLine;
use leaseline_store::{Tx, load, record};

use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Request, Way};

/// Somebody has looked at a record, which is not listed any more among those that somebody has to
/// look at, unless another content comes by its name. What was charged stays as it is. The outcome is
/// the record, none when there is no such one.
#[derive(Clone, Debug)]
pub struct ResolveRecord {
    /// Which.
    pub record: RecordId,
    /// What was found.
    pub note: ReviewNote,
}

impl Request for ResolveRecord {
    type Outcome = Option<RecordLine>;

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, now: Timestamp| {
            let Some(line) = load::activity::record(tx, ask.record)? else { return Ok(Ok(None)) };
            let review = Review { at: now, note: ask.note.clone() };
            record::records::reviewed(tx, ask.record, &review)?;
            Ok(Ok(Some(line)))
        })
    }
}
