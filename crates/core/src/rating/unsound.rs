//! Terms that make no rate.

/// Why terms make no rate. Steps are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsoundRate {
    /// A price by pages for what has none.
    #[error("only a fax has pages")]
    PagesOfNoFax,
    /// Steps of time for a message.
    #[error("a message has no duration")]
    MessageByTime,
    /// A message's price for a call or a fax.
    #[error("it is no message")]
    NoMessage,
    /// Nothing says what it costs.
    #[error("it has no price")]
    NoPrice,
    /// The first step does not begin with the call.
    #[error("no step begins at second 0")]
    NoFirstStep,
    /// More steps than a rate may have.
    #[error("a rate has at most 64 steps")]
    TooManySteps {
        /// The first one too many.
        step: usize,
    },
    /// Two steps begin at one second.
    #[error("two steps begin at second {from_second}")]
    Unordered {
        /// The second one.
        step: usize,
        /// Where it begins.
        from_second: u32,
    },
    /// A step begins within an increment of the one before.
    #[error(
        "second {from_second} is not reached by whole increments of {increment} s of the step \
         before it"
    )]
    Unreachable {
        /// The step.
        step: usize,
        /// Where it begins.
        from_second: u32,
        /// The increment of the step before it.
        increment: u32,
    },
    /// More decimals than credits have.
    #[error("a cost has 0 to 4 decimals")]
    Decimals,
    /// The maximum is finer than what is rounded to it.
    #[error("the maximum has more decimals than the cost")]
    MaxCost,
    /// The longest call would cost more than a ledger can hold.
    #[error("a call of a year would cost more than can be booked")]
    TooDear,
}

impl UnsoundRate {
    /// The step it is about, if it is about one.
    pub const fn step(self) -> Option<usize> {
        match self {
            Self::TooManySteps { step }
            | Self::Unordered { step, .. }
            | Self::Unreachable { step, .. } => Some(step),
            Self::PagesOfNoFax
            | Self::MessageByTime
            | Self::NoMessage
            | Self::NoPrice
            | Self::NoFirstStep
            | Self::Decimals
            | Self::MaxCost
            | Self::TooDear => None,
        }
    }

    /// The column of a rate deck that it is about.
    pub const fn column(self) -> &'static str {
        match self {
            Self::PagesOfNoFax => "per_page",
            Self::MessageByTime
            | Self::NoFirstStep
            | Self::TooManySteps { .. }
            | Self::Unordered { .. }
            | Self::Unreachable { .. } => "from_second",
            Self::NoMessage => "sms_type",
            Self::NoPrice | Self::TooDear => "price",
            Self::Decimals => "decimals",
            Self::MaxCost => "max_cost",
        }
    }
}
