//! Costs by hand, by a walk from second to second, and back from a cost to its seconds.

use std::num::NonZeroU32;

use proptest::prelude::*;

use super::*;
use crate::decimal::Rounding;
use crate::money::Credits;

fn price(dollars: &str) -> Price {
    Price::parse(dollars).expect("a price")
}

fn seconds(value: u32) -> NonZeroU32 {
    NonZeroU32::new(value).expect("at least one")
}

fn step(from_second: u32, dollars: &str, per_seconds: u32, increment: u32) -> Step {
    let (per_seconds, increment) = (seconds(per_seconds), seconds(increment));
    Step { from_second, price: price(dollars), per_seconds, increment }
}

fn terms(connect_fee: &str, steps: &[Step]) -> RateTerms {
    RateTerms { connect_fee: price(connect_fee), steps: steps.to_vec(), ..RateTerms::default() }
}

fn voice(terms: RateTerms) -> Rate {
    terms.checked(RatedService::Voice).expect("a sound rate")
}

/// The cost in dollars and the billed seconds of a call.
fn check(terms: &RateTerms, duration: u64, dollars: &str, billed: u64) {
    let rated = voice(terms.clone()).cost(Usage::seconds(duration)).expect("it fits");
    let told = (rated.cost.in_dollars().to_string(), rated.billed_seconds);
    assert_eq!(told, (dollars.to_owned(), billed), "{duration} s: {}", rated.trace);
}

fn from_zero(minimum: u32) -> Counting {
    Counting::FromZero { minimum }
}

#[test]
fn the_documented_table() {
    let up = |terms, decimals| RateTerms { rounding: Rounding::Up, decimals, ..terms };
    // 0.15 + 24 × 0.05/60 = 0.17
    check(&up(terms("0.15", &[step(0, "0.05", 60, 1)]), 2), 24, "0.1700", 24);
    // 0.1 + 45 × 0.01
    check(&terms("0.1", &[step(0, "0.01", 1, 1)]), 45, "0.5500", 45);
    // 0.2 + 60 × 1.2/60
    let first_minute = [step(0, "1.2", 60, 60), step(60, "1.2", 60, 1)];
    check(&terms("0.2", &first_minute), 45, "1.4000", 60);
    // 180 × 0.1/60; rounded per second it would be 0.3001 or worse
    check(&terms("0", &[step(0, "0.1", 60, 1)]), 180, "0.3000", 180);
    // 0.4 + 0.2 + 70 × 0.1/60 = 0.71666…
    let cheaper = [step(0, "0.2", 60, 60), step(60, "0.1", 60, 1)];
    check(&up(terms("0.4", &cheaper), 4), 130, "0.7167", 130);
    // 20 × 1/60 = 0.33333…
    let by_twenty = terms("0", &[step(0, "1", 60, 20)]);
    check(&RateTerms { counting: from_zero(0), ..by_twenty }, 15, "0.3333", 20);
    // The same 31 s: 30 + 12, and 3 × 12
    let thirty_twelve = terms("0", &[step(0, "0.6", 60, 30), step(30, "0.6", 60, 12)]);
    check(&thirty_twelve, 31, "0.4200", 42);
    let twelve = terms("0", &[step(0, "0.6", 60, 12)]);
    check(&RateTerms { counting: from_zero(30), ..twelve }, 31, "0.3600", 36);
}

