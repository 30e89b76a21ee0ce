//! Answers, and troubles on the way to one.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use actix_web::{HttpResponse, HttpResponseBuilder};
use leaseline_hub::Failure;
use leaseline_web::BodyError;

use crate::operation::Operation;
use crate::status::Status;
use crate::to_wire;

/// Why there is no success to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Something is wrong with the request.
    Wire(Status),
    /// The body could not be read.
    Body(BodyError),
    /// The hub says no, or does not answer.
    Hub(Failure),
}

/// An answer, ready to be sent.
pub(crate) struct Reply {
    http: StatusCode,
    pub(crate) status: Status,
    body: String,
}

impl From<Status> for Trouble {
    fn from(status: Status) -> Self {
        Self::Wire(status)
    }
}

impl From<BodyError> for Trouble {
    fn from(error: BodyError) -> Self {
        Self::Body(error)
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Hub(failure)
    }
}

impl Reply {
    pub(crate) const fn success(body: String) -> Self {
        Self { http: StatusCode::OK, status: Status::Success, body }
    }

    pub(crate) fn trouble(trouble: Trouble, operation: Option<Operation>) -> Self {
        let status = trouble.status();
        Self { http: trouble.http(), status, body: to_wire::error(status, operation) }
    }

    pub(crate) fn into_response(self) -> HttpResponse {
        let mut response = HttpResponseBuilder::new(self.http);
        response.insert_header((CONTENT_TYPE, HeaderValue::from_static("application/json")));
        if self.http == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((RETRY_AFTER, HeaderValue::from_static("1")));
        }
        response.body(self.body)
    }
}

impl Trouble {
    fn status(self) -> Status {
        match self {
            Self::Wire(status) => status,
            Self::Body(_) => Status::Request,
            Self::Hub(failure) => failure.into(),
        }
    }

    /// The clients of this API read `status`; HTTP's own says something else only where the
    /// request was not taken in at all.
    const fn http(self) -> StatusCode {
        match self {
            Self::Body(BodyError::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body(BodyError::TooSlow) => StatusCode::REQUEST_TIMEOUT,
            Self::Hub(Failure::Overloaded) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Wire(_)
            | Self::Body(BodyError::Broken)
            | Self::Hub(Failure::Refused(_) | Failure::Locked | Failure::Unavailable) => {
                StatusCode::OK
            }
        }
    }
}
