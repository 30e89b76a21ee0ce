//! Rates as they come in and as they are found, on both databases.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::decimal::Rounding;
use leaseline_core::phone::{E164, Prefix};
use leaseline_core::rating::{
    Counting, Price, RateEntry, RateKey, RateTerms, RatedService, SmsType, Step, Usage,
};
use leaseline_hub::Hub;
use leaseline_testkit::{ManualClock, databases};

const VOICE: RatedService = RatedService::Voice;

fn price(dollars: &str) -> Price {
    Price::parse(dollars).unwrap()
}

fn entry(
    service: RatedService,
    prefix: &str,
    valid: (Option<Timestamp>, Option<Timestamp>),
    terms: RateTerms,
) -> RateEntry {
    let key = RateKey::new(service, &Prefix::parse(prefix).unwrap(), valid.0).unwrap();
    RateEntry { key, valid_till: valid.1, rate: terms.checked(service).unwrap() }
}

/// So much a second.
fn voice(prefix: &str, dollars: &str) -> RateEntry {
    let steps = vec![Step::per_second(price(dollars))];
    entry(VOICE, prefix, (None, None), RateTerms { steps, ..RateTerms::default() })
}

/// What a second costs by a deck: `0.0100 by 61`, or nothing.
async fn second(hub: &Hub, deck: &str, number: &str, at: Timestamp) -> Option<String> {
    let deck = hub.rate_deck(deck).await.unwrap()?;
    let found = hub.rate(deck.id, VOICE, E164::parse(number).unwrap(), at).await.unwrap()?;
    let cost = found.rate.cost(Usage::seconds(1)).unwrap().cost.in_dollars();
    Some(format!("{cost} by {}", found.prefix))
}

#[tokio::test]
async fn the_longest_prefix_in_force_decides() {
    for database in databases() {
        let clock = ManualClock::new();
        let hub = database.hub(&clock);
        let now = hub.now();
        let hour = Duration::from_secs(3_600);
        let (early, late) = (now.saturating_sub(hour), now.saturating_add(hour));
        let promotion = |valid| {
            let steps = vec![Step::per_second(price("0.01"))];
            entry(VOICE, "6141", valid, RateTerms { steps, ..RateTerms::default() })
        };
        let rates = vec![
            voice("61", "0.05"),
            voice("614", "0.04"),
            voice("6", "0.09"),
            voice("491511234567890", "0.07"),
            promotion((Some(early), Some(late))),
        ];
        hub.import_rates("standard", rates, None).await.unwrap();
        let check = async |number: &str, at, expected: Option<&str>| {
            let found = second(&hub, "standard", number, at).await;
            assert_eq!(found.as_deref(), expected, "{number}");
        };
        check("61212345678", now, Some("0.0500 by 61")).await;
        check("61432345678", now, Some("0.0400 by 614")).await;
        check("61412345678", now, Some("0.0100 by 6141")).await;
        check("61412345678", early, Some("0.0100 by 6141")).await;
        check("61412345678", late, Some("0.0400 by 614")).await;
        check("61412345678", early.saturating_sub(hour), Some("0.0400 by 614")).await;
        check("6012345678", now, Some("0.0900 by 6")).await;
        check("491511234567890", now, Some("0.0700 by 491511234567890")).await;
        check("49151123456789", now, None).await;
        check("4412345678", now, None).await;
        assert_eq!(second(&hub, "other", "61212345678", now).await, None);
        hub.close().await;
    }
}

