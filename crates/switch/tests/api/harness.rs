//! A server of the interface alone, on loopback, with a clock that stands still.

use leaseline_core::call::SingleCallerId;
use leaseline_core::ids::CustomerId;
use leaseline_core::switch::SwitchChange;
use leaseline_switch::{Settings, routes};
use leaseline_testkit::http::{Answer, Call};
use leaseline_testkit::{Database, ManualClock, Served, World, profile};
use leaseline_web::Limits;

/// `edge-1:edge-1-secret`.
pub(crate) const BASIC: &str = "Basic ZWRnZS0xOmVkZ2UtMS1zZWNyZXQ=";

/// In a private network, as the machine itself is.
pub(crate) const DRIVER: &str = "0125740183";

/// The interface on a database of its own, with the switch `edge-1`.
pub(crate) struct Api {
    pub(crate) world: World,
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
            single_caller_id: SingleCallerId::Caller,
            longest_seconds: Some(7_200),
            trusted_proxies: Default::default(),
            limits: Limits { body_bytes: 4 << 20, ..Limits::default() },
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
        let world = served.block_on(World::new(served.hub.clone()));
        served.block_on(world.switch("edge-1", "edge-1-secret", SwitchChange::default()));
        Self { world, clock, served }
    }

    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.served.block_on(future)
    }

    /// A customer with so much credit that has leased `0388880000` for the driver.
    pub(crate) fn lessee(&self, credits: i64) -> CustomerId {
        self.block_on(async {
            self.world.numbers(1).await;
            let customer = self.world.customer_with(profile(), credits).await;
            self.world.lease(self.world.single(customer, DRIVER)).await.unwrap();
            customer
        })
    }

    pub(crate) fn balance(&self, customer: CustomerId) -> i64 {
        self.block_on(self.world.balance(customer))
    }

    pub(crate) fn send(&self, call: &Call) -> Answer {
        self.served.send(call)
    }

    /// Posts JSON as the switch `edge-1`.
    pub(crate) fn post(&self, path: &str, json: &str) -> (u16, String) {
        let call = Call::new("POST", path).header("Authorization", BASIC);
        let answer = self.send(&call.header("Content-Type", "application/json").body(json));
        (answer.status, answer.body)
    }

    /// Posts JSON and compares the whole answer, in which `REF` stands for a decision's name. The
    /// name is returned.
    pub(crate) fn check(&self, path: &str, json: &str, status: u16, body: &str) -> String {
        let (got, answer) = self.post(path, json);
        let reference = reference(&answer).unwrap_or_default();
        let answer = if reference.is_empty() { answer } else { answer.replace(&reference, "REF") };
        assert_eq!((got, answer.as_str()), (status, body), "{path} with {json}");
        reference
    }

    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        let answer = self.send(&Call::new("GET", path).header("Authorization", BASIC));
        (answer.status, answer.body)
    }
}

/// The name of a decision in an answer.
fn reference(answer: &str) -> Option<String> {
    let (_, after) = answer.split_once("\"ref\":\"")?;
    Some(after.split('"').next()?.to_owned())
}
