//! How things stand, in figures.

use std::time::Duration;

use leaseline_core::call::CallRefusal;
use leaseline_core::money::Credits;
use leaseline_hub::Clock;
use leaseline_hub::insight::{DatabaseKind, Health, Overview};
use leaseline_testkit::{Call, Edge, Kind, ManualClock, World, databases, profile};

const PHONE: &str = "0195730424";

#[tokio::test]
async fn an_overview_counts_leases_charges_and_refusals() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        world.numbers(4).await;
        let rich = world.customer_with(profile(), 1_000).await;
        let poor = world.customer_with(profile(), 10).await;
        world.lease(world.single(rich, PHONE)).await.unwrap();
        clock.advance(Duration::from_secs(1_800));
        world.lease(world.single(rich, PHONE)).await.unwrap();
        clock.advance(Duration::from_secs(900));
        let edge = Edge::new("edge-1", false);
        let call = |name| Call { name, from: "+60195730499", to: "0388880000" };
        let decided = world.authorise(edge.question(call("open"))).await.unwrap();
        assert!(decided.outcome.is_ok(), "{decided:?}");
        let stranger = Call { name: "none", from: "+60195730499", to: "0388880003" };
        world.authorise(edge.question(stranger)).await.unwrap();
        world.record(edge.report(call("done"), None, clock.now(), 21_000)).await.unwrap();

        let expected = Overview {
            at: clock.now(),
            active_leases: 2,
            ending_leases: 2,
            charged_today: Credits::new(2),
            refused_calls: vec![(CallRefusal::NoSuchNumber, 1)],
            failed_requests: Vec::new(),
            lowest_balances: vec![world.view(poor).await, world.view(rich).await],
        };
        assert_eq!(world.hub.overview().await, Ok(expected));

        let oldest_hold = Some(decided.decided_at);
        let health = world.hub.health().await.unwrap();
        let postgres = database.kind() == Kind::Postgres;
        let expected = Health {
            at: clock.now(),
            database: if postgres { DatabaseKind::Postgres } else { DatabaseKind::Sqlite },
            clock_lag: Duration::ZERO,
            oldest_hold,
            unpriced_records: 0,
            orphans: 0,
            inbox: (0, 4_096),
            requests_dropped: 0,
            // What differs from run to run, or from database to database.
            ready: health.ready,
            store_latency: health.store_latency,
            database_bytes: health.database_bytes,
            free_bytes: health.free_bytes,
            database_version: health.database_version.clone(),
            schema: health.schema.clone(),
            clock_offset: health.clock_offset,
            reads_in_flight: health.reads_in_flight,
        };
        assert_eq!(health, expected);
        assert_eq!(health.clock_offset.is_some(), postgres);
        assert!(health.database_bytes > 0);
        assert_eq!(health.free_bytes.is_some(), !postgres);
        assert!(health.database_version.starts_with(|first: char| first.is_ascii_digit()));
        assert!(health.schema.unwrap().starts_with("000000000000"));
        world.hub.close().await;
    }
}
