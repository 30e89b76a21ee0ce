//! How a cost was reckoned, step by step, for whoever has to explain it.

use std::fmt;

use super::price::Price;
use super::rate::Step;
use crate::customer::{BlockRate, BlockSeconds};
use crate::decimal::Rounding;
use crate::money::Credits;

/// The steps of a reckoning, in their order; none for what cost nothing because nothing was used.
/// Displays as one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace(Vec<TraceLine>);

/// A step of a reckoning. Displays as words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TraceLine {
    /// The connect fee.
    ConnectFee {
        /// How much.
        price: Price,
    },
    /// The whole duration was rounded up from its beginning on.
    Counted {
        /// The duration.
        seconds: u64,
        /// At least so many seconds are billed.
        minimum: u32,
        /// So many were.
        billed_seconds: u64,
    },
    /// What was billed within a step of the rate.
    Step {
        /// The step.
        step: Step,
        /// So many seconds of it.
        seconds: u64,
    },
    /// Whole blocks of a call on a leased number.
    Blocks {
        /// How many.
        blocks: i64,
        /// How long each is.
        block: BlockSeconds,
        /// What each costs.
        rate: BlockRate,
        /// What they cost together.
        cost: Credits,
    },
    /// Pages of a fax.
    Pages {
        /// How many.
        pages: u64,
        /// What one costs.
        price: Price,
    },
    /// A text message.
    Message {
        /// What it costs.
        price: Price,
    },
    /// It would have cost more.
    MaxCost {
        /// The most.
        price: Price,
    },
    /// The end of it.
    Rounded {
        /// The exact sum.
        exact: Exact,
        /// Which way it was rounded.
        rounding: Rounding,
        /// To how many decimals of a dollar.
        decimals: u8,
        /// To what.
        cost: Credits,
    },
}

/// An exact amount: so many 10⁻⁹ dollars, divided. Displays as dollars, with `…` where its
/// decimals do not end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exact {
    pub(super) numerator: i128,
    pub(super) denominator: i128,
}

impl Trace {
    pub(crate) const fn new(lines: Vec<TraceLine>) -> Self {
        Self(lines)
    }

    /// That of what costs nothing.
    pub(crate) const fn empty() -> Self {
        Self(Vec::new())
    }

    /// Its lines.
    pub fn lines(&self) -> &[TraceLine] {
        &self.0
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("; "))
    }
}

impl fmt::Display for TraceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConnectFee { price } => write!(f, "connect fee {price}"),
            Self::Counted { seconds, minimum, billed_seconds } => {
                write!(f, "{seconds} s counted from zero, at least {minimum} s: {billed_seconds} s")
            }
            Self::Step { step, seconds } => write!(
                f,
                "from second {}: {seconds} s in increments of {} s at {} per {} s",
                step.from_second, step.increment, step.price, step.per_seconds
            ),
            Self::Blocks { blocks, block, rate, cost } => {
                let (block, rate) = (block.get(), Credits::new(rate.get()).in_dollars());
                let cost = cost.in_dollars();
                write!(f, "{blocks} blocks of {block} s at {rate}: {cost}")
            }
            Self::Pages { pages, price } => write!(f, "{pages} pages at {price}"),
            Self::Message { price } => write!(f, "message {price}"),
            Self::MaxCost { price } => write!(f, "at most {price}"),
            Self::Rounded { exact, rounding, decimals, cost } => {
                let way = way(*rounding);
                let cost = cost.in_dollars();
                write!(f, "{exact} rounded {way} to {decimals} decimals: {cost}")
            }
        }
    }
}

const fn way(rounding: Rounding) -> &'static str {
    match rounding {
        Rounding::Up => "up",
        Rounding::HalfUp => "half up",
        Rounding::Down => "down",
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NANOS: i128 = 1_000_000_000;
        let nanos = self.numerator / self.denominator;
        let digits = format!("{}.{:09}", nanos / NANOS, nanos % NANOS);
        if self.numerator % self.denominator != 0 {
            return write!(f, "{digits}…");
        }
        f.write_str(digits.trim_end_matches('0').trim_end_matches('.'))
    }
}
