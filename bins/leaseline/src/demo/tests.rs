//! What the demo is made of is sound, and the same each time.

use std::collections::HashMap;

use leaseline_core::look_back::LookBack;
use leaseline_core::request_log::Effect;
use leaseline_core::search::{LeaseSearch, RecordSearch, RequestSearch, ToLookAt};
use leaseline_hub::insight::Place;
use leaseline_service::Sources;

use super::*;

/// The demo's world, in a database that stays for the test.
async fn world(folder: &Path) -> (Config, DemoArgs, Present) {
    let mut sources = Sources::of_process("127.0.0.1:0");
    sources.environment = Some(HashMap::new());
    let mut config = Config::load(&sources).expect("the defaults");
    use_database_in(folder, &mut config).expect("a folder");
    database::migrate(&config).expect("a new file");
    let now = Some(instant("2026-11-26T12:00:00Z").expect("an instant"));
    let args = DemoArgs { listen: Listen::default(), seed: 1, now };
    let vault = Vault::new(b"a text of at least thirty-two bytes").expect("long enough");
    let present = lived(&config, args, vault, &Stop::new()).await.expect("it can be lived");
    let present = present.expect("nobody stopped it");
    (config, args, present)
}

#[tokio::test]
async fn ninety_days_are_lived_by_the_rules() {
    let folder = tempfile::tempdir().expect("there is room");
    let (config, args, present) = world(folder.path()).await;
    assert_eq!(Hub::check(config.database_url.as_str()).expect("it answers"), []);

    let still = StillClock::at(args.now.expect("it stands still"));
    let hub = database::open_as(&config, |settings| Settings {
        clock: Box::new(still.clone()),
        ..settings
    });
    let hub = hub.expect("it is there");
    let balance = hub.balance_over(present.customer, LookBack::Quarter).await.expect("an answer");
    assert_eq!(balance.last().map(|point| point.balance.get()), Some(1_000_000));
    assert!(balance.windows(2).any(|pair| pair[0].balance > pair[1].balance));

    let pools = hub.pools_now().await.expect("an answer").pools;
    let names: Vec<_> = pools.iter().map(|pool| pool.name.as_str()).collect();
    assert_eq!(names, ["kl", "jb"]);
    let low = &pools[1];
    let days = low.empty_in.map(|left| left.as_secs() / 86_400);
    assert!(days.is_some_and(|days| days < 14), "{low:?}");
    for span in LookBack::ALL {
        let samples = hub.stock_over(None, span).await.expect("an answer");
        assert!(samples.len() >= 160, "{span:?}: {}", samples.len());
    }

    let leases = hub.find_leases(LeaseSearch::default(), Place::Newest, 5_000).await;
    assert!(leases.expect("an answer").lines.len() > 2_000);
    let overview = hub.overview().await.expect("an answer");
    assert!(overview.active_leases > 50, "{overview:?}");
    assert!(!overview.refused_calls.is_empty() && !overview.failed_requests.is_empty());
    let orphans = RecordSearch { state: Some(ToLookAt::Orphan), ..RecordSearch::default() };
    let orphans = hub.find_records(orphans, Place::Newest, 10).await.expect("an answer");
    assert!(!orphans.lines.is_empty());
    let failed = RequestSearch { effect: Some(Effect::Failed), ..RequestSearch::default() };
    let failed = hub.find_requests(failed, Place::Newest, 10).await.expect("an answer");
    assert_eq!(failed.lines.len(), 10);
    hub.close().await;
}

#[tokio::test]
async fn of_one_seed_comes_one_world() {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("there is room"));
    let mut worlds = Vec::new();
    for folder in &folders {
        let (config, _, present) = world(folder.path()).await;
        let hub = database::open(&config).expect("it is there");
        let leases = hub.find_leases(LeaseSearch::default(), Place::Newest, 5_000).await;
        let records = hub.find_records(RecordSearch::default(), Place::Newest, 5_000).await;
        worlds.push((leases.expect("an answer"), records.expect("an answer"), present.lease));
        hub.close().await;
    }
    assert!(worlds[0] == worlds[1]);
}
