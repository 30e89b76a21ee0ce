//! `GET /metrics`.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use futures_util::future::BoxFuture;

use crate::{Networks, peer, shell};

/// Prometheus's text format, version 0.0.4.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What there is to measure, as the binary collects it.
pub trait Exposition: Send + Sync + 'static {
    /// All metrics in Prometheus's text format. It has to bound its own time.
    fn render(&self) -> BoxFuture<'_, String>;
}

/// Who may read the metrics.
#[derive(Clone, Debug)]
pub enum Readers {
    /// Whoever reaches the port, which is one for operators alone.
    Everybody,
    /// Loopback and private peers; others hear 404. `X-Forwarded-For` makes nobody local. But
    /// when a trusted proxy says that it asks for somebody foreign, that counts.
    Local {
        /// Proxies whose `X-Forwarded-For` is believed.
        trusted_proxies: Networks,
    },
}

/// Mounts `/metrics`: `App::new().configure(exposition::routes(metrics, readers))`.
pub fn routes(
    exposition: Arc<dyn Exposition>,
    readers: Readers,
) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    move |app| {
        let desk = Data::new(Desk { exposition: exposition.clone(), readers: readers.clone() });
        app.service(
            web::resource("/metrics")
                .app_data(desk)
                .route(web::get().to(metrics))
                .route(web::head().to(metrics)),
        );
    }
}

struct Desk {
    exposition: Arc<dyn Exposition>,
    readers: Readers,
}

async fn metrics(request: HttpRequest, desk: Data<Desk>) -> HttpResponse {
    if !desk.readers.include(&request) {
        return shell::not_found().await;
    }
    HttpResponse::Ok().content_type(TEXT).body(desk.exposition.render().await)
}

impl Readers {
    fn include(&self, request: &HttpRequest) -> bool {
        match self {
            Self::Everybody => true,
            Self::Local { trusted_proxies } => {
                let is_local = |address: IpAddr| Networks::local().contains(address);
                let peer = request.peer_addr().is_some_and(|peer| is_local(peer.ip()));
                peer && is_local(peer::source(request, trusted_proxies))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use actix_web::App;
    use actix_web::test::{self, TestRequest};
    use futures_util::FutureExt;

    use super::*;

    struct Fixed;

    impl Exposition for Fixed {
        fn render(&self) -> BoxFuture<'_, String> {
            async { "up 1\n".to_owned() }.boxed()
        }
    }

    async fn check(readers: Readers, peer: &str, forwarded: Option<&str>, expected: u16) {
        let app = App::new().configure(routes(Arc::new(Fixed), readers));
        let app = test::init_service(app).await;
        let peer = SocketAddr::new(peer.parse().unwrap(), 9);
        let mut request = TestRequest::get().uri("/metrics").peer_addr(peer);
        if let Some(forwarded) = forwarded {
            request = request.insert_header(("x-forwarded-for", forwarded));
        }
        let answer = test::call_service(&app, request.to_request()).await;
        assert_eq!(answer.status(), expected, "{peer} {forwarded:?}");
    }

    async fn check_main_port(peer: &str, forwarded: Option<&str>, expected: u16) {
        let trusted_proxies = ["10.0.0.1"].map(|text| text.parse().unwrap()).into_iter().collect();
        check(Readers::Local { trusted_proxies }, peer, forwarded, expected).await;
    }

    #[tokio::test]
    async fn on_the_main_port_only_local_peers_see_the_metrics() {
        for local in ["127.0.0.1", "::1", "192.168.3.4", "fd00::7", "::ffff:10.1.2.3"] {
            check_main_port(local, None, 200).await;
        }
        for foreign in ["203.0.113.9", "2001:db8::1", "172.32.0.1"] {
            check_main_port(foreign, None, 404).await;
        }
    }

    #[tokio::test]
    async fn a_header_makes_nobody_local_and_a_trusted_one_makes_foreign() {
        check_main_port("203.0.113.9", Some("127.0.0.1"), 404).await;
        check_main_port("10.0.0.1", Some("203.0.113.9"), 404).await;
        check_main_port("10.0.0.1", Some("127.0.0.1, 203.0.113.9"), 404).await;
        check_main_port("10.0.0.1", Some("192.168.3.4"), 200).await;
        check_main_port("10.0.0.2", Some("203.0.113.9"), 200).await;
    }

    #[tokio::test]
    async fn on_a_port_for_operators_everybody_does() {
        check(Readers::Everybody, "203.0.113.9", None, 200).await;
    }
}
