//! What is decided on calls to leased numbers.

use std::time::Duration;

use leaseline_core::call::{Bridge, CallDecided, CallOrigin, CallRefusal, CallWay, SingleCallerId};
use leaseline_core::customer::{CustomerProfile, CustomerStatus};
use leaseline_core::phone::Prefix;
use leaseline_hub::Clock;
use leaseline_testkit::{Call, Edge, ManualClock, World, databases, limit, profile};

const CALLER: &str = "+60195730424";
const DRIVER: &str = "0125740183";

fn call<'a>(name: &'a str, from: &'a str, to: &'a str) -> Call<'a> {
    Call { name, from, to }
}

/// Where it goes, who is said to call, whether that is kept back, and how long it may last.
type Bridged<'a> = (&'a str, Option<&'a str>, bool, Option<i64>);

fn bridged(decided: &CallDecided) -> Result<Bridged<'_>, CallRefusal> {
    let plan = decided.outcome.as_ref().map_err(|refusal| *refusal)?;
    match &plan.way {
        CallWay::Bridge(Bridge { to, caller_id, is_private }) => {
            Ok((to, caller_id.as_deref(), *is_private, plan.max_seconds))
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_single_lease_leads_to_its_user() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        world.numbers(2).await;
        let customer = world.customer_with(profile(), 30).await;
        let granted = world.lease(world.single(customer, DRIVER)).await.unwrap();
        let edge = Edge::new("edge-1", false);
        let ask = async |question| bridged_of(&world, question).await;

        let plain = edge.question(call("1", CALLER, "0388880000"));
        assert_eq!(ask(plain.clone()).await, Ok((DRIVER.into(), Some(CALLER.into()), false, 600)));
        let mut hidden = edge.question(call("2", CALLER, "60388880000"));
        hidden.dialled.is_hidden = true;
        // All thirty credits are set aside for the first call.
        assert_eq!(ask(hidden.clone()).await, Err(CallRefusal::NoCredit));
        world.top_up(customer, 2).await.unwrap();
        hidden.call = edge.key("3");
        assert_eq!(ask(hidden).await, Ok((DRIVER.into(), Some(CALLER.into()), true, 40)));
        world.top_up(customer, 1).await.unwrap();
        let mut leased = edge.question(call("4", "", "+60388880000"));
        leased.single = SingleCallerId::Leased;
        assert_eq!(
            ask(leased).await,
            Ok((DRIVER.into(), Some("0388880000".into()), false, 20)),
            "the number as imported"
        );

        let nobody = edge.question(call("5", CALLER, "0388880001"));
        assert_eq!(ask(nobody).await, Err(CallRefusal::NoSuchNumber));
        let no_number = edge.question(call("6", CALLER, "alice"));
        assert_eq!(ask(no_number).await, Err(CallRefusal::NoSuchNumber));
        world.release(&granted).await.unwrap();
        let gone = edge.question(call("7", CALLER, "0388880000"));
        assert_eq!(ask(gone).await, Err(CallRefusal::NoSuchNumber));
        world.hub.close().await;
        database.assert_sound();
    }
}

type Owned = Result<(String, Option<String>, bool, i64), CallRefusal>;

async fn bridged_of(world: &World, question: leaseline_core::call::AuthoriseRequest) -> Owned {
    let decided = world.authorise(question).await.unwrap();
    let (to, caller_id, is_private, max_seconds) = bridged(&decided)?;
    Ok((to.into(), caller_id.map(Into::into), is_private, max_seconds.unwrap_or(0)))
}

