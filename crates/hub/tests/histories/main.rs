//! Races through one, two and four hubs on one database, like so many processes, written down and
//! held against a machine that does one thing at a time: see [`leaseline_testkit::history`].

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

mod client;
mod machine;
mod race;

use std::time::Duration;

use leaseline_core::customer::{CustomerProfile, CustomerStatus};
use leaseline_testkit::{Dids, Edge, limit, profile};

use crate::client::Ask;
use crate::race::{MONTHLY, SETUP, on_all};

#[test]
fn the_last_numbers() {
    on_all(async |race| {
        let customer = race.customer(profile(), 0).await;
        race.numbers(7).await;
        race.run(move |client, _| async move {
            for _ in 0..3 {
                let leased = client.lease(customer).await;
                client.ask(Ask::Balance(customer)).await;
                if let Some(lease) = leased {
                    client.ask(Ask::Query(lease)).await;
                    client.ask(Ask::Release(lease)).await;
                }
            }
        })
        .await;
    });
}

#[test]
fn a_limit() {
    on_all(async |race| {
        let mut limited = profile();
        limited.single.max_leases = limit(3);
        let customer = race.customer(limited, 0).await;
        race.machine.most_leases.insert(customer, 3);
        race.numbers(40).await;
        race.run(move |client, _| async move {
            for _ in 0..4 {
                if let Some(lease) = client.lease(customer).await {
                    client.ask(Ask::Release(lease)).await;
                }
            }
        })
        .await;
    });
}

#[test]
fn one_lease_given_back_by_all() {
    on_all(async |race| {
        let customer = race.customer(profile(), 0).await;
        race.numbers(6).await;
        let leases = race.leases(customer, 4).await;
        race.run(move |client, nth| {
            let mut leases = leases.clone();
            leases.rotate_left(nth % 4);
            async move {
                for lease in leases {
                    client.ask(Ask::Release(lease)).await;
                    client.ask(Ask::Query(lease)).await;
                }
                client.lease(customer).await;
            }
        })
        .await;
    });
}

#[test]
fn given_back_at_the_instant_of_expiry() {
    on_all(async |race| {
        let customer = race.customer(profile(), 0).await;
        race.numbers(4).await;
        let leases = race.leases(customer, 4).await;
        race.machine_state.ending.extend(&leases);
        race.clock.advance(Duration::from_secs(3_599));
        race.run(move |client, nth| {
            let lease = leases[nth % 4];
            async move {
                if nth == 0 {
                    client.lease(customer).await;
                    client.ask(Ask::Expire).await;
                    return;
                }
                client.ask(Ask::Release(lease)).await;
                client.lease(customer).await;
                client.ask(Ask::Query(lease)).await;
                client.lease(customer).await;
            }
        })
        .await;
    });
}

#[test]
fn top_ups() {
    on_all(async |race| {
        let customers = [race.customer(profile(), 5).await, race.customer(profile(), 0).await];
        race.run(move |client, nth| async move {
            for turn in 0..4 {
                let amount = i64::try_from(nth + turn).unwrap() - 3;
                client.ask(Ask::TopUp(customers[(nth + turn) % 2], amount)).await;
                client.ask(Ask::Balance(customers[turn % 2])).await;
            }
        })
        .await;
    });
}

#[test]
fn reserves() {
    on_all(async |race| {
        let limited = CustomerProfile { max_reserved: limit(5), ..profile() };
        let customers = [race.customer(limited, 0).await, race.customer(profile(), 0).await];
        race.machine.most_reserved.insert(customers[0], 5);
        let general = race.customer(profile(), 0).await;
        race.numbers(16).await;
        race.run(move |client, nth| async move {
            for turn in 0..2 {
                let quantity = u32::try_from(1 + (nth + turn) % 3).unwrap();
                client.ask(Ask::Reserve(customers[nth % 2], quantity)).await;
                client.lease(general).await;
            }
        })
        .await;
    });
}

