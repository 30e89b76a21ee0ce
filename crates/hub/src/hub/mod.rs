//! The handle that everything asks through.

mod ask;
mod open;
mod read;
mod settings;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use leaseline_core::Timestamp;
use leaseline_core::ids::PoolId;
use leaseline_core::stock::Stock;
use leaseline_core::throttle::Throttle;
use leaseline_store::{Session, Store};
use tokio::sync::{mpsc, watch};

pub use self::open::{OpenError, Schema};
pub use self::settings::Settings;
use crate::accounts;
use crate::clock::Now;
use crate::contention::Contention;
use crate::desk::Trouble;
use crate::digits::Digits;
use crate::identity::Identities;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::insight::RequestLog;
use crate::logins::Recent;
use crate::mor_users::MorIdentities;
use crate::passwords::Checker;
use crate::quotas::{Quotas, Used};
use crate::readers::Readers;
use crate::reads::Lanes;
use crate::room::InboxRoom;
use crate::switches::Switches;

/// So long an operator waits for what takes its time, such as a large provisioning file.
const OPERATORS_PATIENCE: Duration = Duration::from_secs(120);

/// The rules with a database: asks for changes, reads what is. Cheap to clone.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use leaseline_hub::{Hub, Settings};
///
/// let folder = tempfile::tempdir().unwrap();
/// let url = format!("sqlite://{}/example.db", folder.path().display());
/// Hub::migrate(&url).unwrap();
/// let hub = Hub::open(Settings::new(&url)).unwrap();
/// hub.ready().await.unwrap();
/// hub.close().await;
/// # });
/// ```
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    store: Store,
    inbox: Mutex<Option<mpsc::Sender<Command>>>,
    room: Arc<InboxRoom>,
    trouble: Trouble,
    contention: Contention,
    readers: Readers,
    lanes: Lanes,
    identities: Identities,
    mor_identities: MorIdentities,
    switches: Switches,
    digits: Arc<dyn Digits>,
    throttle: Throttle,
    quotas: Quotas,
    used: Used,
    answers_kept: Duration,
    recent_logins: Recent,
    passwords: Arc<Checker>,
    account_logins: accounts::Memory,
    now: Arc<Now>,
    ids: Arc<dyn Ids>,
    patience: Duration,
    closing: watch::Sender<bool>,
    writer: Mutex<Option<JoinHandle<()>>>,
    /// When the inventory was last counted to its end, and what came of it.
    counted: Mutex<Option<Counted>>,
    requests: RequestLog,
    /// Shows everybody that a SQLite database is in use, however idle this process is: `restore`
    /// and its like look for it. PostgreSQL knows by itself.
    anchor: Mutex<Option<Session>>,
}

/// The inventory, as this process counted it last.
struct Counted {
    when: Instant,
    at: Timestamp,
    stock: Arc<HashMap<PoolId, Stock>>,
}

impl Hub {
    /// The present instant, which never goes back.
    pub fn now(&self) -> Timestamp {
        self.0.now.now()
    }

    /// Takes no more requests, finishes those that were accepted, and stops the writer.
    pub async fn close(&self) {
        self.0.closing.send_replace(true);
        self.flush_all_requests().await;
        drop(lock(&self.0.inbox).take());
        let mut threads = self.0.readers.close();
        threads.extend(lock(&self.0.writer).take());
        let join = |thread: JoinHandle<()>| thread.join().is_ok();
        let ended = tokio::task::spawn_blocking(move || threads.into_iter().map(join).min()).await;
        if !matches!(ended, Ok(None | Some(true))) {
            tracing::error!("a writer or reader ended with a panic");
        }
        drop(lock(&self.0.anchor).take());
    }

    /// Changes when the hub is closed.
    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.0.closing.subscribe()
    }

    /// The database.
    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    /// Whether the last that was to be written was not.
    pub(crate) fn writes_in_vain(&self) -> bool {
        self.0.trouble.is_there()
    }

    pub(crate) fn reads_in_flight(&self) -> usize {
        self.0.readers.in_flight() + self.0.lanes.waiting()
    }

    pub(crate) fn inventory_was_counted(&self, at: Timestamp, stock: HashMap<PoolId, Stock>) {
        let counted = Counted { when: Instant::now(), at, stock: Arc::new(stock) };
        *lock(&self.0.counted) = Some(counted);
    }

    pub(crate) fn inventory_counted_at(&self) -> Option<Instant> {
        lock(&self.0.counted).as_ref().map(|counted| counted.when)
    }

    /// The inventory as this process counted it last, and when that was.
    pub(crate) fn stock_counted(&self) -> Option<(Timestamp, Arc<HashMap<PoolId, Stock>>)> {
        lock(&self.0.counted).as_ref().map(|counted| (counted.at, Arc::clone(&counted.stock)))
    }

    pub(crate) fn request_log(&self) -> &RequestLog {
        &self.0.requests
    }

    pub(crate) fn identities(&self) -> &Identities {
        &self.0.identities
    }

    pub(crate) fn mor_identities(&self) -> &MorIdentities {
        &self.0.mor_identities
    }

    pub(crate) fn switches(&self) -> &Switches {
        &self.0.switches
    }

    pub(crate) fn digits(&self) -> &Arc<dyn Digits> {
        &self.0.digits
    }

    pub(crate) fn throttle(&self) -> &Throttle {
        &self.0.throttle
    }

    pub(crate) fn quotas(&self) -> &Quotas {
        &self.0.quotas
    }

    pub(crate) fn used(&self) -> &Used {
        &self.0.used
    }

    pub(crate) fn answers_kept(&self) -> Duration {
        self.0.answers_kept
    }

    pub(crate) fn recent_logins(&self) -> &Recent {
        &self.0.recent_logins
    }

    pub(crate) fn passwords(&self) -> &Arc<Checker> {
        &self.0.passwords
    }

    pub(crate) fn account_logins(&self) -> &accounts::Memory {
        &self.0.account_logins
    }

    pub(crate) fn clock(&self) -> &Now {
        &self.0.now
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
