//! What things cost: modes, requests and answers in one place, as they are a world of their own.

use leaseline_core::money::Credits;
use leaseline_core::phone::E164;
use leaseline_core::rating::{Billing, Rate, RatedService, SmsType, Step, Usage};

use crate::call::Call;
use crate::error::Error;
use crate::intake::Parameters;
use crate::parameter::{self, required};
use crate::reply::Output;
use crate::table::Row;
use crate::to_wire::table;

/// What a cost query is about: a call of one minute, a fax of one page that takes as long.
const MINUTE: u64 = 60;

/// `querysmscost`.
pub(crate) async fn sms(call: &Call<'_>) -> Result<Output, Error> {
    let (number, kind) = message(call.parameters)?;
    let rate = rate(call, RatedService::Sms(kind), number).await?;
    Ok(Output::line(cost(&rate, Usage::message())?.in_dollars()))
}

/// `queryvoicecost`.
pub(crate) async fn voice(call: &Call<'_>) -> Result<Output, Error> {
    let rate = rate(call, RatedService::Voice, destination(call.parameters)?).await?;
    voice_cost(&rate)
}

/// `queryfaxcost`.
pub(crate) async fn fax(call: &Call<'_>) -> Result<Output, Error> {
    let rate = rate(call, RatedService::Fax, destination(call.parameters)?).await?;
    fax_cost(&rate)
}

/// What the account's deck has for a number; without one nothing can be reached.
async fn rate(call: &Call<'_>, service: RatedService, number: E164) -> Result<Rate, Error> {
    let hub = call.hub;
    let deck = call.account.profile.rate_deck.as_deref().ok_or(Error::Destination)?;
    let deck = hub.rate_deck(deck).await?.ok_or(Error::Destination)?;
    let found = hub.rate(deck.id, service, number, hub.now()).await?;
    found.map(|found| found.rate).ok_or(Error::Destination)
}

/// Where a message would go, and as what.
pub(crate) fn message(parameters: &Parameters) -> Result<(E164, SmsType), Error> {
    let number = destination(parameters)?;
    let kind = required(parameters, "type", SmsType::by_name, Error::Incomplete)?;
    Ok((number, kind))
}

pub(crate) fn destination(parameters: &Parameters) -> Result<E164, Error> {
    required(parameters, "number", parameter::destination, Error::Destination)
}

fn voice_cost(rate: &Rate) -> Result<Output, Error> {
    let breakdown = Breakdown::of(rate, Usage::seconds(MINUTE))?;
    let row = breakdown.by_time().cell(breakdown.billing).cell(breakdown.cost.in_dollars());
    Ok(table("FlagFall,PerSecond,PerMinute,BillingType,Cost", [row]))
}

fn fax_cost(rate: &Rate) -> Result<Output, Error> {
    let breakdown = Breakdown::of(rate, Usage::fax(1, MINUTE))?;
    let row = breakdown.by_time().cell(breakdown.per_page.in_dollars());
    let row = row.cell(breakdown.billing).cell(breakdown.cost.in_dollars());
    Ok(table("FlagFall,PerSecond,PerMinute,PerPage,BillingType,Cost", [row]))
}

/// What a cost is made of, each part rounded by itself; the cost is not their sum.
struct Breakdown {
    flag_fall: Credits,
    per_second: Credits,
    per_minute: Credits,
    per_page: Credits,
    billing: &'static str,
    cost: Credits,
}

impl Breakdown {
    /// # Errors
    /// [`Error::Destination`] for a price that does not fit, which no deck lets in.
    fn of(rate: &Rate, usage: Usage) -> Result<Self, Error> {
        let first = rate.terms().steps.first();
        let by_minute = first.filter(|step| step.increment.get().is_multiple_of(60));
        let by_second = first.filter(|_| by_minute.is_none());
        let price = |step: Option<&Step>, price: fn(&Step) -> Option<Credits>| {
            step.map_or(Some(Credits::ZERO), price).ok_or(Error::Destination)
        };
        Ok(Self {
            flag_fall: rate.connect_credits().ok_or(Error::Destination)?,
            per_second: price(by_second, Step::credits_per_second)?,
            per_minute: price(by_minute, Step::credits_per_minute)?,
            per_page: rate.page_credits().ok_or(Error::Destination)?,
            billing: billing(rate.billing()),
            cost: cost(rate, usage)?,
        })
    }

    fn by_time(&self) -> Row {
        let cells = [self.flag_fall, self.per_second, self.per_minute];
        cells.iter().fold(Row::default(), |row, price| row.cell(price.in_dollars()))
    }
}

const fn billing(billing: Billing) -> &'static str {
    match billing {
        Billing::PerSecond => "PerSecond",
        Billing::PerMinute => "PerMinute",
        Billing::PerPage => "PerPage",
        Billing::Mixed => "Mixed",
    }
}

fn cost(rate: &Rate, usage: Usage) -> Result<Credits, Error> {
    rate.cost(usage).map(|rated| rated.cost).map_err(|_| Error::Destination)
}
