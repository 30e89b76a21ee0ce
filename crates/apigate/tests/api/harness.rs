//! A server of the facade alone, on loopback, with a clock that stands still.

use leaseline_apigate::{NewToken, Settings, TokenKey, TokenKeys, routes};
use leaseline_core::Timestamp;
use leaseline_core::api_user::Role;
use leaseline_core::customer::{CustomerProfile, Limit};
use leaseline_core::ids::CustomerId;
use leaseline_core::region::Region;
use leaseline_hub::IanaZone;
use leaseline_hub::operator::NewApiUser;
use leaseline_testkit::http::{Answer, Call};
use leaseline_testkit::{Database, ManualClock, Served, World, profile};
use leaseline_web::Limits;

pub(crate) const SECRET: &[u8] = b"a secret of at least thirty-two bytes";

/// The facade on a database of its own.
pub(crate) struct Api {
    pub(crate) clock: ManualClock,
    pub(crate) world: World,
    pub(crate) tokens: TokenKeys,
    served: Served,
}

/// What a test wants otherwise than usual.
pub(crate) struct Wanted {
    pub(crate) zone: &'static str,
    pub(crate) max_leases_per_phone: Limit,
    pub(crate) issuer: Option<String>,
    pub(crate) audience: Option<String>,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { zone: "UTC", max_leases_per_phone: Limit::NONE, issuer: None, audience: None }
    }
}

/// Runs a test on each kind of database.
pub(crate) fn on_both(test: impl Fn(&Api)) {
    on_both_with(Wanted::default, test);
}

/// Runs a test on each kind of database, with other settings than usual.
pub(crate) fn on_both_with(wanted: impl Fn() -> Wanted, test: impl Fn(&Api)) {
    leaseline_testkit::on_both(|database| Api::start(database, wanted()), test);
}

impl Api {
    fn start(database: &Database, wanted: Wanted) -> Self {
        let clock = ManualClock::new();
        let of_hub = leaseline_hub::Settings {
            max_leases_per_phone: wanted.max_leases_per_phone,
            ..database.settings(&clock)
        };
        let key = TokenKey::new(None, SECRET.to_vec(), None).expect("long enough");
        let tokens = TokenKeys::new(vec![key], wanted.issuer, wanted.audience);
        let settings = Settings {
            path_prefixes: vec![String::new(), "/axiata".into()],
            zone: IanaZone::by_name(wanted.zone).expect("a zone"),
            region: Region::by_code("MY").expect("a region"),
            trusted_proxies: Default::default(),
            max_reserve: 10_000,
            limits: Limits::default(),
            tokens: tokens.clone(),
        };
        let limits = settings.limits;
        let served = Served::start(of_hub, &limits, |hub| routes(hub, settings));
        let world = served.block_on(World::new(served.hub.clone()));
        Self { clock, world, tokens, served }
    }

    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.served.block_on(future)
    }

    /// A customer and so many numbers, and the customer's id in text.
    pub(crate) fn customer(&self, profile: CustomerProfile) -> String {
        self.block_on(self.world.customer(profile)).to_string()
    }

    /// An ordinary customer.
    pub(crate) fn plain_customer(&self) -> String {
        self.customer(profile())
    }

    pub(crate) fn numbers(&self, count: usize) {
        self.block_on(self.world.numbers(count));
    }

    /// A client of this name, for these customers; its token.
    pub(crate) fn client(&self, name: &str, customers: &[&str], may_top_up: bool) -> String {
        let ids = customers.iter().map(|id| CustomerId::new(id.parse().unwrap()).unwrap());
        let role = Role::Client { customers: std::sync::Arc::new(ids.collect()), may_top_up };
        let new = NewApiUser { name: name.to_owned(), role };
        self.block_on(self.world.hub.ask(new)).expect("the first of this name");
        self.token(name)
    }

    /// A token for a user, without an end.
    pub(crate) fn token(&self, user: &str) -> String {
        let token = NewToken {
            user: user.to_owned(),
            jti: format!("jti of {user}"),
            issued_at: Timestamp::EPOCH,
            expires_at: None,
        };
        self.tokens.issue(&token).expect("a key without an end")
    }

    pub(crate) fn send(&self, call: &Call) -> Answer {
        self.served.send(call)
    }

    /// Posts a form as the administrator; the answer's body, which came with HTTP 200.
    pub(crate) fn post(&self, operation: &str, form: &str) -> String {
        self.post_as(&self.token("admin"), operation, form)
    }

    /// Posts a form with a token.
    pub(crate) fn post_as(&self, token: &str, operation: &str, form: &str) -> String {
        let call = Call::form(&format!("/api/v1/{operation}"), form).bearer(token);
        self.body_of(&call)
    }

    /// The body of an answer that came with HTTP 200 and as JSON.
    pub(crate) fn body_of(&self, call: &Call) -> String {
        let answer = self.send(call);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
        answer.body
    }

    /// Posts a form as the administrator and compares the whole answer.
    pub(crate) fn check(&self, operation: &str, form: &str, expected: &str) {
        assert_eq!(self.post(operation, form), expected, "{operation} with {form}");
    }

    /// Leases one number for an hour; the reference.
    pub(crate) fn lease(&self, customer: &str, phone: &str) -> String {
        let form = format!("customer_id={customer}&phone={phone}&expiry_value=1&expiry_unit=hours");
        reference(&self.post("leasesingle/request", &form))
    }
}

/// The reference in a successful answer.
pub(crate) fn reference(body: &str) -> String {
    let json: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(json["status"], 0, "{body}");
    json["reference_id"].as_str().expect("a reference").to_owned()
}

/// What most errors look like.
pub(crate) fn error(status: u8, description: &str) -> String {
    format!(r#"{{"status":{status},"description":"{description}"}}"#)
}

/// What an error of a lease request looks like.
pub(crate) fn lease_error(status: u8, description: &str) -> String {
    format!(
        r#"{{"status":{status},"description":"{description}","reference_id":"","lease_info":{{}},"expire":""}}"#
    )
}

/// What an error of a reserve looks like.
pub(crate) fn reserve_error(status: u8, description: &str) -> String {
    format!(r#"{{"status":{status},"description":"{description}","reserved_numbers":[]}}"#)
}

pub(crate) const DONE: &str = r#"{"status":0,"description":"Success"}"#;
