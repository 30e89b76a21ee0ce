//! The server: listening, serving, and an orderly end.
//!
//! # How a server stops
//!
//! actix's own graceful stop closes the listener, every idle connection and every connection whose
//! request it has not begun to read, all at once. A client whose request was on its way then sees a
//! reset and cannot know whether a number was leased. We take four steps instead; each ends as soon
//! as no connection is open, so a server that nobody uses stops at once.
//!
//! 1. **Draining.** `/readyz` says 503, and every answer says `Connection: close`. New connections
//!    are still taken, for a balancer has to hear the 503, and a keep-alive client is told to go
//!    by the answer to its next request. At most [`Shell::drain_timeout`].
//! 2. **Last call.** The listener is shut: a new connection is refused by the system, which is the
//!    one failure that every client and balancer knows to be safe to repeat elsewhere. Connections
//!    that were already taken get their first request answered. At most a quarter of a second.
//! 3. **Closing.** Idle connections are ended. Requests that the application has are finished and
//!    their answers sent. At most [`Shell::shutdown_timeout`].
//! 4. The workers stop. What is left, if anything, is cut, and the log says how many.
//!
//! What remains is what HTTP itself cannot mend: a request that sets out on an idle connection in
//! the very moment in which step 3 ends it. Nothing of such a request has been read.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::available_parallelism;
use std::time::Duration;

use actix_http::HttpService;
use actix_http::error::DispatchError;
use actix_server::{Server, ServerBuilder, ServerHandle};
use actix_service::{
    IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config,
};
use actix_web::dev::AppConfig;
use actix_web::http::header::ContentType;
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpResponse};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::connection::{Connections, Watched};
use crate::exposition::{self, Exposition, Readers};
use crate::priority::give_way;
use crate::tls::{Channel, Tls};
use crate::{Journal, Limits, Readiness, Stop, health, observe};

/// How long a connection that was taken before the listener was shut may take to bring a request.
const LAST_CALL: Duration = Duration::from_millis(250);

static DOORS_ARE_SHUT: AtomicBool = AtomicBool::new(false);

/// Whether this process has shut its listeners. actix may not have put them aside yet, and call an error what
/// it hears of them then.
pub fn doors_are_shut() -> bool {
    DOORS_ARE_SHUT.load(Ordering::Relaxed)
}

/// What a server is made of, but for its routes.
#[derive(Clone)]
pub struct Shell {
    /// The bounds on what clients may do.
    pub limits: Limits,
    /// The number of worker threads, 1 to 512; none means one for each processor.
    pub workers: Option<usize>,
    /// What `/readyz` asks; none mounts neither `/readyz` nor `/healthz`, for a server whose
    /// health is asked elsewhere.
    pub readiness: Option<Arc<dyn Readiness>>,
    /// What `/metrics` shows, and to whom; none mounts no such route.
    pub metrics: Option<(Arc<dyn Exposition>, Readers)>,
    /// Who hears of every request that is over.
    pub journal: Option<Arc<dyn Journal>>,
    /// What TLS presents; none serves in the clear.
    pub tls: Option<Tls>,
    /// Asks this server to stop. Servers that share one stop together.
    pub stop: Stop,
    /// How long new connections are still taken after that, while any is open: 1 s. As long as the
    /// balancer needs to notice, for one that does not try another server when it is refused.
    pub drain_timeout: Duration,
    /// How long requests may take to finish after that: 30 s.
    pub shutdown_timeout: Duration,
}

impl Shell {
    /// The defaults, without the routes for health and metrics.
    pub fn new(stop: Stop) -> Self {
        Self {
            limits: Limits::default(),
            workers: None,
            readiness: None,
            metrics: None,
            journal: None,
            tls: None,
            stop,
            drain_timeout: Duration::from_secs(1),
            shutdown_timeout: Duration::from_secs(30),
        }
    }

    /// Serves on `listeners` (from [`bind`]) what `configure` mounts, until [`Shell::stop`] is
    /// asked for and the server has come to its orderly end (see the [module](self)).
    ///
    /// Every request goes through [`observe`]. `configure` runs once for each worker, last, so that
    /// it may replace the default service, a 404. It needs a tokio runtime, or an actix system.
    ///
    /// # Errors
    /// A worker cannot be started, or there is no listener.
    pub async fn serve<F>(self, listeners: Vec<TcpListener>, configure: F) -> io::Result<()>
    where
        F: Fn(&mut ServiceConfig) + Clone + Send + 'static,
    {
        if listeners.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "no listener to serve on"));
        }
        let doors = doors(&listeners)?;
        let running = Running::new(self);
        let mut server = running.server(listeners, configure)?;
        let end = running.end(server.handle(), doors);
        let ended = tokio::select! {
            ended = &mut server => ended,
            () = end => server.await,
        };
        tracing::info!("stopped");
        ended
    }
}

/// A server in its run, shared by its workers.
#[derive(Clone)]
struct Running {
    shell: Shell,
    connections: Connections,
    /// Asked for when idle connections are to end.
    closing: Stop,
}

impl Running {
    fn new(shell: Shell) -> Self {
        Self { shell, connections: Connections::new(), closing: Stop::new() }
    }

    fn server<F>(&self, listeners: Vec<TcpListener>, configure: F) -> io::Result<Server>
    where
        F: Fn(&mut ServiceConfig) + Clone + Send + 'static,
    {
        let mut builder = self.builder();
        for listener in listeners {
            let (running, configure) = (self.clone(), configure.clone());
            let service = move || {
                // A worker makes its own, in its thread.
                give_way();
                running.service(configure.clone())
            };
            builder = builder.listen("leaseline", listener, service)?;
        }
        Ok(builder.run())
    }

