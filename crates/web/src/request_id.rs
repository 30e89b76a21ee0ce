//! The name of one request, for its client and for the log.

use std::fmt;
use std::future::{Ready, ready};
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::error::ErrorInternalServerError;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};
use uuid::Uuid;

use crate::access::Visit;

/// The response header that carries the id, on every answer of the application.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("request-id");

/// A request's id: fresh, unique, in the order of time (UUIDv7). It is never taken from the
/// client, so that nobody can write into our log, or pass a request off as another one.
///
/// A handler can take it as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequestId(Uuid);

impl RequestId {
    #[expect(
        clippy::disallowed_methods,
        reason = "names a request in the log; no rule of the domain ever sees it"
    )]
    pub(crate) fn fresh() -> Self {
        Self(Uuid::now_v7())
    }

    /// The id of this request, if [`observe`](crate::observe()) is mounted.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Rc<Visit>>().map(|visit| visit.id)
    }

    /// The id itself.
    pub fn uuid(self) -> Uuid {
        self.0
    }

    pub(crate) fn header_value(self) -> HeaderValue {
        let mut text = Uuid::encode_buffer();
        let text = self.0.hyphenated().encode_lower(&mut text);
        HeaderValue::from_str(text).expect("hexadecimal digits and hyphens are a header value")
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromRequest for RequestId {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).ok_or_else(|| ErrorInternalServerError("no request id")))
    }
}
