//! A server that crashes under load.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::join_all;
use leaseline_core::ids::{CustomerId, LeaseId};
use leaseline_core::lease::{LeaseGranted, LeaseKind};
use leaseline_hub::{Failure, Idempotency, Request, Settled};
use leaseline_testkit::{Cluster, ManualClock, StopMode, World, profile};
use tokio::sync::watch;

const CLIENTS: usize = 8;
const ROUNDS: usize = 20;

/// Clients who repeat each request under its key until it is acknowledged.
struct Crowd {
    worlds: [World; 2],
    customer: CustomerId,
    acknowledged: watch::Sender<usize>,
    is_up: watch::Sender<bool>,
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_there_once_after_crashes_under_load() {
    let Some(cluster) = Cluster::start() else { return };
    let database = cluster.database();
    let clock = ManualClock::new();
    let first = World::new(database.hub(&clock)).await;
    first.numbers(CLIENTS * ROUNDS).await;
    let customer = first.customer(profile()).await;
    let second = first.through(database.hub(&clock));
    let crowd = Arc::new(Crowd {
        worlds: [first, second],
        customer,
        acknowledged: watch::Sender::new(0),
        is_up: watch::Sender::new(true),
    });

    let clients = (0..CLIENTS).map(|client| tokio::spawn(Arc::clone(&crowd).ask_away(client)));
    let clients: Vec<_> = clients.collect();
    for share in [3, 2] {
        let enough = |rounds: &usize| *rounds >= CLIENTS * ROUNDS / share;
        crowd.acknowledged.subscribe().wait_for(enough).await.unwrap();
        crowd.is_up.send_replace(false);
        cluster.stop(StopMode::Immediate);
        cluster.start_again();
        crowd.is_up.send_replace(true);
    }
    let leases: Vec<LeaseId> =
        join_all(clients).await.into_iter().flat_map(|leases| leases.unwrap()).collect();

    let [first, second] = &crowd.worlds;
    let mut numbers = HashSet::new();
    for id in leases {
        let lease = second.hub.live_lease(&second.admin, id, LeaseKind::Single).await.unwrap();
        assert!(numbers.insert(lease.members[0].number_id), "{id} was granted twice");
    }
    assert_eq!(numbers.len(), CLIENTS * ROUNDS);
    assert_eq!(database.psql("SELECT count(*) FROM leases"), numbers.len().to_string());
    let booked = i64::try_from(CLIENTS * ROUNDS).unwrap();
    assert_eq!(first.balance(customer).await, booked);
    join_all(crowd.worlds.iter().map(|world| world.hub.close())).await;
    database.assert_sound();
}

impl Crowd {
    /// In each round a top-up and a lease; returns the leases.
    async fn ask_away(self: Arc<Self>, client: usize) -> Vec<LeaseId> {
        let world = &self.worlds[client % 2];
        let mut leases = Vec::new();
        for round in 0..ROUNDS {
            let key = format!("{client} {round}");
            let top_up = || world.top_up_of(self.customer, 1);
            self.until_acknowledged(world, &key, top_up, |entry| format!("{entry:?}")).await;
            let lease = || world.single(self.customer, "0195730424");
            let reference = |granted: &LeaseGranted| granted.lease.id.to_string();
            let granted = self.until_acknowledged(world, &key, lease, reference);
            leases.push(LeaseId::new(granted.await.parse().unwrap()));
            self.acknowledged.send_modify(|rounds| *rounds += 1);
        }
        leases
    }

    /// Repeats a request for as long as nobody can say whether it was carried out, and returns
    /// the answer that is kept under its key.
    async fn until_acknowledged<R: Request>(
        &self,
        world: &World,
        key: &str,
        request: impl Fn() -> R,
        answer: fn(&R::Outcome) -> String,
    ) -> String {
        loop {
            match once(world, key, request(), answer).await {
                Ok(Settled::Fresh(outcome)) => return answer(&outcome),
                Ok(Settled::Repeated(kept)) => return kept,
                Err(Failure::Unavailable | Failure::Locked) => {
                    self.is_up.subscribe().wait_for(|is_up| *is_up).await.unwrap();
                }
                Err(failure @ (Failure::Refused(_) | Failure::Overloaded)) => panic!("{failure}"),
            }
        }
    }
}

async fn once<R: Request>(
    world: &World,
    key: &str,
    request: R,
    answer: fn(&R::Outcome) -> String,
) -> Result<Settled<R::Outcome>, Failure> {
    let operation = std::any::type_name::<R>();
    let key = Idempotency::new(
        world.admin.user().expect("a user of the API"),
        operation,
        key.into(),
        vec![],
        answer,
    );
    world.hub.ask_once(request, key).await
}
