//! What the database must hold, reckoned from what the clients know.

use leaseline_core::Timestamp;
use leaseline_core::customer::CustomerStatus;
use leaseline_core::expiry::TermUnit;
use leaseline_core::ids::CustomerId;
use leaseline_hub::{Clock, SystemClock};
use leaseline_testkit::{Database, ManualClock, World, profile, term};
use tokio::runtime::Runtime;

use crate::crash::load::{Asked, Deed};

/// Enough for hundreds of rounds.
const NUMBERS: usize = 20_000;
/// What a hub takes in within its patience, however slow the disk.
const AT_A_TIME: usize = 2_500;
const OPENING: i64 = 1_000_000_000;

/// Whom the clients ask for.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    /// Who leases and gives back.
    pub(crate) lessee: CustomerId,
    /// Whose credit grows.
    pub(crate) payer: CustomerId,
    /// For whom numbers are set aside.
    pub(crate) keeper: CustomerId,
    /// Who pays for calls to `callee`.
    pub(crate) host: CustomerId,
    /// Who gets nothing.
    pub(crate) suspended: CustomerId,
    /// The number that calls go to.
    pub(crate) callee: String,
    /// When they begin.
    pub(crate) called_at: i64,
}

/// What is to be counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    leases: i64,
    released: i64,
    credits: i64,
    reserved: i64,
    decisions: i64,
    records: i64,
    charged: i64,
    refused: i64,
}

/// The sums so far.
pub(crate) struct Books<'a> {
    database: &'a Database,
    scene: &'a Scene,
    sums: Sums,
}

impl Scene {
    /// Five customers and enough numbers; one is leased since a minute.
    pub(crate) fn set(database: &Database) -> Self {
        let clock = ManualClock::new();
        let now = SystemClock.now().seconds();
        clock.set(Timestamp::from_seconds(now - 60).expect("after 1970"));
        Runtime::new().expect("a runtime").block_on(async {
            let world = World::new(database.hub(&clock)).await;
            for _ in (0..NUMBERS).step_by(AT_A_TIME) {
                world.numbers(AT_A_TIME).await;
            }
            world.switch("edge-1", "edge-1-secret", Default::default()).await;
            let host = world.customer_with(profile(), OPENING).await;
            let mut request = world.single(host, "0125740183");
            request.term = term(1, TermUnit::Days);
            let granted = world.lease(request).await.expect("there are numbers");
            let suspended = world.customer(profile()).await;
            world.set_status(suspended, CustomerStatus::Suspended).await.expect("it is there");
            let scene = Self {
                lessee: world.customer(profile()).await,
                payer: world.customer(profile()).await,
                keeper: world.customer(profile()).await,
                host,
                suspended,
                callee: granted.lease.members[0].number.sent().to_owned(),
                called_at: now - 30,
            };
            world.hub.close().await;
            scene
        })
    }
}

impl<'a> Books<'a> {
    pub(crate) fn open(database: &'a Database, scene: &'a Scene) -> Self {
        let books = Self { database, scene, sums: Sums::default() };
        books.check();
        books
    }

    /// That is there, and of what nobody was told of no more than was asked for.
    pub(crate) fn check_between(&self, unknown: &[Asked]) {
        let least = self.sums;
        let most = unknown.iter().fold(least, |sums, asked| sums.with(asked.deed));
        let found = self.found();
        let bounds = least.figures().into_iter().zip(most.figures());
        let within =
            bounds.zip(found.figures()).all(|((least, most), it)| (least..=most).contains(&it));
        assert!(within, "{found:?} is not between {least:?} and {most:?}");
    }

    /// These were done, once each.
    pub(crate) fn note<'b>(&mut self, done: impl IntoIterator<Item = &'b Asked>) {
        self.sums = done.into_iter().fold(self.sums, |sums, asked| sums.with(asked.deed));
    }

    /// The database holds exactly that.
    pub(crate) fn check(&self) {
        assert_eq!(self.found(), self.sums);
    }

    fn found(&self) -> Sums {
        let Scene { lessee, payer, host, suspended, .. } = self.scene;
        let ledger = |customer: &CustomerId| {
            format!(
                "SELECT COALESCE(sum(amount), 0) FROM ledger_entries e \
                 JOIN customers c ON c.ledger_id = e.ledger_id WHERE c.id = {customer}"
            )
        };
        let questions = [
            format!("SELECT count(*) FROM leases WHERE customer_id = {lessee}"),
            format!(
                "SELECT count(*) FROM leases WHERE customer_id = {lessee} \
                 AND released_at IS NOT NULL"
            ),
            ledger(payer),
            "SELECT count(*) FROM reservations".into(),
            "SELECT count(*) FROM calls".into(),
            "SELECT count(*) FROM records".into(),
            format!("SELECT {OPENING} - ({})", ledger(host)),
            format!("SELECT count(*) FROM leases WHERE customer_id = {suspended}"),
        ];
        let question = questions.map(|question| format!("({question})")).join(", ");
        let row = self.database.rows(&format!("SELECT {question}"));
        Sums::of_figures(row.split('|').map(|figure| figure.parse().expect("a number")))
    }
}

impl Sums {
    const fn with(self, deed: Deed) -> Self {
        match deed {
            Deed::Lease => Self { leases: self.leases + 1, ..self },
            Deed::Release => Self { released: self.released + 1, ..self },
            Deed::TopUp => Self { credits: self.credits + 1, ..self },
            Deed::Reserve => Self { reserved: self.reserved + 1, ..self },
            Deed::Authorise => Self { decisions: self.decisions + 1, ..self },
            Deed::Record { cost } => {
                Self { records: self.records + 1, charged: self.charged + cost, ..self }
            }
            Deed::Nothing => self,
        }
    }

    const fn figures(self) -> [i64; 8] {
        let Self { leases, released, credits, reserved, decisions, records, charged, refused } =
            self;
        [leases, released, credits, reserved, decisions, records, charged, refused]
    }

    fn of_figures(figures: impl Iterator<Item = i64>) -> Self {
        let figures: Vec<_> = figures.collect();
        let &[leases, released, credits, reserved, decisions, records, charged, refused] =
            figures.as_slice()
        else {
            panic!("{figures:?} are not eight")
        };
        Self { leases, released, credits, reserved, decisions, records, charged, refused }
    }
}
