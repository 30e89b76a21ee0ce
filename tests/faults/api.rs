//! Every facade on one hub, over a store that can be told to fail.

use std::cell::Cell;

use actix_web::web::ServiceConfig;
use leaseline_apigate::{NewToken, TokenKey, TokenKeys};
use leaseline_core::Timestamp;
use leaseline_core::call::SingleCallerId;
use leaseline_core::ids::CustomerId;
use leaseline_core::mor_user::{MorChange, MorRole};
use leaseline_core::region::Region;
use leaseline_hub::operator::{CustomerRef, Mor, MorUserEntry};
use leaseline_hub::{Hub, IanaZone};
use leaseline_provision::{File, apply};
use leaseline_store::faults::Faults;
use leaseline_testkit::http::{Answer, Call};
use leaseline_testkit::{Database, ManualClock, Served, Shop, World, profile, shop_vault};
use leaseline_web::Limits;

/// Customer 1, and its account with something of everything.
const WORLD: &str = r#"
[[customers]]
key = "acme"
first_name = "Acme"
last_name = "Rides"
charge_method = "prepaid"
credit = 1400000000

[[accounts]]
user = "demo"
password = "demo-pass"
customer = "acme"
email = "ops@acme.example"
time_zone = "Australia/Sydney"
ivr = true
rate_deck = "standard"
ivr_menus = [{ name = "Main menu" }]

[[pools]]
name = "sydney"
purpose = "did"
country = "Australia"
city = "Sydney"
region = "AU"
services = ["voice", "fax"]
setup_fee = 10000
monthly_fee = 5000
range = { first = "0280000000", count = 300 }

[[rate_decks]]
name = "standard"
rates = [
  { service = "voice", prefix = "61", connect_fee = "0.10", per_minute = "0.06" },
  { service = "fax", prefix = "61", connect_fee = "0.02", per_page = "0.15" },
  { service = "sms", prefix = "61", sms_type = "replies", price = "0.09" },
]
"#;

const SECRET: &[u8] = b"a secret of at least thirty-two bytes";

pub(crate) struct Api {
    pub(crate) world: World,
    pub(crate) faults: Faults,
    /// All but where the writers are.
    pub(crate) tables: Vec<String>,
    nth: Cell<usize>,
    served: Served,
}

impl Api {
    pub(crate) fn start(database: &Database) -> Self {
        let faults = Faults::of(database.url()).unwrap();
        let settings = database.settings(&ManualClock::new());
        let served = Served::start(settings, &Limits::default(), |hub| routes(&hub));
        let world = served.block_on(set(served.hub.clone()));
        let tables = database.tables().into_iter().filter(|table| table != "writers").collect();
        Self { world, faults, tables, nth: Cell::new(0), served }
    }

    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.served.block_on(future)
    }

    pub(crate) fn send(&self, call: &Call) -> Answer {
        self.served.send(call)
    }

    /// Something that was not there before.
    pub(crate) fn next(&self) -> usize {
        self.nth.set(self.nth.get() + 1);
        self.nth.get()
    }

    /// Who may lease.
    pub(crate) fn customer(&self) -> CustomerId {
        CustomerId::new(2).unwrap()
    }
}

/// A token for the administrator.
pub(crate) fn token() -> String {
    let token = NewToken {
        user: "admin".into(),
        jti: "faults".into(),
        issued_at: Timestamp::EPOCH,
        expires_at: None,
    };
    keys().issue(&token).unwrap()
}

fn keys() -> TokenKeys {
    let key = TokenKey::new(None, SECRET.to_vec(), None).unwrap();
    TokenKeys::new(vec![key], None, None)
}

async fn set(hub: Hub) -> World {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.toml");
    std::fs::write(&file, WORLD).unwrap();
    let region = Region::by_code("MY").unwrap();
    apply(&hub, File::read(&file).unwrap(), &region, |_| {}).await.unwrap();
    let world = World::new(hub.clone()).await;
    world.numbers(900).await;
    world.switch("edge-1", "edge-1-secret", Default::default()).await;
    // Calls go to the first of the numbers.
    let host = world.customer_with(profile(), 1_000_000).await;
    world.lease(world.single(host, "0125740183")).await.unwrap();
    let shop = Shop::open(hub).await;
    let admin = shop.user("admin", MorRole::Admin).await;
    shop.group(&admin, |_| {}).await;
    let users = vec![MorUserEntry {
        username: "admin".into(),
        change: MorChange::default(),
        secret: None,
        customer: Some(CustomerRef::Id(host)),
    }];
    shop.provision(Mor { users, ..Mor::default() }).await;
    world
}

/// As the combined server mounts them.
fn routes(hub: &Hub) -> impl Fn(&mut ServiceConfig) + Clone + Send + use<> {
    let limits = Limits::default();
    let settings = leaseline_traitel::Settings { limits, trusted_proxies: Default::default() };
    let traitel = leaseline_traitel::routes(hub.clone(), settings);
    let settings = leaseline_switch::Settings {
        single_caller_id: SingleCallerId::Caller,
        longest_seconds: Some(600),
        trusted_proxies: Default::default(),
        limits,
    };
    let switch = leaseline_switch::routes(hub.clone(), settings);
    let settings = leaseline_mor::Settings {
        path_prefixes: vec![String::new()],
        allow_api: true,
        allow_get: false,
        vault: shop_vault(),
        trusted_proxies: Default::default(),
        limits,
    };
    let mor = leaseline_mor::routes(hub.clone(), settings);
    let settings = leaseline_apigate::Settings {
        path_prefixes: vec![String::new()],
        zone: IanaZone::by_name("UTC").unwrap(),
        region: Region::by_code("MY").unwrap(),
        trusted_proxies: Default::default(),
        max_reserve: 10,
        limits,
        tokens: keys(),
    };
    let apigate = leaseline_apigate::routes(hub.clone(), settings);
    move |app| {
        traitel(app);
        switch(app);
        mor(app);
        apigate(app);
    }
}
