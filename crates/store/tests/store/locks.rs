//! What a transaction has loaded for a decision stays as it is until its end, on a database with
//! several writers. (On SQLite there is one at a time.)

use std::time::{Duration, Instant};

use leaseline_core::ids::{CustomerId, LeaseId};
use leaseline_core::lease::LeaseKind;
use leaseline_store::{Session, Store, StoreError, Tx, WriteError, load};
use leaseline_testkit::{Database, ManualClock, World, limit, profile};

type Load<'a> = &'a dyn Fn(&mut Tx<'_>) -> Result<(), StoreError>;

/// While one transaction has loaded `first`, another one that loads `second` waits in vain.
fn check(database: &Database, first: Load<'_>, second: Load<'_>) {
    assert!(!goes_on_beside(database, first, second));
}

fn goes_on_beside(database: &Database, first: Load<'_>, second: Load<'_>) -> bool {
    let connect = || -> Session { Store::from_url(database.url()).unwrap().connect().unwrap() };
    let (mut one, mut other) = (connect(), connect());
    let went_on = one.write(|tx| {
        first(tx)?;
        match other.write(second) {
            Ok(()) => Ok(true),
            Err(WriteError::NotDone(StoreError::Busy(_))) => Ok(false),
            Err(unexpected) => panic!("{unexpected:?}"),
        }
    });
    went_on.unwrap()
}

#[tokio::test]
async fn what_is_decided_on_does_not_change_before_the_commit() {
    let Some(database) = Database::postgres() else { return };
    let (customer, lease) = limited_customer_with_a_lease(&database).await;
    let shared: Load<'_> = &|tx| load::customers::customers_unchanging(tx, &[customer]).map(drop);
    let change: Load<'_> = &|tx| load::customers::customer_for_change(tx, customer).map(drop);
    let count: Load<'_> = &|tx| {
        let limited = [(customer, LeaseKind::Single)];
        load::customers::hold_limits(tx, &limited)
    };
    let post: Load<'_> = &|tx| load::ledgers::ledgers_for_posting(tx, &[customer]).map(drop);
    let release: Load<'_> = &|tx| load::leases::leases_for_release(tx, &[lease]).map(drop);

    check(&database, shared, change);
    check(&database, change, shared);
    check(&database, count, count);
    check(&database, post, post);
    check(&database, release, release);
    assert!(goes_on_beside(&database, shared, shared), "leases do not wait for one another");
    assert!(goes_on_beside(&database, shared, post), "nor for a top-up");
}

async fn limited_customer_with_a_lease(database: &Database) -> (CustomerId, LeaseId) {
    let world = World::new(database.hub(&ManualClock::new())).await;
    world.numbers(1).await;
    let mut limited = profile();
    limited.single.max_leases = limit(1);
    let customer = world.customer(limited).await;
    let granted = world.lease(world.single(customer, "0195730424")).await.unwrap();
    world.hub.close().await;
    (customer, granted.lease.id)
}

/// Longer than any transaction may do nothing.
const PATIENCE: Duration = Duration::from_secs(30);

/// As when a process is stopped, or swapped out, in the middle of a transaction.
#[tokio::test]
async fn who_stands_still_in_a_transaction_holds_nobody_up_for_long() {
    let Some(database) = Database::postgres() else { return };
    let (customer, _) = limited_customer_with_a_lease(&database).await;
    let connect = || -> Session { Store::from_url(database.url()).unwrap().connect().unwrap() };
    let (mut still, mut other) = (connect(), connect());
    let hold = |tx: &mut Tx<'_>| load::ledgers::ledgers_for_posting(tx, &[customer]).map(drop);
    let stood_still = still.write(|tx| {
        hold(tx)?;
        let began = Instant::now();
        while let Err(WriteError::NotDone(StoreError::Busy(_))) = other.write(hold) {
            assert!(began.elapsed() < PATIENCE, "held up for {PATIENCE:?}");
        }
        Ok(())
    });
    assert!(stood_still.is_err(), "what was held was somebody else's meanwhile");
}
