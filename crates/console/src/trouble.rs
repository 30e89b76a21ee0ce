//! What stands between a request and its page.

use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, LOCATION};
use actix_web::{HttpResponse, ResponseError};
use leaseline_hub::Failure;
use leaseline_web::BodyError;
use maud::html;

use crate::PATH;
use crate::layout;

/// Why there is no page.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// Nobody is logged in: first to there, then back to where it was wanted to go.
    #[error("nobody is logged in")]
    NotLoggedIn {
        /// The path that was asked for, with its query.
        next: Option<String>,
        /// Whether a script asked, which can not be sent to another page as a browser can.
        by_script: bool,
    },
    /// The role does not have the duty.
    #[error("the role does not allow it")]
    Forbidden,
    /// There is no such thing.
    #[error("there is no such thing")]
    NotFound,
    /// A form that did not come from a page of this session, or whose session is over.
    #[error("the form does not belong to this session")]
    StrangeForm,
    /// What was sent can not be read.
    #[error("the request can not be read")]
    Unreadable,
    /// More was sent than is read.
    #[error("the request is too large")]
    TooLarge,
    /// The hub did not do it.
    #[error(transparent)]
    Hub(#[from] Failure),
}

impl From<BodyError> for Trouble {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::TooLarge,
            BodyError::TooSlow | BodyError::Broken => Self::Unreadable,
        }
    }
}

impl Trouble {
    /// A heading, what it means, and what to do.
    const fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::NotLoggedIn { .. } => ("Log in first", "Your session is over."),
            Self::Forbidden => (
                "Not for your role",
                "Your role does not allow this. An administrator can give you another one with \
                 “leaseline admin role”.",
            ),
            Self::NotFound => (
                "Not found",
                "There is nothing at this address. It may have been typed wrongly, or what it \
                 named is gone.",
            ),
            Self::StrangeForm => (
                "This form is out of date",
                "It belongs to another session, so nothing was changed. Go back, load the page \
                 again and repeat what you did.",
            ),
            Self::Unreadable => {
                ("Not understood", "The request could not be read. Go back and try again.")
            }
            Self::TooLarge => (
                "Too large",
                "More was sent than this page takes. Split it, or use the command line.",
            ),
            Self::Hub(Failure::Overloaded | Failure::Locked) => (
                "Busy",
                "More is asked than can be done at present; nothing was changed. Try again in a \
                 moment.",
            ),
            Self::Hub(Failure::Unavailable) => (
                "The database does not answer",
                "It may be away. If you changed something, look whether it was done before you \
                 try again.",
            ),
            Self::Hub(Failure::Refused(_)) => ("Refused", "The rules say no; nothing was changed."),
        }
    }
}

impl ResponseError for Trouble {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotLoggedIn { .. } => StatusCode::SEE_OTHER,
            Self::Forbidden | Self::StrangeForm => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Hub(Failure::Refused(_)) => StatusCode::CONFLICT,
            Self::Hub(Failure::Overloaded | Failure::Locked | Failure::Unavailable) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    fn error_response(&self) -> HttpResponse {
        if let Self::NotLoggedIn { next, by_script } = self {
            return to_log_in(next.as_deref(), *by_script);
        }
        let (heading, words) = self.words();
        let why = match self {
            Self::Hub(Failure::Refused(refusal)) => Some(refusal.to_string()),
            _ => None,
        };
        let page = layout::bare(
            heading,
            html! {
                h1 { (heading) }
                @if let Some(why) = why { p.alert { (why) "." } }
                p { (words) }
                p { a href=(PATH) { "To the overview" } }
            },
        );
        HttpResponse::build(self.status_code()).content_type(ContentType::html()).body(page.0)
    }
}

fn to_log_in(next: Option<&str>, by_script: bool) -> HttpResponse {
    let next = next.map(|next| format!("?next={}", layout::escaped(next))).unwrap_or_default();
    let to = format!("{PATH}/log-in{next}");
    if by_script {
        return HttpResponse::Ok().insert_header(("HX-Redirect", to)).finish();
    }
    HttpResponse::SeeOther().insert_header((LOCATION, to)).finish()
}
