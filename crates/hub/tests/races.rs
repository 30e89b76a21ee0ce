//! Two hubs on one database, like two processes: every rule holds across them.

use std::collections::HashSet;
use std::sync::mpsc::{self, TryRecvError};
use std::time::Duration;

use futures_util::future::{join, join_all};
use leaseline_core::Refusal;
use leaseline_core::customer::{CustomerProfile, CustomerStatus, NewCustomer};
use leaseline_core::ids::CustomerId;
use leaseline_core::lease::{LeaseGranted, LeaseKind};
use leaseline_core::ledger::ToppedUp;
use leaseline_core::money::Credits;
use leaseline_core::phone::E164;
use leaseline_hub::{Clock, Failure, Hub, Idempotency, Settled};
use leaseline_testkit::{Database, ManualClock, World, databases, limit, profile};

const PHONE: &str = "0195730424";

/// The same world through two hubs.
struct Two {
    clock: ManualClock,
    worlds: [World; 2],
}

impl Two {
    async fn on(database: &Database) -> Self {
        let clock = ManualClock::new();
        let first = World::new(database.hub(&clock)).await;
        let second = first.through(database.hub(&clock));
        // Its first request has it connect.
        second.pool("none of ours", Duration::ZERO).await;
        Self { clock, worlds: [first, second] }
    }

    /// Asks through the two in turn. The clock holds both writers at the beginning of their
    /// batches until all is asked, so that their transactions begin at the same time.
    async fn race<'a, F: Future>(
        &'a self,
        count: usize,
        ask: impl Fn(&'a World, usize) -> F,
    ) -> Vec<F::Output> {
        let held = self.clock.hold();
        let asked = join_all((0..count).map(|nth| ask(&self.worlds[nth % 2], nth)));
        let let_go = async {
            held.wait_for_askers(2);
            drop(held);
        };
        join(asked, let_go).await.0
    }

    async fn end(self, database: &Database) {
        for world in &self.worlds {
            world.hub.close().await;
        }
        database.assert_sound();
    }
}

/// How many were granted; all others must have been refused for this, or have met a lock for too
/// long.
fn granted<T>(answers: &[Result<T, Failure>], refusal: Refusal) -> usize {
    let refused = |failure: &Failure| match failure {
        Failure::Locked => true,
        Failure::Refused(other) => *other == refusal,
        Failure::Overloaded | Failure::Unavailable => false,
    };
    let strange = answers.iter().filter_map(|answer| answer.as_ref().err());
    let strange: Vec<_> = strange.filter(|failure| !refused(failure)).collect();
    assert!(strange.is_empty(), "{strange:?}");
    answers.iter().filter(|answer| answer.is_ok()).count()
}

fn numbers(granted: &LeaseGranted) -> impl Iterator<Item = E164> {
    granted.lease.members.iter().map(|member| member.number.e164())
}

#[tokio::test]
async fn sixty_four_clients_get_the_last_ten_numbers_once_each() {
    for database in databases() {
        let two = Two::on(&database).await;
        two.worlds[0].numbers(10).await;
        let customer = two.worlds[0].customer(profile()).await;
        let answers = two.race(64, |world, _| world.lease(world.single(customer, PHONE))).await;

        assert_eq!(granted(&answers, Refusal::NoFreeNumber), 10);
        let leased: HashSet<E164> = answers.iter().flatten().flat_map(numbers).collect();
        assert_eq!(leased.len(), 10);
        two.end(&database).await;
    }
}

#[tokio::test]
async fn groups_racing_for_an_odd_number_of_numbers_leave_one() {
    for database in databases() {
        let two = Two::on(&database).await;
        two.worlds[0].numbers(9).await;
        let customer = two.worlds[0].customer(profile()).await;
        let ask = |world: &World| world.group(customer, PHONE, "0195730425");
        let answers = two.race(24, |world, _| world.lease(ask(world))).await;

        assert_eq!(granted(&answers, Refusal::NoFreeNumber), 4);
        assert!(two.worlds[1].lease(two.worlds[1].single(customer, PHONE)).await.is_ok());
        two.end(&database).await;
    }
}

