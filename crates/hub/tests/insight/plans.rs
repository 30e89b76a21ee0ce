//! PostgreSQL walks through no large table for what people look at. SQLite's plans are asked for in the
//! store; PostgreSQL's depend on what is there, so it counts here what it read.

use std::time::Duration;

use leaseline_core::ids::RecordId;
use leaseline_core::look_back::LookBack;
use leaseline_core::region::Region;
use leaseline_core::search::{LeaseSearch, RecordSearch, RequestSearch};
use leaseline_hub::Hub;
use leaseline_hub::insight::Place;
use leaseline_hub::operator::{Lines, NumberFilter};
use leaseline_testkit::{Database, ManualClock, World, profile};

/// 20 customers with 2,001 ledger entries each, 4,000 numbers, each leased 25 times, a thousand leases
/// live; a record and a request for one lease in five. Times are seconds since the epoch; the clock of
/// tests stands at 1580472000.
const FILL: [&str; 9] = [
    "INSERT INTO numbers (pool_id, e164, shown, shelf, free_from, turn, lease_id)
     SELECT 1, 60380000000 + n, '0380' || lpad(n::text, 6, '0'), 0, 1580400000000000, 25,
            decode(lpad(to_hex(96000 + n), 32, '0'), 'hex') FROM generate_series(1, 4000) n",
    "INSERT INTO leases (id, customer_id, kind, granted_by, granted_at, expires_at, released_at)
     SELECT decode(lpad(to_hex(n), 32, '0'), 'hex'), n % 20 + 1, 1, 1,
            1580400000000000 + n * 600000::bigint,
            CASE WHEN n > 99000 THEN 1580475000000000 ELSE 1580400001000000 + n * 600000::bigint END, NULL
     FROM generate_series(1, 100000) n",
    "INSERT INTO lease_members (lease_id, position, number_id, turn, phone_e164, phone_sent)
     SELECT decode(lpad(to_hex(n), 32, '0'), 'hex'), 1, (n - 1) % 4000 + 2, (n - 1) / 4000 + 1,
            60195730424, '0195730424' FROM generate_series(1, 100000) n",
    "INSERT INTO records (kind, reporter, name, digest, direction, customer_id, lease_id, from_text,
                          to_text, at, received_at, flags, charge, billed_seconds)
     SELECT 1, 'edge-1', n::text, '\\x00', 1, n % 20 + 1, decode(lpad(to_hex(n), 32, '0'), 'hex'),
            '60195730499', '0380' || lpad(n::text, 6, '0'), (1580400000 + n * 3) * 1000000::bigint,
            (1580400001 + n * 3) * 1000000::bigint, 0, 0, 20 FROM generate_series(1, 20000) n",
    "INSERT INTO call_reports (record_id, ended_at, bill_ms, answered)
     SELECT id, at + 20000000, 20000, 1 FROM records",
    "INSERT INTO requests (id, at, facade, operation, status, effect, weight, took_micros, customer_id)
     SELECT decode(lpad(to_hex((1580400000 + n * 3) * 1000::bigint), 12, '0') || lpad(to_hex(n), 20, '0'),
                   'hex'),
            (1580400000 + n * 3) * 1000000::bigint, 'apigate', 'leasesingle/request', '0',
            CASE WHEN n % 50 = 0 THEN 3 ELSE 2 END, 1, 900, n % 20 + 1
     FROM generate_series(1, 20000) n",
    "INSERT INTO ledger_entries (ledger_id, seq, amount, balance_after, kind, source, at)
     SELECT l.id, n + 1, 1, 1000 + n, 2, decode(lpad(to_hex(l.id * 10000 + n), 32, '0'), 'hex'),
            (1580400000 + n * 30) * 1000000::bigint
     FROM ledgers l CROSS JOIN generate_series(1, 2000) n",
    "UPDATE ledgers SET balance = balance + 2000, last_seq = last_seq + 2000",
    "ANALYZE",
];

/// Of a table of more rows than this no more may be read from end to end in all: it would be a walk.
const FEW: &str = "2000";

/// A smaller table may be read from end to end by each question, of which there are fewer than these; one
/// with a handful of rows for each row of an answer, too.
const QUESTIONS: &str = "200";

#[tokio::test]
async fn postgresql_walks_through_no_large_table() {
    let Some(database) = Database::postgres() else { return };
    let clock = ManualClock::new();
    let world = World::new(database.hub(&clock)).await;
    world.numbers(1).await;
    for _ in 0..20 {
        world.customer_with(profile(), 1_000).await;
    }
    world.hub.close().await;
    FILL.iter().for_each(|sql| drop(database.psql(sql)));
    // No plan shall hang by a hair, which is what statistics of a sample may move: reading from end to end
    // seems twice as cheap as it is.
    set(&database, "seq_page_cost", "0.5");
    // A connection plans a statement by its values a few times, and then perhaps once for all of them.
    for plans in ["force_custom_plan", "force_generic_plan"] {
        set(&database, "plan_cache_mode", plans);
        check(&database, &clock, plans).await;
    }
}

