//! All that a call needs: numbers and a customer, the program, Kamailio, two telephones.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use leaseline_core::customer::{BlockSeconds, CustomerProfile, ServiceTerms};
use leaseline_core::ids::CustomerId;
use leaseline_core::lease::LeaseGranted;
use leaseline_core::record::RecordName;
use leaseline_hub::records::StoredCall;
use leaseline_hub::{Hub, Settings};
use leaseline_testkit::{Database, World, profile};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::kamailio::{Kamailio, free_address};
use crate::program::Program;
use crate::sipp::{Behaviour, Phone};

/// The passenger's and the driver's telephones.
pub(crate) const PASSENGER: &str = "0195730424";
pub(crate) const DRIVER: &str = "0125740183";

/// How long a record may take from the call's end to the ledger.
const PATIENCE: Duration = Duration::from_secs(15);

pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) customer: CustomerId,
    pub(crate) runtime: Runtime,
    pub(crate) program: Program,
    pub(crate) carrier: SocketAddr,
    folder: TempDir,
    database: Database,
}

impl Stage {
    /// A customer with so much credit, whose calls cost a credit a second; numbers from
    /// `0388880000` on. `None` where SIPp or Kamailio are not installed.
    pub(crate) fn set(credits: i64) -> Option<Self> {
        if !is_equipped() {
            return None;
        }
        let runtime = Runtime::new().expect("a runtime");
        let database = Database::sqlite();
        let (world, customer) = runtime.block_on(async {
            let hub = Hub::open(Settings::new(database.url())).expect("the database was just made");
            let world = World::new(hub).await;
            world.numbers(4).await;
            world.switch("edge-1", "edge-1-secret", Default::default()).await;
            let customer = world.customer_with(by_the_second(), credits).await;
            (world, customer)
        });
        let program = Program::start("leaseline-switch", database.url());
        let folder = tempfile::tempdir().expect("room on the disk");
        let carrier = free_address();
        Some(Self { world, customer, runtime, program, carrier, folder, database })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Kamailio that asks the program.
    pub(crate) fn kamailio(&self) -> Kamailio {
        Kamailio::start(self.folder(), self.program.address, self.carrier)
    }

    pub(crate) fn lease_single(&self, phone: &str) -> LeaseGranted {
        self.runtime.block_on(self.world.lease(self.world.single(self.customer, phone))).unwrap()
    }

    pub(crate) fn lease_group(&self) -> LeaseGranted {
        let group = self.world.group(self.customer, PASSENGER, DRIVER);
        self.runtime.block_on(self.world.lease(group)).unwrap()
    }

    pub(crate) fn release(&self, granted: &LeaseGranted) {
        self.runtime.block_on(self.world.release(granted)).unwrap();
    }

    pub(crate) fn balance(&self) -> i64 {
        self.runtime.block_on(self.world.balance(self.customer))
    }

    /// A telephone behind the carrier.
    pub(crate) fn callee(&self, scenario: &str) -> Phone {
        let behaviour = Behaviour { scenario, words: &[] };
        Phone::called(self.folder(), self.carrier, behaviour)
    }

    /// Somebody who calls a number through Kamailio.
    pub(crate) fn caller(
        &self,
        kamailio: &Kamailio,
        (from, to): (&str, &str),
        scenario: &str,
        words: &[(&str, &str)],
    ) -> Phone {
        let mut all = vec![("CALLER", from)];
        all.extend(words);
        let behaviour = Behaviour { scenario, words: &all };
        let ways = (free_address(), kamailio.address);
        let name = format!("caller-{}", ways.0.port());
        Phone::calling(self.folder(), &name, ways, to, behaviour)
    }

    /// The record of a call, once it is there.
    pub(crate) fn record(&self, call_id: &str) -> StoredCall {
        let name = |text: &str| RecordName::parse(text).unwrap();
        let began = Instant::now();
        loop {
            let asked = self.world.hub.call_records(name("edge-1"), Some(name(call_id)));
            if let Some(found) = self.runtime.block_on(asked).unwrap().calls.pop() {
                return found;
            }
            let log = || std::fs::read_to_string(self.folder().join("kamailio.log"));
            assert!(began.elapsed() < PATIENCE, "no record came:\n{}", log().unwrap_or_default());
        }
    }

    /// Ends everything, and asks whether what is written fits together.
    pub(crate) fn strike(self) {
        self.program.kill();
        self.runtime.block_on(self.world.hub.close());
        self.database.assert_sound();
    }
}

/// Waits for something to come about, for as long as a record may take.
pub(crate) fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        std::thread::yield_now();
    }
}

fn by_the_second() -> CustomerProfile {
    let usual = profile();
    let terms =
        ServiceTerms { charge_block: BlockSeconds::new(1).expect("a second"), ..usual.single };
    CustomerProfile { single: terms, group: terms, ..usual }
}

/// Where the tests must run, what they need must be there.
fn is_equipped() -> bool {
    let found = |name: &str| {
        let paths = std::env::var_os("PATH").unwrap_or_default();
        let sbin = ["/usr/sbin".into(), "/usr/local/sbin".into()];
        std::env::split_paths(&paths).chain(sbin).any(|folder| folder.join(name).exists())
    };
    let missing: Vec<_> = ["kamailio", "sipp"].into_iter().filter(|name| !found(name)).collect();
    if missing.is_empty() {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "CI is set, and {missing:?} are not installed");
    eprintln!("{missing:?} are not installed: this call WAS NOT MADE");
    false
}