#[tokio::test]
async fn a_limit_holds_across_hubs() {
    for database in databases() {
        let two = Two::on(&database).await;
        two.worlds[0].numbers(40).await;
        let mut limited = profile();
        limited.single.max_leases = limit(5);
        for _ in 0..4 {
            let customer = two.worlds[0].customer(limited.clone()).await;
            let answers = two.race(16, |world, _| world.lease(world.single(customer, PHONE))).await;
            assert_eq!(granted(&answers, Refusal::LeaseLimitReached(LeaseKind::Single)), 5);
        }
        two.end(&database).await;
    }
}

#[tokio::test]
async fn a_lease_is_released_once() {
    for database in databases() {
        let two = Two::on(&database).await;
        two.worlds[0].numbers(12).await;
        let customer = two.worlds[0].customer(profile()).await;
        let leases = two.race(12, |world, _| world.lease(world.single(customer, PHONE))).await;
        let leases: Vec<_> = leases.into_iter().map(Result::unwrap).collect();

        // Neighbours are of the two hubs and after the same lease.
        let answers = two.race(48, |world, nth| world.release(&leases[nth / 4])).await;
        for answers in answers.chunks(4) {
            assert_eq!(granted(answers, Refusal::LeaseUnknown), 1);
        }
        two.end(&database).await;
    }
}

#[tokio::test]
async fn a_key_used_through_two_hubs_at_once_is_carried_out_once() {
    for database in databases() {
        let two = Two::on(&database).await;
        let customer = two.worlds[0].customer(profile()).await;
        for round in 0..20 {
            let answers = two.race(4, |world, _| top_up_once(world, customer, round)).await;
            let (fresh, repeated): (Vec<_>, Vec<_>) = answers
                .into_iter()
                .filter(|answer| *answer != Err(Failure::Locked))
                .map(Result::unwrap)
                .partition(|settled| matches!(settled, Settled::Fresh(_)));
            assert_eq!(fresh.len(), 1, "round {round}");
            let balance = (round + 1).to_string();
            assert!(repeated.iter().all(|again| *again == Settled::Repeated(balance.clone())));
        }
        assert_eq!(two.worlds[1].balance(customer).await, 20);
        two.end(&database).await;
    }
}

async fn top_up_once(
    world: &World,
    customer: CustomerId,
    round: i64,
) -> Result<Settled<ToppedUp>, Failure> {
    let balance = |topped_up: &ToppedUp| topped_up.entry.balance_after.to_string();
    let key = format!("round {round}");
    let key = Idempotency::new(
        world.admin.user().expect("a user of the API"),
        "top up",
        key,
        vec![1],
        balance,
    );
    world.hub.ask_once(world.top_up_of(customer, 1), key).await
}

#[tokio::test]
async fn a_key_of_a_rare_request_used_through_two_hubs_at_once_is_carried_out_once() {
    for database in databases() {
        let two = Two::on(&database).await;
        for round in 0..20 {
            let answers = two.race(2, |world, _| create_once(world, round)).await;
            let settled = answers.into_iter().filter(|answer| *answer != Err(Failure::Locked));
            let settled: Vec<_> = settled.map(Result::unwrap).collect();
            let fresh = settled.iter().filter(|settled| matches!(settled, Settled::Fresh(_)));
            assert_eq!(fresh.count(), 1, "round {round}");
        }
        two.end(&database).await;
    }
}

async fn create_once(world: &World, round: i64) -> Result<Settled<CustomerId>, Failure> {
    let key = format!("round {round}");
    let id = CustomerId::to_string;
    let key = Idempotency::new(
        world.admin.user().expect("a user of the API"),
        "create",
        key,
        vec![1],
        id,
    );
    let new = NewCustomer { profile: profile(), opening_balance: Credits::new(round) };
    world.hub.ask_once(new, key).await
}

#[tokio::test]
async fn top_ups_through_two_hubs_add_up() {
    for database in databases() {
        let two = Two::on(&database).await;
        let customer = two.worlds[0].customer(profile()).await;
        let amount = |nth: usize| i64::try_from(nth).unwrap() - 20;
        let answers = two.race(100, |world, nth| world.top_up(customer, amount(nth))).await;

        let mut booked = 0;
        let mut entries = HashSet::new();
        for (nth, answer) in answers.into_iter().enumerate() {
            match answer {
                Ok(topped_up) => {
                    booked += amount(nth);
                    assert!(entries.insert(topped_up.entry.seq));
                }
                Err(failure) => assert_eq!(failure, Failure::Locked),
            }
        }
        assert_eq!(two.worlds[1].balance(customer).await, booked);
        two.end(&database).await;
    }
}

