//! What is found again when a connection was lost.

use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_store::record::writers::{BatchStart, begin_batch, register};
use leaseline_store::{ReadPool, Session, Store, load};
use leaseline_testkit::{Database, databases};
use uuid::Uuid;

const NOW: Timestamp = Timestamp::EPOCH;

#[test]
fn a_batch_begins_once_and_is_then_found() {
    for database in databases() {
        let mut session = Store::from_url(database.url()).unwrap().connect().unwrap();
        let (writer, nobody) = (Uuid::from_u128(1), Uuid::from_u128(2));
        session.write(|tx| register(tx, writer, NOW)).unwrap();
        let mut check = |writer, batch, expected| {
            let begun = session.write(|tx| begin_batch(tx, writer, batch, NOW)).unwrap();
            assert_eq!(begun, expected, "{batch}");
        };
        check(writer, 1, BatchStart::Next);
        check(writer, 1, BatchStart::Committed);
        check(writer, 2, BatchStart::Next);
        check(writer, 2, BatchStart::Committed);
        check(writer, 1, BatchStart::OutOfOrder);
        check(writer, 4, BatchStart::OutOfOrder);
        check(nobody, 1, BatchStart::OutOfOrder);
    }
}

#[test]
fn all_batches_together_never_get_fewer() {
    for database in databases() {
        let mut session = Store::from_url(database.url()).unwrap().connect().unwrap();
        let [silent, one, two] = [1, 2, 3].map(Uuid::from_u128);
        let later = NOW.saturating_add(Duration::from_secs(2 * 3_600));
        let all = |session: &mut Session| load::writers::batches(&mut session.read()).unwrap();
        assert_eq!(session.write(|tx| register(tx, silent, NOW)).unwrap(), 0);
        for batch in 1..=3 {
            session.write(|tx| begin_batch(tx, silent, batch, NOW)).unwrap();
        }
        assert_eq!(all(&mut session), 4);

        let first = session.write(|tx| register(tx, one, later)).unwrap();
        assert_eq!((first, all(&mut session)), (4, 5), "the silent one is forgotten");
        session.write(|tx| begin_batch(tx, one, first + 1, later)).unwrap();
        let second = session.write(|tx| register(tx, two, later)).unwrap();
        assert_eq!((second, all(&mut session)), (0, 7));
    }
}

#[test]
fn a_reader_goes_on_when_the_server_ended_every_connection() {
    let Some(database) = Database::postgres() else { return };
    let pool = ReadPool::new(&Store::from_url(database.url()).unwrap(), 4);
    let read = || pool.read(load::writers::latest_seen);
    pool.read(|_| pool.read(|_| pool.read(|_| read()))).expect("four at a time");
    database.psql(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    assert_eq!(read().expect("a fifth"), None);
}
