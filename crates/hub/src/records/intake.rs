//! Taking records in.

use leaseline_core::ids::SourceId;
use leaseline_core::record::{ContentDigest, Intake, NewRecord};
use leaseline_store::record::records::MOST_AT_ONCE;
use sha2::{Digest, Sha256};

use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Request, Way};

/// Records that came in, in their order. The outcome says what became of each.
#[derive(Clone, Debug)]
pub struct TakeInRecords(Vec<NewRecord>);

/// More records at once than one transaction takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {most} records at once", most = TakeInRecords::MOST)]
pub struct TooManyRecords;

/// A record with the digest of what it says, and what its charge would be booked for.
#[derive(Clone, Debug)]
pub struct Incoming {
    pub(crate) record: NewRecord,
    pub(crate) digest: ContentDigest,
    pub(crate) source: SourceId,
    /// What the fees of a card would be booked for that made the call.
    pub(crate) fee_source: SourceId,
}

impl TakeInRecords {
    /// So many records at most are taken in at once.
    pub const MOST: usize = 1_000;

    /// Records to be taken in.
    ///
    /// # Errors
    /// [`TooManyRecords`].
    pub fn new(records: Vec<NewRecord>) -> Result<Self, TooManyRecords> {
        const { assert!(Self::MOST <= MOST_AT_ONCE) };
        if records.len() > Self::MOST { Err(TooManyRecords) } else { Ok(Self(records)) }
    }
}

impl Request for TakeInRecords {
    type Outcome = Vec<Intake>;

    fn into_command(self, way: Way<Self::Outcome>, ids: &dyn Ids) -> Command {
        let incoming = |record: NewRecord| {
            let digest = ContentDigest(Sha256::digest(record.in_words()).into());
            let (source, fee_source) = (SourceId::new(ids.next()), SourceId::new(ids.next()));
            Incoming { record, digest, source, fee_source }
        };
        Command::Records(way.job(self.0.into_iter().map(incoming).collect()))
    }
}
