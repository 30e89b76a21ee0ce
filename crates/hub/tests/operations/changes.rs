//! What an operator changes: numbers taken out and put back, reserves given back, rights.

use std::num::NonZeroU32;
use std::time::Duration;

use leaseline_core::Refusal;
use leaseline_core::api_user::{Caller, Rights, Role};
use leaseline_core::customer::CustomerProfile;
use leaseline_core::ids::CustomerId;
use leaseline_core::ledger::TopUpRequest;
use leaseline_core::money::Credits;
use leaseline_core::phone::PhoneNumber;
use leaseline_core::release::ReleaseRequest;
use leaseline_hub::Failure;
use leaseline_hub::operator::{
    BlockNumber, Changed, GrantRights, NotGranted, NumberLine, NumberState, RevokeRights,
    UnblockNumber,
};
use leaseline_testkit::{ManualClock, World, databases, limit, phone, profile};

const PHONE: &str = "0195730424";
const NONE_FREE: Failure = Failure::Refused(Refusal::NoFreeNumber);

async fn block(world: &World, number: &PhoneNumber) -> (NumberLine, Changed) {
    let asked = world.hub.ask(BlockNumber { number: number.e164() }).await.unwrap();
    let done = asked.expect("a number of ours");
    (done.number, done.changed)
}

async fn unblock(world: &World, number: &PhoneNumber) -> (NumberLine, Changed) {
    let asked = world.hub.ask(UnblockNumber { number: number.e164() }).await.unwrap();
    let done = asked.expect("a number of ours");
    (done.number, done.changed)
}