#[test]
fn increments_after_the_first() {
    let plain = terms("0", &[Step::per_second(price("0.0025"))]);
    check(&plain, 0, "0.0000", 0);
    check(&plain, 1, "0.0025", 1);
    check(&plain, 3_600, "9.0000", 3_600);
    let minutes = terms("0.1", &[Step::per_minute(price("0.06"))]);
    check(&minutes, 0, "0.0000", 0); // nor the connect fee
    check(&minutes, 1, "0.1600", 60); // 0.1 + 1 × 0.06
    check(&minutes, 60, "0.1600", 60);
    check(&minutes, 61, "0.2200", 120); // 0.1 + 2 × 0.06
    let american = terms("0", &[step(0, "0.6", 60, 30), step(30, "0.6", 60, 6)]);
    check(&american, 1, "0.3000", 30); // 30 × 0.01
    check(&american, 30, "0.3000", 30);
    check(&american, 31, "0.3600", 36); // + 6 × 0.01
    check(&american, 36, "0.3600", 36);
    check(&american, 37, "0.4200", 42);
    // 60 × 0.01, then 60 × 0.02, then a second of 0.03
    let dearer =
        terms("0", &[step(0, "0.01", 1, 1), step(60, "0.02", 1, 1), step(120, "0.03", 1, 1)]);
    check(&dearer, 60, "0.6000", 60);
    check(&dearer, 120, "1.8000", 120);
    check(&dearer, 121, "1.8300", 121);
    // The first 30 s are free: then 10 × 0.01
    let free_first = terms("0", &[step(0, "0", 1, 1), step(30, "0.01", 1, 1)]);
    check(&free_first, 30, "0.0000", 30);
    check(&free_first, 40, "0.1000", 40);
}

#[test]
fn increments_from_zero() {
    let minimum = |minimum| RateTerms {
        counting: from_zero(minimum),
        ..terms("0.05", &[step(0, "0.6", 60, 10)])
    };
    check(&minimum(0), 0, "0.0000", 0);
    check(&minimum(0), 1, "0.1500", 10); // 0.05 + 10 × 0.01
    check(&minimum(0), 11, "0.2500", 20);
    check(&minimum(25), 1, "0.3000", 25); // 0.05 + 25 × 0.01
    check(&minimum(25), 25, "0.3500", 30); // three tens, and more than the minimum
    // 40 s reach into the second step: 30 × 0.01 + 10 × 0.02
    let steps = [step(0, "0.01", 1, 30), step(30, "0.02", 1, 10)];
    let dearer = RateTerms { counting: from_zero(0), ..terms("0", &steps) };
    check(&dearer, 29, "0.3000", 30);
    check(&dearer, 31, "0.5000", 40);
    check(&RateTerms { counting: from_zero(45), ..dearer }, 5, "0.6000", 45);
}

#[test]
fn one_rounding_and_a_maximum() {
    let third = terms("0", &[step(0, "0.1", 60, 1)]);
    let rounded = |rounding, decimals| RateTerms { rounding, decimals, ..third.clone() };
    // 10 × 0.1/60 = 0.016666…
    check(&rounded(Rounding::Up, 4), 10, "0.0167", 10);
    check(&rounded(Rounding::HalfUp, 4), 10, "0.0167", 10);
    check(&rounded(Rounding::Down, 4), 10, "0.0166", 10);
    check(&rounded(Rounding::Down, 2), 10, "0.0100", 10);
    check(&rounded(Rounding::Up, 1), 10, "0.1000", 10);
    check(&rounded(Rounding::Up, 0), 10, "1.0000", 10);
    check(&rounded(Rounding::HalfUp, 0), 10, "0.0000", 10);
    // 0.00005 lies in the middle
    let half = terms("0", &[step(0, "0.00005", 1, 1)]);
    check(&half, 1, "0.0001", 1);
    check(&RateTerms { rounding: Rounding::Down, ..half }, 1, "0.0000", 1);
    // 0.5 + 60 × 0.01 = 1.1, but no more than 1
    let capped = terms("0.5", &[step(0, "0.01", 1, 1)]);
    let capped = RateTerms { max_cost: Some(price("1")), ..capped };
    check(&capped, 50, "1.0000", 50);
    check(&capped, 60, "1.0000", 60);
    check(&capped, 49, "0.9900", 49);
}

