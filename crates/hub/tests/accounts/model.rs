//! Subscriptions and their months against a model that knows nothing but the calendar: whatever
//! is asked in whatever order, each balance is what the months that began have cost.

use std::collections::BTreeMap;
use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::pool::Service;
use leaseline_core::subscription::month_begins;
use leaseline_hub::accounts::ChargeMonth;
use leaseline_hub::operator::Unsubscribe;
use leaseline_testkit::{Database, databases};
use proptest::prelude::*;
use tokio::runtime::Runtime;

use crate::shop::Shop;

const NUMBERS: usize = 3;
const SERVICES: [Service; 2] = [Service::Voice, Service::Fax];
/// Of a subscription, as the shop has them.
const FIRST: i64 = 130;
const MONTHLY: i64 = 30;

#[derive(Clone, Copy, Debug)]
enum Command {
    Subscribe { second_account: bool, number: usize, service: usize },
    Unsubscribe { number: usize, service: usize },
    Pass { days: u64 },
    Charge,
}

fn command() -> impl Strategy<Value = Command> {
    let service = 0..SERVICES.len();
    prop_oneof![
        3 => (any::<bool>(), 0..NUMBERS, service.clone()).prop_map(
            |(second_account, number, service)| Command::Subscribe { second_account, number, service }
        ),
        1 => (0..NUMBERS, service).prop_map(|(number, service)| Command::Unsubscribe { number, service }),
        3 => (1..70u64).prop_map(|days| Command::Pass { days }),
        1 => Just(Command::Charge),
    ]
}

/// Who has a service of a number, since when, and how many months were paid.
struct Held {
    second_account: bool,
    since: Timestamp,
    months: i64,
}

#[derive(Default)]
struct Model {
    held: BTreeMap<(usize, usize), Held>,
    spent: i64,
}

impl Held {
    /// What the months that have begun and are not paid yet cost.
    fn pay(&mut self, now: Timestamp) -> i64 {
        let before = self.months;
        while month_begins(self.since, self.months) <= now {
            self.months += 1;
        }
        (self.months - before) * MONTHLY
    }
}

impl Model {
    fn subscribe(&mut self, second_account: bool, at: (usize, usize), now: Timestamp) -> bool {
        let mut of_number = self.held.iter().filter(|((number, _), _)| *number == at.0);
        let is_free =
            of_number.all(|(key, held)| key.1 != at.1 && held.second_account == second_account);
        let covered = self.spent + FIRST <= 1_000;
        if is_free && covered {
            self.held.insert(at, Held { second_account, since: now, months: 1 });
            self.spent += FIRST;
        }
        is_free && covered
    }

    fn charge(&mut self, now: Timestamp) {
        for held in self.held.values_mut() {
            self.spent += held.pay(now);
        }
    }

    fn unsubscribe(&mut self, at: (usize, usize), now: Timestamp) -> bool {
        let ended = self.held.remove(&at);
        let had = ended.is_some();
        self.spent += ended.map_or(0, |mut held| held.pay(now));
        had
    }
}

async fn run(database: &Database, commands: &[Command]) {
    let shop = Shop::with(database, NUMBERS).await;
    let other = shop.world.account("other", shop.customer).await;
    let mut model = Model::default();
    for command in commands {
        let now = shop.world.hub.now();
        match *command {
            Command::Subscribe { second_account, number, service } => {
                let account = if second_account { other } else { shop.account };
                let asked = (&shop.numbers[number], SERVICES[service]);
                let done = shop.world.subscribe(account, asked.0, asked.1).await.unwrap();
                let expected = model.subscribe(second_account, (number, service), now);
                assert_eq!(done.is_ok(), expected, "{command:?}");
            }
            Command::Unsubscribe { number, service } => {
                let end =
                    Unsubscribe { number: shop.numbers[number].e164(), service: SERVICES[service] };
                let had = model.unsubscribe((number, service), now);
                assert_eq!(shop.world.hub.ask(end).await, Ok(had), "{command:?}");
            }
            Command::Pass { days } => shop.clock.advance(Duration::from_secs(days * 86_400)),
            Command::Charge => {
                while shop.world.hub.ask(ChargeMonth).await.unwrap() > 0 {}
                model.charge(now);
            }
        }
        assert_eq!(shop.balance().await, 1_000 - model.spent, "{command:?}");
    }
    shop.end(database).await;
}

#[test]
fn every_month_is_paid_once_in_any_order_of_things() {
    let runtime = Runtime::new().unwrap();
    let mut settings = proptest::test_runner::Config::with_cases(12);
    settings.failure_persistence = None;
    proptest!(settings, |(commands in prop::collection::vec(command(), 1..40))| {
        for database in databases() {
            runtime.block_on(run(&database.without_waiting_for_the_disk(), &commands));
        }
    });
}
