//! The access log: one line for each request, and nothing in it that a client wrote.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

use std::io;
use std::sync::{Arc, Mutex};

use actix_web::dev::Service;
use actix_web::error::ErrorImATeapot;
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::from_fn;
use actix_web::test::{self, TestRequest};
use actix_web::{App, HttpRequest, HttpResponse, web};
use futures_util::FutureExt;
use leaseline_web::{AccessNote, Effect, RequestId, Stop, observe};
use tracing::Level;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

/// What was logged by this thread since [`Log::capture`].
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn capture(most: Level, as_json: bool) -> (Self, DefaultGuard) {
        let log = Self::default();
        let lines = tracing_subscriber::fmt().with_max_level(most).with_writer(log.clone());
        let guard = if as_json {
            tracing::subscriber::set_default(lines.json().without_time().finish())
        } else {
            tracing::subscriber::set_default(lines.with_ansi(false).without_time().finish())
        };
        (log, guard)
    }

    /// The lines so far. Ids and durations, which differ from run to run, are written as `…`.
    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let masked = |line| masked(&masked(line, "request_id="), "duration_ms=");
        text.lines().map(str::trim).map(masked).collect()
    }
}

fn masked(line: &str, field: &str) -> String {
    let Some((before, after)) = line.split_once(field) else {
        return line.to_owned();
    };
    let after = after.find(' ').map_or("", |end| &after[end..]);
    format!("{before}{field}…{after}")
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn note(customer: Option<&str>) -> AccessNote {
    AccessNote {
        facade: "apigate",
        operation: "lease/single".into(),
        outcome: "11".into(),
        effect: Effect::Changed,
        customer: customer.map(Into::into),
        user: None,
    }
}

async fn noted(request: HttpRequest) -> HttpResponse {
    note(Some("4711")).leave(&request);
    HttpResponse::Ok().body("twelve bytes")
}

async fn noted_with_line_break(request: HttpRequest) -> HttpResponse {
    note(Some("47\n11")).leave(&request);
    HttpResponse::Ok().finish()
}

async fn panics(request: HttpRequest) -> HttpResponse {
    note(None).leave(&request);
    panic!("secret")
}

async fn never() -> HttpResponse {
    std::future::pending().await
}

/// Sends one request to an application with the handlers above and tells what was logged.
async fn logged(request: TestRequest, most: Level) -> Vec<String> {
    let (log, _guard) = Log::capture(most, false);
    let fails = from_fn(|_, _: actix_web::middleware::Next<actix_web::body::BoxBody>| async {
        Err::<actix_web::dev::ServiceResponse, _>(ErrorImATeapot("secret"))
    });
    let app = App::new()
        .wrap(observe(Stop::new(), None))
        .route("/noted", web::post().to(noted))
        .route("/broken", web::post().to(noted_with_line_break))
        .route("/numbers/{number}", web::get().to(HttpResponse::Ok))
        .route("/healthz", web::get().to(HttpResponse::Ok))
        .route("/panics", web::get().to(panics))
        .route("/never", web::get().to(never))
        .service(web::resource("/fails").wrap(fails).to(never));
    let app = test::init_service(app).await;
    // A request that waits for ever is dropped here, as actix drops one whose client went away.
    let _ = app.call(request.to_request()).now_or_never();
    log.lines()
}

async fn check(request: TestRequest, expected: &[&str]) {
    assert_eq!(logged(request, Level::INFO).await, expected);
}

#[tokio::test]
async fn a_request_has_one_line_with_the_facades_part() {
    let request = TestRequest::post()
        .uri("/noted?pass=secret")
        .insert_header((AUTHORIZATION, "Bearer secret"))
        .set_payload("pass=secret");
    check(
        request,
        &["INFO access: request_id=… facade=\"apigate\" operation=\"lease/single\" \
           outcome=\"11\" http_status=200 duration_ms=… customer=\"4711\" bytes=12"],
    )
    .await;
}

#[tokio::test]
async fn without_a_note_the_route_is_shown_and_never_the_path() {
    check(
        TestRequest::get().uri("/numbers/60123456789?q=secret"),
        &["INFO access: request_id=… facade=\"-\" operation=\"/numbers/{number}\" \
           outcome=\"200\" http_status=200 duration_ms=… bytes=0"],
    )
    .await;
    check(
        TestRequest::get().uri("/nowhere/60123456789%0AINFO"),
        &["INFO access: request_id=… facade=\"-\" operation=\"-\" \
           outcome=\"404\" http_status=404 duration_ms=… bytes=0"],
    )
    .await;
}

#[tokio::test]
async fn a_note_cannot_begin_a_line_of_its_own() {
    check(
        TestRequest::post().uri("/broken"),
        &["INFO access: request_id=… facade=\"apigate\" operation=\"lease/single\" \
           outcome=\"11\" http_status=200 duration_ms=… customer=\"47\\n11\" bytes=0"],
    )
    .await;
}

#[tokio::test]
async fn a_probe_is_no_news() {
    check(TestRequest::get().uri("/healthz"), &[]).await;
    let lines = logged(TestRequest::get().uri("/healthz"), Level::DEBUG).await;
    assert_eq!(
        lines,
        ["DEBUG access: request_id=… facade=\"-\" operation=\"/healthz\" \
          outcome=\"200\" http_status=200 duration_ms=… bytes=0"]
    );
}

#[tokio::test]
async fn a_panic_is_told_once_with_its_request_and_keeps_the_note() {
    let lines = logged(TestRequest::get().uri("/panics"), Level::INFO).await;
    let [panicked, line] = &*lines else { panic!("{lines:?}") };
    assert!(panicked.contains("ERROR") && panicked.contains("handler panicked id="));
    assert!(line.contains("operation=\"lease/single\" outcome=\"11\" http_status=500"));
    assert!(!panicked.contains("secret"));
}

#[tokio::test]
async fn a_request_whose_client_went_away_has_its_line_too() {
    check(
        TestRequest::get().uri("/never"),
        &["INFO access: request_id=… facade=\"-\" operation=\"-\" outcome=\"abandoned\" \
           duration_ms=…"],
    )
    .await;
}

#[tokio::test]
async fn a_middleware_that_fails_has_its_line_too() {
    check(
        TestRequest::get().uri("/fails"),
        &["INFO access: request_id=… facade=\"-\" operation=\"-\" outcome=\"418\" \
           http_status=418 duration_ms=…"],
    )
    .await;
}

#[tokio::test]
async fn as_json_a_line_has_the_same_fields() {
    let (log, _guard) = Log::capture(Level::INFO, true);
    let app = App::new().wrap(observe(Stop::new(), None)).route("/noted", web::post().to(noted));
    let app = test::init_service(app).await;
    let answer = test::call_service(&app, TestRequest::post().uri("/noted").to_request()).await;
    let id = answer.headers().get("request-id").unwrap().to_str().unwrap();
    let lines = log.lines();
    let [line] = &*lines else { panic!("{lines:?}") };
    assert!(line.contains(&format!(r#""request_id":"{id}""#)), "{line}");
    assert!(line.contains(r#""facade":"apigate","operation":"lease/single","outcome":"11""#));
    assert!(line.contains(r#""customer":"4711","bytes":12"#), "{line}");
}

#[tokio::test]
async fn a_handler_and_its_log_know_the_id() {
    async fn handler(id: RequestId) -> String {
        tracing::info!(target: "test", "at work");
        id.to_string()
    }
    let (log, _guard) = Log::capture(Level::INFO, false);
    let app = App::new().wrap(observe(Stop::new(), None)).route("/", web::get().to(handler));
    let app = test::init_service(app).await;
    let answer = test::call_service(&app, TestRequest::get().to_request()).await;
    let id = answer.headers().get("request-id").unwrap().to_str().unwrap().to_owned();
    assert_eq!(test::read_body(answer).await, id);
    assert_eq!(log.lines()[0], format!("INFO request{{id={id}}}: test: at work"));
}
