//! From a number to the charge.

use std::time::Duration;

use leaseline_core::call::CallState;
use leaseline_core::history::Then;
use leaseline_core::ids::RecordId;
use leaseline_core::ledger::EntryKind;
use leaseline_hub::Clock;
use leaseline_testkit::{Call, Edge, ManualClock, World, databases, phone, profile};

#[tokio::test]
async fn a_record_leads_from_the_number_to_the_entry() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        world.numbers(3).await;
        let customer = world.customer_with(profile(), 1_000).await;
        let group = world.group(customer, "0195730424", "0195730425");
        let granted = world.lease(group).await.unwrap();
        let edge = Edge::new("edge-1", false);
        let call = Call { name: "one", from: "+60195730424", to: "0388880001" };
        let decided = world.authorise(edge.question(call)).await.unwrap();
        let began = clock.now();
        clock.advance(Duration::from_secs(30));
        world.record(edge.report(call, Some(&decided), began, 21_000)).await.unwrap();
        clock.advance(Duration::from_secs(30));
        world.release(&granted).await.unwrap();

        let id = RecordId::new(1).unwrap();
        let trail = world.hub.record_trail(id).await.unwrap().unwrap();
        assert_eq!(Some(&trail.record), world.hub.record(id).await.unwrap().as_ref());
        assert_eq!(trail.number, Some(phone("0388880001")));
        let held = trail.held.unwrap();
        assert_eq!((held.then, held.holders.len()), (Then::Held, 1));
        assert_eq!(held.holders[0].lease, granted.lease.id);
        assert_eq!(trail.lease, world.hub.lease(granted.lease.id).await.unwrap());
        let decision = trail.decision.unwrap().earlier;
        assert_eq!((decision.decided, decision.state), (decided, CallState::Settled));
        let entry = trail.entry.unwrap();
        assert_eq!((entry.kind, entry.amount.get(), entry.seq), (EntryKind::Call, -2, 2));
        assert_eq!(trail.record.line.charge.unwrap().get(), 2);

        let none = world.hub.record_trail(RecordId::new(2).unwrap()).await;
        assert_eq!(none, Ok(None));
        world.hub.close().await;
    }
}

#[tokio::test]
async fn what_never_was_is_none() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        world.numbers(1).await;
        let edge = Edge::new("edge-1", false);
        let call = Call { name: "one", from: "+60195730424", to: "0388880000" };
        world.record(edge.report(call, None, clock.now(), 21_000)).await.unwrap();
        let trail = world.hub.record_trail(RecordId::new(1).unwrap()).await.unwrap().unwrap();
        assert_eq!((trail.number, trail.held, trail.lease), (None, None, None));
        assert_eq!((trail.decision, trail.entry), (None, None));
        world.hub.close().await;
    }
}
