//! What the schema and `check` say of damage to calls and what is set aside for them.

use leaseline_core::record::Intake;
use leaseline_testkit::{Call, Database, Edge, ManualClock, World, databases, profile};

use crate::check::told;
use crate::raw::{damage, run};

/// Customers 1 and 2 with a number each; of each a call is open, and one was charged.
async fn inhabited(database: &Database) {
    let world = World::new(database.hub(&ManualClock::new())).await;
    world.numbers(2).await;
    let edge = Edge::new("edge-1", false);
    for to in ["0388880000", "0388880001"] {
        let customer = world.customer_with(profile(), 1_000).await;
        world.lease(world.single(customer, "0125740183")).await.unwrap();
        let open = format!("open {to}");
        let call = |name| Call { name, from: "0195730424", to };
        world.authorise(edge.question(call(&open))).await.unwrap();
        let told = edge.report(call(to), None, world.hub.now(), 60_000);
        assert_eq!(world.record(told).await, Ok(Intake::Stored));
    }
    world.hub.close().await;
}

#[tokio::test]
async fn each_damage_is_told_and_nothing_else() {
    for database in databases() {
        inhabited(&database).await;
        assert_eq!(told(&database), [""; 0]);
        damage(&database, "UPDATE ledgers SET held = held - 1 WHERE id = 1");
        damage(&database, "UPDATE records SET charge = 4 WHERE id = 2");
        let other = "ledger 1: what is set aside is not what its open calls need";
        let booked = "record 2: its charge is not booked as what it cost";
        assert_eq!(told(&database), [booked, other]);
        damage(&database, "UPDATE calls SET customer_id = NULL WHERE ledger_id = 2");
        let broken = told(&database);
        assert_eq!(broken.len(), 3);
        assert!(broken[2].ends_with(": nobody pays for it"), "{broken:?}");
    }
}

#[tokio::test]
async fn what_the_schema_refuses() {
    for database in databases() {
        inhabited(&database).await;
        for sql in [
            // One decision of each number on a call.
            "INSERT INTO calls SELECT * FROM calls",
            "UPDATE calls SET hold = -1",
            "UPDATE calls SET state = 5",
            // What is open is somebody's, and until some time.
            "UPDATE calls SET ledger_id = NULL",
            "UPDATE calls SET open_until = NULL",
            "UPDATE calls SET refusal = 1",
            "UPDATE ledgers SET held = -1",
            "UPDATE ledgers SET open_calls = -1",
            // One charge for each record, and only with somebody to pay it.
            "UPDATE records SET customer_id = NULL",
            "UPDATE records SET charge_source = NULL",
        ] {
            assert!(run(&database, sql).is_err(), "{sql}");
        }
        assert_eq!(told(&database), [""; 0]);
    }
}
