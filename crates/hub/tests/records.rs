//! Records: whoever sends them how often and through which process, each is charged once.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

use std::collections::HashMap;
use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::customer::NewCustomer;
use leaseline_core::ivr::Direction;
use leaseline_core::money::Credits;
use leaseline_core::phone::E164;
use leaseline_core::rating::{Price, RateEntry, RateKey, RateTerms, RatedService, Step};
use leaseline_core::record::{
    CallReport, CallResult, Intake, NewRecord, Party, PartyText, RecordName, Report, ReviewNote,
};
use leaseline_hub::records::{RecordState, ResolveRecord, TakeInRecords};
use leaseline_hub::{Clock, Hub};
use leaseline_testkit::{ManualClock, World, account_entry, databases, profile};

/// $0.06 a minute, each second counted: 10 credits a second.
fn deck() -> Vec<RateEntry> {
    let steps = vec![Step::per_second(Price::parse("0.001").unwrap())];
    let rate = RateTerms { steps, ..RateTerms::default() }.checked(RatedService::Voice).unwrap();
    let prefix = leaseline_core::phone::Prefix::parse("61").unwrap();
    let key = RateKey::new(RatedService::Voice, &prefix, None).unwrap();
    vec![RateEntry { key, valid_till: None, rate }]
}

fn call(name: usize, seconds: i64) -> NewRecord {
    let party = |text: &str| Party {
        text: PartyText::parse(text).unwrap(),
        number: E164::parse(text).ok(),
    };
    NewRecord {
        reporter: RecordName::parse("edge-1").unwrap(),
        name: RecordName::parse(&format!("call {name}")).unwrap(),
        account: Some("demo".into()),
        part: None,
        direction: Direction::Outbound,
        from: party("60388880000"),
        to: party("61212345678"),
        at: Timestamp::from_seconds(1_795_293_800).unwrap(),
        report: Report::Call(CallReport {
            reference: None,
            routed_to: None,
            answered_at: None,
            ended_at: Timestamp::from_seconds(1_795_293_900).unwrap(),
            duration_ms: None,
            bill_ms: seconds * 1_000,
            result: CallResult::Answered,
            sip_code: None,
            hangup_by: None,
        }),
    }
}

/// A world with the account `demo`, whose customer has no money.
async fn world(hub: Hub) -> (World, leaseline_core::ids::CustomerId) {
    let world = World::new(hub).await;
    world.hub.import_rates("standard", deck(), None).await.unwrap();
    let new = NewCustomer { profile: profile(), opening_balance: Credits::ZERO };
    let customer = world.hub.ask(new).await.unwrap();
    let mut entry = account_entry("demo", customer);
    entry.change.rate_deck = Some("standard".into());
    world.account_of(entry).await;
    (world, customer)
}

/// Sends the records in pieces, and counts what they were told.
async fn send(hub: &Hub, records: &[NewRecord], piece: usize) -> HashMap<Intake, usize> {
    let mut told = HashMap::new();
    for piece in records.chunks(piece) {
        for intake in hub.ask(TakeInRecords::new(piece.to_vec()).unwrap()).await.unwrap() {
            *told.entry(intake).or_default() += 1;
        }
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_processes_are_told_at_once_is_charged_once() {
    for database in databases() {
        let clock = ManualClock::new();
        let (world, customer) = world(database.hub(&clock)).await;
        let other = world.through(database.hub(&clock));
        let forth: Vec<_> =
            (0..300).map(|name| call(name, i64::try_from(name).unwrap() + 1)).collect();
        let back: Vec<_> = forth.iter().rev().cloned().collect();
        let (one, two) = tokio::join!(send(&world.hub, &forth, 7), send(&other.hub, &back, 11));
        let count = |intake| one.get(&intake).unwrap_or(&0) + two.get(&intake).unwrap_or(&0);
        assert_eq!((count(Intake::Stored), count(Intake::Duplicate)), (300, 300));
        let seconds: i64 = (1..=300).sum();
        assert_eq!(world.balance(customer).await, -10 * seconds);
        other.hub.close().await;
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn the_first_record_of_a_name_stands() {
    for database in databases() {
        let (world, customer) = world(database.hub(&ManualClock::new())).await;
        let told = send(&world.hub, &[call(1, 60), call(1, 61), call(1, 60), call(2, 1)], 4).await;
        let expected = [(Intake::Stored, 2), (Intake::Conflict, 1), (Intake::Duplicate, 1)];
        assert_eq!(told, expected.into());
        assert_eq!(world.balance(customer).await, -610);
        let mut stranger = call(3, 60);
        stranger.account = Some("nobody".into());
        assert_eq!(send(&world.hub, &[stranger], 1).await, [(Intake::Orphan, 1)].into());
        assert_eq!(world.balance(customer).await, -610);
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn what_somebody_has_looked_at_is_listed_no_more() {
    for database in databases() {
        let clock = ManualClock::new();
        let (world, customer) = world(database.hub(&clock)).await;
        let mut stranger = call(3, 60);
        stranger.account = Some("nobody".into());
        send(&world.hub, &[call(1, 60), call(1, 61), stranger], 3).await;
        let balance = world.balance(customer).await;
        let listed = async |state| {
            let found = world.hub.records(Some(state), None, 9).await.unwrap();
            found.into_iter().map(|line| line.id).collect::<Vec<_>>()
        };
        for state in [RecordState::Orphan, RecordState::Conflict] {
            let found = listed(state).await;
            assert_eq!(found.len(), 1, "{state:?}");
            clock.advance(Duration::from_secs(1));
            for note in ["", "a test call"] {
                let note = ReviewNote::parse(note).unwrap();
                let resolved = ResolveRecord { record: found[0], note: note.clone() };
                assert_eq!(world.hub.ask(resolved).await.unwrap().unwrap().id, found[0]);
                let review = world.hub.record(found[0]).await.unwrap().unwrap().review.unwrap();
                assert_eq!((review.at, review.note), (clock.now(), note));
            }
            assert_eq!(listed(state).await, []);
        }
        clock.advance(Duration::from_secs(1));
        send(&world.hub, &[call(1, 62)], 1).await;
        assert_eq!(listed(RecordState::Conflict).await.len(), 1, "another content came since");
        assert_eq!(world.balance(customer).await, balance);
        let nobodys = leaseline_core::ids::RecordId::new(99).unwrap();
        let none = ResolveRecord { record: nobodys, note: ReviewNote::default() };
        assert_eq!(world.hub.ask(none).await.unwrap(), None);
        world.hub.close().await;
        database.assert_sound();
    }
}
