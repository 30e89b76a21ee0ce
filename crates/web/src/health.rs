//! `GET /healthz` and `GET /readyz`.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use actix_web::web::{self, Data, ServiceConfig};
use futures_util::future::BoxFuture;
use tokio::time::timeout;

use crate::Stop;

/// How long a readiness check may take.
const CHECK_TIMEOUT: Duration = Duration::from_secs(1);

/// Whether the process can do its work, as the binary sees it: the store answers, the schema and
/// the clock fit.
pub trait Readiness: Send + Sync + 'static {
    /// Checks now. An error is a reason in a few words, for an operator; it is shown to anybody who
    /// asks, so it holds no secret. The check is given up after a second.
    fn check(&self) -> BoxFuture<'_, Result<(), String>>;
}

/// Mounts the two routes: `App::new().configure(health::routes(ready, stop))`.
///
/// `/healthz` answers `ok` for as long as the process lives and touches nothing. `/readyz` answers
/// `ready`, or 503 and a line that says why not: `draining` from the moment on that `stop` was
/// asked for, else what `readiness` says.
pub fn routes(
    readiness: Arc<dyn Readiness>,
    stop: Stop,
) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    move |app| {
        let probe = Data::new(Probe { readiness: readiness.clone(), stop: stop.clone() });
        app.service(
            web::resource("/healthz").route(web::get().to(healthz)).route(web::head().to(healthz)),
        );
        app.service(
            web::resource("/readyz")
                .app_data(probe)
                .route(web::get().to(readyz))
                .route(web::head().to(readyz)),
        );
    }
}

struct Probe {
    readiness: Arc<dyn Readiness>,
    stop: Stop,
}

async fn healthz() -> HttpResponse {
    line(StatusCode::OK, "ok")
}

async fn readyz(probe: Data<Probe>) -> HttpResponse {
    match probe.check().await {
        Ok(()) => line(StatusCode::OK, "ready"),
        Err(reason) => line(StatusCode::SERVICE_UNAVAILABLE, &reason),
    }
}

impl Probe {
    async fn check(&self) -> Result<(), String> {
        if self.stop.is_asked() {
            return Err("draining".into());
        }
        let checked = timeout(CHECK_TIMEOUT, self.readiness.check()).await;
        let checked =
            checked.unwrap_or_else(|_| Err("the store did not answer within a second".into()));
        checked.map_err(|reason| format!("not ready: {reason}"))
    }
}

fn line(status: StatusCode, text: &str) -> HttpResponse {
    HttpResponse::build(status).content_type(ContentType::plaintext()).body(format!("{text}\n"))
}

#[cfg(test)]
mod tests {
    use actix_web::App;
    use actix_web::test::{self, TestRequest};
    use futures_util::FutureExt;
    use futures_util::future::pending;

    use super::*;

    enum Store {
        Answers,
        Behind,
        Silent,
    }

    impl Readiness for Store {
        fn check(&self) -> BoxFuture<'_, Result<(), String>> {
            match self {
                Store::Answers => async { Ok(()) }.boxed(),
                Store::Behind => {
                    async { Err("the schema is older than this program".into()) }.boxed()
                }
                Store::Silent => pending().boxed(),
            }
        }
    }

    async fn check(store: Store, stop: Stop, path: &str, expected: (u16, &str)) {
        let app = test::init_service(App::new().configure(routes(Arc::new(store), stop))).await;
        let answer = test::call_service(&app, TestRequest::get().uri(path).to_request()).await;
        let status = answer.status().as_u16();
        let body = test::read_body(answer).await;
        assert_eq!((status, &*body), (expected.0, expected.1.as_bytes()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_is_answered_in_one_line() {
        let late = "not ready: the store did not answer within a second\n";
        let old = "not ready: the schema is older than this program\n";
        check(Store::Answers, Stop::new(), "/readyz", (200, "ready\n")).await;
        check(Store::Behind, Stop::new(), "/readyz", (503, old)).await;
        check(Store::Silent, Stop::new(), "/readyz", (503, late)).await;
        check(Store::Silent, Stop::new(), "/healthz", (200, "ok\n")).await;
    }

    #[tokio::test]
    async fn a_process_that_drains_lives_but_is_not_ready() {
        let stop = Stop::new();
        stop.ask();
        check(Store::Answers, stop.clone(), "/readyz", (503, "draining\n")).await;
        check(Store::Answers, stop, "/healthz", (200, "ok\n")).await;
    }
}