#[tokio::test]
async fn a_call_keeps_the_version_in_force_at_its_start() {
    for database in databases() {
        let clock = ManualClock::new();
        let hub = database.hub(&clock);
        let first = hub.now();
        let imported = hub.import_rates("d", vec![voice("61", "0.01"), voice("62", "0.01")], None);
        assert_eq!(imported.await.unwrap().begins_at, Timestamp::EPOCH);
        clock.advance(Duration::from_secs(60));
        let second_from = hub.now();
        let imported = hub.import_rates("d", vec![voice("61", "0.02")], None).await.unwrap();
        assert_eq!((imported.begins_at, imported.rates), (second_from, 1));
        let third_from = second_from.saturating_add(Duration::from_secs(60));
        hub.import_rates("d", vec![voice("61", "0.03")], Some(third_from)).await.unwrap();
        let just_before = |at: Timestamp| Timestamp::from_micros(at.micros() - 1);
        let check = async |number: &str, at, expected: Option<&str>| {
            assert_eq!(second(&hub, "d", number, at).await.as_deref(), expected);
        };
        check("61212345678", Timestamp::EPOCH, Some("0.0100 by 61")).await;
        check("61212345678", first, Some("0.0100 by 61")).await;
        check("61212345678", just_before(second_from), Some("0.0100 by 61")).await;
        check("62212345678", just_before(second_from), Some("0.0100 by 62")).await;
        check("61212345678", second_from, Some("0.0200 by 61")).await;
        check("62212345678", second_from, None).await;
        check("61212345678", just_before(third_from), Some("0.0200 by 61")).await;
        check("61212345678", third_from, Some("0.0300 by 61")).await;
        // At the same instant the later import is right.
        hub.import_rates("d", vec![voice("61", "0.04")], Some(third_from)).await.unwrap();
        check("61212345678", third_from, Some("0.0400 by 61")).await;
        hub.close().await;
    }
}

#[tokio::test]
async fn every_part_of_a_rate_comes_back() {
    for database in databases() {
        let hub = database.hub(&ManualClock::new());
        let step = |from_second, dollars: &str, increment: u32| Step {
            from_second,
            price: price(dollars),
            per_seconds: 60.try_into().unwrap(),
            increment: increment.try_into().unwrap(),
        };
        let voice = RateTerms {
            connect_fee: price("0.123456789"),
            steps: vec![step(0, "0.5", 60), step(120, "0.000000001", 7)],
            counting: Counting::FromZero { minimum: 30 },
            rounding: Rounding::Down,
            decimals: 3,
            max_cost: Some(price("2.5")),
            ..RateTerms::default()
        };
        let per_page = Some(price("0.15"));
        let fax =
            RateTerms { per_page, rounding: Rounding::Up, decimals: 0, ..RateTerms::default() };
        let per_message = Some(price("0.09"));
        let sms = RateTerms { per_message, ..RateTerms::default() };
        let terms = |service| match service {
            RatedService::Voice | RatedService::VoiceIn => voice.clone(),
            RatedService::Fax => fax.clone(),
            RatedService::Sms(_) => sms.clone(),
        };
        // Of the types of message one is left out.
        let services = RatedService::ALL.into_iter();
        let services = services.filter(|service| *service != RatedService::Sms(SmsType::Masking));
        let rates = services.map(|service| entry(service, "61", (None, None), terms(service)));
        let imported = hub.import_rates("all", rates.collect(), None).await.unwrap();
        for service in RatedService::ALL {
            let number = E164::parse("61212345678").unwrap();
            let found = hub.rate(imported.deck, service, number, hub.now()).await.unwrap();
            let expected = match service {
                RatedService::Sms(SmsType::Masking) => None,
                service => Some(terms(service)),
            };
            assert_eq!(found.map(|found| found.rate.terms().clone()), expected);
        }
        hub.close().await;
    }
}

#[tokio::test]
async fn a_large_deck_is_seen_whole_and_two_processes_may_import_at_once() {
    for database in databases() {
        let clock = ManualClock::new();
        let (here, there) = (database.hub(&clock), database.hub(&clock));
        let deck = |dollars: &str| -> Vec<_> {
            (10_000..13_000).map(|prefix: u32| voice(&prefix.to_string(), dollars)).collect()
        };
        let (cheap, dear) = (deck("0.01"), deck("0.02"));
        let (one, two) = tokio::join!(
            here.import_rates("d", cheap.clone(), None),
            there.import_rates("d", dear.clone(), None)
        );
        assert_eq!(
            (one.unwrap().deck, two.unwrap().rates),
            (here.rate_deck("d").await.unwrap().unwrap().id, 3_000)
        );
        let at = here.now();
        let expected = second(&here, "d", "1000000000", at).await.unwrap();
        let of_cheap = expected.starts_with("0.0100");
        for number in ["1000012345", "1152300000", "1299999999"] {
            let found = second(&here, "d", number, at).await.unwrap();
            assert_eq!(found.starts_with("0.0100"), of_cheap, "{found}");
        }
        let id = here.rate_deck("d").await.unwrap().unwrap().id;
        assert_eq!(here.has_rates(id, &cheap).await.unwrap(), of_cheap);
        assert_eq!(there.has_rates(id, &dear).await.unwrap(), !of_cheap);
        here.close().await;
        there.close().await;
    }
}
