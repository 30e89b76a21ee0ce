//! Lists with a filter, page by page.

use std::time::Duration;

use leaseline_core::expiry::TermUnit;
use leaseline_core::ids::LeaseId;
use leaseline_core::lease::{LeaseGranted, LeaseKind};
use leaseline_core::region::Region;
use leaseline_core::search::{LeaseSearch, RecordSearch};
use leaseline_hub::Clock;
use leaseline_hub::insight::Place;
use leaseline_testkit::{Call, Edge, Kind, ManualClock, World, databases, profile, term};

const PHONE: &str = "0195730424";
const OTHER: &str = "0195730425";

fn leases(text: &str) -> LeaseSearch {
    LeaseSearch::parse(text, &Region::by_code("MY").unwrap()).unwrap()
}

async fn found(world: &World, text: &str) -> Vec<LeaseId> {
    let page = world.hub.find_leases(leases(text), Place::Newest, 10).await.unwrap();
    assert_eq!((page.newer, page.older), (None, None), "{text}");
    for line in &page.lines {
        assert_eq!(line.granted_by.as_deref(), Some("admin"));
        let members = if line.lease.kind == LeaseKind::Single { 1 } else { 2 };
        assert_eq!(line.lease.members.len(), members);
    }
    page.lines.iter().map(|line| line.lease.id).collect()
}

#[tokio::test]
async fn leases_are_found_by_a_filter() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        world.numbers(9).await;
        let (first, second) = (world.customer(profile()).await, world.customer(profile()).await);
        // In this order: expired, released, live for an hour, live for a day.
        let mut ids = Vec::new();
        let mut keep = |granted: &LeaseGranted| ids.push(granted.lease.id);
        keep(&world.lease(world.single(first, PHONE)).await.unwrap());
        clock.advance(Duration::from_secs(3_600));
        let given_back = world.lease(world.group(first, PHONE, OTHER)).await.unwrap();
        keep(&given_back);
        world.release(&given_back).await.unwrap();
        keep(&world.lease(world.group(second, PHONE, OTHER)).await.unwrap());
        let mut day = world.single(second, PHONE);
        day.term = term(1, TermUnit::Days);
        keep(&world.lease(day).await.unwrap());
        clock.advance(Duration::from_secs(1));

        let check = async |text: &str, expected: &[usize]| {
            let expected: Vec<_> = expected.iter().map(|place| ids[*place]).collect();
            assert_eq!(found(&world, text).await, expected, "{text}");
        };
        check("", &[3, 2, 1, 0]).await;
        check("state:active", &[3, 2]).await;
        check("state:expired", &[0]).await;
        check("state:released", &[1]).await;
        check("kind:group", &[2, 1]).await;
        check("kind:group state:active", &[2]).await;
        check("exp:<1h", &[2]).await;
        check("exp:>1h", &[3]).await;
        check(&format!("customer:{first}"), &[1, 0]).await;
        check(&format!("customer:{first} kind:single"), &[0]).await;
        check(&format!("customer:{first} state:active"), &[]).await;
        check(&format!("customer:{second} exp:<1h"), &[2]).await;
        // The first number was leased once, as there were others that never were.
        check("0388880000", &[0]).await;
        check("60388880001", &[1]).await;
        check("038888 state:active kind:group", &[2]).await;
        check("038888 state:released", &[1]).await;
        check("0377", &[]).await;
        world.hub.close().await;
    }
}

