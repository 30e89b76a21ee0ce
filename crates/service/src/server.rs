//! A process that serves, from its start to its orderly end.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::ServiceConfig;
use futures_util::future::{BoxFuture, FutureExt, join};
use leaseline_hub::{Hub, Inventory, Settings};
use leaseline_web::exposition::Readers;
use leaseline_web::{Exposition, Journal, Limits, Readiness, Shell, Stop, Tls, shell};

use crate::config::Config;
use crate::database;
use crate::metrics::{Metrics, Scraped};
use crate::problem::Problem;
use crate::reload::Reloads;
use crate::request_log::RequestsOf;
use crate::tls;

/// A server with its database open, about to listen.
pub struct Server {
    config: Config,
    stop: Stop,
    hub: Hub,
    metrics: Metrics,
    tls: Option<Tls>,
    reloads: Reloads,
}

impl Server {
    /// Brings a SQLite database to this version's schema, a copy first, and opens a hub. Another's
    /// schema on a server is refused: there one process migrates for all, `leaseline migrate`.
    ///
    /// From now on SIGTERM and SIGINT no longer kill the process but end [`Server::run`], and
    /// SIGHUP has the certificate and what [`Server::on_reload`] names read again. Call it inside
    /// of a tokio runtime.
    ///
    /// # Errors
    /// No signal handlers, no certificate that can be presented, or no database of this version.
    pub fn open(config: &Config) -> Result<Self, Problem> {
        Self::open_as(config, |settings| settings)
    }

    /// The same, with something otherwise than it is configured: another clock, say.
    ///
    /// # Errors
    /// As [`Server::open`].
    pub fn open_as(
        config: &Config,
        otherwise: impl FnOnce(Settings) -> Settings,
    ) -> Result<Self, Problem> {
        let no_signals =
            |error| Problem::new("listen to signals", error, "raise the limit on open files");
        let stop = Stop::on_signals().map_err(no_signals)?;
        let reloads = Reloads::on_hangup(config).map_err(no_signals)?;
        let tls = config.tls.as_ref().map(tls::load).transpose()?.map(Tls::new);
        reloads.add("certificate", certificate(tls.clone()));
        if config.database_url.sqlite_file().is_some() {
            database::migrate(config)?;
        }
        let metrics = Metrics::of_process();
        let hub = database::open_as(config, otherwise)?;
        metrics.started(&hub);
        Ok(Self { config: config.clone(), stop, hub, metrics, tls, reloads })
    }

    /// Hands `take_in` the configuration each time that it was read again. An error is logged, and
    /// `name` with it as what was kept as it was.
    pub fn on_reload(
        &self,
        name: &'static str,
        take_in: impl Fn(&Config) -> Result<(), Problem> + Send + 'static,
    ) {
        self.reloads.add(name, take_in);
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
        let main = self.door("listen", self.config.listen)?;
        let admin = self.config.admin_listen.map(|address| self.door("admin_listen", address));
        let admin = admin.transpose()?;
        let is_covered = self.config.behind_proxy || self.tls.is_some();
        warn_if_exposed(main.address, is_covered);
        let url = main.url();
        tracing::info!("leaseline {} listening on {url}", env!("CARGO_PKG_VERSION"));
        announce(&url);

        self.hub.keep_watch(self.inventory());
        let upkeep = tokio::spawn(self.metrics.clone().keep_up());
        let served = match admin {
            None => {
                let trusted_proxies = self.config.trusted_proxies.clone();
                let shell = self.with_operations(self.shell(), Readers::Local { trusted_proxies });
                main.serve(shell, routes).await
            }
            Some(admin) => self.serve_apart(main, admin, routes).await,
        };
        upkeep.abort();
        served
    }

    /// Serves everybody on one port, and operators on another, which is the last to close: it says
    /// how the other one drains.
    async fn serve_apart<F>(&self, main: Door, admin: Door, routes: F) -> Result<(), Problem>
    where
        F: Fn(&mut ServiceConfig) + Clone + Send + 'static,
    {
        tracing::info!("answering operators on {}", admin.url());
        let last = Stop::new();
        let mut apart = self.with_operations(self.shell(), Readers::Everybody);
        apart.stop = last.clone();
        apart.drain_timeout = Duration::ZERO;
        apart.workers = Some(1);
        let main = main.serve(self.shell(), routes).inspect(|_| last.ask());
        let admin = admin.serve(apart, |_: &mut ServiceConfig| {}).inspect(|_| self.stop.ask());
        let (main, admin) = join(main, admin).await;
        main.and(admin)
    }

