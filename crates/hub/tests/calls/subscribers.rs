//! Calls to numbers that are subscribed to, and calls of accounts.

use std::time::Duration;

use leaseline_core::account::{AccountPart, ShownName, SubAccountProfile};
use leaseline_core::call::{CallDecided, CallOrigin, CallRefusal, CallWay};
use leaseline_core::did::Assignment;
use leaseline_core::ids::{AccountId, CustomerId};
use leaseline_core::phone::Prefix;
use leaseline_core::pool::Service;
use leaseline_core::rating::{Price, RateEntry, RateKey, RateTerms, RatedService, Step};
use leaseline_core::record::Intake;
use leaseline_hub::Clock;
use leaseline_testkit::{Call, Dids, Edge, ManualClock, World, account_entry, databases, profile};

const CALLER: &str = "+60195730424";

/// 10 credits a second to Australia, 1 credit a second from anywhere.
fn deck() -> Vec<RateEntry> {
    let entry = |service, prefix, price| {
        let steps = vec![Step::per_second(Price::parse(price).unwrap())];
        let rate = RateTerms { steps, ..RateTerms::default() }.checked(service).unwrap();
        let key = RateKey::new(service, &Prefix::parse(prefix).unwrap(), None).unwrap();
        RateEntry { key, valid_till: None, rate }
    };
    vec![
        entry(RatedService::Voice, "61", "0.001"),
        entry(RatedService::Voice, "60", "0.002"),
        entry(RatedService::VoiceIn, "60388880001", "0.0001"),
    ]
}

/// The account `demo` with three numbers, `0388880000` to `…02`.
async fn subscriber(world: &World) -> (CustomerId, AccountId) {
    world.hub.import_rates("standard", deck(), None).await.unwrap();
    let customer = world.customer_with(profile(), 1_000).await;
    let mut entry = account_entry("demo", customer);
    entry.change.rate_deck = Some("standard".into());
    let account = world.account_of(entry).await;
    let dids = world.dids(3, Dids { fees: [0, 0], ..Dids::default() }).await;
    for did in &dids {
        world.subscribe(account, did, Service::Voice).await.unwrap().unwrap();
    }
    (customer, account)
}

fn way(decided: &CallDecided) -> Result<(&CallWay, Option<i64>, i64), CallRefusal> {
    let hold = decided.hold().get();
    let plan = decided.outcome.as_ref().map_err(|refusal| *refusal)?;
    Ok((&plan.way, plan.max_seconds, hold))
}

