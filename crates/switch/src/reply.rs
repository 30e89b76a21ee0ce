//! Answers, and troubles on the way to one.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder};
use leaseline_hub::Failure;
use leaseline_web::BodyError;
use serde::Serialize;

/// Why there is no answer to the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Whoever asks is no switch of ours, or asks from elsewhere.
    Unauthorized,
    /// The body could not be read.
    Body(BodyError),
    /// The body is not what such a body is.
    Unreadable(&'static str),
    /// A field of it is wrong.
    Field(WrongField),
    /// The hub does not answer.
    Hub(Failure),
}

/// A field that is wrong, and how. Its value is not quoted: it may be somebody's number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {what}")]
pub(crate) struct WrongField {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
}

/// What is wrong, as it is told.
#[derive(Serialize)]
struct Told {
    error: String,
}

/// An answer, ready to be sent.
pub(crate) struct Reply {
    http: StatusCode,
    media_type: &'static str,
    body: String,
    /// What the access log says of it.
    pub(crate) outcome: &'static str,
}

pub(crate) const JSON: &str = "application/json";
pub(crate) const XML: &str = "text/xml; charset=utf-8";
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";

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

impl From<WrongField> for Trouble {
    fn from(wrong: WrongField) -> Self {
        Self::Field(wrong)
    }
}

impl Reply {
    pub(crate) const fn text(media_type: &'static str, body: String) -> Self {
        Self { http: StatusCode::OK, media_type, body, outcome: "ok" }
    }

    pub(crate) fn json(http: StatusCode, outcome: &'static str, answer: &impl Serialize) -> Self {
        let body = serde_json::to_string(answer).expect("our answers have texts as their keys");
        Self { http, media_type: JSON, body, outcome }
    }

    pub(crate) fn trouble(trouble: &Trouble) -> Self {
        let (http, outcome, error) = trouble.told();
        Self::json(http, outcome, &Told { error })
    }

    pub(crate) fn into_response(self) -> HttpResponse {
        let mut response = HttpResponseBuilder::new(self.http);
        response.insert_header((CONTENT_TYPE, self.media_type));
        if self.http == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((RETRY_AFTER, HeaderValue::from_static("1")));
        }
        if self.http == StatusCode::UNAUTHORIZED {
            let challenge =
                HeaderValue::from_static("Basic realm=\"leaseline\", charset=\"UTF-8\"");
            response.insert_header((WWW_AUTHENTICATE, challenge));
        }
        response.body(self.body)
    }
}

impl Trouble {
    fn told(&self) -> (StatusCode, &'static str, String) {
        match self {
            Self::Unauthorized => {
                (StatusCode::UNAUTHORIZED, "unauthorized", "wrong name or password".into())
            }
            Self::Body(BodyError::TooLarge) => {
                (StatusCode::PAYLOAD_TOO_LARGE, "too large", "the body is too large".into())
            }
            Self::Body(BodyError::TooSlow) => {
                (StatusCode::REQUEST_TIMEOUT, "too slow", "the body came too slowly".into())
            }
            Self::Body(BodyError::Broken) => {
                (StatusCode::BAD_REQUEST, "broken off", "the body broke off".into())
            }
            Self::Unreadable(what) => (StatusCode::BAD_REQUEST, "unreadable", (*what).into()),
            Self::Field(wrong) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "wrong field", wrong.to_string())
            }
            // No request of this interface is refused: what a call is refused for is a decision.
            Self::Hub(
                Failure::Refused(_) | Failure::Overloaded | Failure::Locked | Failure::Unavailable,
            ) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "try again".into()),
        }
    }
}
