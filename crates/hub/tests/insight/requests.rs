//! Requests that are remembered.

use std::time::Duration;

use leaseline_core::ids::CustomerId;
use leaseline_core::request_log::{Effect, RequestId, RequestLine};
use leaseline_core::search::RequestSearch;
use leaseline_hub::insight::{Failures, Noted, Place, Traffic};
use leaseline_hub::{Clock, Hub};
use leaseline_testkit::{ManualClock, databases};
use uuid::Uuid;

/// The id of a request that came at an instant.
fn id(clock: &ManualClock, nth: u128) -> RequestId {
    let millis = u128::try_from(clock.now().micros() / 1_000).unwrap();
    RequestId::new(Uuid::from_u128(millis << 80 | nth))
}

fn noted(facade: &'static str, status: &'static str, customer: i64) -> Noted {
    Noted {
        facade: facade.into(),
        operation: "leasesingle/request".into(),
        status: status.into(),
        took: Duration::from_micros(1_500),
        customer: CustomerId::new(customer),
        user: Some("ada".into()),
    }
}

async fn find(hub: &Hub, text: &str) -> Vec<RequestLine> {
    let search = RequestSearch::parse(text).unwrap();
    let page = hub.find_requests(search, Place::Newest, 10).await.unwrap();
    assert_eq!((page.newer, page.older), (None, None), "{text}");
    page.lines
}

#[tokio::test]
async fn what_failed_or_changed_something_is_remembered_and_one_in_a_hundred_of_the_rest() {
    for database in databases() {
        let clock = ManualClock::new();
        let hub = database.hub(&clock);
        let (changed, failed) = (id(&clock, 1), id(&clock, 2));
        hub.request_over(changed, Effect::Changed, || noted("apigate", "0", 8));
        hub.request_over(failed, Effect::Failed, || noted("apigate", "24", 9));
        for nth in 0..200 {
            hub.request_over(id(&clock, 100 + nth), Effect::Looked, || noted("mor", "ok", 0));
        }
        assert_eq!(hub.flush_requests().await, 4);
        assert_eq!(hub.flush_requests().await, 0);

        let line = RequestLine {
            id: changed,
            at: clock.now().saturating_sub(Duration::from_micros(1_500)),
            facade: "apigate".into(),
            operation: "leasesingle/request".into(),
            status: "0".into(),
            effect: Effect::Changed,
            weight: 1,
            took: Duration::from_micros(1_500),
            customer: CustomerId::new(8),
            user: Some("ada".into()),
        };
        let only = [line];
        assert_eq!(hub.request(changed).await, Ok(only.first().cloned()));
        assert_eq!(hub.request(id(&clock, 3)).await, Ok(None));
        assert_eq!(find(&hub, &changed.to_string()).await, only);
        assert_eq!(find(&hub, "customer:8").await, only);
        assert_eq!(find(&hub, "facade:apigate status:0").await, only);
        assert_eq!(find(&hub, "effect:failed").await[0].id, failed);
        let looked = find(&hub, "effect:looked").await;
        assert_eq!(looked.iter().map(|line| line.weight).collect::<Vec<_>>(), [100, 100]);
        assert_eq!(find(&hub, "").await.len(), 4);
        assert_eq!(find(&hub, "age:>1h").await, []);
        assert_eq!(find(&hub, "age:<1h facade:traitel").await, []);

        let page = async |place| {
            let page = hub.find_requests(RequestSearch::default(), place, 2).await.unwrap();
            (page.lines.iter().map(|line| line.id).collect::<Vec<_>>(), page.newer, page.older)
        };
        let looked: Vec<_> = looked.iter().map(|line| line.id).collect();
        let first = page(Place::Newest).await;
        assert_eq!(first, (looked.clone(), None, Some(looked[1])));
        let second = page(Place::OlderThan(looked[1])).await;
        assert_eq!(second, (vec![failed, changed], Some(failed), None));
        assert_eq!(page(Place::NewerThan(failed)).await, first);

        let minute = |facade: &str, requests| Traffic {
            facade: facade.into(),
            at: leaseline_core::Timestamp::from_seconds(1_580_471_940).unwrap(),
            requests,
        };
        assert_eq!(hub.traffic().await, Ok(vec![minute("apigate", 2), minute("mor", 200)]));
        let failures = hub.overview().await.unwrap().failed_requests;
        let expected = Failures { facade: "apigate".into(), status: "24".into(), requests: 1 };
        assert_eq!(failures, [expected]);
        hub.close().await;
    }
}

#[tokio::test]
async fn what_finds_no_place_is_dropped_and_counted() {
    for database in databases() {
        let clock = ManualClock::new();
        let hub = database.hub(&clock);
        for nth in 0..8_200 {
            hub.request_over(id(&clock, nth), Effect::Changed, || noted("mor", "ok", 1));
        }
        // The task that writes may have taken some meanwhile.
        let dropped = hub.requests_dropped();
        assert!(dropped <= 8, "{dropped}");
        let mut written = 0;
        while written + dropped < 8_200 {
            written += u64::try_from(hub.flush_requests().await).unwrap();
            let found = hub.find_requests(RequestSearch::default(), Place::Newest, 8_200).await;
            written = u64::try_from(found.unwrap().lines.len()).unwrap().max(written);
        }
        hub.close().await;
    }
}

#[tokio::test]
async fn an_orderly_stop_writes_down_all_that_waits() {
    for database in databases() {
        let clock = ManualClock::new();
        let hub = database.hub(&clock);
        // More than two writes take, and fewer than may wait.
        for nth in 0..5_000 {
            hub.request_over(id(&clock, nth), Effect::Changed, || noted("apigate", "0", 8));
        }
        hub.close().await;
        assert_eq!(hub.requests_dropped(), 0);

        let hub = database.hub(&clock);
        let all = hub.find_requests(RequestSearch::default(), Place::Newest, 10_000).await.unwrap();
        assert_eq!(all.lines.len(), 5_000);
        hub.close().await;
    }
}

#[tokio::test]
async fn of_a_flood_of_failures_one_in_a_hundred_is_remembered_and_all_are_counted() {
    for database in databases() {
        let clock = ManualClock::new();
        let hub = database.hub(&clock);
        for nth in 0..1_100 {
            hub.request_over(id(&clock, nth), Effect::Failed, || noted("apigate", "38", 8));
        }
        assert_eq!(hub.flush_requests().await, 110);
        let weights = "SELECT weight, count(*) FROM requests GROUP BY weight ORDER BY weight";
        assert_eq!(database.rows(weights), "1|100\n100|10");

        clock.advance(Duration::from_secs(1));
        hub.request_over(id(&clock, 0), Effect::Failed, || noted("apigate", "24", 9));
        assert_eq!(hub.flush_requests().await, 1);
        hub.close().await;
    }
}
