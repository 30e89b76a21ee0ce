//! A server of the facade alone, on loopback, with a clock that stands still.

use leaseline_core::mor_user::MorRole;
use leaseline_mor::{Method, Settings, hash, routes};
use leaseline_testkit::http::{Answer, Call};
use leaseline_testkit::{Database, ManualClock, SHOP_SECRET, Served, Shop, shop_vault};
use leaseline_web::Limits;

/// The facade on a database of its own, with the administrator `admin`.
pub(crate) struct Api {
    pub(crate) shop: Shop,
    pub(crate) clock: ManualClock,
    served: Served,
}

/// Runs a test on each kind of database.
pub(crate) fn on_both(test: impl Fn(&Api)) {
    on_both_with(|_| {}, test);
}

/// Runs a test on each kind of database, with other settings than usual.
pub(crate) fn on_both_with(otherwise: impl Fn(&mut Settings), test: impl Fn(&Api)) {
    let start = |database: &Database| {
        let mut settings = Settings {
            path_prefixes: vec![String::new(), "/billing".into()],
            allow_api: true,
            allow_get: false,
            vault: shop_vault(),
            trusted_proxies: Default::default(),
            limits: Limits::default(),
        };
        otherwise(&mut settings);
        Api::start(database, settings)
    };
    leaseline_testkit::on_both(start, test);
}

impl Api {
    fn start(database: &Database, settings: Settings) -> Self {
        let (clock, limits) = (ManualClock::new(), settings.limits);
        let served = Served::start(database.settings(&clock), &limits, |hub| routes(hub, settings));
        let shop = served.block_on(Shop::open(served.hub.clone()));
        served.block_on(shop.user("admin", MorRole::Admin));
        Self { shop, clock, served }
    }

    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.served.block_on(future)
    }

    pub(crate) fn send(&self, call: &Call) -> Answer {
        self.served.send(call)
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
