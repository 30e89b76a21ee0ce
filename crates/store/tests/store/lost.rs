//! What is found again when a connection was lost.

use leaseline_core::Timestamp;
use leaseline_store::record::writers::{BatchStart, begin_batch, register};
use leaseline_store::{ReadPool, Store, load};
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
