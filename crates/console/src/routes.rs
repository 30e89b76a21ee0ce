//! Which path is which page.

use std::sync::Arc;

use actix_web::HttpMessage;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use leaseline_hub::Hub;
use leaseline_web::{AccessNote, Effect};

use crate::console::{Console, Settings};
use crate::pages::{
    accounts, audit, calls, cards, customers, door, health, import, leases, numbers, overview,
    requests, search, tools, who,
};
use crate::trouble::Trouble;
use crate::visit::Who;
use crate::{PATH, assets, headers};

/// Mounts the console under [`PATH`].
///
/// ```no_run
/// # fn example(hub: leaseline_hub::Hub, settings: leaseline_console::Settings) {
/// use actix_web::App;
///
/// let app = App::new().configure(leaseline_console::routes(hub, settings));
/// # let _ = app;
/// # }
/// ```
pub fn routes(
    hub: Hub,
    settings: Settings,
) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    let console = web::Data::new(Console::new(hub, settings));
    move |config| {
        let pages = web::scope(PATH)
            .app_data(console.clone())
            .wrap_fn(|mut request, next| {
                // Whoever asks for the head alone gets that of the page; its body is left out by the
                // server.
                if request.method() == Method::HEAD {
                    request.head_mut().method = Method::GET;
                }
                let answered = next.call(request);
                async move {
                    let response = answered.await?;
                    note(&response);
                    Ok(response)
                }
            })
            .wrap(headers::headers())
            .configure(at_the_door)
            .configure(to_look_at)
            .configure(to_change)
            .default_service(web::to(async || Err::<&str, _>(Trouble::NotFound)));
        config.service(pages);
    }
}

/// What the access log is told of an answer.
fn note<B>(response: &ServiceResponse<B>) {
    let (request, status) = (response.request(), response.status());
    let effect = match (status.is_client_error() || status.is_server_error(), request.method()) {
        (true, _) => Effect::Failed,
        (false, &Method::POST) => Effect::Changed,
        (false, _) => Effect::Looked,
    };
    let user = request.extensions().get::<Who>().map(|who| Arc::clone(&who.0));
    AccessNote {
        facade: "console",
        operation: request.match_pattern().unwrap_or_else(|| "-".to_owned()).into(),
        outcome: status.as_u16().to_string().into(),
        effect,
        customer: None,
        user,
    }
    .leave(request);
}

/// For everybody.
fn at_the_door(pages: &mut ServiceConfig) {
    pages
        .route("/assets/{name}", web::get().to(assets::serve))
        .route("/log-in", web::get().to(door::log_in_page))
        .route("/log-in", web::post().to(door::log_in))
        .route("/set-up", web::get().to(door::set_up_page))
        .route("/set-up", web::post().to(door::set_up));
}

/// For who is logged in. Each page says which duty it needs.
fn to_look_at(pages: &mut ServiceConfig) {
    pages
        .route("", web::get().to(overview::page))
        .route("/", web::get().to(overview::page))
        .route("/search", web::get().to(search::search))
        .route("/who", web::get().to(who::page))
        .route("/leases", web::get().to(leases::list))
        .route("/leases/{id}", web::get().to(leases::one))
        .route("/leases/{id}/release", web::get().to(leases::confirm))
        .route("/numbers", web::get().to(numbers::list))
        .route("/numbers/import", web::get().to(import::page))
        .route("/numbers/{number}", web::get().to(numbers::one))
        .route("/customers", web::get().to(customers::list))
        .route("/customers/{id}", web::get().to(customers::one))
        .route("/customers/{id}/status", web::get().to(customers::confirm))
        .route("/calls", web::get().to(calls::list))
        .route("/calls/{id}", web::get().to(calls::one))
        .route("/requests", web::get().to(requests::list))
        .route("/requests/{id}", web::get().to(requests::one))
        .route("/health", web::get().to(health::page))
        .route("/audit", web::get().to(audit::list))
        .route("/accounts", web::get().to(accounts::list))
        .route("/accounts/{id}", web::get().to(accounts::one))
        .route("/cards", web::get().to(cards::list))
        .route("/cards/{group}", web::get().to(cards::group))
        .route("/tools", web::get().to(tools::page));
}

/// Forms. Each comes from a page of the same session, or is refused.
fn to_change(pages: &mut ServiceConfig) {
    pages
        .route("/log-out", web::post().to(door::log_out))
        .route("/theme", web::post().to(door::theme))
        .route("/who", web::post().to(who::ask))
        .route("/leases/{id}/release", web::post().to(leases::release))
        .route("/leases/{id}", web::post().to(leases::reveal))
        .route("/numbers/import", web::post().to(import::import))
        .route("/customers/{id}/top-up", web::post().to(customers::top_up))
        .route("/customers/{id}/status", web::post().to(customers::set_status))
        .route("/calls/{id}", web::post().to(calls::reveal))
        .route("/cards", web::post().to(cards::reveal))
        .route("/tools", web::post().to(tools::ask));
}
