//! Numbers to subscribe to, and what becomes of them.

use std::time::Duration;

use leaseline_core::account::{AccountPart, SubAccountProfile};
use leaseline_core::customer::{ChargeMethod, CreditLimit, CustomerProfile, CustomerStatus};
use leaseline_core::did::{AccountNumberFilter, AssignNo, Assignment, NoSuchPlace, SubscribeNo};
use leaseline_core::ids::{IvmlId, IvrMenuId, SubAccountId};
use leaseline_core::ledger::EntryKind;
use leaseline_core::pool::Service;
use leaseline_hub::accounts::{AddSubAccount, AssignNumber, SubscribeDid};
use leaseline_hub::operator::{
    BlockNumber, Lines, ListState, NumberFilter, NumberState, UnblockNumber, Unsubscribe,
};
use leaseline_testkit::{Dids, databases, profile};

use crate::shop::{Shop, name, place};

const UNAVAILABLE: SubscribeNo = SubscribeNo::NotAvailable;

#[tokio::test]
async fn the_stock_is_listed_by_country_city_and_number() {
    for database in databases() {
        let shop = Shop::with(&database, 3).await;
        let hub = &shop.world.hub;
        let of = |pool, place, services| Dids { pool, place, services, ..Dids::default() };
        let voice = [Service::Voice];
        shop.world.dids(2, of("syd", ["Australia", "Sydney"], &voice)).await;
        shop.world.dids(1, of("kl-2", ["malaysia", "KUALA LUMPUR"], &voice)).await;
        shop.world.dids(1, of("penang", ["Malaysia", "Penang"], &[Service::Sms])).await;
        shop.world.numbers(1).await;

        let countries = async |service| hub.did_countries(service).await.unwrap();
        assert_eq!(countries(Service::Voice).await, ["Australia", "Malaysia"]);
        assert_eq!(countries(Service::Fax).await, ["Malaysia"]);
        let cities = async |service, country| hub.did_cities(service, country).await.unwrap();
        let kl = vec![place("Malaysia", "Kuala Lumpur")];
        assert_eq!(cities(Service::Voice, "MALAYSIA").await, Ok(kl));
        assert_eq!(cities(Service::Fax, "Australia").await, Err(NoSuchPlace::Country));

        let offered = async |city: &str, most| {
            let offered = hub.offered_dids(Service::Voice, place("malaysia", city), most).await;
            let offered = offered.unwrap()?;
            let line = |did: leaseline_core::did::OfferedDid| {
                format!("{} {}", did.place.city, did.number.sent())
            };
            Ok(offered.into_iter().map(line).collect::<Vec<_>>())
        };
        let expected = ["Kuala Lumpur 0388880000", "Kuala Lumpur 0388880001"];
        assert_eq!(offered("kuala lumpur", 2).await.unwrap(), expected);
        let all = offered("Kuala Lumpur", 10).await.unwrap();
        assert_eq!(all.last().unwrap(), "KUALA LUMPUR 0388880005");
        assert_eq!(offered("Sydney", 1).await, Err(NoSuchPlace::City));
        shop.end(&database).await;
    }
}

#[tokio::test]
async fn a_place_without_free_numbers_is_known_but_not_listed() {
    for database in databases() {
        let shop = Shop::with(&database, 1).await;
        let Shop { world, account, numbers, .. } = &shop;
        world.subscribe(*account, &numbers[0], Service::Voice).await.unwrap().unwrap();
        let hub = &world.hub;
        assert_eq!(hub.did_countries(Service::Voice).await.unwrap(), [""; 0]);
        assert_eq!(hub.did_cities(Service::Voice, "Malaysia").await, Ok(Ok(Vec::new())));
        let here = place("Malaysia", "Kuala Lumpur");
        assert_eq!(hub.offered_dids(Service::Voice, here, 10).await, Ok(Ok(Vec::new())));
        shop.end(&database).await;
    }
}

#[tokio::test]
async fn subscribing_debits_set_up_and_first_month_once() {
    for database in databases() {
        let shop = Shop::with(&database, 1).await;
        let Shop { world, account, numbers, .. } = &shop;
        let subscribed = world.subscribe(*account, &numbers[0], Service::Voice).await.unwrap();
        assert_eq!(subscribed.unwrap(), shop.has().await[0]);
        assert_eq!(shop.balance().await, 1_000 - 130);
        let again = world.subscribe(*account, &numbers[0], Service::Voice).await.unwrap();
        assert_eq!(again, Err(UNAVAILABLE));
        world.subscribe(*account, &numbers[0], Service::Fax).await.unwrap().unwrap();
        assert_eq!(shop.balance().await, 1_000 - 2 * 130);

        let ledger = world.hub.ledger(shop.customer, Lines::NewestFirst(None), 10).await.unwrap();
        let lines: Vec<_> = ledger
            .iter()
            .map(|entry| (entry.kind, entry.amount.get(), entry.reference.as_deref()))
            .collect();
        let subscription = |reference| (EntryKind::Subscription, -130, Some(reference));
        assert_eq!(
            lines[..2],
            [
                subscription("60388880000 fax from 2020-01-31"),
                subscription("60388880000 voice from 2020-01-31"),
            ]
        );
        shop.end(&database).await;
    }
}

