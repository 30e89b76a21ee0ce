//! A process that serves, from its start to its orderly end.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::web::ServiceConfig;
use futures_util::future::{BoxFuture, FutureExt};
use leaseline_hub::Hub;
use leaseline_web::{Readiness, Shell, Stop, shell};

use crate::config::Config;
use crate::database;
use crate::problem::Problem;

/// A server with its database open, about to listen.
pub struct Server {
    config: Config,
    stop: Stop,
    hub: Hub,
}

impl Server {
    /// Brings a SQLite database to this version's schema, a copy first, and opens a hub. Another's
    /// schema on a server is refused: there one process migrates for all, `leaseline migrate`.
    ///
    /// From now on SIGTERM and SIGINT no longer kill the process but end [`Server::run`]. Call it
    /// inside of a tokio runtime.
    ///
    /// # Errors
    /// No signal handlers, or no database of this version.
    pub fn open(config: &Config) -> Result<Self, Problem> {
        let stop = Stop::on_signals().map_err(|error| {
            Problem::new("listen to signals", error, "raise the limit on open files")
        })?;
        if config.database_url.sqlite_file().is_some() {
            database::migrate(config)?;
        }
        let hub = database::open(config)?;
        Ok(Self { config: config.clone(), stop, hub })
    }

    /// The hub, to be asked before anybody else can.
    pub const fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Listens, calls `announce` with the base URL such as `http://127.0.0.1:8080`, and serves
    /// what `routes` makes of the hub until a signal comes. Then everything accepted is finished
    /// and the hub is closed.
    ///
    /// # Errors
    /// The address cannot be listened on, or a worker cannot be started.
    pub async fn run<F>(
        self,
        routes: impl FnOnce(Hub) -> F,
        announce: impl FnOnce(&str),
    ) -> Result<(), Problem>
    where
        F: Fn(&mut ServiceConfig) + Clone + Send + 'static,
    {
        let hub = self.hub.clone();
        let served = self.serve(routes(hub.clone()), announce).await;
        hub.close().await;
        served
    }

    async fn serve<F>(self, routes: F, announce: impl FnOnce(&str)) -> Result<(), Problem>
    where
        F: Fn(&mut ServiceConfig) + Clone + Send + 'static,
    {
        let (listener, address) = self.bind()?;
        warn_if_exposed(address, self.config.behind_proxy);
        let url = format!("http://{address}");
        tracing::info!("leaseline {} listening on {url}", env!("CARGO_PKG_VERSION"));
        announce(&url);
        let mut shell = Shell::new(self.stop);
        shell.limits = self.config.limits.web;
        shell.readiness = Some(Arc::new(OfHub(self.hub)));
        shell.serve(vec![listener], routes).await.map_err(|error| {
            Problem::new(format!("serve on {url}"), error, "raise the limit on threads")
        })
    }

    fn bind(&self) -> Result<(TcpListener, SocketAddr), Problem> {
        let address = self.config.listen;
        let bound = shell::bind(address, &self.config.limits.web).and_then(|listener| {
            let address = listener.local_addr()?;
            Ok((listener, address))
        });
        bound.map_err(|error| {
            let hint = "choose a free address with --listen; port 0 takes any free port";
            Problem::new(format!("listen on {address}"), error, hint)
        })
    }
}

/// Says where the server listens, as the first line of standard output, so that who started it on
/// port 0 can read the port there: `listening on http://127.0.0.1:34567`.
pub fn announce(url: &str) {
    // Whoever closed standard output does not want to know.
    let _ = writeln!(std::io::stdout(), "listening on {url}");
}

fn warn_if_exposed(address: SocketAddr, behind_proxy: bool) {
    if !behind_proxy && !address.ip().to_canonical().is_loopback() {
        tracing::warn!(
            %address,
            "tokens travel unencrypted: put a proxy that ends TLS in front and set \
             behind_proxy = true, or listen on 127.0.0.1"
        );
    }
}

/// A hub's readiness, for `/readyz`.
struct OfHub(Hub);

impl Readiness for OfHub {
    fn check(&self) -> BoxFuture<'_, Result<(), String>> {
        async { self.0.ready().await.map_err(|reason| reason.to_string()) }.boxed()
    }
}
