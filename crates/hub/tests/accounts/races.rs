//! Two hubs on one database, like two processes.

use futures_util::future::{join, join_all};
use leaseline_core::account::{Email, SubAccountNo, SubAccountProfile};
use leaseline_core::did::SubscribeNo;
use leaseline_core::pool::Service;
use leaseline_hub::Failure;
use leaseline_hub::accounts::AddSubAccount;
use leaseline_testkit::{World, databases};

use crate::shop::{Shop, name};

/// Asks through two hubs in turn; the clock holds both writers until all is asked.
async fn race<F: Future>(
    shop: &Shop,
    second: &World,
    count: usize,
    ask: impl Fn(usize) -> F,
) -> Vec<F::Output> {
    // Its first request has it connect.
    second.pool("none of ours", std::time::Duration::ZERO).await;
    let held = shop.clock.hold();
    let asked = join_all((0..count).map(ask));
    let let_go = async {
        held.wait_for_askers(2);
        drop(held);
    };
    join(asked, let_go).await.0
}

#[tokio::test]
async fn one_of_many_gets_a_number_and_one_pays() {
    for database in databases() {
        let shop = Shop::with(&database, 1).await;
        let second = shop.world.through(database.hub(&shop.clock));
        let mut accounts = Vec::new();
        for nth in 0..8 {
            accounts.push(shop.world.account(&format!("racer {nth}"), shop.customer).await);
        }
        let outcomes = race(&shop, &second, 8, |nth| {
            let world = if nth % 2 == 0 { &shop.world } else { &second };
            world.subscribe(accounts[nth], &shop.numbers[0], Service::Voice)
        })
        .await;
        let won = outcomes.iter().filter(|outcome| matches!(outcome, Ok(Ok(_)))).count();
        assert_eq!(won, 1, "{outcomes:?}");
        for outcome in &outcomes {
            let no = matches!(
                outcome,
                Ok(Ok(_) | Err(SubscribeNo::NotAvailable)) | Err(Failure::Locked)
            );
            assert!(no, "{outcome:?}");
        }
        assert_eq!(shop.balance().await, 1_000 - 130);
        second.hub.close().await;
        shop.end(&database).await;
    }
}

#[tokio::test]
async fn one_of_two_accounts_gets_an_address() {
    for database in databases() {
        let shop = Shop::with(&database, 0).await;
        let second = shop.world.through(database.hub(&shop.clock));
        let other = shop.world.account("other", shop.customer).await;
        let outcomes = race(&shop, &second, 2, |nth| {
            let (world, account) =
                if nth == 0 { (&shop.world, shop.account) } else { (&second, other) };
            let email = Email::parse("desk@acme.example");
            let profile = SubAccountProfile { email, ..SubAccountProfile::named(name("desk")) };
            world.hub.ask(AddSubAccount { account, profile })
        })
        .await;
        let outcomes: Vec<_> = outcomes.into_iter().map(|outcome| outcome.unwrap()).collect();
        let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(won, 1, "{outcomes:?}");
        assert!(outcomes.contains(&Err(SubAccountNo::EmailTaken)), "{outcomes:?}");
        second.hub.close().await;
        shop.end(&database).await;
    }
}
