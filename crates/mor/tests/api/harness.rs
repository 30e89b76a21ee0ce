//! A server of the facade alone, on loopback, with a clock that stands still.

use std::net::SocketAddr;
use std::thread::JoinHandle;

use leaseline_core::mor_user::MorRole;
use leaseline_hub::Hub;
use leaseline_mor::{Method, Settings, hash, routes};
use leaseline_testkit::http::{Answer, Call};
use leaseline_testkit::{Database, ManualClock, SHOP_SECRET, Shop, databases, shop_vault};
use leaseline_web::{Limits, Shell, Stop, shell};
use tokio::runtime::Runtime;

/// The facade on a database of its own, with the administrator `admin`.
pub(crate) struct Api {
    pub(crate) shop: Shop,
    pub(crate) clock: ManualClock,
    address: SocketAddr,
    runtime: Runtime,
    stop: Stop,
    server: Option<JoinHandle<()>>,
    database: Database,
}

/// Runs a test on each kind of database.
pub(crate) fn on_both(test: impl Fn(&Api)) {
    on_both_with(|_| {}, test);
}

/// Runs a test on each kind of database, with other settings than usual.
pub(crate) fn on_both_with(otherwise: impl Fn(&mut Settings), test: impl Fn(&Api)) {
    for database in databases() {
        let mut settings = Settings {
            path_prefixes: vec![String::new(), "/billing".into()],
            allow_api: true,
            allow_get: false,
            vault: shop_vault(),
            trusted_proxies: Default::default(),
            limits: Limits::default(),
        };
        otherwise(&mut settings);
        let api = Api::start(database, settings);
        test(&api);
        api.database.assert_sound();
    }
}

impl Api {
    fn start(database: Database, settings: Settings) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let _inside = runtime.enter();
        let clock = ManualClock::new();
        let hub = Hub::open(database.settings(&clock)).expect("the database was just made");
        let stop = Stop::new();
        let (address, server) = serve(hub.clone(), settings, stop.clone());
        let shop = runtime.block_on(Shop::open(hub));
        runtime.block_on(shop.user("admin", MorRole::Admin));
        drop(_inside);
        Self { shop, clock, address, runtime, stop, server: Some(server), database }
    }

    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    pub(crate) fn send(&self, call: &Call) -> Answer {
        call.send(self.address).expect("the server answers")
    }

    /// The body of an answer that came with HTTP 200 and as XML.
    pub(crate) fn body_of(&self, call: &Call) -> String {
        let answer = self.send(call);
        let kind = (answer.status, answer.header("content-type"));
        assert_eq!(kind, (200, Some("text/xml; charset=utf-8")));
        answer.body
    }

    /// Posts a form as it stands.
    pub(crate) fn post(&self, method: &str, form: &str) -> String {
        self.body_of(&Call::form(&format!("/api/{method}"), form))
    }

    /// Posts a form of plain characters as this user, with its right hash.
    pub(crate) fn ask_as(&self, user: &str, method: &str, form: &str) -> String {
        self.post(method, &signed(user, method, form))
    }

    /// Posts a form of plain characters as the administrator and compares the whole answer.
    pub(crate) fn check(&self, method: &str, form: &str, expected: &str) {
        assert_eq!(self.ask_as("admin", method, form), expected, "{method} with {form}");
    }

    /// Makes a group of these parameters; its id.
    pub(crate) fn group(&self, form: &str) -> String {
        let form = signed("admin", "cc_group_create", form);
        let answer = self.send(&Call::form("/api/cc_group_create", &form));
        assert_eq!(answer.body, success("Card Group was successfully created"), "{form}");
        answer.header("x-card-group-id").expect("an id").to_owned()
    }
}

/// A form of plain characters with its user and its right hash.
pub(crate) fn signed(user: &str, method: &str, form: &str) -> String {
    let hash = hash_of(method, form);
    format!("u={user}&hash={hash}&{form}")
}

fn hash_of(method: &str, form: &str) -> String {
    let hashed = Method::by_name(method).map_or(&[][..], Method::hashed);
    let value = |name: &&str| {
        let pairs = form.split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(known, _)| known == name).map(|(_, value)| value.as_bytes()).next_back()
    };
    hash::hex(hashed.iter().filter_map(value), SHOP_SECRET.as_bytes())
}

impl Drop for Api {
    fn drop(&mut self) {
        self.stop.ask();
        if let Some(server) = self.server.take() {
            server.join().expect("the server ends in order");
        }
        self.runtime.block_on(self.shop.hub.close());
    }
}

fn serve(hub: Hub, settings: Settings, stop: Stop) -> (SocketAddr, JoinHandle<()>) {
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = shell::bind(anywhere, &settings.limits).expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let shell = Shell { workers: Some(1), ..Shell::new(stop) };
    let server = std::thread::spawn(move || {
        let system = actix_web::rt::System::new();
        system.block_on(shell.serve(vec![listener], routes(hub, settings))).expect("it serves");
    });
    (address, server)
}

/// What a success without data looks like.
pub(crate) fn success(text: &str) -> String {
    page(&format!("  <status>\n    <success>{text}</success>\n  </status>\n"))
}

/// What an error looks like.
pub(crate) fn error(text: &str) -> String {
    page(&format!("  <status>\n    <error>{text}</error>\n  </status>\n"))
}

/// A document with these lines.
pub(crate) fn page(lines: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<page>\n{lines}</page>\n")
}
