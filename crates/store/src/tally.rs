//! What a transaction did, for who counts it once it is committed.

use std::time::Duration;

use leaseline_core::ledger::EntryKind;

use crate::row::Code;

const KINDS: usize = EntryKind::CODES.len();

/// What a transaction did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    postings: [u64; KINDS],
    /// How long COMMIT took.
    pub commit: Duration,
}

impl Tally {
    pub(crate) const NOTHING: Self = Self { postings: [0; KINDS], commit: Duration::ZERO };

    /// How many ledger entries of each kind it wrote.
    pub fn postings(&self) -> impl Iterator<Item = (EntryKind, u64)> + use<> {
        EntryKind::CODES.iter().map(|(kind, _)| *kind).zip(self.postings)
    }

    pub(crate) fn posted(&mut self, kind: EntryKind) {
        let place = EntryKind::CODES.iter().position(|(known, _)| *known == kind);
        place.into_iter().for_each(|place| self.postings[place] += 1);
    }
}
