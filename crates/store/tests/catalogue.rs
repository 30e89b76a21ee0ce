//! What a copy carries is what there is: the catalogues of both databases say the same, and they
//! say what the migrations do.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

use std::collections::BTreeSet;

use leaseline_store::Store;
use leaseline_store::transfer::{self, Table};
use leaseline_testkit::{Database, databases};

const MIGRATIONS: [&str; 2] = ["sqlite", "postgres"];

fn tables(database: &Database) -> Vec<Table> {
    let mut session = Store::from_url(database.url()).unwrap().connect_to_read().unwrap();
    transfer::tables(&mut session.read()).unwrap()
}

fn sorted(mut tables: Vec<Table>) -> Vec<Table> {
    tables.sort_by(|one, other| one.name.cmp(&other.name));
    tables
}

/// The tables that the migrations of a database make. Those that are renamed were there before.
fn migrated(kind: &str) -> BTreeSet<String> {
    let folder = format!("{}/../../migrations/{kind}", env!("CARGO_MANIFEST_DIR"));
    let steps = std::fs::read_dir(folder).unwrap().map(|step| step.unwrap().path().join("up.sql"));
    let texts = steps.map(|step| std::fs::read_to_string(step).unwrap());
    let named = |text: String| {
        let after = text.split("CREATE TABLE ").skip(1).map(|after| after.split([' ', '(']).next());
        let renamed = |name: &str| text.contains(&format!("ALTER TABLE {name} RENAME TO"));
        let made = after.map(Option::unwrap).filter(|name| !renamed(name));
        made.map(str::to_owned).collect::<Vec<_>>()
    };
    texts.flat_map(named).collect()
}

#[test]
fn both_catalogues_name_the_same_tables_and_columns() {
    let sqlite = sorted(tables(&Database::sqlite()));
    let Some(postgres) = Database::postgres() else { return };
    assert_eq!(sqlite, sorted(tables(&postgres)));
}

#[test]
fn every_table_of_the_migrations_is_carried() {
    for (database, kind) in databases().zip(MIGRATIONS) {
        let carried: BTreeSet<_> = tables(&database).into_iter().map(|table| table.name).collect();
        assert_eq!(carried, migrated(kind), "{kind}");
    }
}

#[test]
fn what_is_referred_to_comes_first() {
    for database in databases() {
        let names: Vec<_> = tables(&database).into_iter().map(|table| table.name).collect();
        let place = |name: &str| names.iter().position(|known| known == name).unwrap();
        assert!(place("ledgers") < place("ledger_entries"));
        assert!(place("ledgers") < place("customers"));
        assert!(place("pools") < place("numbers"));
        assert!(place("api_users") < place("api_user_customers"));
    }
}
