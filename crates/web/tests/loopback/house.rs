//! A server to be tested: its bounds are short, and its handlers wait for the test.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::web::{self, Bytes, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream;
use leaseline_web::{BodyError, Limits, Readiness, Shell, Stop, read_body, shell};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

pub(crate) const SHORT: Duration = Duration::from_millis(200);
/// The shortest that the bounds which actix keeps can be: see [`Limits`].
pub(crate) const SECOND: Duration = Duration::from_secs(1);
/// Longer than any test waits.
pub(crate) const LONG: Duration = Duration::from_secs(60);

pub(crate) struct House {
    pub(crate) address: SocketAddr,
    pub(crate) stop: Stop,
    pub(crate) room: Data<Room>,
    served: JoinHandle<io::Result<()>>,
}

/// What the handlers and the test share.
pub(crate) struct Room {
    limits: Limits,
    /// One permit for each request to `/wait` that has reached its handler.
    pub(crate) arrived: Semaphore,
    /// One permit for each request to `/wait` that may be answered.
    pub(crate) released: Semaphore,
    /// One permit for each answer of `/flood` that has ended.
    pub(crate) flooded: Semaphore,
    /// Requests to `/count` that were carried out.
    pub(crate) counted: AtomicUsize,
}

struct Ready;

impl Readiness for Ready {
    fn check(&self) -> BoxFuture<'_, Result<(), String>> {
        async { Ok(()) }.boxed()
    }
}

impl House {
    pub(crate) fn open() -> Self {
        Self::with(|_| {})
    }

    /// A server of short bounds, and as patient as can be when it stops, unless `change` says so.
    pub(crate) fn with(change: impl FnOnce(&mut Shell)) -> Self {
        let stop = Stop::new();
        let mut shell = Shell::new(stop.clone());
        shell.limits = Limits {
            body_timeout: SHORT,
            head_timeout: SECOND,
            discard_timeout: SHORT,
            write_timeout: SHORT,
            close_timeout: SECOND,
            ..Limits::default()
        };
        shell.workers = Some(2);
        shell.readiness = Some(Arc::new(Ready));
        shell.drain_timeout = LONG;
        shell.shutdown_timeout = LONG;
        change(&mut shell);

        let room = Data::new(Room {
            limits: shell.limits,
            arrived: Semaphore::new(0),
            released: Semaphore::new(0),
            flooded: Semaphore::new(0),
            counted: AtomicUsize::new(0),
        });
        let listener = shell::bind(([127, 0, 0, 1], 0).into(), &shell.limits).unwrap();
        let address = listener.local_addr().unwrap();
        let served = tokio::spawn(shell.serve(vec![listener], routes(room.clone())));
        Self { address, stop, room, served }
    }

    /// Waits for the server's end, which has to be a good one.
    pub(crate) async fn ended(self) {
        self.served.await.unwrap().unwrap();
    }
}

fn routes(room: Data<Room>) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    move |app| {
        app.app_data(room.clone())
            .route("/echo", web::post().to(echo))
            .route("/wait", web::get().to(wait))
            .route("/flood", web::get().to(flood))
            .route("/count", web::get().to(count))
            .route("/stream", web::get().to(stream))
            .route("/panic", web::get().to(panics));
    }
}

async fn echo(request: HttpRequest, payload: Payload, room: Data<Room>) -> HttpResponse {
    match read_body(&request, payload, &room.limits).await {
        Ok(body) => HttpResponse::Ok().body(body),
        Err(BodyError::TooLarge) => HttpResponse::PayloadTooLarge().body("too large"),
        Err(BodyError::TooSlow) => HttpResponse::RequestTimeout().body("too slow"),
        Err(BodyError::Broken) => HttpResponse::BadRequest().body("broken"),
    }
}

async fn wait(room: Data<Room>) -> &'static str {
    room.arrived.add_permits(1);
    room.released.acquire().await.unwrap().forget();
    "waited"
}

/// An answer without an end.
async fn flood(room: Data<Room>) -> HttpResponse {
    struct Flood(Data<Room>);
    impl Drop for Flood {
        fn drop(&mut self) {
            self.0.flooded.add_permits(1);
        }
    }
    let chunk = Bytes::from_static(&[b'x'; 65_536]);
    HttpResponse::Ok().streaming(stream::unfold(Flood(room), move |flood| {
        let chunk = chunk.clone();
        async move { Some((Ok::<_, io::Error>(chunk), flood)) }
    }))
}

async fn count(room: Data<Room>) -> &'static str {
    room.counted.fetch_add(1, Ordering::SeqCst);
    "counted"
}

async fn stream() -> HttpResponse {
    let pieces = ["one\n", "two\n"].map(|piece| Ok::<_, std::io::Error>(piece.into()));
    HttpResponse::Ok().streaming(futures_util::stream::iter(pieces))
}

async fn panics() -> HttpResponse {
    panic!("as the test wants it")
}
