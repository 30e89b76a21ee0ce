//! A server of the facade alone, on loopback, with a clock that stands still.

use leaseline_core::region::Region;
use leaseline_core::throttle::Throttle;
use leaseline_hub::Hub;
use leaseline_provision::{File, apply};
use leaseline_testkit::http::{Answer, Call};
use leaseline_testkit::{Database, ManualClock, Served};
use leaseline_traitel::{Settings, routes};
use leaseline_web::Limits;

pub(crate) const PATH: &str = "/accountmanager.pl";

/// Account 1, `demo`, has everything; account 2, `plain`, shares its balance and has nothing.
const WORLD: &str = r#"
[[customers]]
key = "acme"
first_name = "Acme"
last_name = "Rides"
charge_method = "prepaid"
credit = 140000

[[accounts]]
user = "demo"
password = "demo-pass"
customer = "acme"
email = "ops@acme.example"
time_zone = "Australia/Sydney"
ivr = true
rate_deck = "standard"
ivr_menus = [{ name = "Main menu" }, { name = "Campaign", outbound = true }]

[[accounts]]
user = "plain"
password = "plain-pass"
customer = "acme"
email = "plain@acme.example"

[[pools]]
name = "sydney"
purpose = "did"
country = "Australia"
city = "Sydney"
region = "AU"
services = ["voice", "fax"]
setup_fee = 10000
monthly_fee = 5000
range = { first = "0280000000", count = 12 }

[[pools]]
name = "perth"
purpose = "did"
country = "Australia"
city = "Perth"
region = "AU"
services = ["sms"]
setup_fee = 200000
numbers = ["0890000000"]

[[pools]]
name = "kl"
purpose = "did"
country = "Malaysia"
city = "Kuala Lumpur"
region = "MY"
services = ["voice"]
numbers = ["0312340000"]

[[rate_decks]]
name = "standard"
rates = [
  { service = "voice", prefix = "61", connect_fee = "0.10", per_minute = "0.06" },
  { service = "voice", prefix = "6128", per_second = "0.00255" },
  { service = "voice", prefix = "49", steps = [
    { from_second = 0, price = "0.2", per_seconds = 60, increment = 60 },
    { from_second = 60, price = "0.1", per_seconds = 60, increment = 1 },
  ] },
  { service = "fax", prefix = "61", connect_fee = "0.02", per_page = "0.15" },
  { service = "fax", prefix = "49", per_minute = "0.12", per_page = "0.01" },
  { service = "fax", prefix = "44", per_second = "0.001" },
  { service = "sms", prefix = "61", sms_type = "replies", price = "0.09" },
  { service = "sms", prefix = "61", sms_type = "masktrack", price = "0.14" },
]
"#;

/// The facade on a database of its own.
pub(crate) struct Api {
    pub(crate) clock: ManualClock,
    pub(crate) hub: Hub,
    served: Served,
}

/// Runs a test on each kind of database.
pub(crate) fn on_both(test: impl Fn(&Api)) {
    on_both_with(Throttle::default(), test);
}

/// Runs a test on each kind of database, with another bound on failed logins than usual.
pub(crate) fn on_both_with(throttle: Throttle, test: impl Fn(&Api)) {
    leaseline_testkit::on_both(|database| Api::start(database, throttle), test);
}

impl Api {
    fn start(database: &Database, throttle: Throttle) -> Self {
        let clock = ManualClock::new();
        let of_hub = leaseline_hub::Settings { throttle, ..database.settings(&clock) };
        let trusted_proxies = ["127.0.0.1".parse().expect("a network")].into_iter().collect();
        let settings = Settings { limits: Limits::default(), trusted_proxies };
        let limits = settings.limits;
        let served = Served::start(of_hub, &limits, |hub| routes(hub, settings));
        served.block_on(provision(&served.hub, WORLD));
        Self { clock, hub: served.hub.clone(), served }
    }

    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.served.block_on(future)
    }

    pub(crate) fn send(&self, call: &Call) -> Answer {
        self.served.send(call)
    }

    /// The body of an answer that came as every answer does.
    pub(crate) fn body_of(&self, call: &Call) -> String {
        let answer = self.send(call);
        let head = (answer.status, answer.header("content-type"));
        assert_eq!(head, (200, Some("text/plain; charset=utf-8")), "{call:?}");
        answer.body
    }

    /// Asks as an account; the password is the user's name and `-pass`.
    pub(crate) fn ask_as(&self, user: &str, mode: &str, parameters: &str) -> String {
        let form = format!("user={user}&pass={user}-pass&mode={mode}&{parameters}");
        self.body_of(&Call::form(PATH, &form))
    }

    /// Asks as `demo`.
    pub(crate) fn ask(&self, mode: &str, parameters: &str) -> String {
        self.ask_as("demo", mode, parameters)
    }

    /// Asks as `demo` and compares the whole answer.
    pub(crate) fn check(&self, mode: &str, parameters: &str, expected: &str) {
        assert_eq!(self.ask(mode, parameters), expected, "{mode} {parameters}");
    }
}

async fn provision(hub: &Hub, text: &str) {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let file = folder.path().join("world.toml");
    std::fs::write(&file, text).expect("there is room for a file");
    let file = File::read(&file).expect("a sound file");
    let region = Region::by_code("MY").expect("in the table");
    apply(hub, file, &region, |_| {}).await.expect("a sound world");
}

pub(crate) const DONE: &str = "Ok\n";
pub(crate) const UNAVAILABLE: &str = "Error 001: Service Unavailable.\n";
pub(crate) const AUTHENTICATION: &str = "Error 002: Authentication failed.\n";
pub(crate) const EMAIL_TAKEN: &str = "Error 101: Email address already registered elsewhere.\n";
pub(crate) const ALIAS_TAKEN: &str = "Error 102: Alias already registered.\n";
pub(crate) const EMAIL: &str = "Error 104: Invalid email address.\n";
pub(crate) const SUB_ACCOUNT: &str = "Error 105: Invalid sub-account ID.\n";
pub(crate) const SERVICE: &str = "Error 107: Invalid service.\n";
pub(crate) const NO_SERVICE: &str = "Error 108: Service not available.\n";
pub(crate) const IVR: &str = "Error 109: Invalid IVR ID.\n";
pub(crate) const IVML: &str = "Error 110: Invalid IVML ID.\n";
pub(crate) const COUNTRY: &str = "Error 111: Invalid country.\n";
pub(crate) const CITY: &str = "Error 112: Invalid city.\n";
pub(crate) const DID: &str = "Error 113: Invalid DID.\n";
pub(crate) const DID_TAKEN: &str = "Error 114: DID not available.\n";
pub(crate) const NO_IVR: &str = "Error 115: No subscription to IVR.\n";
pub(crate) const NAME_TAKEN: &str = "Error 116: Duplicate name.\n";
pub(crate) const END_DATE: &str = "Error 117: Invalid end date.\n";
pub(crate) const START_DATE: &str = "Error 118: Invalid start date.\n";
pub(crate) const ZONE: &str = "Error 119: Invalid timezone.\n";
pub(crate) const DESTINATION: &str = "Error 120: Invalid destination number.\n";
pub(crate) const INCOMPLETE: &str = "Error 200: Incomplete request.\n";
