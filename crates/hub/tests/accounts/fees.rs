//! Months: each is debited once, on its day of the calendar, whatever happens meanwhile.

use std::time::Duration;

use leaseline_core::customer::CustomerStatus;
use leaseline_core::ledger::EntryKind;
use leaseline_core::pool::Service;
use leaseline_core::{Timestamp, timestamp::Utc, timestamp::Zone};
use leaseline_hub::Hub;
use leaseline_hub::accounts::ChargeMonth;
use leaseline_hub::operator::{AccountEntry, Lines, Unsubscribe};
use leaseline_testkit::{account_entry, databases, profile};
use time::{Date, Month, Time};

use crate::shop::Shop;

fn at(year: i32, month: u8, day: u8) -> Timestamp {
    let date = Date::from_calendar_date(year, Month::try_from(month).unwrap(), day).unwrap();
    Utc.instant(date.with_time(Time::from_hms(12, 0, 0).unwrap())).unwrap()
}

/// All that is due; how many months that were.
async fn charge_all(hub: &Hub) -> usize {
    let mut months = 0;
    loop {
        match hub.ask(ChargeMonth).await.unwrap() {
            0 => return months,
            charged => months += charged,
        }
    }
}

#[tokio::test]
async fn months_are_counted_from_the_first_day() {
    for database in databases() {
        let shop = Shop::with(&database, 1).await;
        let hub = &shop.world.hub;
        shop.clock.set(at(2027, 1, 31));
        shop.world
            .subscribe(shop.account, &shop.numbers[0], Service::Voice)
            .await
            .unwrap()
            .unwrap();
        for (due, month) in [(at(2027, 2, 28), 1), (at(2027, 3, 31), 2), (at(2027, 4, 30), 3)] {
            shop.clock.set(due.saturating_sub(Duration::from_micros(1)));
            assert_eq!(charge_all(hub).await, 0);
            shop.clock.set(due);
            assert_eq!(charge_all(hub).await, 1);
            assert_eq!(charge_all(hub).await, 0);
            assert_eq!(shop.balance().await, 1_000 - 130 - 30 * month);
        }
        let last = hub.ledger(shop.customer, Lines::NewestFirst(None), 1).await.unwrap().remove(0);
        assert_eq!((last.kind, last.amount.get()), (EntryKind::MonthlyFee, -30));
        assert_eq!(last.reference.as_deref(), Some("60388880000 voice from 2027-04-30"));
        shop.end(&database).await;
    }
}

#[tokio::test]
async fn months_that_nobody_looked_are_debited_afterwards() {
    for database in databases() {
        let shop = Shop::with(&database, 2).await;
        shop.clock.set(at(2027, 1, 31));
        for number in &shop.numbers {
            shop.world.subscribe(shop.account, number, Service::Voice).await.unwrap().unwrap();
        }
        shop.world.hub.close().await;
        // A year and a half later another process begins.
        shop.clock.set(at(2028, 7, 31));
        let hub = database.hub(&shop.clock);
        assert_eq!(charge_all(&hub).await, 2 * 18);
        let balance = hub.account_balance(shop.account).await.unwrap();
        assert_eq!(balance.get(), 1_000 - 2 * 130 - 2 * 18 * 30, "it may go below zero");
        assert_eq!(charge_all(&hub).await, 0);
        hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_suspended_customer_goes_on_paying_until_it_is_unsubscribed() {
    for database in databases() {
        let shop = Shop::with(&database, 1).await;
        let Shop { world, clock, account, customer, numbers } = &shop;
        clock.set(at(2027, 1, 15));
        for service in [Service::Voice, Service::Fax] {
            world.subscribe(*account, &numbers[0], service).await.unwrap().unwrap();
        }
        world.set_status(*customer, CustomerStatus::Suspended).await.unwrap();
        clock.set(at(2027, 2, 15));
        assert_eq!(charge_all(&world.hub).await, 2);
        let end = Unsubscribe { number: numbers[0].e164(), service: Service::Voice };
        assert_eq!(world.hub.ask(end).await, Ok(true));
        clock.set(at(2027, 3, 15));
        assert_eq!(charge_all(&world.hub).await, 1);
        assert_eq!(shop.balance().await, 1_000 - 2 * 130 - 3 * 30);
        shop.end(&database).await;
    }
}

#[tokio::test]
async fn months_that_have_begun_are_paid_by_whose_they_were() {
    for database in databases() {
        let shop = Shop::with(&database, 2).await;
        let Shop { world, clock, account, numbers, .. } = &shop;
        clock.set(at(2027, 1, 15));
        for number in numbers {
            world.subscribe(*account, number, Service::Voice).await.unwrap().unwrap();
        }
        let paid = 1_000 - 2 * 130;
        // Nobody has looked for two months.
        clock.set(at(2027, 3, 20));
        let end = Unsubscribe { number: numbers[0].e164(), service: Service::Voice };
        assert_eq!(world.hub.ask(end).await, Ok(true));
        assert_eq!(shop.balance().await, paid - 2 * 30);
        let other = world.customer(profile()).await;
        let entry = account_entry("demo", other);
        world.account_of(AccountEntry { password: None, ..entry }).await;
        assert_eq!(world.balance(shop.customer).await, paid - 4 * 30);
        clock.set(at(2027, 4, 15));
        assert_eq!(charge_all(&world.hub).await, 1);
        assert_eq!(world.balance(shop.customer).await, paid - 4 * 30);
        assert_eq!(world.balance(other).await, -30);
        shop.end(&database).await;
    }
}

#[tokio::test]
async fn two_processes_debit_a_month_once() {
    for database in databases() {
        let shop = Shop::with(&database, 5).await;
        shop.clock.set(at(2027, 1, 31));
        for number in &shop.numbers {
            shop.world.subscribe(shop.account, number, Service::Voice).await.unwrap().unwrap();
        }
        let second = database.hub(&shop.clock);
        assert_eq!(charge_all(&second).await, 0, "it has connected");
        shop.clock.set(at(2027, 5, 31));
        let held = shop.clock.hold();
        let race = async { tokio::join!(shop.world.hub.ask(ChargeMonth), second.ask(ChargeMonth)) };
        let let_go = async {
            held.wait_for_askers(2);
            drop(held);
        };
        let ((one, other), ()) = tokio::join!(race, let_go);
        let mut months = one.unwrap() + other.unwrap();
        let (one, other) = tokio::join!(charge_all(&shop.world.hub), charge_all(&second));
        months += one + other;
        assert_eq!(months, 5 * 4);
        assert_eq!(shop.balance().await, 1_000 - 5 * 130 - 5 * 4 * 30);
        second.close().await;
        shop.end(&database).await;
    }
}