/// For all connections to come.
fn set(database: &Database, name: &str, value: &str) {
    database.psql(&format!(
        "DO $$ BEGIN
           EXECUTE format('ALTER DATABASE %I SET {name} = {value}', current_database());
         END $$"
    ));
}

/// Nothing large is walked through if PostgreSQL makes its plans in this way.
async fn check(database: &Database, clock: &ManualClock, plans: &str) {
    // Statistics are those of one hub that only looks.
    database.psql("SELECT pg_stat_reset()");
    let hub = database.hub(clock);
    look_at_everything(&hub).await;
    hub.close().await;

    let others = "SELECT count(*) FROM pg_stat_activity
                  WHERE datname = current_database() AND pid <> pg_backend_pid()";
    while database.psql(others) != "0" {}
    let used = "SELECT count(*) FROM pg_stat_user_tables
                WHERE idx_scan > 0 AND relname IN ('leases', 'records', 'requests', 'numbers')";
    assert_eq!(database.psql(used), "4", "{plans}: what was read is counted");
    let walked = format!(
        "SELECT s.relname, seq_scan, seq_tup_read FROM pg_stat_user_tables s
         JOIN pg_class c ON c.oid = s.relid
         WHERE seq_tup_read > CASE WHEN reltuples > {FEW} THEN {FEW} ELSE GREATEST({FEW}, reltuples * {QUESTIONS}) END"
    );
    assert_eq!(database.psql(&walked), "", "{plans}");
}

async fn look_at_everything(hub: &Hub) {
    lists(hub).await;
    let (first, now, near) =
        (hub.customers(None, 1).await.unwrap().remove(0), hub.now(), Duration::from_secs(900));
    let customer = first.customer.id;
    let malaysia = Region::by_code("MY").unwrap();
    let number = leaseline_core::phone::PhoneNumber::parse("0380000007", &malaysia).unwrap().e164();
    hub.numbers(NumberFilter::default(), 50).await.unwrap();
    hub.number_history(number, None, 50).await.unwrap();
    hub.who_held(number, now).await.unwrap();
    hub.records_near(number, now, near, 100).await.unwrap();
    hub.record_trail(RecordId::new(7).unwrap()).await.unwrap();
    hub.holdings(customer).await.unwrap();
    hub.ledger(customer, Lines::NewestFirst(None), 50).await.unwrap();
    hub.balance_over(customer, LookBack::Quarter).await.unwrap();
    hub.reserved_numbers(customer, None, 50).await.unwrap();
    hub.tokens_for(customer, 50).await.unwrap();
    hub.pools_now().await.unwrap();
    hub.stock_over(None, LookBack::Quarter).await.unwrap();
    hub.overview().await.unwrap();
    hub.traffic().await.unwrap();
    hub.health().await.unwrap();
    hub.audit(None, 50).await.unwrap();
}

/// Each list by each filter, forwards and backwards.
async fn lists(hub: &Hub) {
    let malaysia = Region::by_code("MY").unwrap();
    for words in [
        "",
        "state:active",
        "exp:<1h",
        "state:expired",
        "kind:group",
        "customer:8",
        "customer:8 state:active",
        "customer:8 kind:group",
        "0380000007",
        "0380000007 customer:8",
        "0380 state:active",
    ] {
        let search = LeaseSearch::parse(words, &malaysia).unwrap();
        let page = hub.find_leases(search.clone(), Place::Newest, 50).await.unwrap();
        if let Some(older) = page.older {
            hub.find_leases(search.clone(), Place::OlderThan(older), 50).await.unwrap();
            hub.find_leases(search, Place::NewerThan(older), 50).await.unwrap();
        }
    }
    for words in [
        "",
        "customer:8",
        "kind:call age:<1h",
        "customer:8 kind:call",
        "state:orphan",
        "state:unpriced",
    ] {
        let search = RecordSearch::parse(words).unwrap();
        let page = hub.find_records(search, Place::Newest, 50).await.unwrap();
        if let Some(older) = page.older {
            hub.find_records(search, Place::OlderThan(older), 50).await.unwrap();
            hub.find_records(search, Place::NewerThan(older), 50).await.unwrap();
        }
    }
    for words in ["", "customer:8", "effect:failed", "age:<1h", "customer:8 effect:failed"] {
        let search = RequestSearch::parse(words).unwrap();
        let page = hub.find_requests(search.clone(), Place::Newest, 50).await.unwrap();
        if let Some(older) = page.older {
            hub.find_requests(search.clone(), Place::OlderThan(older), 50).await.unwrap();
            hub.find_requests(search, Place::NewerThan(older), 50).await.unwrap();
        }
    }
}
