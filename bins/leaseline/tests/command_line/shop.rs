//! A folder with a database in which there is something to lease, and calls to a server on it.

use std::path::{Path, PathBuf};

use leaseline_core::ids::CustomerId;
use leaseline_hub::{Hub, Settings};
use leaseline_testkit::http::{Answer, Call};
use leaseline_testkit::{World, profile};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::place::{Place, Running};

pub(crate) struct Shop {
    pub(crate) place: Place,
    pub(crate) customer: CustomerId,
    pub(crate) token: String,
}

impl Shop {
    /// With so many numbers, a customer, and a token for an administrator.
    pub(crate) fn with_numbers(count: usize) -> Self {
        let place = Place::empty();
        let url = format!("sqlite://{}", place.path().join("leaseline.db").display());
        let customer = furnish(&url, count);
        let issued = place.run(&["token", "issue", "--user", "admin"]);
        assert_eq!(issued.code, Some(0), "{}", issued.stderr);
        Self { place, customer, token: issued.stdout.trim().to_owned() }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// Asks a server for a number that leads to this phone.
    pub(crate) fn lease(&self, server: &Running, phone: &str) -> Answer {
        let form =
            format!("customer_id={}&phone={phone}&expiry_value=1&expiry_unit=hours", self.customer);
        Call::form("/api/v1/leasesingle/request", &form)
            .bearer(&self.token)
            .send(server.address)
            .unwrap()
    }
}

/// Makes what there is to lease, and says for whom.
pub(crate) fn furnish(url: &str, numbers: usize) -> CustomerId {
    Runtime::new().unwrap().block_on(async {
        Hub::migrate(url).unwrap();
        let world = World::new(Hub::open(Settings::new(url)).unwrap()).await;
        world.numbers(numbers).await;
        let customer = world.customer_with(profile(), 1_000).await;
        world.hub.close().await;
        customer
    })
}

/// How many rows a table has, by `db verify`.
pub(crate) fn rows(place: &Place, file: &Path, table: &str) -> u64 {
    let file = file.to_str().unwrap();
    let done = place.run(&["db", "verify", file, "--json"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let document: Value = serde_json::from_str(&done.stdout).unwrap();
    let tables = document["tables"].as_array().unwrap();
    let found = tables.iter().find(|found| found["table"] == table).unwrap();
    found["rows"].as_u64().unwrap()
}
