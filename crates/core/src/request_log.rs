//! Requests as they are remembered for a few days: what was asked of which facade and what came of
//! it. No bodies and no parameters.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use crate::ids::CustomerId;
use crate::timestamp::Timestamp;

/// What the header `Request-Id` of an answer says. Ids ascend with time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(Uuid);

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It was answered and changed nothing.
    Looked,
    /// It changed something.
    Changed,
    /// It was refused or failed.
    Failed,
}

/// A request that is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestLine {
    /// Its id.
    pub id: RequestId,
    /// When it came.
    pub at: Timestamp,
    /// Which protocol.
    pub facade: Cow<'static, str>,
    /// The operation by the protocol's own name.
    pub operation: Cow<'static, str>,
    /// What the protocol answered.
    pub status: Cow<'static, str>,
    /// What came of it.
    pub effect: Effect,
    /// For so many requests the line stands: 1, or more where only some are remembered.
    pub weight: u32,
    /// How long it took.
    pub took: Duration,
    /// For which customer, as far as that was known.
    pub customer: Option<CustomerId>,
    /// Who asked, by the name that the facade knows.
    pub user: Option<Arc<str>>,
}

impl RequestId {
    /// The request with this id.
    pub const fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The id.
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl Effect {
    /// Every effect.
    pub const ALL: [Self; 3] = [Self::Looked, Self::Changed, Self::Failed];

    /// In a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Looked => "looked",
            Self::Changed => "changed",
            Self::Failed => "failed",
        }
    }

    /// The effect of this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effect| effect.name() == name)
    }
}
