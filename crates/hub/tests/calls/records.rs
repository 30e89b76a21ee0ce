//! Whose a call's record is, and what it costs.

use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::call::{CallDecided, CallRefusal, CallState};
use leaseline_core::customer::{
    BlockRate, CustomerChange, CustomerStatus, CustomerUpdate, ServiceChange,
};
use leaseline_core::ids::CustomerId;
use leaseline_core::record::{Intake, RecordFlag, Report};
use leaseline_hub::Clock;
use leaseline_hub::records::RecordState;
use leaseline_testkit::{Call, Edge, ManualClock, World, databases, profile};

const CALLER: &str = "+60195730424";
const DRIVER: &str = "0125740183";

fn call(name: &str) -> Call<'_> {
    Call { name, from: CALLER, to: "0388880000" }
}

async fn cost_a_block(world: &World, customer: CustomerId, credits: i64) {
    let single = ServiceChange { charge_rate: BlockRate::new(credits), ..ServiceChange::default() };
    let change = CustomerChange { single, ..CustomerChange::default() };
    let update = CustomerUpdate { caller: world.admin.clone(), customer, change };
    world.hub.ask(update).await.unwrap();
}

/// An instant as a switch's clock tells it.
fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_seconds(at.seconds()).unwrap()
}

#[tokio::test]
async fn a_late_record_is_its_holders_at_the_price_of_its_day() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        world.numbers(1).await;
        let [first, second] = [
            world.customer_with(profile(), 1_000).await,
            world.customer_with(profile(), 1_000).await,
        ];
        let edge = Edge::new("edge-1", false);
        clock.advance(Duration::from_millis(300));
        let granted = world.lease(world.single(first, DRIVER)).await.unwrap();
        let decided = world.authorise(edge.question(call("decided"))).await.unwrap();
        let began = whole_second(clock.now());
        clock.advance(Duration::from_secs(10));
        cost_a_block(&world, first, 7).await;
        let later = clock.now();
        clock.advance(Duration::from_secs(10));
        world.release(&granted).await.unwrap();
        clock.advance(Duration::from_secs(10));
        world.lease(world.single(second, DRIVER)).await.unwrap();
        clock.advance(Duration::from_secs(10));

        let tell = async |name, decided: Option<&CallDecided>, at| {
            world.record(edge.report(call(name), decided, at, 21_000)).await.unwrap()
        };
        let balances = async || [world.balance(first).await, world.balance(second).await];
        // Began in the second in which the lease began; the terms of then.
        assert_eq!(tell("early", None, began).await, Intake::Stored);
        assert_eq!(balances().await, [998, 1_000]);
        assert_eq!(tell("dearer", None, later).await, Intake::Stored);
        assert_eq!(balances().await, [984, 1_000]);
        assert_eq!(tell("of the next", None, clock.now()).await, Intake::Stored);
        assert_eq!(balances().await, [984, 998]);
        // The decision counts, whatever the clock of the switch says.
        assert_eq!(tell("decided", Some(&decided), clock.now()).await, Intake::Stored);
        assert_eq!(balances().await, [982, 998]);
        // A decision of another call is none of this one's.
        assert_eq!(tell("other", Some(&decided), clock.now()).await, Intake::Stored);
        assert_eq!(balances().await, [982, 996]);
        let before = Timestamp::from_seconds(began.seconds() - 1).unwrap();
        assert_eq!(tell("before all", None, before).await, Intake::Orphan);
        assert_eq!(balances().await, [982, 996]);
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn what_cannot_be_meant_is_billed_as_it_may() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        world.numbers(1).await;
        let customer = world.customer_with(profile(), 1_000).await;
        world.lease(world.single(customer, DRIVER)).await.unwrap();
        let edge = Edge::new("edge-1", false);
        let check = async |name, bill_ms, expected: (i64, &[RecordFlag])| {
            let before = world.balance(customer).await;
            let mut question = edge.question(call(name));
            question.longest_seconds = Some(60);
            let decided = world.authorise(question).await.unwrap();
            let told = edge.report(call(name), Some(&decided), clock.now(), bill_ms);
            assert_eq!(world.record(told).await, Ok(Intake::Stored));
            let last = world.hub.records(None, None, 1).await.unwrap().pop().unwrap();
            let cost = before - world.balance(customer).await;
            assert_eq!((cost, &*last.flags), expected, "{name}");
            assert_eq!(last.charge.map(|charge| charge.get()), Some(cost), "{name}");
        };
        check("whole", 60_000, (3, &[])).await;
        check("a bit longer", 65_000, (4, &[])).await;
        check("overrun", 65_001, (3, &[RecordFlag::Overrun])).await;
        check("ages", i64::MAX, (3, &[RecordFlag::Overrun])).await;
        check("negative", -1, (0, &[RecordFlag::NegativeDuration])).await;
        // Without a decision nothing is capped.
        let free = edge.report(call("free"), None, clock.now(), 6_000_000);
        world.record(free).await.unwrap();
        assert_eq!(world.balance(customer).await, 987 - 300);
        let dear = edge.report(call("too dear"), None, clock.now(), i64::MAX);
        assert_eq!(world.record(dear).await, Ok(Intake::Stored));
        assert_eq!(world.balance(customer).await, 687 - 461_168_601_842_739);
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn the_record_of_a_call_that_was_refused_is_no_orphan_and_ends_its_answer() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        world.numbers(1).await;
        let customer = world.customer_with(profile(), 1_000).await;
        let edge = Edge::new("edge-1", false);
        let ask = async || world.authorise(edge.question(call("1"))).await.unwrap();
        let refused = ask().await;
        assert_eq!(refused.outcome, Err(CallRefusal::NoSuchNumber));
        assert_eq!(ask().await, refused, "asked again");
        let mut told = edge.report(call("1"), Some(&refused), clock.now(), 0);
        let Report::Call(report) = &mut told.report else { panic!("{told:?}") };
        // Some write it as it suits them.
        report.reference = report.reference.as_ref().map(|it| it.to_uppercase());
        assert_eq!(world.record(told).await, Ok(Intake::Stored));
        let last = world.hub.records(None, None, 1).await.unwrap().pop().unwrap();
        assert_eq!(
            (last.customer, last.charge, &*last.flags),
            (None, None, &[RecordFlag::Refused][..])
        );
        let orphans = world.hub.records(Some(RecordState::Orphan), None, 1).await.unwrap();
        assert_eq!(orphans, []);
        world.lease(world.single(customer, DRIVER)).await.unwrap();
        assert!(ask().await.outcome.is_ok());
        let other = edge.report(call("2"), Some(&refused), clock.now(), 0);
        assert_eq!(world.record(other).await, Ok(Intake::Stored), "of the lease");

        // Nor is it charged to whoever has the number by then: people are to look at it.
        let ask = async |name| world.authorise(edge.question(call(name))).await.unwrap();
        let suspend = |status| world.set_status(customer, status);
        suspend(CustomerStatus::Suspended).await.unwrap();
        let refused = ask("3").await;
        assert_eq!(refused.outcome, Err(CallRefusal::CustomerSuspended));
        suspend(CustomerStatus::Active).await.unwrap();
        let balance = world.balance(customer).await;
        let answered = edge.report(call("3"), Some(&refused), clock.now(), 20_000);
        assert_eq!(world.record(answered).await, Ok(Intake::Orphan));
        assert_eq!(world.balance(customer).await, balance);
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_record_says_whose_it_was_and_why_it_cost_that() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        world.numbers(1).await;
        let customer = world.customer_with(profile(), 1_000).await;
        world.lease(world.single(customer, DRIVER)).await.unwrap();
        let edge = Edge::new("edge-1", false);
        world.record(edge.report(call("1"), None, clock.now(), 41_000)).await.unwrap();
        let last = world.hub.records(None, None, 1).await.unwrap().pop().unwrap();
        assert_eq!(last.customer, Some(customer));
        assert_eq!(last.billed_seconds, Some(60));
        assert_eq!(last.trace.as_deref(), Some("3 blocks of 20 s at 0.0001: 0.0003"));
        let stranger = edge.report(Call { to: "0388889999", ..call("2") }, None, clock.now(), 1);
        assert_eq!(world.record(stranger).await, Ok(Intake::Orphan));
        let orphans = world.hub.records(Some(RecordState::Orphan), None, 9).await.unwrap();
        assert_eq!(orphans.iter().map(|it| it.key.name.as_str()).collect::<Vec<_>>(), ["2"]);
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_decision_without_a_record_is_told_to_people() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        world.numbers(1).await;
        let customer = world.customer_with(profile(), 1_000).await;
        world.lease(world.single(customer, DRIVER)).await.unwrap();
        let edge = Edge::new("edge-1", false);
        let ask = async |name| {
            let mut question = edge.question(call(name));
            question.longest_seconds = Some(60);
            world.authorise(question).await.unwrap()
        };
        let unsettled = async || {
            let found = world.hub.unsettled_calls(None, 9).await.unwrap().into_iter();
            let named = found.map(|it| (it.call.name.as_str().to_owned(), it.state));
            named.collect::<Vec<_>>()
        };
        let first = ask("1").await;
        ask("2").await;
        assert_eq!(unsettled().await, []);
        clock.advance(Duration::from_secs(240));
        let both = [("2".to_owned(), CallState::Open), ("1".to_owned(), CallState::Open)];
        assert_eq!(unsettled().await, both);
        ask("3").await;
        let both = [("2".to_owned(), CallState::Lapsed), ("1".to_owned(), CallState::Lapsed)];
        assert_eq!(unsettled().await, both);
        // A record that comes after its hold is charged all the same.
        world.record(edge.report(call("1"), Some(&first), clock.now(), 60_000)).await.unwrap();
        assert_eq!(unsettled().await, both[..1]);
        assert_eq!(world.balance(customer).await, 997);
        world.hub.close().await;
        database.assert_sound();
    }
}
