//! A rate: a connect fee, steps of time, a price per page or per message, and how the sum of it
//! is rounded.

use std::num::NonZeroU32;

use super::cost::Usage;
use super::price::Price;
use super::service::RatedService;
use super::unsound::UnsoundRate;
use crate::decimal::Rounding;
use crate::money::Credits;

/// The longest call, and the most pages, whose cost has to fit: about a year in seconds.
pub const LONGEST_CALL_SECONDS: u64 = 366 * 86_400;

/// The most decimals of a cost: a credit is the fourth one.
const MOST_DECIMALS: u8 = 4;
/// The most steps of a rate.
const MOST_STEPS: usize = 64;
const SECONDS_PER_MINUTE: u32 = 60;

/// A rate that was checked: its steps follow one another, it fits its service, and the longest
/// call can be paid in credits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rate(RateTerms);

/// What a rate says. [`RateTerms::checked`] makes a [`Rate`] of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RateTerms {
    /// Once for whatever is charged at all.
    pub connect_fee: Price,
    /// What time costs, in the order of the seconds; none, if time costs nothing.
    pub steps: Vec<Step>,
    /// How increments are counted.
    pub counting: Counting,
    /// What a page of a fax costs.
    pub per_page: Option<Price>,
    /// What a text message costs.
    pub per_message: Option<Price>,
    /// Which way the cost is rounded, once.
    pub rounding: Rounding,
    /// To so many decimals of a dollar, 0 to 4.
    pub decimals: u8,
    /// After this much the rest is free.
    pub max_cost: Option<Price>,
}

/// From a second of a call on, so much for so many seconds, counted in whole increments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// The second of the call with which it begins.
    pub from_second: u32,
    /// What `per_seconds` cost.
    pub price: Price,
    /// For how many seconds the price is.
    pub per_seconds: NonZeroU32,
    /// Only whole ones of so many seconds are billed.
    pub increment: NonZeroU32,
}

/// From where increments are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Counting {
    /// In each step from its beginning.
    #[default]
    AfterFirst,
    /// The whole duration is rounded up to the increment of the step in which it ends.
    FromZero {
        /// At least so many seconds are billed.
        minimum: u32,
    },
}

/// By what a rate charges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Billing {
    /// By time, in increments of less than minutes.
    PerSecond,
    /// By time, the first increment in whole minutes.
    PerMinute,
    /// By pages alone.
    PerPage,
    /// By pages and by time.
    Mixed,
}

impl Default for RateTerms {
    fn default() -> Self {
        Self {
            connect_fee: Price::ZERO,
            steps: Vec::new(),
            counting: Counting::AfterFirst,
            per_page: None,
            per_message: None,
            rounding: Rounding::HalfUp,
            decimals: MOST_DECIMALS,
            max_cost: None,
        }
    }
}

impl Step {
    /// From the first second on, so much a second, each second counted.
    pub const fn per_second(price: Price) -> Self {
        Self { from_second: 0, price, per_seconds: NonZeroU32::MIN, increment: NonZeroU32::MIN }
    }

    /// From the first second on, so much a minute, only whole minutes counted.
    pub const fn per_minute(price: Price) -> Self {
        const MINUTE: NonZeroU32 = NonZeroU32::new(SECONDS_PER_MINUTE).expect("it is not zero");
        Self { from_second: 0, price, per_seconds: MINUTE, increment: MINUTE }
    }

    /// What a second costs, half up; `None` when it does not fit.
    pub fn credits_per_second(&self) -> Option<Credits> {
        self.price.credits_for(1, self.per_seconds.get())
    }

    /// What a minute costs, half up; `None` when it does not fit.
    pub fn credits_per_minute(&self) -> Option<Credits> {
        self.price.credits_for(SECONDS_PER_MINUTE, self.per_seconds.get())
    }
}

impl RateTerms {
    /// A rate for a service, if these terms make one.
    ///
    /// # Errors
    /// [`UnsoundRate`] says what is wrong, and with which step.
    pub fn checked(self, service: RatedService) -> Result<Rate, UnsoundRate> {
        self.fit(service)?;
        self.follow_one_another()?;
        if self.decimals > MOST_DECIMALS {
            return Err(UnsoundRate::Decimals);
        }
        if self.max_cost.is_some_and(|max| !max.has_at_most(self.decimals)) {
            return Err(UnsoundRate::MaxCost);
        }
        let rate = Rate(self);
        match rate.cost(Usage::the_most(service)) {
            Ok(_) => Ok(rate),
            Err(_) => Err(UnsoundRate::TooDear),
        }
    }

    fn fit(&self, service: RatedService) -> Result<(), UnsoundRate> {
        let (is_fax, is_sms) = match service {
            RatedService::Voice | RatedService::VoiceIn => (false, false),
            RatedService::Fax => (true, false),
            RatedService::Sms(_) => (false, true),
        };
        match (self.steps.is_empty(), self.per_page, self.per_message) {
            (_, Some(_), _) if !is_fax => Err(UnsoundRate::PagesOfNoFax),
            (false, _, _) if is_sms => Err(UnsoundRate::MessageByTime),
            (_, _, Some(_)) if !is_sms => Err(UnsoundRate::NoMessage),
            (true, None, None) => Err(UnsoundRate::NoPrice),
            _ => Ok(()),
        }
    }

    fn follow_one_another(&self) -> Result<(), UnsoundRate> {
        if self.steps.len() > MOST_STEPS {
            return Err(UnsoundRate::TooManySteps { step: MOST_STEPS });
        }
        if self.steps.first().is_some_and(|first| first.from_second != 0) {
            return Err(UnsoundRate::NoFirstStep);
        }
        let pairs = self.steps.windows(2).zip(1..);
        pairs.into_iter().try_for_each(|(pair, step)| match pair {
            [before, after] => self.reaches(before, after, step),
            _ => Ok(()),
        })
    }

    /// Whether whole increments of a step end where the next one begins.
    fn reaches(&self, before: &Step, after: &Step, step: usize) -> Result<(), UnsoundRate> {
        let from_second = after.from_second;
        let counted = match self.counting {
            Counting::AfterFirst => from_second.checked_sub(before.from_second),
            Counting::FromZero { .. } => Some(from_second),
        };
        if from_second <= before.from_second {
            return Err(UnsoundRate::Unordered { step, from_second });
        }
        match counted {
            Some(seconds) if seconds % before.increment == 0 => Ok(()),
            _ => {
                let increment = before.increment.get();
                Err(UnsoundRate::Unreachable { step, from_second, increment })
            }
        }
    }
}

impl Rate {
    /// What it says.
    pub const fn terms(&self) -> &RateTerms {
        &self.0
    }

    /// By what it charges.
    pub fn billing(&self) -> Billing {
        match (self.0.per_page, self.0.steps.first()) {
            (Some(_), None) => Billing::PerPage,
            (Some(_), Some(_)) => Billing::Mixed,
            (None, Some(first)) if first.increment.get().is_multiple_of(SECONDS_PER_MINUTE) => {
                Billing::PerMinute
            }
            (None, _) => Billing::PerSecond,
        }
    }

    /// What the connect fee is in credits, half up; `None` when it does not fit.
    pub fn connect_credits(&self) -> Option<Credits> {
        self.0.connect_fee.credits_for(1, 1)
    }

    /// What a page is in credits, half up; zero where pages cost nothing, `None` when it does not
    /// fit.
    pub fn page_credits(&self) -> Option<Credits> {
        self.0.per_page.map_or(Some(Credits::ZERO), |page| page.credits_for(1, 1))
    }
}
