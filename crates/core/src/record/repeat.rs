//! Records that were sent before.

use super::sms::Tracking;
use crate::ids::RecordId;

/// A digest of what a record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContentDigest(pub [u8; 32]);

/// What is known of a record with the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownRecord {
    /// Its id.
    pub id: RecordId,
    /// What it said; none once that was erased.
    pub digest: Option<ContentDigest>,
    /// How far the message was.
    pub tracking: Option<Tracking>,
}

/// What a repeat comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// It says nothing new.
    Duplicate,
    /// The message is further.
    Updated(Tracking),
    /// It says something else: the first one stands.
    Conflict,
}

/// What became of a record that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Intake {
    /// It was written down and, if it costs anything, charged.
    Stored,
    /// It belongs to nobody we know: written down, not charged.
    Orphan,
    /// It was there already.
    Duplicate,
    /// It was there already, and its message is further now.
    Updated,
    /// It was there already and said something else: kept for review.
    Conflict,
}

impl KnownRecord {
    /// What a record with the same name comes to. Where nobody knows any more what the first one
    /// said, nobody can say that it said something else.
    pub fn repeated(&self, digest: ContentDigest, tracking: Option<Tracking>) -> Repeat {
        let Some(said) = self.digest else { return Repeat::Duplicate };
        match tracking {
            _ if digest != said => Repeat::Conflict,
            Some(further) if Tracking::is_forward(self.tracking, tracking) => {
                Repeat::Updated(further)
            }
            _ => Repeat::Duplicate,
        }
    }
}

impl Repeat {
    /// What its sender is told.
    pub const fn intake(self) -> Intake {
        match self {
            Self::Duplicate => Intake::Duplicate,
            Self::Updated(_) => Intake::Updated,
            Self::Conflict => Intake::Conflict,
        }
    }
}
