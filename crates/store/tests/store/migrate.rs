//! Schemas: empty, current, of a later version, and several processes that migrate at once.

use std::sync::Barrier;

use leaseline_store::{Migrated, SchemaState, Session, Store, StoreError};
use leaseline_testkit::{Database, databases};

use crate::raw::run;

fn connect(database: &Database) -> (Store, Session) {
    let store = Store::from_url(database.url()).unwrap();
    let session = store.connect().unwrap();
    (store, session)
}

fn state(database: &Database) -> SchemaState {
    connect(database).1.read().schema_state().unwrap()
}

#[test]
fn a_migrated_database_is_current_and_stays_as_it_is() {
    for database in Database::without_tables() {
        assert_eq!(state(&database), SchemaState::Empty);
        let (store, mut session) = connect(&database);
        let first = session.migrate(&store).unwrap();
        assert!(first.steps > 0 && first.backup.is_none(), "{first:?}");
        assert_eq!(state(&database), SchemaState::Current);
        assert_eq!(session.migrate(&store).unwrap(), Migrated { steps: 0, backup: None });
    }
}

#[test]
fn a_database_of_a_later_version_is_left_alone() {
    for database in databases() {
        let later = "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231235959')";
        run(&database, later).unwrap();
        assert_eq!(state(&database), SchemaState::Newer);
        let (store, mut session) = connect(&database);
        let refused = session.migrate(&store).unwrap_err();
        assert!(matches!(refused, StoreError::Schema(_)), "{refused}");
        assert!(refused.to_string().contains("later version"), "{refused}");
    }
}

#[test]
fn of_many_who_migrate_at_once_one_does() {
    for database in Database::without_tables() {
        let together = Barrier::new(4);
        let migrate = || {
            together.wait();
            let (store, mut session) = connect(&database);
            session.migrate(&store).unwrap().steps
        };
        let steps = std::thread::scope(|threads| {
            let migrating: Vec<_> = (0..4).map(|_| threads.spawn(migrate)).collect();
            migrating.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(steps.iter().filter(|steps| **steps > 0).count(), 1, "{steps:?}");
        assert_eq!(state(&database), SchemaState::Current);
    }
}
