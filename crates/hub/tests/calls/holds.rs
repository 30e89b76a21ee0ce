//! What is set aside for calls: never more than there is, and never for longer than it must.

use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::call::{CallDecided, CallEvent, CallHappening, CallRefusal};
use leaseline_core::customer::{ChargeMethod, CreditLimit, CustomerProfile};
use leaseline_core::money::Credits;
use leaseline_core::record::Intake;
use leaseline_hub::Clock;
use leaseline_testkit::{Call, Edge, ManualClock, World, databases, limit, profile};

const CALLER: &str = "+60195730424";
const DRIVER: &str = "0125740183";

fn call(name: &str) -> Call<'_> {
    Call { name, from: CALLER, to: "0388880000" }
}

/// A world in which one number is leased by a customer with so much credit.
async fn leased(world: &World, profile: CustomerProfile, credits: i64) {
    world.numbers(1).await;
    let customer = world.customer_with(profile, credits).await;
    world.lease(world.single(customer, DRIVER)).await.unwrap();
}

fn most(decided: &CallDecided) -> Result<(Option<i64>, Credits), CallRefusal> {
    let hold = decided.hold();
    decided.outcome.as_ref().map(|plan| (plan.max_seconds, hold)).map_err(|refusal| *refusal)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_never_spend_the_same_credit() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        leased(&world, profile(), 100).await;
        let other = world.through(database.hub(&clock));
        let edge = Edge::new("edge-1", false);
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..500 {
            let hub = if n % 2 == 0 { world.hub.clone() } else { other.hub.clone() };
            let mut question = edge.question(call(&format!("call {n}")));
            question.longest_seconds = Some(60);
            tasks.spawn(async move { hub.ask(question).await });
        }
        let (mut promised, mut refused) = (0, 0);
        while let Some(authorised) = tasks.join_next().await {
            let authorised = authorised.unwrap().unwrap();
            match most(authorised.decided()) {
                Ok((_, hold)) => promised += hold.get(),
                Err(refusal) => {
                    assert_eq!(refusal, CallRefusal::NoCredit);
                    refused += 1;
                }
            }
        }
        // 33 calls of three blocks, and one of a single block.
        assert_eq!((promised, refused), (100, 466));
        other.hub.close().await;
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_are_never_more_than_a_customer_may_have() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        leased(&world, CustomerProfile { max_calls: limit(3), ..profile() }, 1_000_000).await;
        let other = world.through(database.hub(&clock));
        let edge = Edge::new("edge-1", false);
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..100 {
            let hub = if n % 2 == 0 { world.hub.clone() } else { other.hub.clone() };
            let question = edge.question(call(&format!("call {n}")));
            tasks.spawn(async move { hub.ask(question).await });
        }
        let mut refused = 0;
        while let Some(authorised) = tasks.join_next().await {
            if let Err(refusal) = most(authorised.unwrap().unwrap().decided()) {
                assert_eq!(refusal, CallRefusal::TooManyCalls);
                refused += 1;
            }
        }
        assert_eq!(refused, 97);
        other.hub.close().await;
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_hold_ends_by_itself_when_no_record_comes() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        leased(&world, profile(), 1).await;
        let edge = Edge::new("edge-1", false);
        let ask = async |name| most(&world.authorise(edge.question(call(name))).await.unwrap());
        assert_eq!(ask("1").await, Ok((Some(20), Credits::new(1))));
        // 120 s of ringing, 20 s of the call, 60 s for the record.
        clock.advance(Duration::from_secs(199));
        assert_eq!(ask("2").await, Err(CallRefusal::NoCredit));
        clock.advance(Duration::from_secs(1));
        assert_eq!(ask("3").await, Ok((Some(20), Credits::new(1))));
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_record_ends_the_hold_and_a_failed_call_frees_it() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        leased(&world, profile(), 2).await;
        let edge = Edge::new("edge-1", false);
        let ask = async |name| world.authorise(edge.question(call(name))).await.unwrap();
        let first = ask("1").await;
        assert_eq!(most(&first), Ok((Some(40), Credits::new(2))));
        let told = edge.report(call("1"), Some(&first), clock.now(), 0);
        assert_eq!(world.record(told.clone()).await, Ok(Intake::Stored));
        assert_eq!(world.record(told).await, Ok(Intake::Duplicate));
        let second = ask("2").await;
        assert_eq!(most(&second), Ok((Some(40), Credits::new(2))));
        let told = edge.report(call("2"), Some(&second), clock.now(), 20_000);
        assert_eq!(world.record(told).await, Ok(Intake::Stored));
        assert_eq!(most(&ask("3").await), Ok((Some(20), Credits::new(1))));
        // After its record a call of the same name is another one.
        assert_eq!(most(&ask("2").await), Err(CallRefusal::NoCredit));
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn the_same_question_has_one_answer_and_one_hold() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        leased(&world, profile(), 3).await;
        world.numbers(1).await;
        let edge = Edge::new("edge-1", false);
        let mut question = edge.question(call("1"));
        question.longest_seconds = Some(40);
        let first = world.authorise(question.clone()).await.unwrap();
        assert_eq!(world.authorise(question.clone()).await.unwrap(), first);
        // Another number is another question, and its answer takes the place of the first one.
        let mut other = question.clone();
        other.dialled.to = edge.question(Call { to: "0388880001", ..call("1") }).dialled.to;
        let refused = world.authorise(other).await.unwrap();
        assert_eq!(most(&refused), Err(CallRefusal::NoSuchNumber));
        assert_eq!(refused.attempt, 2);
        question.call = edge.key("2");
        let whole = world.authorise(question).await.unwrap();
        assert_eq!(most(&whole), Ok((Some(40), Credits::new(2))));
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn who_pays_afterwards_is_bound_by_its_limit_alone() {
    for database in databases() {
        let world = World::new(database.hub(&ManualClock::new())).await;
        let postpaid = CustomerProfile { charge_method: ChargeMethod::Postpaid, ..profile() };
        leased(&world, postpaid.clone(), 0).await;
        let edge = Edge::new("edge-1", false);
        let mut question = edge.question(call("1"));
        let decided = world.authorise(question.clone()).await.unwrap();
        assert_eq!(most(&decided), Ok((Some(7_200), Credits::ZERO)));
        question.call = edge.key("2");
        question.longest_seconds = None;
        assert_eq!(most(&world.authorise(question).await.unwrap()), Ok((None, Credits::ZERO)));

        world.numbers(1).await;
        let limited = CustomerProfile { credit_limit: CreditLimit::new(5), ..postpaid };
        let limited = world.customer_with(limited, -3).await;
        world.lease(world.single(limited, DRIVER)).await.unwrap();
        let question = edge.question(Call { to: "0388880001", ..call("3") });
        let decided = world.authorise(question).await.unwrap();
        assert_eq!(most(&decided), Ok((Some(40), Credits::new(2))));
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_switch_that_tells_of_answers_holds_less() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        leased(&world, profile(), 10).await;
        let edge = Edge::new("edge-1", true);
        let ask = async |name| world.authorise(edge.question(call(name))).await.unwrap();
        let tell = async |name: &str, happening| {
            let (switch, call, at) = (edge.switch(), edge.key(name), clock.now());
            world.hub.ask(CallEvent { switch, call, reference: None, happening, at }).await
        };
        assert_eq!(most(&ask("unanswered").await), Ok((Some(200), Credits::new(10))));
        clock.advance(Duration::from_secs(120));
        assert_eq!(most(&ask("answered").await), Ok((Some(200), Credits::new(10))));
        clock.advance(Duration::from_secs(10));
        tell("answered", CallHappening::Answer).await.unwrap();
        clock.advance(Duration::from_secs(259));
        assert_eq!(most(&ask("too early").await), Err(CallRefusal::NoCredit));
        clock.advance(Duration::from_secs(1));
        assert_eq!(most(&ask("hung up").await), Ok((Some(200), Credits::new(10))));
        tell("hung up", CallHappening::Answer).await.unwrap();
        clock.advance(Duration::from_secs(20));
        tell("hung up", CallHappening::Hangup).await.unwrap();
        // One block is kept until the record.
        assert_eq!(most(&ask("beside").await), Ok((Some(180), Credits::new(9))));
        // At once, though the switch's clock is ahead.
        let (switch, call) = (edge.switch(), edge.key("beside"));
        let at = clock.now().saturating_add(Duration::from_secs(3_600));
        let (reference, happening) = (None, CallHappening::Hangup);
        let ahead = CallEvent { switch, call, reference, happening, at };
        world.hub.ask(ahead).await.unwrap();
        assert_eq!(most(&ask("after").await), Ok((Some(180), Credits::new(9))));
        // Nor does an answer of long ago free what a call needs.
        let (switch, call, at) = (edge.switch(), edge.key("after"), Timestamp::from_micros(0));
        let (reference, happening) = (None, CallHappening::Answer);
        world.hub.ask(CallEvent { switch, call, reference, happening, at }).await.unwrap();
        assert_eq!(most(&ask("no more").await), Err(CallRefusal::NoCredit));
        world.hub.close().await;
        database.assert_sound();
    }
}
