//! The one middleware: an id, an access line, a net under panics, and a good-bye while draining.

use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::error::InternalError;
use actix_web::http::{ConnectionType, Version};
use actix_web::middleware::{Next, from_fn};
use actix_web::{Error, HttpResponse};
use futures_util::FutureExt;
use tracing::Instrument;

use crate::access::{AccessLine, Journal};
use crate::connection::Phase;
use crate::{RequestId, Stop, request_id};

/// The middleware that goes round everything else of an `App`.
///
/// - The request has a fresh [`RequestId`], the answer says it in the header `Request-Id`, and what
///   is logged in between stands in a span that names it.
/// - There is exactly one access line (see [`access`](crate::access)).
/// - A handler that panics is answered with an empty 500. Without this, actix drops the connection
///   and the client cannot tell whether its request was carried out.
/// - Once `stop` was asked for, answers carry `Connection: close`, so that keep-alive clients move
///   on to another process instead of meeting a closing connection.
/// - The `journal`, if there is one, hears of every request that is over.
pub fn observe<S, B>(
    stop: Stop,
    journal: Option<Arc<dyn Journal>>,
) -> impl Transform<S, ServiceRequest, Response = ServiceResponse<B>, Error = Error, InitError = ()>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    let around = Rc::new(Around { stop, journal });
    from_fn(move |request: ServiceRequest, next: Next<B>| {
        watched(request, next, Rc::clone(&around))
    })
}

/// What a worker keeps for all its requests.
struct Around {
    stop: Stop,
    journal: Option<Arc<dyn Journal>>,
}

async fn watched<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
    around: Rc<Around>,
) -> Result<ServiceResponse<B>, Error> {
    let Around { stop, journal } = &*around;
    let (id, version) = (RequestId::fresh(), request.version());
    let mut line = AccessLine::begin(id, &request, journal.clone());
    let _serving = Phase::of(&request).map(Phase::serve);

    // An error span, so that a log that shows nothing but errors shows their request as well.
    let span = tracing::error_span!("request", %id);
    let called = AssertUnwindSafe(async { next.call(request).await }).catch_unwind();
    match called.instrument(span).await {
        Ok(Ok(mut response)) => {
            finish(response.response_mut(), id, stop);
            if version < Version::HTTP_11 {
                without_chunks(response.response_mut());
            }
            line.answered(&response);
            Ok(response)
        }
        Ok(Err(error)) => Err(failure(error.error_response(), id, stop, &mut line)),
        Err(_panic) => {
            // The panic's message went to stderr by the hook; here it could quote a client.
            tracing::error!(%id, "handler panicked");
            Err(failure(HttpResponse::InternalServerError().finish(), id, stop, &mut line))
        }
    }
}

/// Turns the response to a failure, whose request is gone, into what actix takes in its place.
/// HTTP/1.0 knows no chunks: what has no length ends with its connection.
fn without_chunks<B: MessageBody>(response: &mut HttpResponse<B>) {
    if response.body().size() == BodySize::Stream {
        response.head_mut().no_chunking(true);
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
}

fn failure(mut response: HttpResponse, id: RequestId, stop: &Stop, line: &mut AccessLine) -> Error {
    finish(&mut response, id, stop);
    line.failed(response.status().as_u16());
    InternalError::from_response("request failed", response).into()
}

fn finish<B>(response: &mut HttpResponse<B>, id: RequestId, stop: &Stop) {
    response.headers_mut().insert(request_id::HEADER, id.header_value());
    if stop.is_asked() {
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
}
