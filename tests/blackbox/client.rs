//! Clients of the API, and a world for them to lease in.

use std::io;
use std::net::SocketAddr;

use leaseline_hub::{Hub, Settings};
use leaseline_testkit::http::Call;
use leaseline_testkit::{Database, World, profile};
use serde_json::Value;
use tokio::runtime::Runtime;

/// One customer, and so many numbers.
pub(crate) fn world_of(database: &Database, numbers: usize) -> String {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let hub = Hub::open(Settings::new(database.url())).expect("the database was just made");
        let world = World::new(hub).await;
        world.numbers(numbers).await;
        let customer = world.customer(profile()).await;
        world.hub.close().await;
        customer.to_string()
    })
}

/// A client with the administrator's token.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
    pub(crate) customer: String,
}

/// What a client was answered, as far as it counts here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Heard {
    pub(crate) http: u16,
    pub(crate) status: i64,
    pub(crate) json: Value,
}

impl Client {
    pub(crate) fn post(&self, operation: &str, form: &str) -> io::Result<Heard> {
        self.send(&Call::form(&format!("/api/v1/{operation}"), form))
    }

    pub(crate) fn send(&self, call: &Call) -> io::Result<Heard> {
        let answer = call.clone().bearer(&self.token).send(self.address)?;
        let json: Value = serde_json::from_str(&answer.body).expect("every answer is JSON");
        let status = json["status"].as_i64().expect("every answer has a status");
        Ok(Heard { http: answer.status, status, json })
    }

    pub(crate) fn lease(&self, phone: u64) -> io::Result<Heard> {
        let form = format!(
            "customer_id={}&phone=60{phone}&expiry_value=1&expiry_unit=days",
            self.customer
        );
        self.post("leasesingle/request", &form)
    }

    pub(crate) fn release(&self, reference: &str) -> io::Result<Heard> {
        self.post("leasesingle/release", &format!("reference_id={reference}"))
    }

    pub(crate) fn query(&self, reference: &str) -> io::Result<Heard> {
        self.post("leasesingle/query", &format!("reference_id={reference}"))
    }

    pub(crate) fn top_up(&self, credits: i64) -> io::Result<Heard> {
        let form = format!("customer_id={}&credit={credits}", self.customer);
        self.post("customer/topup", &form)
    }

    pub(crate) fn balance(&self) -> i64 {
        let view = self.post("customer/view", &format!("customer_id={}", self.customer));
        let view = view.expect("the server answers");
        view.json["account_credit"].as_str().expect("text").parse().expect("an integer")
    }
}

impl Heard {
    /// The reference of a lease that was granted.
    pub(crate) fn reference(&self) -> String {
        self.json["reference_id"].as_str().expect("text").to_owned()
    }

    /// The leased number.
    pub(crate) fn number(&self) -> String {
        let info = self.json["lease_info"].as_object().expect("an object");
        info.keys().next().expect("a number").clone()
    }
}