#[tokio::test]
async fn members_of_a_group_see_one_anothers_leased_numbers() {
    for database in databases() {
        let world = World::new(database.hub(&ManualClock::new())).await;
        world.numbers(2).await;
        let profile = CustomerProfile { max_calls: limit(0), ..profile() };
        let customer = world.customer_with(profile, 1_000_000).await;
        world.lease(world.group(customer, "0195730424", DRIVER)).await.unwrap();
        let edge = Edge::new("edge-1", false);
        let check = async |name, from, hidden, to, expected: Result<(&str, &str), CallRefusal>| {
            let mut question = edge.question(call(name, from, to));
            question.dialled.is_hidden = hidden;
            let seen = bridged_of(&world, question).await.map(|(to, caller_id, is_private, _)| {
                assert!(!is_private);
                (to, caller_id.unwrap())
            });
            let expected = expected.map(|(to, id)| (to.to_owned(), id.to_owned()));
            assert_eq!(seen, expected, "{name}");
        };
        // The number behind ...0001 is the driver's; the passenger is seen as ...0000.
        check("1", CALLER, false, "0388880001", Ok((DRIVER, "0388880000"))).await;
        check("2", "0060125740183", false, "0388880000", Ok(("0195730424", "0388880001"))).await;
        check("3", CALLER, true, "0388880001", Ok((DRIVER, "0388880000"))).await;
        check("4", "0199999999", false, "0388880001", Err(CallRefusal::NotAMember)).await;
        check("5", "0199999999", true, "0388880001", Err(CallRefusal::Anonymous)).await;
        check("6", "", false, "0388880001", Err(CallRefusal::Anonymous)).await;
        check("7", "anonymous", false, "0388880001", Err(CallRefusal::Anonymous)).await;
        check("8", DRIVER, false, "0388880001", Err(CallRefusal::Loop)).await;
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn what_a_customer_may_not() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        world.numbers(1).await;
        let profile =
            CustomerProfile { max_calls: limit(1), max_spend_per_day: limit(3), ..profile() };
        let customer = world.customer_with(profile, 1_000_000).await;
        world.lease(world.single(customer, DRIVER)).await.unwrap();
        let edge = Edge::new("edge-1", false);
        let question = |name| edge.question(call(name, CALLER, "0388880000"));
        let refused = async |name| bridged_of(&world, question(name)).await.map(drop);

        let first = world.authorise(question("1")).await.unwrap();
        assert_eq!(refused("2").await, Err(CallRefusal::TooManyCalls));
        let told = edge.report(call("1", CALLER, "0388880000"), Some(&first), clock.now(), 59_000);
        world.record(told).await.unwrap();
        assert_eq!(world.balance(customer).await, 999_997);
        assert_eq!(refused("3").await, Err(CallRefusal::SpentForToday));
        // The same question has the same answer, whatever has changed since.
        clock.advance(Duration::from_secs(24 * 3_600));
        let again = world.authorise(question("4")).await;
        assert_eq!(again.unwrap().outcome.unwrap_err(), CallRefusal::NoSuchNumber, "it is over");
        world.lease(world.single(customer, DRIVER)).await.unwrap();
        assert_eq!(refused("5").await, Ok(()));
        world.set_status(customer, CustomerStatus::Suspended).await.unwrap();
        assert_eq!(refused("6").await, Err(CallRefusal::CustomerSuspended));
        assert_eq!(refused("5").await, Ok(()));
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn calls_that_would_go_round() {
    for database in databases() {
        let world = World::new(database.hub(&ManualClock::new())).await;
        world.numbers(1).await;
        let customer = world.customer_with(profile(), 1_000_000).await;
        world.lease(world.single(customer, DRIVER)).await.unwrap();
        let edge = Edge::new("edge-1", false);
        let mut question = edge.question(call("1", CALLER, "0388880000"));
        question.dialled.hops = 6;
        assert_eq!(bridged_of(&world, question.clone()).await, Err(CallRefusal::Loop));
        question.dialled.hops = 5;
        assert!(bridged_of(&world, question.clone()).await.is_ok());
        // It comes back under its name.
        question.dialled.hops = 6;
        assert_eq!(bridged_of(&world, question).await, Err(CallRefusal::Loop));
        let itself = edge.question(call("3", "60125740183", "0388880000"));
        assert_eq!(bridged_of(&world, itself).await, Err(CallRefusal::Loop));
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn destinations_that_are_not_allowed() {
    for database in databases() {
        let world = World::new(database.hub(&ManualClock::new())).await;
        world.numbers(1).await;
        let customer = world.customer_with(profile(), 1_000_000).await;
        world.lease(world.single(customer, DRIVER)).await.unwrap();
        let change = leaseline_core::customer::CustomerChange {
            allowed_prefixes: Some(vec![Prefix::parse("61").unwrap()]),
            ..Default::default()
        };
        let caller = world.admin.clone();
        let update = leaseline_core::customer::CustomerUpdate { caller, customer, change };
        world.hub.ask(update).await.unwrap();
        let edge = Edge::new("edge-1", false);
        let question = edge.question(call("1", CALLER, "0388880000"));
        let refused = bridged_of(&world, question).await;
        assert_eq!(refused, Err(CallRefusal::DestinationNotAllowed));
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn the_emergency_services_are_always_reached() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        let edge = Edge::new("edge-1", false);
        let mut question = edge.question(call("1", CALLER, "999"));
        question.dialled.hops = 99;
        question.origin = CallOrigin::Account {
            user: "nobody".into(),
            part: leaseline_core::account::AccountPart::Main,
        };
        let decided = world.authorise(question).await.unwrap();
        assert_eq!(bridged(&decided), Ok(("999", Some(CALLER), false, None)));
        let told = edge.report(call("1", CALLER, "999"), Some(&decided), clock.now(), 59_000);
        let intake = world.record(told).await.unwrap();
        assert_eq!(intake, leaseline_core::record::Intake::Stored);
        let without = edge.report(call("1b", CALLER, "999"), None, clock.now(), 59_000);
        assert_eq!(world.record(without).await, Ok(leaseline_core::record::Intake::Orphan));
        world.hub.close().await;
        database.assert_sound();
    }
}