#[test]
fn faxes_and_messages() {
    let check = |service, terms: RateTerms, usage, dollars: &str, billing| {
        let rate = terms.checked(service).expect("a sound rate");
        let rated = rate.cost(usage).expect("it fits");
        assert_eq!(rated.cost.in_dollars().to_string(), dollars, "{}", rated.trace);
        assert_eq!(rate.billing(), billing);
    };
    let pages = RateTerms { per_page: Some(price("0.15")), ..terms("0.02", &[]) };
    // 0.02 + 3 × 0.15
    check(RatedService::Fax, pages.clone(), Usage::fax(3, 90), "0.4700", Billing::PerPage);
    let mixed = RateTerms { steps: vec![step(0, "0.06", 60, 60)], ..pages };
    // 0.02 + 3 × 0.15 + 2 × 0.06
    check(RatedService::Fax, mixed, Usage::fax(3, 90), "0.5900", Billing::Mixed);
    let timed = terms("0", &[step(0, "0.06", 60, 6)]);
    check(RatedService::Fax, timed, Usage::fax(3, 90), "0.0900", Billing::PerSecond);
    let message = RateTerms { per_message: Some(price("0.09")), ..RateTerms::default() };
    let sms = RatedService::Sms(SmsType::Replies);
    check(sms, message, Usage::message(), "0.0900", Billing::PerSecond);
}

#[test]
fn what_is_no_rate() {
    let check = |service: RatedService, terms: RateTerms, expected: UnsoundRate| {
        assert_eq!(terms.checked(service), Err(expected));
    };
    let voice = |terms, expected| check(RatedService::Voice, terms, expected);
    let plain = || terms("0", &[step(0, "0.01", 1, 1)]);
    voice(terms("0.1", &[]), UnsoundRate::NoPrice);
    voice(terms("0", &[step(1, "0.01", 1, 1)]), UnsoundRate::NoFirstStep);
    let unreachable =
        |from_second, increment| UnsoundRate::Unreachable { step: 1, from_second, increment };
    voice(terms("0", &[step(0, "1", 60, 60), step(90, "1", 60, 1)]), unreachable(90, 60));
    let from_zero = RateTerms {
        counting: from_zero(0),
        ..terms("0", &[step(0, "1", 1, 30), step(30, "1", 1, 12), step(42, "1", 1, 1)])
    };
    let second = UnsoundRate::Unreachable { step: 2, from_second: 42, increment: 12 };
    voice(from_zero.clone(), second);
    assert!(
        RateTerms { counting: Counting::AfterFirst, ..from_zero }
            .checked(RatedService::Voice)
            .is_ok()
    );
    let twice = UnsoundRate::Unordered { step: 1, from_second: 0 };
    voice(terms("0", &[step(0, "1", 1, 1), step(0, "2", 1, 1)]), twice);
    voice(RateTerms { decimals: 5, ..plain() }, UnsoundRate::Decimals);
    let finer = RateTerms { decimals: 2, max_cost: Some(price("0.555")), ..plain() };
    voice(finer, UnsoundRate::MaxCost);
    voice(RateTerms { per_page: Some(price("1")), ..plain() }, UnsoundRate::PagesOfNoFax);
    voice(RateTerms { per_message: Some(price("1")), ..plain() }, UnsoundRate::NoMessage);
    let sms = RatedService::Sms(SmsType::Masking);
    check(sms, plain(), UnsoundRate::MessageByTime);
    check(sms, RateTerms::default(), UnsoundRate::NoPrice);
    // 9,223,372,036 dollars a second for a year
    voice(terms("0", &[step(0, "9223372036", 1, 1)]), UnsoundRate::TooDear);
    assert!(terms("9223372036", &[step(0, "0.01", 1, 1)]).checked(RatedService::Voice).is_ok());
}

