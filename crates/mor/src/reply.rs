//! Answers, and troubles on the way to one.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::{HttpResponse, HttpResponseBuilder};
use leaseline_core::Refusal;
use leaseline_core::card::CardRefusal;
use leaseline_core::ids::CardGroupId;
use leaseline_hub::Failure;
use leaseline_web::BodyError;

use crate::method::Method;
use crate::to_wire;

const CARD_GROUP_ID: HeaderName = HeaderName::from_static("x-card-group-id");

const UNAVAILABLE: Said = Said("Service temporarily unavailable");

/// The text of an error, as the API's clients know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Said(pub(crate) &'static str);

/// Why there is no success to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Something is wrong with the request.
    Wire(Said),
    /// The body could not be read.
    Body(BodyError),
    /// The hub says no, or does not answer.
    Hub(Failure),
}

/// An answer, ready to be sent.
pub(crate) struct Reply {
    http: StatusCode,
    body: String,
    /// The group that was made, if one was.
    group: Option<CardGroupId>,
    /// What the access log says of it.
    pub(crate) outcome: &'static str,
}

impl From<Said> for Trouble {
    fn from(said: Said) -> Self {
        Self::Wire(said)
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
        Self { http: StatusCode::OK, body, group: None, outcome: "ok" }
    }

    pub(crate) fn group_created(group: CardGroupId) -> Self {
        Self { group: Some(group), ..Self::success(to_wire::group_created()) }
    }

    pub(crate) fn trouble(trouble: Trouble, method: Option<Method>) -> Self {
        let Said(text) = trouble.said(method);
        Self { http: trouble.http(), body: to_wire::error(text), group: None, outcome: text }
    }

    pub(crate) fn into_response(self) -> HttpResponse {
        let mut response = HttpResponseBuilder::new(self.http);
        let xml = HeaderValue::from_static("text/xml; charset=utf-8");
        response.insert_header((CONTENT_TYPE, xml));
        if self.http == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((RETRY_AFTER, HeaderValue::from_static("1")));
        }
        if let Some(group) = self.group {
            response.insert_header((CARD_GROUP_ID, group.get()));
        }
        response.body(self.body)
    }
}

impl Trouble {
    fn said(self, method: Option<Method>) -> Said {
        match self {
            Self::Wire(said) => said,
            Self::Body(BodyError::TooLarge) => Said("Request is too large"),
            Self::Body(BodyError::TooSlow) => Said("Request came too slowly"),
            Self::Body(BodyError::Broken) => Said("Request broke off"),
            Self::Hub(Failure::Refused(refusal)) => refused(refusal, method),
            Self::Hub(Failure::Overloaded | Failure::Locked | Failure::Unavailable) => UNAVAILABLE,
        }
    }

    /// HTTP's own status says something else than 200 only where the request was not taken in, or
    /// nobody knows what became of it.
    fn http(self) -> StatusCode {
        match self {
            Self::Body(BodyError::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body(BodyError::TooSlow) => StatusCode::REQUEST_TIMEOUT,
            Self::Hub(Failure::Overloaded | Failure::Locked | Failure::Unavailable) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Wire(_) | Self::Body(BodyError::Broken) | Self::Hub(Failure::Refused(_)) => {
                StatusCode::OK
            }
        }
    }
}

fn refused(refusal: Refusal, method: Option<Method>) -> Said {
    match refusal {
        Refusal::Card(CardRefusal::GroupUnknown) if method == Some(Method::CardSell) => {
            Said("Cardgroup was not found")
        }
        Refusal::Card(CardRefusal::GroupUnknown) => Said("Calling cards group was not found"),
        Refusal::Card(CardRefusal::RangeInvalid) => Said("Invalid card range"),
        Refusal::Card(CardRefusal::NumberExists) => Said("Card number already exists"),
        Refusal::Card(CardRefusal::NoFreeCard) => Said("Free cards was not found"),
        Refusal::Card(CardRefusal::CurrencyUnknown) => Said("Currency was not found"),
        Refusal::KeyReused => Said("Idempotency key was used with other parameters"),
        // What is on a card does not fit in the currency that was asked for.
        Refusal::AmountOverflow => Said("Currency was not found"),
        // No method of this interface is about leases, customers or subscriptions.
        Refusal::NotYourCustomer
        | Refusal::CustomerUnknown
        | Refusal::CustomerSuspended
        | Refusal::ServiceNotEnabled(_)
        | Refusal::PhoneIsOurs
        | Refusal::PrefixNotAllowed
        | Refusal::LeaseLimitReached(_)
        | Refusal::PhoneLeaseLimitReached
        | Refusal::NoFreeNumber
        | Refusal::ReserveLimitReached
        | Refusal::LeaseUnknown
        | Refusal::ExpiryTooFar => UNAVAILABLE,
    }
}
