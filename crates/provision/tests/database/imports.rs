//! Imports: invisible until they are complete, and no trouble to anybody.

use leaseline_core::Refusal;
use leaseline_core::ids::{CustomerId, PoolId};
use leaseline_core::pool::NewNumber;
use leaseline_hub::operator::{Import, ImportError, Progress};
use leaseline_hub::{Failure, Hub};
use leaseline_provision::Imported;
use leaseline_testkit::{Database, ManualClock, World, databases, phone, profile};
use tokio::runtime::Runtime;

use crate::place::{Place, csv};

/// A world with a pool and a customer, on a fresh database of each kind.
fn on_both(test: impl AsyncFn(&World, CustomerId, &Database)) {
    let runtime = Runtime::new().unwrap();
    for database in databases() {
        runtime.block_on(async {
            let world = World::new(database.hub(&ManualClock::new())).await;
            let customer = world.customer(profile()).await;
            world.pool("kl", std::time::Duration::ZERO).await;
            test(&world, customer, &database).await;
            world.hub.close().await;
            database.assert_sound();
        });
    }
}

async fn kl(hub: &Hub) -> PoolId {
    hub.pool("kl").await.unwrap().unwrap().id
}

/// Leases a number and says which.
async fn lease(world: &World, customer: CustomerId) -> Result<String, Failure> {
    let granted = world.lease(world.single(customer, "0195730424")).await?;
    Ok(granted.lease.members[0].number.sent().to_owned())
}

fn numbers(range: std::ops::Range<usize>) -> Vec<NewNumber> {
    range.map(|last| NewNumber { number: phone(&format!("03888{last:05}")), place: None }).collect()
}

/// An import of which so many steps were made.
async fn begun(hub: &Hub, range: std::ops::Range<usize>, steps: usize) -> Import {
    let pool = kl(hub).await;
    let plan = hub.plan_import(Some(pool), numbers(range)).await.unwrap();
    let mut import = hub.begin_import(pool, plan).await.unwrap();
    for _ in 0..steps {
        assert_eq!(import.step().await, Ok(Progress::Staged));
    }
    import
}

const NO_NUMBER: Result<String, Failure> = Err(Failure::Refused(Refusal::NoFreeNumber));

#[test]
fn an_import_that_was_cut_off_is_completed_by_running_it_again() {
    on_both(async |world, customer, _| {
        let hub = &world.hub;
        drop(begun(hub, 0..1_000, 1).await);
        assert_eq!(lease(world, customer).await, NO_NUMBER);
        assert_eq!(hub.count_numbers(kl(hub).await).await, Ok(0));
        assert_eq!(world.reserve(customer, 1).await.unwrap_err(), Refusal::NoFreeNumber.into());

        let again = Place::new().import(hub, &csv(388_800_000, 1_000), "kl").await;
        assert_eq!(again.unwrap(), Imported { numbers: 1_000, added: 1_000 });
        assert_eq!(hub.count_numbers(kl(hub).await).await, Ok(1_000));
        assert_eq!(lease(world, customer).await.unwrap(), "0388800000");
        let third = Place::new().import(hub, &csv(388_800_000, 1_000), "kl").await;
        assert_eq!(third.unwrap(), Imported { numbers: 1_000, added: 0 });
    });
}

#[test]
fn leases_go_on_during_an_import_and_never_get_a_number_of_it() {
    on_both(async |world, customer, _| {
        let hub = &world.hub;
        // Before, between and after imports that are under way.
        let mut early = begun(hub, 0..100, 1).await;
        world.numbers(1).await;
        let mut late = begun(hub, 100..200, 1).await;
        world.numbers(2).await;
        let expected = ["0388880000", "0388880001", "0388880002"];
        for number in expected {
            assert_eq!(lease(world, customer).await.unwrap(), number);
        }
        assert_eq!(lease(world, customer).await, NO_NUMBER);
        assert_eq!(late.step().await, Ok(Progress::Live));
        assert_eq!(lease(world, customer).await.unwrap(), "0388800100");
        assert_eq!(early.step().await, Ok(Progress::Live));
        assert_eq!(lease(world, customer).await.unwrap(), "0388800000");
    });
}

#[test]
fn numbers_are_picked_in_the_order_of_import() {
    on_both(async |world, customer, _| {
        let hub = &world.hub;
        begun(hub, 3..5, 0).await.finish(|_, _| {}).await.unwrap();
        begun(hub, 0..2, 0).await.finish(|_, _| {}).await.unwrap();
        let one = world.lease(world.single(customer, "0195730424")).await.unwrap();
        let two = world.group(customer, "0195730425", "0195730426");
        let group = world.lease(two).await.unwrap();
        world.release(&one).await.unwrap();
        let sent = |nth: usize| group.lease.members[nth].number.sent().to_owned();
        assert_eq!([sent(0), sent(1)], ["0388800004", "0388800000"]);
        // What was leased comes after what never was.
        assert_eq!(lease(world, customer).await.unwrap(), "0388800001");
        assert_eq!(lease(world, customer).await.unwrap(), "0388800003");
    });
}