#[test]
fn a_trace_tells_each_step() {
    let steps = [step(0, "0.2", 60, 60), step(60, "0.1", 60, 1)];
    let rate = voice(RateTerms { rounding: Rounding::Up, ..terms("0.4", &steps) });
    let rated = rate.cost(Usage::seconds(130)).expect("it fits");
    assert_eq!(
        rated.trace.to_string(),
        "connect fee 0.4; from second 0: 60 s in increments of 60 s at 0.2 per 60 s; \
         from second 60: 70 s in increments of 1 s at 0.1 per 60 s; \
         0.716666666… rounded up to 4 decimals: 0.7167"
    );
    let twelve = terms("0", &[step(0, "0.6", 60, 12)]);
    let counted = voice(RateTerms { counting: from_zero(30), ..twelve });
    assert_eq!(
        counted.cost(Usage::seconds(31)).expect("it fits").trace.to_string(),
        "31 s counted from zero, at least 30 s: 36 s; \
         from second 0: 36 s in increments of 12 s at 0.6 per 60 s; \
         0.36 rounded half up to 4 decimals: 0.3600"
    );
    assert_eq!(rate.cost(Usage::default()).expect("it fits").trace.lines(), []);
}

#[test]
fn prices_of_a_step_in_credits() {
    let check = |step: Step, second, minute| {
        let credits = [step.credits_per_second(), step.credits_per_minute()];
        assert_eq!(credits, [second, minute].map(|credits| Some(Credits::new(credits))));
    };
    check(step(0, "0.06", 60, 60), 10, 600);
    check(step(0, "0.1", 60, 1), 17, 1_000); // 0.0016666… a second
    check(step(0, "0.0025", 1, 1), 25, 1_500);
}

#[test]
fn what_can_be_afforded() {
    let rate = voice(terms("0.1", &[Step::per_minute(price("0.06"))]));
    let check = |credits, limit, expected| {
        assert_eq!(rate.affordable_seconds(limit, Credits::new(credits)), expected, "{credits}");
    };
    check(-1, 7_200, 0);
    check(0, 7_200, 0);
    check(1_599, 7_200, 0); // a minute costs 0.16
    check(1_600, 7_200, 60);
    check(2_199, 7_200, 60);
    check(2_200, 7_200, 120);
    check(2_200, 90, 90);
    check(i64::MAX, 7_200, 7_200);
    let free = voice(terms("0", &[step(0, "0", 1, 1)]));
    assert_eq!(free.affordable_seconds(7_200, Credits::new(-5)), 0);
    assert_eq!(free.affordable_seconds(7_200, Credits::ZERO), 7_200);
}

#[test]
fn a_call_of_ages_is_no_cost_that_fits() {
    let rate = voice(terms("0", &[step(0, "1", 1, 1)]));
    assert_eq!(rate.cost(Usage::seconds(u64::MAX)), Err(CostOverflow));
    let most = rate.affordable_seconds(u64::MAX, Credits::new(i64::MAX));
    assert_eq!(most, 922_337_203_685_477);
}

/// Every period divides a minute, so a model can count in sixtieths.
const PERIODS: [u32; 6] = [1, 6, 10, 12, 30, 60];

fn any_step() -> impl Strategy<Value = (i64, u32, u32, u32)> {
    (0_i64..2_000_000_000, 0..PERIODS.len(), 1_u32..70, 1_u32..4)
        .prop_map(|(nanos, period, increment, times)| (nanos, PERIODS[period], increment, times))
}

fn any_terms() -> impl Strategy<Value = RateTerms> {
    let counting = prop_oneof![
        Just(Counting::AfterFirst),
        (0_u32..100).prop_map(|minimum| Counting::FromZero { minimum }),
    ];
    let rounding = prop_oneof![Just(Rounding::Up), Just(Rounding::HalfUp), Just(Rounding::Down)];
    let steps = prop::collection::vec(any_step(), 1..4);
    let max = prop::option::of(0_i64..40);
    (0_i64..1_000_000_000, steps, counting, rounding, 0_u8..=4, max).prop_map(
        |(fee, steps, counting, rounding, decimals, max)| RateTerms {
            connect_fee: Price::new(fee).expect("not negative"),
            steps: laid_out(&steps, counting),
            counting,
            rounding,
            decimals,
            max_cost: max.and_then(|dollars| Price::new(dollars * 1_000_000_000)),
            ..RateTerms::default()
        },
    )
}

