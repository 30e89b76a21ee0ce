//! Connections that die at the worst moment.

use std::time::Duration;

use leaseline_core::ids::CustomerId;
use leaseline_core::ledger::ToppedUp;
use leaseline_hub::{Failure, Hub, Settings};
use leaseline_testkit::{Cluster, Database, ManualClock, World, profile};
use tokio::task::JoinHandle;

/// Has each connection that books something be ended when `fires_at` says so, a limited number
/// of times. What a sequence counts stays counted after a rollback.
fn end_connections(database: &Database, fires_at: &str, times: u32) {
    database.psql(&format!(
        "CREATE SEQUENCE tries;
         CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
           IF nextval('tries') <= {times} THEN
             PERFORM pg_terminate_backend(pg_backend_pid());
             PERFORM pg_sleep(60);
           END IF;
           RETURN NULL;
         END $$;
         CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON ledger_entries
         {fires_at} FOR EACH ROW EXECUTE FUNCTION die()"
    ));
}

const AT_COMMIT: &str = "DEFERRABLE INITIALLY DEFERRED";
const BEFORE_COMMIT: &str = "NOT DEFERRABLE";

async fn a_world_with_a_customer(database: &Database) -> (World, CustomerId) {
    let world = World::new(database.hub(&ManualClock::new())).await;
    let customer = world.customer(profile()).await;
    (world, customer)
}

#[tokio::test]
async fn a_commit_that_did_not_happen_is_made_again() {
    let Some(database) = Database::postgres() else { return };
    let (world, customer) = a_world_with_a_customer(&database).await;
    end_connections(&database, AT_COMMIT, 2);

    let topped_up = world.top_up(customer, 5).await.unwrap();
    assert_eq!((topped_up.entry.seq, topped_up.entry.balance_after.get()), (1, 5));
    assert_eq!(world.balance(customer).await, 5);
    world.hub.close().await;
    database.assert_sound();
}

#[tokio::test]
async fn a_commit_that_never_happens_is_given_up_and_the_next_one_works() {
    let Some(database) = Database::postgres() else { return };
    let (world, customer) = a_world_with_a_customer(&database).await;
    end_connections(&database, AT_COMMIT, 4);

    assert_eq!(world.top_up(customer, 5).await, Err(Failure::Unavailable));
    assert_eq!(world.top_up(customer, 7).await.unwrap().entry.balance_after.get(), 7);
    world.hub.close().await;
    database.assert_sound();
}

#[tokio::test]
async fn a_connection_lost_before_the_commit_is_replaced() {
    let Some(database) = Database::postgres() else { return };
    let (world, customer) = a_world_with_a_customer(&database).await;
    end_connections(&database, BEFORE_COMMIT, 1);

    assert_eq!(world.top_up(customer, 5).await.unwrap().entry.balance_after.get(), 5);
    world.hub.close().await;
    database.assert_sound();
}

#[tokio::test]
async fn connections_lost_between_requests_are_replaced() {
    let Some(database) = Database::postgres() else { return };
    let (world, customer) = a_world_with_a_customer(&database).await;
    for balance in 1..=2 {
        world.view(customer).await;
        database.psql(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
        assert_eq!(world.top_up(customer, 1).await.unwrap().entry.balance_after.get(), balance);
        assert_eq!(world.balance(customer).await, balance);
        let status = world.view(customer).await.customer.profile.status;
        assert_eq!(world.set_status(customer, status).await, Ok(()));
    }
    world.hub.close().await;
    database.assert_sound();
}

/// A commit that waits for a standby that does not exist is in the log already: to end its
/// connection then is to lose the answer, and nothing but the answer. Whoever finds it waits for
/// the standby as the commit did.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_is_found_and_not_made_again() {
    let Some(cluster) = Cluster::start() else { return };
    let database = cluster.database();
    // A busy machine may take its time over all this.
    let patient = Duration::from_secs(30);
    let settings = Settings { patience: patient, ..database.settings(&ManualClock::new()) };
    let world = World::new(Hub::open(settings).unwrap()).await;
    let customer = world.customer(profile()).await;
    let (waiting, balance) = until_one_waits(&cluster, &world, customer).await;
    end_the_one_that_waits(&cluster);
    assert!(waits_for_a_standby(&cluster, &waiting), "answered before any standby had it");
    wait_for_nobody(&cluster);
    assert_eq!(balance_after(waiting).await, Ok(balance));

    assert_eq!(world.balance(customer).await, balance);
    assert_eq!(balance_after(ask(&world, customer)).await, Ok(balance + 1));
    world.hub.close().await;
    database.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_waits_for_its_standby_however_little_time_a_statement_has() {
    let Some(cluster) = Cluster::start() else { return };
    let database = cluster.database();
    database.psql(
        "DO $$ BEGIN
           EXECUTE format('ALTER DATABASE %I SET statement_timeout = 100', current_database());
         END $$",
    );
    let (world, customer) = a_world_with_a_customer(&database).await;
    let (waiting, balance) = until_one_waits(&cluster, &world, customer).await;
    assert_eq!(balance_after(waiting).await, Err(Failure::Unavailable));

    wait_for_nobody(&cluster);
    assert_eq!(balance_after(ask(&world, customer)).await, Ok(balance + 1));
    world.hub.close().await;
    database.assert_sound();
}

/// Has commits wait for a standby that does not exist, and returns a top-up whose commit does,
/// with the balance after it. Until the server has noted its new setting it still answers.
async fn until_one_waits(cluster: &Cluster, world: &World, customer: CustomerId) -> (Asked, i64) {
    cluster.psql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    cluster.psql("SELECT pg_reload_conf()");
    let mut balance = 0;
    loop {
        balance += 1;
        let asked = ask(world, customer);
        if waits_for_a_standby(cluster, &asked) {
            return (asked, balance);
        }
        assert_eq!(balance_after(asked).await, Ok(balance));
    }
}

fn wait_for_nobody(cluster: &Cluster) {
    cluster.psql("ALTER SYSTEM RESET synchronous_standby_names");
    cluster.psql("SELECT pg_reload_conf()");
}

fn end_the_one_that_waits(cluster: &Cluster) {
    cluster.psql(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
    );
}

type Asked = JoinHandle<Result<ToppedUp, Failure>>;

fn ask(world: &World, customer: CustomerId) -> Asked {
    let (hub, request) = (world.hub.clone(), world.top_up_of(customer, 1));
    tokio::spawn(async move { hub.ask(request).await })
}

async fn balance_after(asked: Asked) -> Result<i64, Failure> {
    Ok(asked.await.unwrap()?.entry.balance_after.get())
}

/// Whether the commit of what was asked waits for a standby; no, when it is answered first.
fn waits_for_a_standby(cluster: &Cluster, asked: &Asked) -> bool {
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    loop {
        if cluster.psql(waiting) == "1" {
            return true;
        }
        if asked.is_finished() {
            return false;
        }
    }
}
