//! The handle that everything asks through.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use leaseline_core::Timestamp;
use leaseline_core::customer::Limit;
use leaseline_core::ids::PoolId;
use leaseline_core::retention::RetentionTerms;
use leaseline_core::stock::Stock;
use leaseline_core::throttle::Throttle;
use leaseline_store::{
    Commits, Migrated, SchemaState, Session, Store, StoreError, Tx, UnknownUrl, load, record,
};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use crate::accounts;
use crate::batch::live::LiveLeases;
use crate::clock::{Clock, Now, SystemClock};
use crate::desk::{Desk, Trouble};
use crate::digits::{Digits, RandomDigits};
use crate::failure::Failure;
use crate::idempotency::{Idempotency, Settled};
use crate::identity::Identities;
use crate::ids::{Ids, RandomIds};
use crate::inbox::{Answer, Command};
use crate::insight::{self, Keeping, RequestLog};
use crate::logins::Recent;
use crate::meters;
use crate::mor_users::MorIdentities;
use crate::passwords::Checker;
use crate::quotas::{Quotas, Used};
use crate::readers::{Lane, Lookup, Readers};
use crate::reads::Lanes;
use crate::request::{Request, Way};
use crate::room::InboxRoom;
use crate::sweeper;
use crate::switches::Switches;
use crate::writer::{Unfiled, Writer};

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

/// How a hub is set up. Everything in it is bounded.
pub struct Settings {
    /// The database: `sqlite://PATH` or `postgres://…`.
    pub database_url: String,
    /// At most so many requests share a transaction.
    pub batch_limit: usize,
    /// At most so many requests wait for the writer, and only as many as it gets to soon; more are
    /// refused at once.
    pub inbox: usize,
    /// At most so many connections read.
    pub readers: usize,
    /// After so long a caller hears that the store is unavailable.
    pub patience: Duration,
    /// So many live leases of one customer a phone may take part in.
    pub max_leases_per_phone: Limit,
    /// How many failed logins are too many.
    pub throttle: Throttle,
    /// How many requests a second are admitted.
    pub quotas: Quotas,
    /// So long an answer that was given under an idempotency key is repeated.
    pub answers_kept: Duration,
    /// Which requests are remembered, and for how long.
    pub requests: Keeping,
    /// When a commit is answered.
    pub commits: Commits,
    /// The clock.
    pub clock: Box<dyn Clock>,
    /// The source of ids.
    pub ids: Arc<dyn Ids>,
    /// The source of PINs.
    pub digits: Arc<dyn Digits>,
}

