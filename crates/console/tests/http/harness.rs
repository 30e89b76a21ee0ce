//! A server of the console alone, on loopback, with a clock that stands still.

use leaseline_console::{Settings, routes};
use leaseline_core::call::SingleCallerId;
use leaseline_core::lease::LeaseGranted;
use leaseline_core::region::Region;
use leaseline_core::staff::{StaffName, StaffRole};
use leaseline_hub::staff::{AddStaff, MakeLink, StaffToken};
use leaseline_testkit::http::{Answer, Call};
use leaseline_testkit::{Database, ManualClock, Served, World, profile};
use leaseline_web::Limits;

pub(crate) const PASSWORD: &str = "correct horse battery";

/// The console on a database of its own, with a customer who has a lease.
pub(crate) struct Site {
    pub(crate) world: World,
    pub(crate) clock: ManualClock,
    pub(crate) granted: LeaseGranted,
    served: Served,
}

/// Somebody who is logged in.
pub(crate) struct Browser<'a> {
    site: &'a Site,
    pub(crate) cookie: String,
}

/// Runs a test on each kind of database.
pub(crate) fn on_both(test: impl Fn(&Site)) {
    on_both_with(|_| {}, test);
}

/// Runs a test on each kind of database, with other settings than usual.
pub(crate) fn on_both_with(otherwise: impl Fn(&mut Settings), test: impl Fn(&Site)) {
    let start = |database: &Database| {
        let mut settings = Settings {
            behind_tls: false,
            trusted_proxies: Default::default(),
            limits: Limits::default(),
            region: Region::by_code("MY").unwrap(),
            single_caller_id: SingleCallerId::Caller,
            longest_seconds: None,
            mor_hashes: None,
        };
        otherwise(&mut settings);
        Site::start(database, settings)
    };
    leaseline_testkit::on_both(start, test);
}

impl Site {
    fn start(database: &Database, settings: Settings) -> Self {
        let (clock, limits) = (ManualClock::new(), settings.limits);
        let served = Served::start(database.settings(&clock), &limits, |hub| routes(hub, settings));
        let (world, granted) = served.block_on(async {
            let world = World::new(served.hub.clone()).await;
            world.numbers(3).await;
            let customer = world.customer_with(profile(), 1_000_000).await;
            let granted = world.lease(world.single(customer, "0195730424")).await.unwrap();
            (world, granted)
        });
        Self { world, clock, granted, served }
    }

    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.served.block_on(future)
    }

    pub(crate) fn send(&self, call: &Call) -> Answer {
        self.served.send(call)
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send(&Call::new("GET", path))
    }

    /// Makes a user with this role and its name, and returns a link to set its password.
    pub(crate) fn user(&self, role: StaffRole) -> StaffToken {
        let name = StaffName::parse(role.name()).unwrap();
        let add = AddStaff { name, role, by: "test".into() };
        self.block_on(self.world.hub.ask(add)).unwrap().unwrap();
        self.link(role.name())
    }

    pub(crate) fn link(&self, name: &str) -> StaffToken {
        let token = StaffToken::fresh().unwrap();
        let make = MakeLink { name: name.into(), token: token.clone(), by: "test".into() };
        self.block_on(self.world.hub.ask(make)).unwrap().unwrap();
        token
    }

    /// Posts a form that anybody may send.
    pub(crate) fn post(&self, path: &str, form: &str) -> Answer {
        self.send(&Call::form(path, form))
    }

    pub(crate) fn set_up(&self, link: &StaffToken) -> Answer {
        let password = PASSWORD.replace(' ', "+");
        let form = format!("link={}&password={password}&again={password}", link.expose());
        self.post("/console/set-up", &form)
    }

    pub(crate) fn log_in(&self, name: &str) -> Answer {
        let password = PASSWORD.replace(' ', "+");
        self.post("/console/log-in", &format!("name={name}&password={password}"))
    }

    /// A user with this role, logged in by his own hands.
    pub(crate) fn browser(&self, role: StaffRole) -> Browser<'_> {
        let link = self.user(role);
        assert_eq!(self.set_up(&link).status, 303);
        Browser { site: self, cookie: cookie(&self.log_in(role.name())).expect("logged in") }
    }
}

impl Browser<'_> {
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.site.send(&Call::new("GET", path).header("Cookie", &self.cookie))
    }

    /// What every form of this session brings.
    pub(crate) fn form_token(&self) -> String {
        let page = self.get("/console").body;
        let (_, after) = page.split_once("name=\"token\" value=\"").expect("a form");
        after.split('"').next().unwrap().to_owned()
    }

    pub(crate) fn post(&self, path: &str, form: &str) -> Answer {
        self.post_with(path, &format!("token={}&{form}", self.form_token()))
    }

    /// Posts a form as it stands.
    pub(crate) fn post_with(&self, path: &str, form: &str) -> Answer {
        self.site.send(&Call::form(path, form).header("Cookie", &self.cookie))
    }
}

/// The session's cookie that an answer sets, as a browser sends it back.
pub(crate) fn cookie(answer: &Answer) -> Option<String> {
    let set = answer.header("set-cookie")?;
    Some(set.split(';').next()?.to_owned())
}
