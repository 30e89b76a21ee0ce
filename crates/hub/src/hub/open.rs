//! Opening a database.

use std::sync::{Arc, Mutex};

use leaseline_core::Timestamp;
use leaseline_store::{
    Migrated, SchemaState, Session, Store, StoreError, UnknownUrl, load, record,
};
use tokio::sync::{mpsc, watch};

use super::{Hub, Inner, Settings};
use crate::accounts;
use crate::batch::remembered::Remembered;
use crate::clock::Now;
use crate::contention::Contention;
use crate::desk::{Desk, Trouble};
use crate::identity::Identities;
use crate::ids::Ids;
use crate::insight::{self, RequestLog};
use crate::logins::Recent;
use crate::mor_users::MorIdentities;
use crate::passwords::Checker;
use crate::quotas::Used;
use crate::readers::Readers;
use crate::reads::Lanes;
use crate::room::InboxRoom;
use crate::sweeper;
use crate::switches::Switches;
use crate::writer::{Unfiled, Writer};

/// How a database's schema compares with this version's.
pub type Schema = SchemaState;

/// A hub could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL names no database that we can use.
    #[error(transparent)]
    Url(#[from] UnknownUrl),
    /// The database does not answer, or not as it should.
    #[error("failed to open the database")]
    Store(#[from] StoreError),
    /// The database lacks tables.
    #[error("the database's schema is {0:?}, not this version's: run `leaseline migrate`")]
    Schema(Schema),
    /// The operating system has no randomness to give.
    #[error("failed to draw random bytes")]
    Randomness(#[source] getrandom::Error),
    /// A thread that writes or reads could not be started.
    #[error("failed to start a thread")]
    Thread(#[source] std::io::Error),
}

impl Hub {
    /// Brings a database to this version's schema. A SQLite database is made if there is none,
    /// and copied beside itself before it is changed.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn migrate(database_url: &str) -> Result<Migrated, OpenError> {
        let store = Store::from_url(database_url)?;
        Ok(store.connect()?.migrate(&store)?)
    }

    /// Compares a database's schema with this version's.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn schema(database_url: &str) -> Result<Schema, OpenError> {
        let store = Store::from_url(database_url)?;
        Ok(store.connect()?.read().schema_state()?)
    }

    /// Opens a database of this version's schema and starts the writer. Call it inside of a
    /// tokio runtime.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(settings: Settings) -> Result<Self, OpenError> {
        let store = Store::from_url(&settings.database_url)?.committing(settings.commits);
        let now = Arc::new(Now::new(settings.clock));
        let mut session = store.connect()?;
        look_around(&mut session, &now)?;
        let (sender, receiver) = mpsc::channel(settings.inbox);
        let room = Arc::new(InboxRoom::new(settings.inbox));
        let trouble = Trouble::default();
        let contention = Contention::default();
        let mut desk = Desk::watched(trouble.clone(), contention.clone());
        if settings.max_leases_per_phone.is_set() {
            count_phones(&mut desk, &store, &*settings.ids, now.now())?;
        }
        let writer = Writer {
            store: store.clone(),
            now: Arc::clone(&now),
            ids: Arc::clone(&settings.ids),
            inbox: receiver,
            room: Arc::clone(&room),
            batch_limit: settings.batch_limit,
            max_leases_per_phone: settings.max_leases_per_phone,
            answers_kept: settings.answers_kept,
            desk,
            remembered: Remembered::default(),
            unfiled: Unfiled::at_first(),
            left_over: None,
        };
        let writer = writer.start().map_err(OpenError::Thread)?;
        let readers = Readers::start(&store, settings.readers).map_err(OpenError::Thread)?;
        let passwords = Checker::new().map_err(OpenError::Randomness)?;
        let (closing, closed) = watch::channel(false);
        let hub = Self(Arc::new(Inner {
            store: store.clone(),
            inbox: Mutex::new(Some(sender)),
            room,
            trouble,
            contention,
            readers,
            lanes: Lanes::default(),
            identities: Identities::default(),
            mor_identities: MorIdentities::default(),
            switches: Switches::default(),
            digits: settings.digits,
            throttle: settings.throttle,
            quotas: settings.quotas,
            used: Used::default(),
            answers_kept: settings.answers_kept,
            recent_logins: Recent::default(),
            passwords,
            account_logins: accounts::Memory::default(),
            now,
            ids: settings.ids,
            patience: settings.patience,
            closing,
            writer: Mutex::new(Some(writer)),
            counted: Mutex::new(None),
            requests: RequestLog::new(settings.requests),
            anchor: Mutex::new(store.file().is_some().then_some(session)),
        }));
        tokio::spawn(insight::keep_requests(hub.clone(), closed.clone()));
        tokio::spawn(sweeper::run(hub.clone(), closed));
        Ok(hub)
    }
}

/// Whether the schema is ours, and what time it was when somebody wrote last.
fn look_around(session: &mut Session, now: &Now) -> Result<(), OpenError> {
    let mut tx = session.read();
    match tx.schema_state()? {
        SchemaState::Current => {}
        other => return Err(OpenError::Schema(other)),
    }
    load::writers::latest_seen(&mut tx)?.into_iter().for_each(|seen| now.has_been(seen));
    Ok(())
}

/// Those of leases that were granted while nobody limited them (decision 0015).
fn count_phones(
    desk: &mut Desk,
    store: &Store,
    ids: &dyn Ids,
    now: Timestamp,
) -> Result<(), StoreError> {
    let counted = desk.commit(store, ids, now, |tx| record::leases::count_phones(tx, now))?;
    if counted > 0 {
        tracing::info!(phones = counted, "phones of live leases are counted from now on");
    }
    Ok(())
}
