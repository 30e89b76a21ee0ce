//! A reckoning's steps in JSON.

use leaseline_core::decimal::Rounding;
use leaseline_core::money::Credits;
use leaseline_core::rating::TraceLine;
use serde::Serialize;

/// A step. Amounts are decimal dollars.
#[derive(Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(super) enum Traced {
    ConnectFee { price: String },
    Counted { seconds: u64, minimum: u32, billed_seconds: u64 },
    Time { from_second: u32, seconds: u64, increment: u32, price: String, per_seconds: u32 },
    Blocks { blocks: i64, block_seconds: i64, rate: String, cost: String },
    Pages { pages: u64, price: String },
    Message { price: String },
    MaxCost { price: String },
    Rounded { exact: String, rounding: &'static str, decimals: u8, cost: String },
}

pub(super) fn traced(line: &TraceLine) -> Traced {
    match line {
        TraceLine::ConnectFee { price } => Traced::ConnectFee { price: price.to_string() },
        TraceLine::Counted { seconds, minimum, billed_seconds } => Traced::Counted {
            seconds: *seconds,
            minimum: *minimum,
            billed_seconds: *billed_seconds,
        },
        TraceLine::Step { step, seconds } => Traced::Time {
            from_second: step.from_second,
            seconds: *seconds,
            increment: step.increment.get(),
            price: step.price.to_string(),
            per_seconds: step.per_seconds.get(),
        },
        TraceLine::Blocks { blocks, block, rate, cost } => Traced::Blocks {
            blocks: *blocks,
            block_seconds: block.get(),
            rate: Credits::new(rate.get()).in_dollars().to_string(),
            cost: cost.in_dollars().to_string(),
        },
        TraceLine::Pages { pages, price } => {
            Traced::Pages { pages: *pages, price: price.to_string() }
        }
        TraceLine::Message { price } => Traced::Message { price: price.to_string() },
        TraceLine::MaxCost { price } => Traced::MaxCost { price: price.to_string() },
        TraceLine::Rounded { exact, rounding, decimals, cost } => Traced::Rounded {
            exact: exact.to_string(),
            rounding: word(*rounding),
            decimals: *decimals,
            cost: cost.in_dollars().to_string(),
        },
    }
}

const fn word(rounding: Rounding) -> &'static str {
    match rounding {
        Rounding::Up => "up",
        Rounding::HalfUp => "half_up",
        Rounding::Down => "down",
    }
}
