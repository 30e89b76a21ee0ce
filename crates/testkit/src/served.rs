//! A hub whose routes are served on loopback.

use std::net::{Ipv4Addr, SocketAddr};
use std::thread::{self, JoinHandle};

use actix_web::rt::System;
use actix_web::web::ServiceConfig;
use leaseline_hub::{Hub, Settings};
use leaseline_web::{Limits, Shell, Stop, shell};
use tokio::runtime::Runtime;

use crate::http::{Answer, Call};
use crate::{Database, databases};

/// A server of one worker on a free port. It comes to its orderly end when this is dropped.
pub struct Served {
    /// What it serves.
    pub hub: Hub,
    address: SocketAddr,
    runtime: Runtime,
    stop: Stop,
    server: Option<JoinHandle<()>>,
}

/// Runs a test on each kind of database, with what `start` makes there.
pub fn on_both<T>(start: impl Fn(&Database) -> T, test: impl Fn(&T)) {
    for database in databases() {
        let started = start(&database);
        test(&started);
        database.assert_sound();
    }
}

impl Served {
    /// Serves `routes` of a hub with these settings.
    pub fn start<F>(settings: Settings, limits: &Limits, routes: impl FnOnce(Hub) -> F) -> Self
    where
        F: Fn(&mut ServiceConfig) + Clone + Send + 'static,
    {
        let runtime = Runtime::new().expect("a runtime");
        let inside = runtime.enter();
        let hub = Hub::open(settings).expect("the database was just made");
        let routes = routes(hub.clone());
        let stop = Stop::new();
        let (address, server) = serve(routes, limits, stop.clone());
        drop(inside);
        Self { hub, address, runtime, stop, server: Some(server) }
    }

    /// Does what the hub is asked beside the server.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Makes a call, and waits for its whole answer.
    pub fn send(&self, call: &Call) -> Answer {
        call.send(self.address).expect("the server answers")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.ask();
        if let Some(server) = self.server.take() {
            server.join().expect("the server ends in order");
        }
        self.runtime.block_on(self.hub.close());
    }
}

fn serve<F>(routes: F, limits: &Limits, stop: Stop) -> (SocketAddr, JoinHandle<()>)
where
    F: Fn(&mut ServiceConfig) + Clone + Send + 'static,
{
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = shell::bind(anywhere, limits).expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let shell = Shell { workers: Some(1), ..Shell::new(stop) };
    let server = thread::spawn(move || {
        System::new().block_on(shell.serve(vec![listener], routes)).expect("it serves");
    });
    (address, server)
}