    fn builder(&self) -> ServerBuilder {
        let processors = || available_parallelism().map_or(1, Into::into);
        // Beyond these bounds actix panics.
        let workers = self.shell.workers.unwrap_or_else(processors).clamp(1, 512);
        Server::build()
            .workers(workers)
            .max_concurrent_connections((self.shell.limits.connections / workers).max(1))
            .disable_signals()
    }

    /// What a worker does with a connection: HTTP/1.1 with our middleware, the routes for operators
    /// and what `configure` mounts.
    fn service<F>(&self, configure: F) -> impl ServiceFactory<TcpStream, Config = ()> + use<F>
    where
        F: Fn(&mut ServiceConfig) + 'static,
    {
        let running = self.clone();
        let limits = self.shell.limits;
        let routes = App::new()
            .wrap(observe(self.shell.stop.clone(), self.shell.journal.clone()))
            .default_service(web::to(not_found))
            .configure(self.health())
            .configure(self.metrics())
            .configure(configure)
            .into_factory()
            .map_err(|error| error.error_response());
        let http = HttpService::build()
            .client_request_timeout(limits.head_timeout)
            .client_disconnect_timeout(limits.close_timeout)
            .keep_alive(limits.keep_alive)
            .on_connect_ext(|stream: &Watched<Channel>, of_connection| {
                of_connection.insert(stream.phase());
            })
            .h1(map_config(routes, |()| AppConfig::default()));
        fn_service(move |stream| {
            let running = running.clone();
            async move { running.watched(stream).await.map_err(DispatchError::Io) }
        })
        .and_then(http)
    }

    async fn watched(
        &self,
        stream: TcpStream,
    ) -> io::Result<(Watched<Channel>, Option<SocketAddr>)> {
        let peer = stream.peer_addr().ok();
        // Or an answer of two packets waits for the client's delayed acknowledgement. A socket
        // that refuses is slower, and no more than that.
        let _ = stream.set_nodelay(true);
        let counted = self.connections.count();
        let channel = self.channel(stream).await.inspect_err(Channel::refused)?;
        let closing = self.closing.clone();
        Ok((Watched::new(channel, &self.shell.limits, counted, closing), peer))
    }

    /// A handshake may take as long as a head, and when the server closes it is as idle as any
    /// connection that has not brought a request.
    async fn channel(&self, stream: TcpStream) -> io::Result<Channel> {
        let opened = Channel::open(stream, self.shell.tls.as_ref());
        tokio::select! {
            opened = timeout(self.shell.limits.head_timeout, opened) => opened?,
            () = self.closing.asked() => Err(io::ErrorKind::ConnectionAborted.into()),
        }
    }

    fn health(&self) -> impl FnOnce(&mut ServiceConfig) + use<> {
        let stop = self.shell.stop.clone();
        let routes = self.shell.readiness.clone().map(|readiness| health::routes(readiness, stop));
        move |app| routes.into_iter().for_each(|routes| routes(app))
    }

    fn metrics(&self) -> impl FnOnce(&mut ServiceConfig) + use<> {
        let metrics = self.shell.metrics.clone();
        let routes = metrics.map(|(exposition, readers)| exposition::routes(exposition, readers));
        move |app| routes.into_iter().for_each(|routes| routes(app))
    }

    /// The end of a server, step by step as the module describes it.
    async fn end(&self, server: ServerHandle, doors: Vec<TcpListener>) {
        self.shell.stop.asked().await;
        tracing::info!(open = self.connections.open(), "draining");
        let _ = timeout(self.shell.drain_timeout, self.connections.none()).await;

        server.pause().await;
        DOORS_ARE_SHUT.store(true, Ordering::Relaxed);
        doors.into_iter().for_each(shut);
        let _ = timeout(LAST_CALL, self.connections.none()).await;

        self.closing.ask();
        let finished = timeout(self.shell.shutdown_timeout, self.connections.none()).await;
        if finished.is_err() {
            tracing::warn!(open = self.connections.open(), "cutting what did not finish in time");
        }
        // Not actix's graceful stop: all that could be waited for has been.
        server.stop(false).await;
    }
}

/// Listens on `address`; port 0 takes a free one, which the listener's `local_addr` tells. From
/// now on connections are taken by the system, and are answered once [`Shell::serve`] runs.
///
/// # Errors
/// What the system says: the address is in use, not ours, or not allowed.
pub fn bind(address: SocketAddr, limits: &Limits) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // So that a restart need not wait for the old connections' last packets to time out.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(limits.backlog)?;
    Ok(socket.into())
}

/// Second handles on the listeners, for actix closes its own only when it stops altogether.
fn doors(listeners: &[TcpListener]) -> io::Result<Vec<TcpListener>> {
    listeners.iter().map(TcpListener::try_clone).collect()
}

/// Makes the system refuse new connections at once, which on Linux is what shutting a listening
/// socket down does. Elsewhere it is an error, and new connections wait in the system's queue for
/// the server's end instead.
fn shut(door: TcpListener) {
    let _ = SockRef::from(&door).shutdown(Shutdown::Both);
}

pub(crate) async fn not_found() -> HttpResponse {
    HttpResponse::NotFound().content_type(ContentType::plaintext()).body("not found\n")
}