#[tokio::test]
async fn leases_are_paged_forwards_and_backwards() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        world.numbers(9).await;
        let customer = world.customer(profile()).await;
        let mut ids = Vec::new();
        for _ in 0..5 {
            ids.push(world.lease(world.single(customer, PHONE)).await.unwrap().lease.id);
            clock.advance(Duration::from_secs(1));
        }
        ids.reverse();
        // The first is filed; where the others are later, some of each are on a page.
        let unfiled = if database.kind() == Kind::Sqlite { "4" } else { "0" };
        assert_eq!(database.rows("SELECT count(*) FROM leases WHERE unfiled = 1"), unfiled);
        for text in ["", "state:active", "0388", &format!("customer:{customer} kind:single")] {
            let page = async |place| {
                let page = world.hub.find_leases(leases(text), place, 2).await.unwrap();
                let lines: Vec<_> = page.lines.iter().map(|line| line.lease.id).collect();
                (lines, page.newer, page.older)
            };
            let (first, second) = (ids[..2].to_vec(), ids[2..4].to_vec());
            assert_eq!(page(Place::Newest).await, (first.clone(), None, Some(ids[1])), "{text}");
            let older = page(Place::OlderThan(ids[1])).await;
            assert_eq!(older, (second.clone(), Some(ids[2]), Some(ids[3])), "{text}");
            let last = page(Place::OlderThan(ids[3])).await;
            assert_eq!(last, (vec![ids[4]], Some(ids[4]), None), "{text}");
            let back = page(Place::NewerThan(ids[4])).await;
            assert_eq!(back, (second, Some(ids[2]), Some(ids[3])), "{text}");
            let back = page(Place::NewerThan(ids[2])).await;
            assert_eq!(back, (first, None, Some(ids[1])), "{text}");
        }
        world.hub.close().await;
    }
}

#[tokio::test]
async fn records_are_found_by_a_filter_and_near_a_complaint() {
    for database in databases() {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        let number = world.numbers(2).await.remove(0);
        let customer = world.customer_with(profile(), 1_000).await;
        world.lease(world.single(customer, PHONE)).await.unwrap();
        let edge = Edge::new("edge-1", false);
        let mut names = Vec::new();
        for name in ["one", "two", "three"] {
            clock.advance(Duration::from_secs(60));
            let call = Call { name, from: "+60195730499", to: "0388880000" };
            world.record(edge.report(call, None, clock.now(), 21_000)).await.unwrap();
            names.push(name);
        }
        let nobody = Call { name: "orphan", from: "+60195730499", to: "0388880001" };
        world.record(edge.report(nobody, None, clock.now(), 1_000)).await.unwrap();
        let complaint = clock.now().saturating_sub(Duration::from_secs(60));

        let page = async |text: &str, place, limit| {
            let search = RecordSearch::parse(text).unwrap();
            let page = world.hub.find_records(search, place, limit).await.unwrap();
            let names: Vec<_> =
                page.lines.iter().map(|line| line.key.name.as_str().to_owned()).collect();
            (names, page.newer, page.older)
        };
        let check = async |text: &str, expected: &[&str]| {
            let (names, newer, older) = page(text, Place::Newest, 10).await;
            assert_eq!((newer, older), (None, None));
            assert_eq!(names, expected, "{text}");
        };
        check("", &["orphan", "three", "two", "one"]).await;
        check("kind:fax", &[]).await;
        check("kind:call age:<90s", &["orphan", "three", "two"]).await;
        check("age:>90s", &["one"]).await;
        check("state:orphan", &["orphan"]).await;
        check("state:unpriced", &[]).await;
        check("state:conflict", &[]).await;
        check(&format!("customer:{customer}"), &["three", "two", "one"]).await;
        let own = format!("customer:{customer} kind:call");
        let (first, _, older) = page(&own, Place::Newest, 2).await;
        assert_eq!(first, ["three", "two"]);
        let (second, newer, older) = page(&own, Place::OlderThan(older.unwrap()), 2).await;
        assert_eq!((second.as_slice(), older), (&["one".to_owned()][..], None));
        let (back, newer, _) = page(&own, Place::NewerThan(newer.unwrap()), 2).await;
        assert_eq!((back, newer), (first, None));

        let near = async |number, near| {
            let found = world.hub.records_near(number, complaint, near, 10).await.unwrap();
            let name =
                |line: &leaseline_hub::records::RecordLine| line.key.name.as_str().to_owned();
            found.map(|found| found.iter().map(name).collect::<Vec<_>>())
        };
        let quarter = Duration::from_secs(900);
        assert_eq!(near(number.e164(), quarter).await.unwrap(), ["one", "two", "three"]);
        let second = Duration::from_secs(1);
        assert_eq!(near(number.e164(), second).await.unwrap(), ["two"]);
        let stranger = leaseline_testkit::phone("0377770000").e164();
        assert_eq!(near(stranger, quarter).await, None);
        world.hub.close().await;
    }
}