#[test]
fn one_key_at_once() {
    on_all(async |race| {
        let customer = race.customer(profile(), 0).await;
        race.run(move |client, nth| async move {
            for turn in 0..4 {
                client.ask(Ask::TopUpOnce(customer, turn)).await;
                if nth % 2 == 0 {
                    client.ask(Ask::Balance(customer)).await;
                }
            }
        })
        .await;
    });
}

#[test]
fn one_did() {
    on_all(async |race| {
        // Enough for three of them.
        let customer = race.customer(profile(), 3 * (SETUP + MONTHLY) + 1).await;
        let fees = [SETUP, MONTHLY];
        let numbers = race.world().dids(4, Dids { fees, ..Dids::default() }).await;
        let accounts = race.accounts(customer).await;
        race.run(move |client, nth| {
            let (account, mut numbers) = (accounts[nth], numbers.clone());
            async move {
                numbers.rotate_left(nth % 2);
                for number in numbers {
                    client.ask(Ask::Subscribe(customer, account, number)).await;
                    client.ask(Ask::Balance(customer)).await;
                }
            }
        })
        .await;
    });
}

#[test]
fn one_alias() {
    on_all(async |race| {
        let customer = race.customer(profile(), 0).await;
        let account = race.accounts(customer).await[0];
        race.run(move |client, _| async move {
            for alias in ["front desk", "hall", "night"] {
                client.ask(Ask::AddAlias(account, alias)).await;
                client.ask(Ask::Aliases(account)).await;
            }
        })
        .await;
    });
}

#[test]
fn a_suspension_against_leases() {
    on_all(async |race| {
        let customer = race.customer(profile(), 0).await;
        race.numbers(64).await;
        race.run(move |client, nth| async move {
            for _ in 0..3 {
                if nth < 2 {
                    client.ask(Ask::SetStatus(customer, CustomerStatus::Suspended)).await;
                    client.lease(customer).await;
                    client.ask(Ask::SetStatus(customer, CustomerStatus::Active)).await;
                } else {
                    client.lease(customer).await;
                }
            }
        })
        .await;
    });
}

#[test]
fn calls_against_releases() {
    on_all(async |race| {
        let customer = race.customer(profile(), 1_000_000).await;
        let numbers = race.numbers(4).await;
        let leases = race.leases(customer, 4).await;
        let edge = Edge::new("edge-1", false);
        race.run(move |client, nth| {
            let (edge, leases, numbers) = (edge.clone(), leases.clone(), numbers.clone());
            async move {
                for turn in 0..4 {
                    if nth == 0 {
                        client.ask(Ask::Release(leases[turn])).await;
                    }
                    if nth == 1 {
                        client.lease(customer).await;
                    }
                    let name = format!("call {nth} {turn}");
                    client.ask(Ask::Authorise(edge.clone(), name, numbers[turn].clone())).await;
                }
            }
        })
        .await;
    });
}

#[test]
fn months_charged_by_all() {
    on_all(async |race| {
        let customer = race.customer(profile(), 10_000).await;
        let numbers =
            race.world().dids(3, Dids { fees: [SETUP, MONTHLY], ..Dids::default() }).await;
        let account = race.accounts(customer).await[0];
        race.subscribe_to_all(customer, account, &numbers).await;
        // Four months that nobody looked.
        race.clock.advance(Duration::from_secs(130 * 24 * 3_600));
        race.machine_state.due = Some((customer, 3 * 4));
        race.run(move |client, _| async move {
            for _ in 0..4 {
                client.ask(Ask::ChargeMonth).await;
                client.ask(Ask::Balance(customer)).await;
            }
        })
        .await;
        assert_eq!(race.charge_what_is_left().await, 0, "four turns were enough");
        race.assert_balance(customer, 10_000 - 3 * (SETUP + 5 * MONTHLY)).await;
    });
}
