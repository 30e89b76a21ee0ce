//! Several hubs on one database, clients at each, and the history of what they did.

use std::sync::Arc;

use futures_util::future::join_all;
use leaseline_core::customer::CustomerProfile;
use leaseline_core::ids::{AccountId, CustomerId, LeaseId};
use leaseline_core::phone::PhoneNumber;
use leaseline_core::pool::Service;
use leaseline_hub::accounts::ChargeMonth;
use leaseline_testkit::history::{Recorder, explain};
use leaseline_testkit::{Database, ManualClock, World, databases};
use tokio::runtime;

use crate::client::Client;
use crate::machine::{Machine, State};

/// What a number to subscribe to costs once and each month.
pub(crate) const SETUP: i64 = 100;
pub(crate) const MONTHLY: i64 = 30;

const CLIENTS: usize = 8;

/// So many histories of each race, with each number of hubs on each database, unless
/// `LEASELINE_TEST_TORTURE_HISTORIES` asks for more.
const HISTORIES: usize = 1;

pub(crate) struct Race {
    pub(crate) clock: ManualClock,
    pub(crate) machine: Machine,
    pub(crate) machine_state: State,
    worlds: Vec<World>,
}

/// Runs a race with one, two and four hubs, on each kind of database.
pub(crate) fn on_all(test: impl AsyncFn(&mut Race)) {
    let more = std::env::var("LEASELINE_TEST_TORTURE_HISTORIES");
    let histories = more.map_or(HISTORIES, |text| text.parse().unwrap());
    let runtime = runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build();
    let runtime = runtime.unwrap();
    for mut database in databases().map(Database::without_waiting_for_the_disk) {
        for hubs in [1, 2, 4].repeat(histories) {
            runtime.block_on(async {
                let mut race = Race::on(&database, hubs).await;
                test(&mut race).await;
                join_all(race.worlds.iter().map(|world| world.hub.close())).await;
            });
            database.assert_sound();
            database = database.emptied();
        }
    }
}

impl Race {
    async fn on(database: &Database, hubs: usize) -> Self {
        let clock = ManualClock::new();
        let mut worlds = vec![World::new(database.hub(&clock)).await];
        for _ in 1..hubs {
            worlds.push(worlds[0].through(database.hub(&clock)));
        }
        Self { clock, machine: Machine::default(), machine_state: State::default(), worlds }
    }

    pub(crate) fn world(&self) -> &World {
        &self.worlds[0]
    }

    /// Has the clients do their turns all at once, and looks for an order that explains all.
    pub(crate) async fn run<F>(&self, turns: impl Fn(Client, usize) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let recorder = Arc::new(Recorder::new());
        let clients = (0..CLIENTS).map(|nth| {
            let world = &self.worlds[nth % self.worlds.len()];
            let world = world.through(world.hub.clone());
            let client = Client::new(world, self.clock.clone(), Arc::clone(&recorder));
            tokio::spawn(turns(client, nth))
        });
        let clients: Vec<_> = clients.collect();
        for client in clients {
            client.await.unwrap();
        }
        let history = recorder.take();
        let explained = explain(&self.machine, self.machine_state.clone(), &history);
        if let Err(unexplained) = explained {
            panic!("through {} hubs: {unexplained}", self.worlds.len());
        }
    }

    pub(crate) async fn customer(&mut self, profile: CustomerProfile, credits: i64) -> CustomerId {
        let customer = self.world().customer_with(profile, credits).await;
        self.machine_state.balances.insert(customer, credits);
        customer
    }

    pub(crate) async fn numbers(&mut self, count: usize) -> Vec<PhoneNumber> {
        let numbers = self.world().numbers(count).await;
        self.machine_state.free.extend(numbers.iter().map(PhoneNumber::e164));
        numbers
    }

    /// So many leases for an hour.
    pub(crate) async fn leases(&mut self, customer: CustomerId, count: usize) -> Vec<LeaseId> {
        let mut leases = Vec::new();
        for _ in 0..count {
            let request = self.world().single(customer, "0195730424");
            let lease = self.world().lease(request).await.unwrap().lease;
            let number = lease.members[0].number.e164();
            self.machine_state.free.remove(&number);
            self.machine_state.leases.insert(lease.id, (customer, number));
            leases.push(lease.id);
        }
        leases
    }

    /// An account for each client, all of one customer.
    pub(crate) async fn accounts(&self, customer: CustomerId) -> Vec<AccountId> {
        let mut accounts = Vec::new();
        for nth in 0..CLIENTS {
            accounts.push(self.world().account(&format!("racer {nth}"), customer).await);
        }
        accounts
    }

    pub(crate) async fn subscribe_to_all(
        &mut self,
        customer: CustomerId,
        account: AccountId,
        numbers: &[PhoneNumber],
    ) {
        for number in numbers {
            let subscribed = self.world().subscribe(account, number, Service::Voice).await;
            subscribed.unwrap().unwrap();
            *self.machine_state.balances.get_mut(&customer).unwrap() -= SETUP + MONTHLY;
        }
    }

    pub(crate) async fn charge_what_is_left(&self) -> usize {
        self.world().hub.ask(ChargeMonth).await.unwrap()
    }

    pub(crate) async fn assert_balance(&self, customer: CustomerId, expected: i64) {
        assert_eq!(self.world().balance(customer).await, expected);
    }
}
