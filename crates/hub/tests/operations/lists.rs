//! Lists, page by page.

use std::time::Duration;

use leaseline_core::ids::NumberId;
use leaseline_core::ledger::EntryKind;
use leaseline_hub::insight::MOST_WALKED;
use leaseline_hub::operator::{BlockNumber, Holdings, Lines, ListState, NumberFilter, NumberState};
use leaseline_testkit::{ManualClock, World, databases, profile};

const PHONE: &str = "0195730424";
const QUARANTINE: Duration = Duration::from_secs(90);

#[tokio::test]
async fn numbers_are_listed_by_pool_and_state() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        let kl = world.pool("kl", QUARANTINE).await;
        let numbers = world.numbers_in(kl, 5).await;
        let spare = world.pool("spare", QUARANTINE).await;
        world.numbers_in(spare, 2).await;
        let holder = world.customer(profile()).await;
        let other = world.customer(profile()).await;
        // In the order of import: reserved, leased, resting, blocked, free.
        world.reserve(holder, 1).await.unwrap();
        world.lease(world.single(other, PHONE)).await.unwrap();
        let short = world.lease(world.single(other, PHONE)).await.unwrap();
        world.release(&short).await.unwrap();
        world.hub.ask(BlockNumber { number: numbers[3].e164() }).await.unwrap();

        let list = async |filter, limit| {
            let found = world.hub.numbers(filter, limit).await.unwrap();
            found.lines.iter().map(|line| line.id.get()).collect::<Vec<_>>()
        };
        let all = NumberFilter::default();
        assert_eq!(list(all, 10).await, [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(list(NumberFilter { pool: Some(spare), ..all }, 10).await, [6, 7]);
        let second = world.hub.numbers(all, 2).await.unwrap().next;
        assert_eq!(second, NumberId::new(2));
        assert_eq!(list(NumberFilter { after: second, ..all }, 2).await, [3, 4]);
        for (state, expected) in [
            (ListState::Reserved, vec![1]),
            (ListState::Leased, vec![2]),
            (ListState::Resting, vec![3]),
            (ListState::Blocked, vec![4]),
            (ListState::Free, vec![5, 6, 7]),
        ] {
            let filter = NumberFilter { state: Some(state), ..all };
            assert_eq!(list(filter, 10).await, expected, "{state:?}");
        }
        let pool = world.hub.pool_named("spare").await.unwrap();
        assert_eq!((pool, world.hub.pool_named("no").await.unwrap()), (Some(spare), None));

        let stock = world.hub.stock().await.unwrap();
        let of = |place: usize, state| stock[place].states.get(&state).copied();
        assert_eq!(stock.len(), 2);
        assert_eq!((of(0, NumberState::Free), of(1, NumberState::Free)), (Some(1), Some(2)));
        assert_eq!((of(0, NumberState::Reserved), of(0, NumberState::Blocked)), (Some(1), Some(1)));
        world.hub.close().await;
    }
}

#[tokio::test]
async fn a_page_of_numbers_looks_through_so_many_and_says_where_it_goes_on() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        let kl = world.pool("kl", QUARANTINE).await;
        world.numbers_in(kl, usize::try_from(MOST_WALKED).unwrap() + 1).await;
        let page = async |state, after| {
            let filter = NumberFilter { pool: None, state: Some(state), after };
            let found = world.hub.numbers(filter, 2).await.unwrap();
            (found.lines.iter().map(|line| line.id.get()).collect::<Vec<_>>(), found.next)
        };
        let last = NumberId::new(MOST_WALKED);
        assert_eq!(page(ListState::Leased, None).await, (vec![], last));
        assert_eq!(page(ListState::Leased, last).await, (vec![], None));
        assert_eq!(page(ListState::Free, last).await, (vec![MOST_WALKED + 1], None));
        assert_eq!(page(ListState::Free, None).await, (vec![1, 2], NumberId::new(2)));
        world.hub.close().await;
    }
}

#[tokio::test]
async fn customers_their_holdings_and_their_ledgers() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        world.numbers(9).await;
        let customer = world.customer_with(profile(), 100).await;
        let other = world.customer(profile()).await;
        world.reserve(customer, 5).await.unwrap();
        world.lease(world.single(customer, PHONE)).await.unwrap();
        world.lease(world.group(customer, PHONE, "0195730425")).await.unwrap();
        for credits in [10, -30] {
            world.top_up(customer, credits).await.unwrap();
        }

        let listed = world.hub.customers(None, 10).await.unwrap();
        assert_eq!(listed, [world.view(customer).await, world.view(other).await]);
        let after = world.hub.customers(Some(customer), 10).await.unwrap();
        assert_eq!(after, [world.view(other).await]);
        let holdings = world.hub.holdings(customer).await.unwrap();
        assert_eq!(holdings, Holdings { single: 1, group: 1, reserved: 5 });

        let ledger = async |lines, limit| {
            let entries = world.hub.ledger(customer, lines, limit).await.unwrap();
            let line = |entry: &leaseline_core::ledger::LedgerEntry| {
                (entry.seq, entry.kind, entry.amount.get(), entry.balance_after.get())
            };
            entries.iter().map(line).collect::<Vec<_>>()
        };
        let opening = (1, EntryKind::Opening, 100, 100);
        let (more, less) = ((2, EntryKind::TopUp, 10, 110), (3, EntryKind::TopUp, -30, 80));
        assert_eq!(ledger(Lines::NewestFirst(None), 10).await, [less, more, opening]);
        assert_eq!(ledger(Lines::NewestFirst(Some(3)), 1).await, [more]);
        assert_eq!(ledger(Lines::OldestFirst(None), 2).await, [opening, more]);
        assert_eq!(ledger(Lines::OldestFirst(Some(2)), 2).await, [less]);
        assert_eq!(world.hub.ledger(other, Lines::OldestFirst(None), 2).await, Ok(vec![]));

        let names = |users: Vec<leaseline_core::api_user::ApiUser>| {
            users.into_iter().map(|user| user.name.to_string()).collect::<Vec<_>>()
        };
        world.client("ada", &[customer]).await;
        assert_eq!(names(world.hub.api_users(None, 10).await.unwrap()), ["admin", "ada"]);
        assert_eq!(names(world.hub.api_users(world.admin.user(), 10).await.unwrap()), ["ada"]);
        world.hub.close().await;
    }
}