/// Steps that can be reached, each so many increments long, from increments that divide where
/// they begin.
fn laid_out(steps: &[(i64, u32, u32, u32)], counting: Counting) -> Vec<Step> {
    let mut from_second = 0;
    let mut laid = Vec::new();
    for &(nanos, per, increment, times) in steps {
        laid.push(Step {
            from_second,
            price: Price::new(nanos).expect("not negative"),
            per_seconds: seconds(per),
            increment: seconds(increment),
        });
        from_second = match counting {
            Counting::AfterFirst => from_second + increment * times,
            Counting::FromZero { .. } => (from_second / increment + times) * increment,
        };
    }
    laid
}

/// What the terms say, by walking: in sixtieths of 10⁻⁹ dollars, and the seconds billed.
fn walked(terms: &RateTerms, duration: u64) -> (i128, u64) {
    let step_at = |second: u64| {
        let begun = |step: &&Step| u64::from(step.from_second) <= second;
        terms.steps.iter().rfind(begun).expect("one begins at 0")
    };
    let second = |second: u64| {
        let step = step_at(second);
        i128::from(step.price.nanodollars()) * 60 / i128::from(step.per_seconds.get())
    };
    let mut end = 0;
    match terms.counting {
        Counting::AfterFirst => {
            while end < duration {
                end += u64::from(step_at(end).increment.get());
            }
        }
        Counting::FromZero { minimum } => {
            let increment = u64::from(step_at(duration - 1).increment.get());
            while end < duration {
                end += increment;
            }
            end = end.max(minimum.into());
        }
    }
    let time: i128 = (0..end).map(second).sum();
    (time + i128::from(terms.connect_fee.nanodollars()) * 60, end)
}

/// The first or last multiple, found by trying.
fn rounded(sixtieths: i128, terms: &RateTerms) -> i64 {
    let unit = 60 * 10_i128.pow(9 - u32::from(terms.decimals));
    let (low, rest) = (sixtieths / unit, sixtieths % unit);
    let up = match terms.rounding {
        Rounding::Up => rest > 0,
        Rounding::HalfUp => 2 * rest >= unit,
        Rounding::Down => false,
    };
    let units = i64::try_from(low + i128::from(up)).expect("small");
    units * 10_i64.pow(4 - u32::from(terms.decimals))
}

proptest! {
    #[test]
    fn a_cost_is_what_a_walk_finds(terms in any_terms(), duration in 1_u64..600) {
        let (exact, end) = walked(&terms, duration);
        let most = terms.max_cost.map_or(i128::MAX, |max| i128::from(max.nanodollars()) * 60);
        let expected = rounded(exact.min(most), &terms);
        let rated = voice(terms).cost(Usage::seconds(duration)).expect("it fits");
        prop_assert_eq!((rated.cost.get(), rated.billed_seconds), (expected, end));
    }

    #[test]
    fn a_longer_call_never_costs_less(terms in any_terms(), duration in 0_u64..600) {
        let rate = voice(terms);
        let cost = |duration| rate.cost(Usage::seconds(duration)).expect("it fits").cost;
        prop_assert!(cost(duration) <= cost(duration + 1));
    }

    #[test]
    fn what_is_affordable_fits_and_a_second_more_does_not(
        terms in any_terms(),
        credits in 0_i64..2_000_000,
        limit in 0_u64..900,
    ) {
        let rate = voice(terms);
        let cost = |duration| rate.cost(Usage::seconds(duration)).expect("it fits").cost.get();
        let most = rate.affordable_seconds(limit, Credits::new(credits));
        prop_assert!(most <= limit && cost(most) <= credits);
        prop_assert!(most == limit || cost(most + 1) > credits);
    }
}