#[tokio::test]
async fn what_stands_against_a_subscription() {
    for database in databases() {
        let shop = Shop::with(&database, 2).await;
        let Shop { world, account, customer, numbers, .. } = &shop;
        let other = world.account("other", *customer).await;
        world.subscribe(other, &numbers[0], Service::Fax).await.unwrap().unwrap();
        world.numbers(1).await;
        let check = async |did: &str, [country, city]: [&str; 2], service, expected| {
            let place = place(country, city);
            let did = did.to_owned();
            let ask = SubscribeDid { account: *account, service, place, did };
            let outcome = world.hub.ask(ask).await.unwrap();
            assert_eq!(outcome.map(drop), expected);
        };
        let kl = ["Malaysia", "Kuala Lumpur"];
        let (voice, number) = (Service::Voice, numbers[1].sent());
        let unknown = Err(SubscribeNo::DidUnknown);
        check(number, ["Atlantis", "Kuala Lumpur"], voice, Err(NoSuchPlace::Country.into())).await;
        check(number, ["Malaysia", "Atlantis"], voice, Err(NoSuchPlace::City.into())).await;
        check(number, kl, Service::Sms, Err(NoSuchPlace::Country.into())).await;
        check("0388889999", kl, voice, unknown).await;
        check("0388880002", kl, voice, unknown).await;
        check("number", kl, voice, unknown).await;
        check(numbers[0].sent(), kl, voice, Err(UNAVAILABLE)).await;
        world.hub.ask(BlockNumber { number: numbers[1].e164() }).await.unwrap();
        check(number, kl, voice, Err(UNAVAILABLE)).await;
        world.hub.ask(UnblockNumber { number: numbers[1].e164() }).await.unwrap();
        world.set_status(*customer, CustomerStatus::Suspended).await.unwrap();
        check(number, kl, voice, Err(UNAVAILABLE)).await;
        world.set_status(*customer, CustomerStatus::Active).await.unwrap();
        assert_eq!(shop.balance().await, 1_000 - 130);
        check("+60388880001", ["malaysia", "KUALA lumpur"], voice, Ok(())).await;
        shop.end(&database).await;
    }
}

#[tokio::test]
async fn the_money_has_to_cover_the_fees() {
    for database in databases() {
        let shop = Shop::with(&database, 1).await;
        let check = async |user: &str, profile: CustomerProfile, credits, expected| {
            let customer = shop.world.customer_with(profile, credits).await;
            let account = shop.world.account(user, customer).await;
            let number = &shop.numbers[0];
            let outcome = shop.world.subscribe(account, number, Service::Voice).await.unwrap();
            assert_eq!(outcome.is_ok(), expected, "{user}");
            if expected {
                let (number, service) = (number.e164(), Service::Voice);
                shop.world.hub.ask(Unsubscribe { number, service }).await.unwrap();
            }
            let left = if expected { credits - 130 } else { credits };
            assert_eq!(shop.world.balance(customer).await, left, "{user}");
        };
        let postpaid = CustomerProfile { charge_method: ChargeMethod::Postpaid, ..profile() };
        let limited = CustomerProfile { credit_limit: CreditLimit::new(100), ..postpaid.clone() };
        check("prepaid 129", profile(), 129, false).await;
        check("prepaid 130", profile(), 130, true).await;
        check("postpaid", postpaid, 0, true).await;
        check("limited 29", limited.clone(), 29, false).await;
        check("limited 30", limited, 30, true).await;
        shop.end(&database).await;
    }
}

