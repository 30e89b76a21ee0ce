//! The reckoning: exact in 10⁻⁹ dollars over one denominator, and rounded once.

use super::price::Price;
use super::rate::{Counting, LONGEST_CALL_SECONDS, Rate, RateTerms, Step};
use super::service::RatedService;
use super::trace::{Exact, Trace, TraceLine};
use crate::decimal::Rounding;
use crate::money::Credits;

/// A price has so many decimals, a credit so many.
const PRICE_PLACES: u32 = 9;
const CREDIT_PLACES: u32 = 4;

/// What was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Usage {
    /// How long it took, in seconds.
    pub seconds: u64,
    /// How many pages it had.
    pub pages: u64,
    /// How many messages.
    pub messages: u64,
}

/// What it costs, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rated {
    /// What it costs.
    pub cost: Credits,
    /// So many seconds were billed.
    pub billed_seconds: u64,
    /// How it was reckoned.
    pub trace: Trace,
}

/// A cost that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it would cost more than can be booked")]
pub struct CostOverflow;

impl Usage {
    /// A call of so many seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self { seconds, pages: 0, messages: 0 }
    }

    /// A fax of so many pages that took so many seconds.
    pub const fn fax(pages: u64, seconds: u64) -> Self {
        Self { seconds, pages, messages: 0 }
    }

    /// One text message.
    pub const fn message() -> Self {
        Self { seconds: 0, pages: 0, messages: 1 }
    }

    /// What every sound rate must be able to tell the cost of.
    pub(super) const fn the_most(service: RatedService) -> Self {
        match service {
            RatedService::Voice | RatedService::VoiceIn => Self::seconds(LONGEST_CALL_SECONDS),
            RatedService::Fax => Self::fax(LONGEST_CALL_SECONDS, LONGEST_CALL_SECONDS),
            RatedService::Sms(_) => Self::message(),
        }
    }

    const fn is_nothing(self) -> bool {
        self.seconds == 0 && self.pages == 0 && self.messages == 0
    }
}

impl Rate {
    /// What this much costs. Nothing costs nothing, not even the connect fee.
    ///
    /// # Errors
    /// [`CostOverflow`], for calls that are longer than a year.
    pub fn cost(&self, usage: Usage) -> Result<Rated, CostOverflow> {
        if usage.is_nothing() {
            let trace = Trace::default();
            return Ok(Rated { cost: Credits::ZERO, billed_seconds: 0, trace });
        }
        self.reckoned(usage).ok_or(CostOverflow)
    }

    fn reckoned(&self, usage: Usage) -> Option<Rated> {
        let terms = self.terms();
        let billed_seconds = terms.billed_seconds(usage.seconds)?;
        let mut sum = Sum::new(terms)?;
        sum.add(TraceLine::ConnectFee { price: terms.connect_fee }, terms.connect_fee, 1)?;
        if let Counting::FromZero { minimum } = terms.counting
            && usage.seconds > 0
            && !terms.steps.is_empty()
        {
            let seconds = usage.seconds;
            sum.trace.push(TraceLine::Counted { seconds, minimum, billed_seconds });
        }
        for (seconds, step) in terms.shares(billed_seconds) {
            sum.add_step(*step, seconds)?;
        }
        if let Some(price) = terms.per_page {
            sum.add(TraceLine::Pages { pages: usage.pages, price }, price, usage.pages)?;
        }
        if let Some(price) = terms.per_message {
            sum.add(TraceLine::Message { price }, price, usage.messages)?;
        }
        let cost = sum.rounded(terms)?;
        Some(Rated { cost, billed_seconds, trace: Trace::new(sum.trace) })
    }
}

impl RateTerms {
    /// A duration in whole increments.
    fn billed_seconds(&self, seconds: u64) -> Option<u64> {
        if seconds == 0 {
            return Some(0);
        }
        let ends_in = |step: &&Step| u64::from(step.from_second) < seconds;
        let Some(last) = self.steps.iter().rfind(ends_in) else { return Some(0) };
        let increment = u64::from(last.increment.get());
        let whole = |seconds: u64| seconds.div_ceil(increment).checked_mul(increment);
        match self.counting {
            Counting::AfterFirst => {
                let before = u64::from(last.from_second);
                before.checked_add(whole(seconds - before)?)
            }
            Counting::FromZero { minimum } => Some(whole(seconds)?.max(minimum.into())),
        }
    }

    /// How much of what is billed falls into each step.
    fn shares(&self, billed_seconds: u64) -> impl Iterator<Item = (u64, &Step)> {
        let ends = self.steps.iter().skip(1).map(|next| u64::from(next.from_second));
        let ends = ends.chain([u64::MAX]);
        let shares = self.steps.iter().zip(ends).map(move |(step, end)| {
            (billed_seconds.min(end).saturating_sub(step.from_second.into()), step)
        });
        shares.filter(|(seconds, _)| *seconds > 0)
    }
}

/// A sum of prices over the least common multiple of what they are for.
struct Sum {
    numerator: i128,
    denominator: i128,
    trace: Vec<TraceLine>,
}

impl Sum {
    fn new(terms: &RateTerms) -> Option<Self> {
        let mut periods = terms.steps.iter().map(|step| i128::from(step.per_seconds.get()));
        let denominator = periods.try_fold(1, least_common_multiple)?;
        Some(Self { numerator: 0, denominator, trace: Vec::new() })
    }

    fn add(&mut self, line: TraceLine, price: Price, count: u64) -> Option<()> {
        let amount = i128::from(price.nanodollars()).checked_mul(count.into())?;
        self.grow(amount.checked_mul(self.denominator)?)?;
        if price != Price::ZERO {
            self.trace.push(line);
        }
        Some(())
    }

    fn add_step(&mut self, step: Step, seconds: u64) -> Option<()> {
        let amount = i128::from(step.price.nanodollars()).checked_mul(seconds.into())?;
        self.grow(amount.checked_mul(self.denominator / i128::from(step.per_seconds.get()))?)?;
        self.trace.push(TraceLine::Step { step, seconds });
        Some(())
    }

    fn grow(&mut self, by: i128) -> Option<()> {
        self.numerator = self.numerator.checked_add(by)?;
        Some(())
    }

    /// The one rounding, after the maximum was applied.
    fn rounded(&mut self, terms: &RateTerms) -> Option<Credits> {
        if let Some(max) = terms.max_cost {
            let most = i128::from(max.nanodollars()).checked_mul(self.denominator)?;
            if self.numerator > most {
                self.numerator = most;
                self.trace.push(TraceLine::MaxCost { price: max });
            }
        }
        let (rounding, decimals) = (terms.rounding, terms.decimals);
        let cost = credits(self.numerator, self.denominator, rounding, decimals.into())?;
        let exact = Exact { numerator: self.numerator, denominator: self.denominator };
        self.trace.push(TraceLine::Rounded { exact, rounding, decimals, cost });
        Some(cost)
    }
}

fn credits(
    numerator: i128,
    denominator: i128,
    rounding: Rounding,
    decimals: u32,
) -> Option<Credits> {
    let unit = 10_i128.checked_pow(PRICE_PLACES.checked_sub(decimals)?)?;
    let units = rounding.divide(numerator, denominator.checked_mul(unit)?)?;
    let credits = units.checked_mul(10_i128.checked_pow(CREDIT_PLACES.checked_sub(decimals)?)?)?;
    i64::try_from(credits).ok().map(Credits::new)
}

fn least_common_multiple(one: i128, other: i128) -> Option<i128> {
    let (mut divisor, mut rest) = (one, other);
    while rest != 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    one.checked_mul(other / divisor)
}
