//! What `check` tells of damaged cards, and what the schema itself refuses.

use leaseline_core::mor_user::MorRole;
use leaseline_store::{Store, load};
use leaseline_testkit::{Database, ManualClock, Shop, databases};

use crate::raw::{damage, run};

fn told(database: &Database) -> Vec<String> {
    let mut session = Store::from_url(database.url()).unwrap().connect_to_read().unwrap();
    let broken = session.read_at_one_instant(load::check::broken).unwrap();
    broken.iter().map(ToString::to_string).collect()
}

/// Two groups with six cards each; a card of the first has what cards cost on it.
async fn stocked(database: &Database) {
    let shop = Shop::open(database.hub(&ManualClock::new())).await;
    let caller = shop.user("admin", MorRole::Admin).await;
    for first in ["1000000001", "1000000011"] {
        let group = shop.group(&caller, |_| {}).await;
        shop.cards(&caller, group, first, 6).await.unwrap();
    }
    shop.hub.close().await;
}

#[tokio::test]
async fn each_damage_of_a_card_is_told_and_nothing_else() {
    for database in databases() {
        stocked(&database).await;
        assert_eq!(told(&database), Vec::<String>::new());
        DAMAGES.iter().for_each(|sql| damage(&database, sql));
        let expected = [
            "card 1: its ledger is missing, or somebody else's too",
            "card 2: another card has its number, or its PIN in its group",
            "card 3: another card has its number, or its PIN in its group",
            "card 4: its number or its PIN has not the length that its group says",
            "card group 2: it has more cards than a fifth of its PINs",
            "card group 2: there is no such currency",
        ];
        let told: Vec<_> = told(&database).into_iter().filter(|it| !is_of_size(it)).collect();
        assert_eq!(told, expected);
    }
}

/// The cards of the second group, whose PINs are too long for it now.
fn is_of_size(told: &str) -> bool {
    (7..=12).any(|card| told.starts_with(&format!("card {card}: its number or its PIN")))
}

const DAMAGES: &[&str] = &[
    "DROP INDEX cards_one_pin",
    "UPDATE cards SET ledger_id = 999 WHERE id = 1",
    "UPDATE cards SET pin = '0000' WHERE id IN (2, 3)",
    "UPDATE cards SET number = '12345678901' WHERE id = 4",
    "UPDATE card_groups SET pin_length = 1, currency = 'XYZ' WHERE id = 2",
];

#[tokio::test]
async fn the_schema_refuses_what_the_rules_do() {
    for database in databases() {
        stocked(&database).await;
        for sql in [
            "UPDATE cards SET pin = (SELECT pin FROM cards WHERE id = 1) WHERE id = 2",
            "UPDATE cards SET number = '1000000001' WHERE id = 2",
            "UPDATE cards SET ledger_id = 1 WHERE id = 2",
            "UPDATE cards SET group_id = 99 WHERE id = 2",
            "UPDATE card_groups SET tariff_id = 99 WHERE id = 1",
            "INSERT INTO currencies VALUES ('EUR', 0, 1, 1)",
            "INSERT INTO currencies VALUES ('EUR', 1, 1, 1), ('GBP', 1, 1, 1)",
        ] {
            assert!(run(&database, sql).is_err(), "{sql}");
        }
    }
}