    fn shell(&self) -> Shell {
        let journal: Arc<dyn Journal> = Arc::new(RequestsOf(self.hub.clone()));
        let (limits, tls) = (self.config.limits.web, self.tls.clone());
        Shell { limits, journal: Some(journal), tls, ..Shell::new(self.stop.clone()) }
    }

    fn with_operations(&self, shell: Shell, readers: Readers) -> Shell {
        let readiness: Arc<dyn Readiness> =
            Arc::new(OfHub { hub: self.hub.clone(), stop: self.stop.clone() });
        let scraped: Arc<dyn Exposition> = Arc::new(Scraped {
            metrics: self.metrics.clone(),
            hub: self.hub.clone(),
            readiness: Arc::clone(&readiness),
        });
        Shell { readiness: Some(readiness), metrics: Some((scraped, readers)), ..shell }
    }

    fn door(&self, key: &str, address: SocketAddr) -> Result<Door, Problem> {
        Door::open(key, self.config.scheme(), address, &self.config.limits.web)
    }

    const fn inventory(&self) -> Inventory {
        if self.config.count_inventory { Inventory::Counted } else { Inventory::LeftToOthers }
    }
}

/// What a new configuration means for what is presented.
fn certificate(tls: Option<Tls>) -> impl Fn(&Config) -> Result<(), Problem> {
    move |config| match (&tls, &config.tls) {
        (Some(tls), Some(files)) => {
            tls.replace(tls::load(files)?);
            Ok(())
        }
        (None, None) => Ok(()),
        _ => Err(Problem::new(
            "turn TLS on or off while connections are open",
            "that is decided at the start",
            "restart the process",
        )),
    }
}

/// A listener, where it listens, and how that is spelt in front of its address.
struct Door {
    listener: TcpListener,
    address: SocketAddr,
    scheme: &'static str,
}

impl Door {
    /// Opens the one that this key configures.
    fn open(
        key: &str,
        scheme: &'static str,
        address: SocketAddr,
        limits: &Limits,
    ) -> Result<Self, Problem> {
        let bound = shell::bind(address, limits).and_then(|listener| {
            let address = listener.local_addr()?;
            Ok(Self { listener, address, scheme })
        });
        bound.map_err(|error| {
            let flag = if key == "listen" { "--listen" } else { key };
            let hint = format!("choose a free address with {flag}; port 0 takes any free port");
            Problem::new(format!("listen on {address}"), error, hint)
        })
    }

    fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    async fn serve<F>(self, shell: Shell, routes: F) -> Result<(), Problem>
    where
        F: Fn(&mut ServiceConfig) + Clone + Send + 'static,
    {
        let url = self.url();
        shell.serve(vec![self.listener], routes).await.map_err(|error| {
            Problem::new(format!("serve on {url}"), error, "raise the limit on threads")
        })
    }
}

/// Says where the server listens, as the first line of standard output, so that who started it on
/// port 0 can read the port there: `listening on http://127.0.0.1:34567`.
pub fn announce(url: &str) {
    // Whoever closed standard output does not want to know.
    let _ = writeln!(std::io::stdout(), "listening on {url}");
}

fn warn_if_exposed(address: SocketAddr, is_covered: bool) {
    if !is_covered && !address.ip().to_canonical().is_loopback() {
        tracing::warn!(
            %address,
            "tokens travel unencrypted: set tls.cert and tls.key, or put a proxy that ends TLS in \
             front and set behind_proxy = true, or listen on 127.0.0.1"
        );
    }
}

/// A hub's readiness, for `/readyz` and the metrics.
struct OfHub {
    hub: Hub,
    stop: Stop,
}

impl Readiness for OfHub {
    fn check(&self) -> BoxFuture<'_, Result<(), String>> {
        async {
            if self.stop.is_asked() {
                return Err("draining".into());
            }
            self.hub.ready().await.map_err(|reason| reason.to_string())
        }
        .boxed()
    }
}
