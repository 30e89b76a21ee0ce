//! What the schema itself refuses, whoever asks.

use leaseline_testkit::{Database, Kind, ManualClock, World, databases, profile};

use crate::raw::run;

/// A customer with an entry in its ledger and a number that was leased.
async fn inhabited(database: &Database) {
    let world = World::new(database.hub(&ManualClock::new())).await;
    world.numbers(2).await;
    let customer = world.customer_with(profile(), 100).await;
    for _ in 0..2 {
        world.lease(world.single(customer, "0195730424")).await.unwrap();
    }
    world.hub.close().await;
}

#[tokio::test]
async fn a_ledger_entry_is_never_changed_and_never_deleted() {
    for database in databases() {
        inhabited(&database).await;
        refuses(&database, "UPDATE ledger_entries SET amount = amount + 1", "never changed");
        refuses(&database, "DELETE FROM ledger_entries", "never deleted");
        if database.kind() == Kind::Postgres {
            refuses(&database, "TRUNCATE ledger_entries", "never deleted");
        }
        database.assert_sound();
    }
}

#[tokio::test]
async fn nothing_is_booked_twice() {
    for database in databases() {
        inhabited(&database).await;
        let same_source = "INSERT INTO ledger_entries
              (ledger_id, seq, amount, balance_after, kind, source, at)
            SELECT ledger_id, seq + 1, amount, balance_after + amount, kind, source, at
            FROM ledger_entries";
        refuses(&database, same_source, "unique");
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_turn_of_a_number_has_one_holder() {
    for database in databases() {
        inhabited(&database).await;
        let second_holder = "UPDATE lease_members
            SET number_id = (SELECT min(number_id) FROM lease_members)
            WHERE number_id = (SELECT max(number_id) FROM lease_members)";
        refuses(&database, second_holder, "unique");
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_number_is_in_one_pool() {
    for database in databases() {
        inhabited(&database).await;
        let again = "INSERT INTO numbers (pool_id, e164, shown, shelf, free_from, turn)
            SELECT pool_id, e164, shown, 0, 0, 0 FROM numbers";
        refuses(&database, again, "unique");
        database.assert_sound();
    }
}

#[tokio::test]
async fn values_outside_of_their_range_are_refused() {
    for database in databases() {
        inhabited(&database).await;
        for out_of_range in [
            "UPDATE leases SET expires_at = granted_at",
            "UPDATE leases SET released_at = granted_at - 1",
            "UPDATE leases SET released_at = expires_at",
            "UPDATE leases SET kind = 3",
            "UPDATE lease_members SET position = 3",
            "UPDATE lease_members SET turn = 0",
            "UPDATE numbers SET turn = -1",
            "UPDATE numbers SET shelf = -1",
            "UPDATE customers SET status = 0",
            "UPDATE customers SET charge_method = 3",
            "UPDATE customer_services SET enabled = 2",
            "UPDATE customer_services SET charge_block = 0",
            "UPDATE customer_services SET charge_rate = -1",
            "UPDATE customer_services SET max_leases = -1",
            "UPDATE ledgers SET last_seq = -1",
            "UPDATE pools SET quarantine_micros = -1",
            "UPDATE api_users SET role = 3",
        ] {
            refuses(&database, out_of_range, "check constraint");
        }
        database.assert_sound();
    }
}

fn refuses(database: &Database, sql: &str, why: &str) {
    let refused = run(database, sql).expect_err(sql).to_string();
    assert!(refused.to_lowercase().contains(why), "{sql}: {refused}");
}