impl Settings {
    /// The defaults, for this database.
    pub fn new(database_url: &str) -> Self {
        Self {
            database_url: database_url.to_owned(),
            batch_limit: 256,
            inbox: 4_096,
            readers: 4,
            patience: Duration::from_millis(1_900),
            max_leases_per_phone: Limit::NONE,
            throttle: Throttle::default(),
            quotas: Quotas::default(),
            answers_kept: RetentionTerms::default().idempotency,
            requests: Keeping::default(),
            commits: Commits::default(),
            clock: Box::new(SystemClock),
            ids: Arc::new(RandomIds),
            digits: Arc::new(RandomDigits),
        }
    }
}

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
        let mut tx = session.read();
        match tx.schema_state()? {
            SchemaState::Current => {}
            other => return Err(OpenError::Schema(other)),
        }
        load::writers::latest_seen(&mut tx)?.into_iter().for_each(|seen| now.has_been(seen));
        let (sender, receiver) = mpsc::channel(settings.inbox);
        let room = Arc::new(InboxRoom::new(settings.inbox));
        let trouble = Trouble::default();
        let mut desk = Desk::watched(trouble.clone());
        if settings.max_leases_per_phone.is_set() {
            let (ids, now) = (&*settings.ids, now.now());
            desk.commit(&store, ids, now, |tx| record::leases::count_phones(tx, now))?;
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
            live: LiveLeases::default(),
            unfiled: Unfiled::at_first(),
            left_over: None,
        };
        let thread = std::thread::Builder::new().name("leaseline-writer".into());
        let writer = thread.spawn(move || writer.run()).map_err(OpenError::Thread)?;
        let readers = Readers::start(&store, settings.readers).map_err(OpenError::Thread)?;
        let passwords = Checker::new().map_err(OpenError::Randomness)?;
        let (closing, closed) = watch::channel(false);
        let hub = Self(Arc::new(Inner {
            store: store.clone(),
            inbox: Mutex::new(Some(sender)),
            room,
            trouble,
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

    /// Asks for a change, and hears of it after its commit.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn ask<R: Request>(&self, request: R) -> Result<R::Outcome, Failure> {
        match self.submit(request, None).await? {
            Settled::Fresh(outcome) => Ok(outcome),
            // Only a key could have found an earlier answer.
            Settled::Repeated(_) => Err(Failure::Unavailable),
        }
    }

    /// Asks for a change that is made once for all requests with this key.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn ask_once<R: Request>(
        &self,
        request: R,
        key: Idempotency<R::Outcome>,
    ) -> Result<Settled<R::Outcome>, Failure> {
        self.submit(request, Some(key)).await
    }

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

    /// How many requests wait for the writer, and how many may.
    pub(crate) fn inbox_depth(&self) -> (usize, usize) {
        let inbox = lock(&self.0.inbox);
        inbox
            .as_ref()
            .map_or((0, 0), |inbox| (inbox.max_capacity() - inbox.capacity(), inbox.max_capacity()))
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

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        let reading = self.0.readers.read(work);
        timeout(self.0.patience, reading).await.unwrap_or(Err(Failure::Unavailable))
    }

    /// Looks something up, together with whoever asks the same kind of question meanwhile.
    pub(crate) async fn look_up<L: Lookup>(
        &self,
        lane: impl Fn(&Lanes) -> &Arc<Lane<L>>,
        key: L::Key,
    ) -> Result<Option<L::Found>, Failure> {
        let looking = self.0.readers.look_up(lane(&self.0.lanes), key);
        timeout(self.0.patience, looking).await.unwrap_or(Err(Failure::Unavailable))
    }

    /// Reads past the queue: whether the store answers must not depend on how much is asked.
    pub(crate) async fn read_apart<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        let reading = self.0.readers.read_apart(work);
        timeout(self.0.patience, reading).await.unwrap_or(Err(Failure::Unavailable))
    }

    /// Reads for an operator, who waits longer than an API's caller, and past the queue.
    pub(crate) async fn read_patiently<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        let reading = self.0.readers.read_apart(work);
        timeout(OPERATORS_PATIENCE, reading).await.unwrap_or(Err(Failure::Unavailable))
    }

    /// Asks for an operator, who waits longer than an API's caller.
    pub(crate) async fn ask_patiently<R: Request>(
        &self,
        request: R,
    ) -> Result<R::Outcome, Failure> {
        match self.submit_within(OPERATORS_PATIENCE, request, None).await? {
            Settled::Fresh(outcome) => Ok(outcome),
            Settled::Repeated(_) => Err(Failure::Unavailable),
        }
    }

    async fn submit<R: Request>(
        &self,
        request: R,
        key: Option<Idempotency<R::Outcome>>,
    ) -> Answer<R::Outcome> {
        self.submit_within(self.0.patience, request, key).await
    }

    pub(crate) async fn submit_within<R: Request>(
        &self,
        patience: Duration,
        request: R,
        key: Option<Idempotency<R::Outcome>>,
    ) -> Answer<R::Outcome> {
        let (reply, answered) = oneshot::channel();
        let command = request.into_command(Way { key, reply }, &*self.0.ids);
        self.send(command, Entry::IfThereIsRoom)?;
        heard(timeout(patience, answered).await)
    }

    /// Asks for what must be done however much else waits, which is one thing at a time.
    pub(crate) async fn ask_regardless<R: Request>(&self, request: R) -> Answer<R::Outcome> {
        let (reply, answered) = oneshot::channel();
        let command = request.into_command(Way { key: None, reply }, &*self.0.ids);
        self.send(command, Entry::Regardless)?;
        heard(timeout(OPERATORS_PATIENCE, answered).await)
    }

    fn send(&self, command: Command, entry: Entry) -> Result<(), Failure> {
        let inbox = lock(&self.0.inbox);
        let inbox = inbox.as_ref().ok_or(Failure::Unavailable)?;
        let waiting = inbox.max_capacity() - inbox.capacity();
        if entry == Entry::IfThereIsRoom && !self.0.room.admits(&command, waiting) {
            return Err(overloaded());
        }
        let place = inbox.try_reserve().map_err(|error| match error {
            TrySendError::Full(()) => overloaded(),
            TrySendError::Closed(()) => Failure::Unavailable,
        })?;
        self.0.room.entered(&command);
        place.send(command);
        Ok(())
    }
}

/// Who is let in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entry {
    IfThereIsRoom,
    /// As long as the inbox has a place.
    Regardless,
}

fn heard<O, E, G>(answered: Result<Result<Answer<O>, E>, G>) -> Answer<O> {
    match answered {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) | Err(_) => Err(Failure::Unavailable),
    }
}

fn overloaded() -> Failure {
    meters::inbox_refused();
    Failure::Overloaded
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