#[tokio::test]
async fn a_call_to_a_subscribed_number_goes_where_it_is_assigned() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        let (customer, account) = subscriber(&world).await;
        let edge = Edge::new("edge-1", false);
        let ask = async |name, to| {
            world.authorise(edge.question(Call { name, from: CALLER, to })).await.unwrap()
        };
        assert_eq!(way(&ask("1", "0388880000").await), Err(CallRefusal::Unassigned));
        let [free, priced] = ["0388880000", "0388880001"].map(leaseline_testkit::phone);
        let main = AccountPart::Main;
        world.assign(account, &free, Assignment::Sip(main)).await.unwrap().unwrap();
        world.assign(account, &priced, Assignment::Sip(main)).await.unwrap().unwrap();
        let phones = CallWay::Sip { account: "demo".into(), part: main };
        assert_eq!(way(&ask("2", "0388880000").await), Ok((&phones, Some(7_200), 0)));
        let decided = ask("3", "0388880001").await;
        assert_eq!(way(&decided), Ok((&phones, Some(1_000), 1_000)));
        let call = Call { name: "3", from: CALLER, to: "0388880001" };
        let told = edge.report(call, Some(&decided), clock.now(), 60_000);
        assert_eq!(world.record(told).await, Ok(Intake::Stored));
        assert_eq!(world.balance(customer).await, 940);
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn an_account_calls_by_its_deck_and_under_its_own_numbers() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        let (customer, account) = subscriber(&world).await;
        let desk = SubAccountProfile::named(ShownName::parse("desk").unwrap());
        let sub = world.sub_account(account, desk).await.unwrap().unwrap();
        let part = AccountPart::Sub(sub);
        let first = leaseline_testkit::phone("0388880000");
        world.assign(account, &first, Assignment::Sip(AccountPart::Main)).await.unwrap().unwrap();
        let edge = Edge::new("edge-1", false);
        let ask = async |name, (user, part): (&str, AccountPart), from, to| {
            let mut question = edge.question(Call { name, from, to });
            question.origin = CallOrigin::Account { user: user.into(), part };
            question.longest_seconds = Some(10);
            world.authorise(question).await.unwrap()
        };
        let shown = |decided: &CallDecided| match way(decided) {
            Ok((CallWay::Bridge(bridge), ..)) => Ok(bridge.caller_id.clone().unwrap().into()),
            Ok((other, ..)) => panic!("{other:?}"),
            Err(refusal) => Err(refusal),
        };
        let main = ("demo", AccountPart::Main);
        let out = "61212345678";
        let id = |text: &str| Ok::<String, _>(text.to_owned());
        assert_eq!(shown(&ask("1", main, "0388880002", out).await), id("0388880002"));
        assert_eq!(shown(&ask("2", main, "0199999999", out).await), id("0388880000"));
        // The first number is assigned to the main account's phones: the part may not choose it, and
        // shows it all the same, as it is the one that the account has had longest.
        assert_eq!(shown(&ask("3", ("demo", part), "0388880001", out).await), id("0388880001"));
        assert_eq!(shown(&ask("3b", ("demo", part), "0199999999", out).await), id("0388880000"));
        let refused = [
            ask("4", ("nobody", AccountPart::Main), "", out).await,
            ask("5", main, "", "4420712345678").await,
        ];
        let refused: Vec<_> = refused.iter().map(|it| way(it).unwrap_err()).collect();
        assert_eq!(refused, [CallRefusal::UnknownAccount, CallRefusal::NoRate]);

        let inside = ask("6", main, "0388880002", "0388880000").await;
        let phones = CallWay::Sip { account: "demo".into(), part: AccountPart::Main };
        assert_eq!(way(&inside), Ok((&phones, Some(10), 200)));
        let decided = ask("7", main, "0388880002", out).await;
        clock.advance(Duration::from_secs(5));
        // The price is that of the number that was decided on, whatever the switch made of it.
        let call = Call { name: "7", from: "0388880002", to: "gateway-3" };
        let told = edge.report(call, Some(&decided), clock.now(), 4_001);
        assert_eq!(world.record(told).await, Ok(Intake::Stored));
        assert_eq!(world.balance(customer).await, 950);
        // A record that does not name the decision is of the call that it was made on all the same.
        ask("8", main, "0388880002", out).await;
        let call = Call { name: "8", from: "0388880002", to: out };
        let told = edge.report(call, None, clock.now(), 2_000);
        assert_eq!(world.record(told).await, Ok(Intake::Stored));
        assert_eq!(world.balance(customer).await, 930);
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn what_comes_in_within_the_second_of_a_subscription_is_the_subscribers() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        let second = clock.now();
        clock.advance(Duration::from_millis(300));
        let (customer, _) = subscriber(&world).await;
        let edge = Edge::new("edge-1", false);
        let call = Call { name: "1", from: CALLER, to: "0388880001" };
        let told = edge.report(call, None, second, 7_000);
        assert_eq!(world.record(told).await, Ok(Intake::Stored));
        assert_eq!(world.balance(customer).await, 993);
        let before = second.saturating_sub(Duration::from_secs(1));
        let call = Call { name: "2", ..call };
        assert_eq!(world.record(edge.report(call, None, before, 7_000)).await, Ok(Intake::Orphan));
        world.hub.close().await;
        database.assert_sound();
    }
}
