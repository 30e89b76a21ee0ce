//! What `check` tells of damage: each kind once, and nothing besides.

use std::time::Duration;

use leaseline_core::ids::{CustomerId, LeaseId};
use leaseline_core::lease::LeaseGranted;
use leaseline_store::{Store, load};
use leaseline_testkit::{Database, ManualClock, World, databases, profile};

use crate::raw::damage;

const PHONE: &str = "0195730424";

pub(crate) fn told(database: &Database) -> Vec<String> {
    let mut session = Store::from_url(database.url()).unwrap().connect_to_read().unwrap();
    let broken = session.read_at_one_instant(load::check::broken).unwrap();
    broken.iter().map(ToString::to_string).collect()
}

/// Customers 1 to 5 with two entries in their ledgers, and ten numbers, each in its second turn.
struct Inhabited {
    second_leases: Vec<LeaseId>,
}

async fn inhabited(database: &Database) -> Inhabited {
    let clock = ManualClock::new();
    let world = World::new(database.hub(&clock)).await;
    world.numbers(10).await;
    for expected in 1..=5 {
        let customer = world.customer_with(profile(), 100).await;
        assert_eq!(customer, CustomerId::new(expected).unwrap());
        world.top_up(customer, 5).await.unwrap();
    }
    let lessee = CustomerId::new(1).unwrap();
    let first = lease_ten(&world, lessee).await;
    clock.advance(Duration::from_secs(1));
    for granted in &first {
        world.release(granted).await.unwrap();
    }
    let second = lease_ten(&world, lessee).await;
    world.hub.close().await;
    Inhabited { second_leases: second.into_iter().map(|granted| granted.lease.id).collect() }
}

async fn lease_ten(world: &World, customer: CustomerId) -> Vec<LeaseGranted> {
    let mut leases = Vec::new();
    for _ in 0..10 {
        leases.push(world.lease(world.single(customer, PHONE)).await.unwrap());
    }
    leases
}

#[tokio::test]
async fn a_sound_database_has_nothing_to_tell() {
    for database in databases() {
        assert_eq!(told(&database), Vec::<String>::new());
        inhabited(&database).await;
        assert_eq!(told(&database), Vec::<String>::new());
    }
}

#[tokio::test]
async fn each_damage_is_told_and_nothing_else() {
    for database in databases() {
        let Inhabited { second_leases: leases } = inhabited(&database).await;
        DAMAGES.iter().for_each(|sql| damage(&database, sql));
        let mut unowned = [leases[6], leases[7]];
        unowned.sort_unstable();
        let expected = [
            "ledger 1: its entries are not numbered from 1 to its last".to_owned(),
            "ledger 2: an entry's balance is not the one before it plus its amount".to_owned(),
            "ledger 3: its balance is not that of its last entry".to_owned(),
            "number 60388880000: its leases are not numbered from 1 to its last turn".to_owned(),
            "number 60388880001: a lease of it began before the one before was over".to_owned(),
            "number 60388880002: it does not name the lease of its last turn".to_owned(),
            "number 60388880003: it is free before its last lease is over".to_owned(),
            "number 60388880004: it is not on the shelf where it belongs".to_owned(),
            format!("lease {}: it has not as many members as its kind asks for", leases[5]),
            format!("lease {}: its customer or the user who asked for it is missing", unowned[0]),
            format!("lease {}: its customer or the user who asked for it is missing", unowned[1]),
            format!("lease {}: the lease itself or a number of it is missing", leases[8]),
            "customer 4: it lacks the terms for single or for group leases".to_owned(),
            "customer 5: it is suspended, but nobody knows since when".to_owned(),
        ];
        assert_eq!(told(&database), expected);
    }
}