#[test]
fn two_processes_import_one_file_at_once() {
    on_both(async |world, customer, database| {
        let other = database.hub(&ManualClock::new());
        let file = csv(388_800_000, 5_000);
        let (here, there) = (Place::new(), Place::new());
        let (one, two) =
            tokio::join!(here.import(&world.hub, &file, "kl"), there.import(&other, &file, "kl"));
        other.close().await;
        assert_eq!((one.unwrap().numbers, two.unwrap().numbers), (5_000, 5_000));
        assert_eq!(world.hub.count_numbers(kl(&world.hub).await).await, Ok(5_000));
        assert_eq!(lease(world, customer).await.unwrap(), "0388800000");
    });
}

#[test]
fn what_another_import_left_behind_is_taken_over() {
    on_both(async |world, customer, _| {
        let hub = &world.hub;
        let mut first = begun(hub, 0..1_000, 1).await;
        begun(hub, 100..400, 0).await.finish(|_, _| {}).await.unwrap();
        assert_eq!(hub.count_numbers(kl(hub).await).await, Ok(300));
        assert_eq!(first.step().await, Err(ImportError::TakenOver));
        assert_eq!(lease(world, customer).await.unwrap(), "0388800100");

        begun(hub, 0..1_000, 0).await.finish(|_, _| {}).await.unwrap();
        assert_eq!(hub.count_numbers(kl(hub).await).await, Ok(1_000));
        assert_eq!(lease(world, customer).await.unwrap(), "0388800000");
    });
}

#[test]
fn a_number_that_came_into_another_pool_meanwhile_is_not_moved() {
    on_both(async |world, _, _| {
        let hub = &world.hub;
        let import = begun(hub, 0..600, 1).await;
        let other = world.pool("other", std::time::Duration::ZERO).await;
        let taken =
            leaseline_hub::operator::NewNumbers { pool: other, numbers: vec![phone("0388800599")] };
        hub.ask(taken).await.unwrap();
        let number = phone("0388800599").e164();
        let elsewhere = ImportError::Elsewhere { number, pool: "other".into() };
        assert_eq!(import.finish(|_, _| {}).await, Err(elsewhere));
        assert_eq!(hub.count_numbers(kl(hub).await).await, Ok(0));
    });
}

#[test]
fn a_bad_line_means_that_nothing_is_written() {
    on_both(async |world, customer, _| {
        let place = Place::new();
        world.numbers(1).await;
        let check = async |csv: &str, pool: &str, expected: &str| {
            let wrong = place.import(&world.hub, csv, pool).await.unwrap_err();
            assert_eq!(wrong.to_string(), expected);
        };
        check("number\n0388800000\n0388\n", "kl", LINE_3).await;
        check("number\n0388800000\n0388880000\n", "kl", ELSEWHERE).await;
        check("number\n0388800000\n60388800000\n", "kl", TWICE).await;
        check("number\n0388800000\n", "lk", "there is no pool \"lk\"").await;
        assert_eq!(world.hub.count_numbers(kl(&world.hub).await).await, Ok(0));
        lease(world, customer).await.unwrap();
        assert_eq!(lease(world, customer).await, NO_NUMBER);
    });
}

const LINE_3: &str = "line 3: \"…0388\" is not a telephone number of 7 to 15 digits";
const ELSEWHERE: &str = "line 3: …0000 is in the pool \"pool 388880000\" already";
const TWICE: &str = "line 3: …0000 is there twice, first in line 2";

#[test]
fn processes_that_lease_during_an_import_each_get_their_own() {
    on_both(async |world, customer, database| {
        world.numbers(40).await;
        let other = world.through(database.hub(&ManualClock::new()));
        let import = begun(&world.hub, 0..20_000, 0).await;
        let importing = tokio::spawn(import.finish(|_, _| {}));
        let mut leased = Vec::new();
        for _ in 0..20 {
            let (one, two) = tokio::join!(lease(world, customer), lease(&other, customer));
            leased.extend([one.unwrap(), two.unwrap()]);
        }
        importing.await.unwrap().unwrap();
        other.hub.close().await;
        leased.sort();
        leased.dedup();
        assert_eq!(leased.len(), 40);
    });
}