#[tokio::test]
async fn a_number_is_assigned_for_a_service_that_it_has() {
    for database in databases() {
        let shop = Shop::with(&database, 2).await;
        let Shop { world, account, numbers, .. } = &shop;
        let sub =
            AddSubAccount { account: *account, profile: SubAccountProfile::named(name("desk")) };
        let sub = world.hub.ask(sub).await.unwrap().unwrap();
        world.subscribe(*account, &numbers[0], Service::Voice).await.unwrap().unwrap();
        let check = async |number: &str, to, expected| {
            let number = number.to_owned();
            let assigned = world.hub.ask(AssignNumber { account: *account, number, to }).await;
            assert_eq!(assigned.unwrap(), expected, "{to:?}");
        };
        let (main, number) = (AccountPart::Main, numbers[0].sent());
        let part = AccountPart::Sub(sub);
        let nobody = AccountPart::Sub(SubAccountId::new(999).unwrap());
        check(numbers[1].sent(), Assignment::Sip(main), Err(AssignNo::NotYours)).await;
        check(number, Assignment::Fax(main), Err(AssignNo::NotForThisService)).await;
        check(number, Assignment::Sip(nobody), Err(AssignNo::SubAccountUnknown)).await;
        let menu = IvrMenuId::new(999).unwrap();
        check(number, Assignment::Ivr(menu), Err(AssignNo::IvrUnknown)).await;
        let ivml = IvmlId::new(999).unwrap();
        check(number, Assignment::Ivml(ivml), Err(AssignNo::IvmlUnknown)).await;
        check("60388880000", Assignment::Sip(part), Ok(())).await;
        assert_eq!(shop.has().await[0].assigned, Assignment::Sip(part));
        check(number, Assignment::Sip(main), Ok(())).await;

        let filter = AccountNumberFilter { part: Some(main), service: Some(Service::Voice) };
        assert_eq!(world.hub.account_numbers(*account, filter).await.unwrap(), shop.has().await);
        let faxes = AccountNumberFilter { service: Some(Service::Fax), ..filter };
        assert_eq!(world.hub.account_numbers(*account, faxes).await, Ok(Vec::new()));
        shop.end(&database).await;
    }
}

#[tokio::test]
async fn a_stock_says_what_is_subscribed_to_and_what_is_on_sale() {
    for database in databases() {
        let mut shop = Shop::with(&database, 0).await;
        let quarantine = Duration::from_secs(60);
        shop.numbers = shop.world.dids(5, Dids { quarantine, ..Dids::default() }).await;
        let Shop { world, account, numbers, .. } = &shop;
        // In the order of import: subscribed, resting, both taken out, on sale.
        for number in [0, 1, 2] {
            let subscribed = world.subscribe(*account, &numbers[number], Service::Voice).await;
            subscribed.unwrap().unwrap();
        }
        let ended = Unsubscribe { number: numbers[1].e164(), service: Service::Voice };
        assert_eq!(world.hub.ask(ended).await, Ok(true));
        for number in [2, 3] {
            world.hub.ask(BlockNumber { number: numbers[number].e164() }).await.unwrap();
        }
        let expected = [
            (NumberState::Subscribed, false),
            (NumberState::Resting, false),
            (NumberState::Subscribed, true),
            (NumberState::Blocked, true),
            (NumberState::Free, false),
        ];
        let listed = async |state| {
            let filter = NumberFilter { state, ..NumberFilter::default() };
            let listed = world.hub.numbers(filter, 9).await.unwrap().lines;
            listed.iter().map(|line| (line.state, line.is_blocked)).collect::<Vec<_>>()
        };
        assert_eq!(listed(None).await, expected);
        let subscribed = [(NumberState::Subscribed, false), (NumberState::Subscribed, true)];
        assert_eq!(listed(Some(ListState::Subscribed)).await, subscribed);
        assert_eq!(listed(Some(ListState::Free)).await, [(NumberState::Free, false)]);

        let stock = world.hub.stock().await.unwrap();
        let of = |state| stock[0].states.get(&state).copied();
        let counted = [
            (NumberState::Subscribed, Some(2)),
            (NumberState::Resting, Some(1)),
            (NumberState::Blocked, Some(1)),
            (NumberState::Free, Some(1)),
        ];
        counted.into_iter().for_each(|(state, count)| assert_eq!(of(state), count, "{state:?}"));
        shop.end(&database).await;
    }
}

#[tokio::test]
async fn a_number_rests_when_its_last_service_ends() {
    for database in databases() {
        let mut shop = Shop::with(&database, 0).await;
        let rest = Duration::from_secs(60);
        let resting = Dids { pool: "resting", quarantine: rest, ..Dids::default() };
        shop.numbers = shop.world.dids(1, resting).await;
        let Shop { world, account, customer, numbers, clock } = &shop;
        let other = world.account("other", *customer).await;
        for service in [Service::Voice, Service::Fax] {
            world.subscribe(*account, &numbers[0], service).await.unwrap().unwrap();
        }
        let end = |service| Unsubscribe { number: numbers[0].e164(), service };
        assert_eq!(world.hub.ask(end(Service::Voice)).await, Ok(true));
        assert_eq!(world.hub.ask(end(Service::Voice)).await, Ok(false));
        let taken = world.subscribe(other, &numbers[0], Service::Voice).await.unwrap();
        assert_eq!(taken, Err(UNAVAILABLE), "its fax is somebody's");
        assert_eq!(world.hub.ask(end(Service::Fax)).await, Ok(true));
        assert_eq!(shop.has().await, []);

        clock.advance(rest - Duration::from_micros(1));
        let resting = world.subscribe(other, &numbers[0], Service::Voice).await.unwrap();
        assert_eq!(resting, Err(UNAVAILABLE));
        clock.advance(Duration::from_micros(1));
        world.subscribe(other, &numbers[0], Service::Voice).await.unwrap().unwrap();
        shop.end(&database).await;
    }
}