/// Each to another ledger, number, lease (the second one of the number that is named) or customer.
const DAMAGES: &[&str] = &[
    // Any id will do as the source of an entry, as long as it is none of an entry's.
    "INSERT INTO ledger_entries
       (ledger_id, seq, amount, balance_after, kind, source, at)
     SELECT ledger_id, 4, 1, 106, kind, (SELECT id FROM leases ORDER BY id LIMIT 1), at
     FROM ledger_entries WHERE ledger_id = 1 AND seq = 2",
    "INSERT INTO ledger_entries
       (ledger_id, seq, amount, balance_after, kind, source, at)
     SELECT ledger_id, 3, 1, 1000, kind, (SELECT id FROM leases ORDER BY id DESC LIMIT 1), at
     FROM ledger_entries WHERE ledger_id = 2 AND seq = 2;
     UPDATE ledgers SET last_seq = 3, balance = 1000 WHERE id = 2",
    "UPDATE ledgers SET balance = balance + 1 WHERE id = 3",
    "UPDATE lease_members SET turn = 7 WHERE turn = 1
     AND number_id = (SELECT id FROM numbers WHERE e164 = 60388880000)",
    "UPDATE leases SET released_at = NULL WHERE id =
     (SELECT m.lease_id FROM lease_members m JOIN numbers n ON n.id = m.number_id
      WHERE n.e164 = 60388880001 AND m.turn = 1)",
    "UPDATE numbers SET lease_id = NULL WHERE e164 = 60388880002",
    "UPDATE numbers SET free_from = 0 WHERE e164 = 60388880003",
    "UPDATE numbers SET shelf = 999 WHERE e164 = 60388880004",
    "UPDATE leases SET kind = 2 WHERE id =
     (SELECT lease_id FROM numbers WHERE e164 = 60388880005)",
    "UPDATE leases SET customer_id = 999 WHERE id =
     (SELECT lease_id FROM numbers WHERE e164 = 60388880006)",
    "UPDATE leases SET granted_by = 999 WHERE id =
     (SELECT lease_id FROM numbers WHERE e164 = 60388880007)",
    "DELETE FROM leases WHERE id =
     (SELECT lease_id FROM numbers WHERE e164 = 60388880008)",
    "DELETE FROM customer_services WHERE customer_id = 4 AND kind = 2",
    "UPDATE customers SET status = 2 WHERE id = 5",
];

#[tokio::test]
async fn a_member_without_its_number_is_told_of_its_lease() {
    for database in databases() {
        let Inhabited { second_leases } = inhabited(&database).await;
        damage(&database, "DELETE FROM numbers WHERE e164 = 60388880008");
        let told = told(&database);
        let last =
            format!("lease {}: the lease itself or a number of it is missing", second_leases[8]);
        assert!(told.len() == 2 && told.contains(&last), "{told:#?}");
    }
}

#[tokio::test]
async fn sums_that_do_not_fit_are_told_too() {
    for database in databases() {
        inhabited(&database).await;
        damage(
            &database,
            "INSERT INTO ledger_entries
               (ledger_id, seq, amount, balance_after, kind, source, at)
             SELECT ledger_id, 3, 9223372036854775807, 1, kind, (SELECT id FROM leases ORDER BY id LIMIT 1), at
             FROM ledger_entries WHERE ledger_id = 1 AND seq = 2;
             UPDATE ledgers SET last_seq = 3, balance = 1 WHERE id = 1",
        );
        let expected = "ledger 1: an entry's balance is not the one before it plus its amount";
        assert_eq!(told(&database), [expected]);
    }
}

#[tokio::test]
async fn a_hundred_places_are_enough() {
    for database in databases() {
        let world = World::new(database.hub(&ManualClock::new())).await;
        world.numbers(150).await;
        world.hub.close().await;
        damage(&database, "UPDATE numbers SET shelf = 999");
        let told = told(&database);
        assert_eq!(told.len(), 100);
        let last = "number 60388880099: it is not on the shelf where it belongs";
        assert_eq!(told.last().map(String::as_str), Some(last));
    }
}
