//! Transactions: all or nothing, and the caller is told which.

use leaseline_core::api_user::Role;
use leaseline_core::pool::{PoolChange, PoolTerms};
use leaseline_core::region::RegionCode;
use leaseline_store::{Session, Store, StoreError, Tx, WriteError, load, record};
use leaseline_testkit::{Database, databases};

fn connect(database: &Database) -> Session {
    Store::from_url(database.url()).unwrap().connect().unwrap()
}

fn make_pool(tx: &mut Tx<'_>, name: &str) -> Result<(), StoreError> {
    let change = PoolChange { region: RegionCode::parse("MY"), ..PoolChange::default() };
    record::pools::new_pool(tx, name, &PoolTerms::of_new(change).unwrap()).map(drop)
}

/// A pool's name can be given once.
fn has_pool(session: &mut Session, name: &str) -> bool {
    let again = session.write(|tx| make_pool(tx, name));
    matches!(again, Err(WriteError::NotDone(StoreError::Failed(_))))
}

#[test]
fn what_was_committed_is_there() {
    for database in databases() {
        let mut session = connect(&database);
        assert!(session.write(|tx| make_pool(tx, "a")).is_ok());
        assert!(has_pool(&mut session, "a"));
    }
}

#[test]
fn an_error_leaves_nothing_behind() {
    for database in databases() {
        let mut session = connect(&database);
        let failed = session.write(|tx| {
            make_pool(tx, "a")?;
            Err::<(), _>(StoreError::corrupt("pools"))
        });
        let not_done = |error: &_| matches!(error, WriteError::NotDone(StoreError::Corrupt { .. }));
        assert!(failed.is_err_and(|error| not_done(&error)));
        assert!(!has_pool(&mut session, "a"));
    }
}

#[test]
fn a_panic_leaves_nothing_behind_and_the_session_goes_on() {
    for database in databases() {
        let mut session = connect(&database);
        let panicked = session.write(|tx| -> Result<(), StoreError> {
            make_pool(tx, "a")?;
            panic!("this is shown while the test passes")
        });
        assert!(matches!(panicked, Err(WriteError::NotDone(StoreError::Panicked))));
        assert!(!has_pool(&mut session, "a"));
    }
}

#[test]
fn what_is_refused_is_undone_and_the_rest_of_the_transaction_stays() {
    for database in databases() {
        let mut session = connect(&database);
        let refused = session.write(|tx| {
            make_pool(tx, "before")?;
            let refused = tx.undo_if_refused(|tx| {
                make_pool(tx, "refused")?;
                Ok(Err::<(), _>("no"))
            })?;
            make_pool(tx, "after")?;
            Ok(refused)
        });
        assert_eq!(refused.unwrap(), Err("no"));
        assert!(has_pool(&mut session, "before") && has_pool(&mut session, "after"));
        assert!(!has_pool(&mut session, "refused"));
    }
}

#[test]
fn whoever_waits_too_long_for_another_is_told_so() {
    for database in databases() {
        let (mut first, mut second) = (connect(&database), connect(&database));
        let held = first.write(|tx| {
            make_pool(tx, "a")?;
            let waited = second.write(|tx| make_pool(tx, "a"));
            assert!(matches!(waited, Err(WriteError::NotDone(StoreError::Busy(_)))), "{waited:?}");
            Ok(())
        });
        assert!(held.is_ok());
        assert!(second.write(|tx| make_pool(tx, "b")).is_ok());
    }
}

#[test]
fn whoever_reads_at_one_instant_sees_no_later_commit() {
    for database in databases() {
        let (mut reader, mut writer) = (connect(&database), connect(&database));
        let seen = reader.read_at_one_instant(|tx| {
            let before = has_user(tx)?;
            let made = writer.write(|tx| record::users::new_api_user(tx, "late", &Role::Admin));
            assert!(made.is_ok());
            Ok((before, has_user(tx)?))
        });
        assert_eq!(seen.unwrap(), (false, false));
        assert!(has_user(&mut reader.read()).unwrap());
    }
}

fn has_user(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    Ok(load::users::api_user(tx, "late")?.is_some())
}
