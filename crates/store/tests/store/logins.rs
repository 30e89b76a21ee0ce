//! What is kept of logins is bounded.

use leaseline_core::Timestamp;
use leaseline_core::throttle::{Throttle, Tries};
use leaseline_store::load::logins::LoginKey;
use leaseline_store::{Session, Store, load, record};
use leaseline_testkit::{Database, databases};

fn session(database: &Database) -> Session {
    Store::from_url(database.url()).unwrap().connect().unwrap()
}

fn key(who: u8, source: usize) -> LoginKey {
    let mut key = LoginKey { who: [who; 32], source: [0; 16] };
    key.source[..8].copy_from_slice(&source.to_le_bytes());
    key
}

fn at(second: usize) -> Timestamp {
    Timestamp::from_seconds(second.try_into().unwrap()).unwrap()
}

fn tries(session: &mut Session, key: &LoginKey) -> Tries {
    load::logins::tries(&mut session.read(), key, &Throttle::default()).unwrap()
}

#[test]
fn the_latest_thousand_sources_of_a_user_are_kept() {
    for database in databases() {
        let mut session = session(&database);
        let written = session.write(|tx| {
            record::logins::succeeded(tx, &key(2, 0), at(0))?;
            (0..1_002).try_for_each(|nth| record::logins::succeeded(tx, &key(1, nth), at(nth)))
        });
        assert!(written.is_ok(), "{written:?}");
        let known =
            |session: &mut Session, who, source| tries(session, &key(who, source)).has_logged_in;
        let kept = [0, 1, 2, 1_001].map(|source| known(&mut session, 1, source));
        assert_eq!(kept, [false, false, true, true]);
        assert!(known(&mut session, 2, 0), "another's stay");
    }
}

#[test]
fn failures_are_counted_until_they_are_forgotten() {
    for database in databases() {
        let mut session = session(&database);
        let written = session.write(|tx| {
            (0..20).try_for_each(|nth| record::logins::failed(tx, &key(1, 1), at(nth)))?;
            record::logins::failed(tx, &key(2, 1), at(20))
        });
        assert!(written.is_ok(), "{written:?}");
        let counted = tries(&mut session, &key(1, 1));
        let expected: Vec<_> = (10..20).rev().map(at).collect();
        assert_eq!(counted.of_user, expected, "the latest, as many as count");
        assert_eq!(counted.of_source.len(), 21);
        let forget = |session: &mut Session, before, most| {
            session.write(|tx| record::logins::forget_failures(tx, at(before), most)).unwrap()
        };
        assert_eq!(forget(&mut session, 19, 10), 10);
        assert_eq!(forget(&mut session, 19, 10), 9);
        assert_eq!(forget(&mut session, 19, 10), 0);
        assert_eq!(tries(&mut session, &key(1, 1)).of_user, [at(19)]);
    }
}