#[tokio::test]
async fn no_number_is_both_leased_and_reserved_for_somebody_else() {
    for database in databases() {
        let two = Two::on(&database).await;
        two.worlds[0].numbers(20).await;
        let general = two.worlds[0].customer(profile()).await;
        let holder = two.worlds[0].customer(profile()).await;
        let ask = async |world: &World, nth| {
            if nth % 4 < 2 {
                let granted = world.lease(world.single(general, PHONE)).await?;
                return Ok(numbers(&granted).collect::<Vec<_>>());
            }
            let reserved = world.reserve(holder, 3).await?;
            Ok(reserved.numbers.iter().map(|free| free.number.e164()).collect())
        };
        let answers = two.race(24, ask).await;

        assert!(granted(&answers, Refusal::NoFreeNumber) > 0);
        let taken: Vec<E164> = answers.into_iter().flatten().flatten().collect();
        assert_eq!(taken.iter().collect::<HashSet<_>>().len(), taken.len());
        two.end(&database).await;
    }
}

#[tokio::test]
async fn nothing_is_granted_after_a_suspension_was_answered() {
    for database in databases() {
        let two = Two::on(&database).await;
        two.worlds[0].numbers(200).await;
        for _ in 0..8 {
            let customer = two.worlds[0].customer(profile()).await;
            // What the clock shows after the answer nobody has seen before.
            let ask = async |world: &World, nth| {
                if nth == 0 {
                    world.set_status(customer, CustomerStatus::Suspended).await?;
                    two.clock.advance(Duration::from_secs(1));
                    return Ok(None);
                }
                world.lease(world.single(customer, PHONE)).await?;
                world.lease(world.single(customer, PHONE)).await.map(Some)
            };
            let answers = two.race(12, ask).await;

            assert_eq!(answers[0], Ok(None));
            granted(&answers, Refusal::CustomerSuspended);
            let suspended_since = two.clock.now();
            let leases = answers.into_iter().flatten().flatten();
            let late = leases.filter(|granted| granted.lease.granted_at >= suspended_since);
            assert_eq!(late.count(), 0);
        }
        two.end(&database).await;
    }
}

#[tokio::test]
async fn everything_at_once_stays_sound() {
    for database in databases() {
        let two = Two::on(&database).await;
        two.worlds[0].numbers(30).await;
        let mut limited = CustomerProfile { max_reserved: limit(6), ..profile() };
        limited.single.max_leases = limit(4);
        let customers = [
            two.worlds[0].customer(profile()).await,
            two.worlds[0].customer(limited).await,
            two.worlds[0].customer(profile()).await,
        ];
        let answers = two.race(120, |world, nth| anything(world, customers[nth % 3], nth)).await;
        let failed = answers.into_iter().filter_map(Result::err);
        let failed: Vec<_> = failed
            .filter(|failure| !matches!(failure, Failure::Refused(_) | Failure::Locked))
            .collect();
        assert_eq!(failed, []);
        two.end(&database).await;
    }
}

async fn anything(world: &World, customer: CustomerId, nth: usize) -> Result<(), Failure> {
    match nth % 8 {
        0 => world.top_up(customer, 5).await.map(drop),
        1 if nth > 60 => world.reserve(customer, 2).await.map(drop),
        2 => world.set_status(customer, CustomerStatus::Active).await,
        3 => world.lease(world.group(customer, PHONE, "0195730425")).await.map(drop),
        _ => {
            let granted = world.lease(world.single(customer, PHONE)).await?;
            world.release(&granted).await.map(drop)
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_while_others_write_finds_nothing() {
    for database in databases() {
        let two = Two::on(&database).await;
        two.worlds[0].numbers(20).await;
        let customer = two.worlds[0].customer(profile()).await;
        let (done, is_done) = mpsc::channel::<()>();
        let url = database.url().to_owned();
        let checking = tokio::task::spawn_blocking(move || {
            let mut found = Vec::new();
            while is_done.try_recv() == Err(TryRecvError::Empty) {
                found.extend(Hub::check(&url).unwrap());
            }
            found
        });
        for _ in 0..10 {
            two.race(16, |world, nth| anything(world, customer, 8 * nth + nth % 4)).await;
        }
        drop(done);
        assert_eq!(checking.await.unwrap(), []);
        two.end(&database).await;
    }
}