#[tokio::test]
async fn a_blocked_number_is_not_leased_until_it_is_unblocked() {
    for database in databases() {
        let world = World::new(database.hub(&ManualClock::new())).await;
        let number = world.numbers(1).await.remove(0);
        let customer = world.customer(profile()).await;

        let (line, changed) = block(&world, &number).await;
        assert_eq!((line.state, line.is_blocked), (NumberState::Blocked, true));
        assert_eq!(changed, Changed::Now);
        assert_eq!(block(&world, &number).await.1, Changed::Before);
        assert_eq!(world.lease(world.single(customer, PHONE)).await, Err(NONE_FREE));

        let (line, changed) = unblock(&world, &number).await;
        assert_eq!((line.state, line.is_blocked), (NumberState::Free, false));
        assert_eq!(changed, Changed::Now);
        assert_eq!(unblock(&world, &number).await.1, Changed::Before);
        world.lease(world.single(customer, PHONE)).await.unwrap();
        let stranger = phone("0388889999").e164();
        assert_eq!(world.hub.ask(BlockNumber { number: stranger }).await, Ok(None));
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_lease_outlives_the_block_of_its_number() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        let number = world.numbers(1).await.remove(0);
        let customer = world.customer(profile()).await;
        let granted = world.lease(world.single(customer, PHONE)).await.unwrap();

        let (line, _) = block(&world, &number).await;
        let kind = granted.lease.kind;
        assert_eq!((line.state, line.is_blocked), (NumberState::Leased(kind), true));
        assert_eq!(line.lease, Some(granted.lease.id));
        let live = world.hub.live_lease(&world.admin, granted.lease.id, kind).await;
        assert_eq!(live, Ok(granted.lease.clone()));

        world.release(&granted).await.unwrap();
        assert_eq!(world.lease(world.single(customer, PHONE)).await, Err(NONE_FREE));
        unblock(&world, &number).await;
        world.lease(world.single(customer, PHONE)).await.unwrap();
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn an_unblocked_number_is_where_it_belongs() {
    for database in databases() {
        let world = World::new(database.hub(&ManualClock::new())).await;
        let numbers = world.numbers(3).await;
        let customer =
            world.customer(CustomerProfile { max_reserved: limit(2), ..profile() }).await;
        world.reserve(customer, 2).await.unwrap();

        block(&world, &numbers[0]).await;
        let (line, _) = unblock(&world, &numbers[0]).await;
        assert_eq!((line.state, line.reserved_for), (NumberState::Reserved, Some(customer)));

        // A blocked number counts, and is given back like the others.
        let (line, _) = block(&world, &numbers[0]).await;
        assert_eq!(line.reserved_for, Some(customer));
        let full = Failure::Refused(Refusal::ReserveLimitReached);
        assert_eq!(world.reserve(customer, 1).await, Err(full));
        // A reserve of which nothing can be had is one all the same.
        block(&world, &numbers[1]).await;
        assert!(world.view(customer).await.customer.has_reserve);
        let none = Failure::Refused(Refusal::NoFreeNumber);
        assert_eq!(world.lease(world.single(customer, PHONE)).await, Err(none));
        assert_eq!(world.hub.unreserve(customer, None).await.unwrap().numbers.len(), 2);
        let (line, _) = unblock(&world, &numbers[0]).await;
        assert_eq!((line.state, line.reserved_for), (NumberState::Free, None));
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_reserve_is_given_back_from_its_end_and_free_numbers_first() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        let numbers = world.numbers(4).await;
        let customer = world.customer(profile()).await;
        let other = world.customer(profile()).await;
        world.reserve(customer, 4).await.unwrap();
        // It takes the first of the reserve.
        let granted = world.lease(world.single(customer, PHONE)).await.unwrap();

        let unreserve = async |count| {
            world.hub.unreserve(customer, NonZeroU32::new(count)).await.unwrap().numbers
        };
        assert_eq!(unreserve(2).await, [numbers[3].clone(), numbers[2].clone()]);
        assert_eq!(unreserve(0).await, [numbers[1].clone(), numbers[0].clone()]);
        assert_eq!(unreserve(0).await, []);
        assert!(!world.view(customer).await.customer.has_reserve);

        // The leased one keeps its lease, and then is everybody's.
        for _ in 0..3 {
            world.lease(world.single(other, PHONE)).await.unwrap();
        }
        assert_eq!(world.lease(world.single(other, PHONE)).await, Err(NONE_FREE));
        world.release(&granted).await.unwrap();
        world.lease(world.single(other, PHONE)).await.unwrap();

        let nobody = CustomerId::new(99).unwrap();
        let unknown = Failure::Refused(Refusal::CustomerUnknown);
        assert_eq!(world.hub.unreserve(nobody, None).await, Err(unknown));
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_large_reserve_is_given_back_whole() {
    for database in databases() {
        let world = World::new(database.hub(&ManualClock::new())).await;
        world.numbers(2_500).await;
        let customer = world.customer(profile()).await;
        world.reserve(customer, 2_500).await.unwrap();
        let count = NonZeroU32::new(1_700);
        assert_eq!(world.hub.unreserve(customer, count).await.unwrap().numbers.len(), 1_700);
        assert_eq!(world.hub.unreserve(customer, None).await.unwrap().numbers.len(), 800);
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn the_operator_acts_for_every_customer() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        world.numbers(1).await;
        let customer = world.customer(profile()).await;
        let granted = world.lease(world.single(customer, PHONE)).await.unwrap();
        clock.advance(Duration::from_secs(1));
        let (lease, kind) = (granted.lease.id, granted.lease.kind);
        let release = ReleaseRequest { caller: Caller::operator(), lease, kind };
        assert_eq!(world.hub.ask(release).await.unwrap().lease, lease);
        let amount = Credits::new(-5);
        let top_up = TopUpRequest { caller: Caller::operator(), customer, amount };
        assert_eq!(world.hub.ask(top_up).await.unwrap().entry.balance_after, amount);

        // A lease that it asks for is nobody's of the APIs.
        let mut request = world.single(customer, PHONE);
        request.caller = Caller::operator();
        let granted = world.lease(request).await.unwrap();
        assert_eq!(granted.lease.granted_by, None);
        let line = world.hub.lease(granted.lease.id).await.unwrap().unwrap();
        assert_eq!((line.lease, line.granted_by), (granted.lease.into(), None));
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn rights_are_given_and_taken_one_by_one() {
    for database in databases() {
        let world = World::new(database.hub(&ManualClock::new())).await;
        let first = world.customer(profile()).await;
        let second = world.customer(profile()).await;
        world.client("ada", &[first]).await;
        let rights =
            |customers: &[CustomerId], top_up| Rights { customers: customers.to_vec(), top_up };
        let grant = async |name: &str, rights| {
            let granted = world.hub.ask(GrantRights { name: name.into(), rights }).await.unwrap();
            granted.map(|user| role(&user.role))
        };
        let revoke = async |name: &str, rights| {
            let revoked = world.hub.ask(RevokeRights { name: name.into(), rights }).await.unwrap();
            revoked.map(|user| role(&user.role))
        };
        assert_eq!(grant("ada", rights(&[second], true)).await, Ok((vec![first, second], true)));
        assert_eq!(revoke("ada", rights(&[first], false)).await, Ok((vec![second], true)));
        assert_eq!(revoke("ada", rights(&[first], true)).await, Ok((vec![second], false)));
        let ada = world.hub.api_user("ada", None).await.unwrap().unwrap();
        assert_eq!(role(&ada.role), (vec![second], false));

        let nobody = CustomerId::new(99).unwrap();
        let unknown = NotGranted::CustomerUnknown(nobody);
        assert_eq!(grant("ada", rights(&[first, nobody], true)).await, Err(unknown));
        assert_eq!(grant("bob", rights(&[first], true)).await, Err(NotGranted::UserUnknown));
        let refused = grant("admin", rights(&[first], true)).await;
        assert!(matches!(refused, Err(NotGranted::HasEveryRight(_))));
        world.hub.close().await;
        database.assert_sound();
    }
}

fn role(role: &Role) -> (Vec<CustomerId>, bool) {
    let Role::Client { customers, may_top_up } = role else { panic!("a client") };
    let mut customers: Vec<_> = customers.iter().copied().collect();
    customers.sort();
    (customers, *may_top_up)
}
