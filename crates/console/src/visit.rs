//! Who looks at a page. A handler that takes a [`Visit`] is reached by people alone who are logged
//! in; what their role allows, it says itself with [`Visit::needs`].

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use leaseline_core::Timestamp;
use leaseline_core::audit::{AuditAction, NewAudit};
use leaseline_core::staff::{Duty, StaffMember};
use leaseline_hub::Hub;
use leaseline_hub::staff::{StaffToken, WriteAudit};
use leaseline_web::{Form, RequestId};

use crate::console::Console;
use crate::cookie;
use crate::trouble::Trouble;

/// Somebody who is logged in, and what he asks for.
pub(crate) struct Visit {
    /// Names the request, and with it a form on the page that answers it.
    pub(crate) id: Option<RequestId>,
    pub(crate) console: Data<Console>,
    pub(crate) member: StaffMember,
    /// The query.
    pub(crate) query: Form,
    pub(crate) theme: Theme,
    pub(crate) now: Timestamp,
    pub(crate) token: StaffToken,
    pub(crate) path: String,
}

/// Who asks, for the access log.
pub(crate) struct Who(pub(crate) Arc<str>);

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the viewer's system is.
    Auto,
    Light,
    Dark,
}

const THEME: &str = "leaseline-theme";

impl Theme {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        Self::by_name(cookie::read(request.headers(), THEME).unwrap_or_default())
    }

    pub(crate) fn by_name(name: &str) -> Self {
        match name {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::Auto,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(crate) fn cookie(self) -> String {
        cookie::look(THEME, self.name())
    }
}

impl Visit {
    pub(crate) fn hub(&self) -> &Hub {
        &self.console.hub
    }

    /// Goes on if the role has this duty.
    pub(crate) fn needs(&self, duty: Duty) -> Result<(), Trouble> {
        if self.may(duty) { Ok(()) } else { Err(Trouble::Forbidden) }
    }

    pub(crate) const fn may(&self, duty: Duty) -> bool {
        self.member.role.may(duty)
    }

    /// A value of the query; none when it is empty.
    pub(crate) fn asked(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(str::trim).filter(|value| !value.is_empty())
    }

    pub(crate) fn wants_csv(&self) -> bool {
        self.asked("format") == Some("csv")
    }

    /// So many rows are asked for: a page, or a file.
    pub(crate) fn rows(&self) -> u32 {
        if self.wants_csv() { MOST_EXPORTED } else { PAGE }
    }

    /// Whether there is as much as was asked for, and so maybe more.
    pub(crate) fn is_full<T>(&self, lines: &[T]) -> bool {
        u32::try_from(lines.len()).is_ok_and(|count| count >= self.rows())
    }

    /// The last of the lines, if maybe more come after it.
    pub(crate) fn last_of_many<'a, T>(&self, lines: &'a [T]) -> Option<&'a T> {
        lines.last().filter(|_| self.is_full(lines))
    }

    /// The value of the hidden field that every form has.
    pub(crate) fn form_token(&self) -> String {
        self.token.form_token()
    }

    /// Writes down what is about to be done.
    pub(crate) async fn audit(
        &self,
        action: AuditAction,
        subject: &str,
        reason: &str,
    ) -> Result<(), Trouble> {
        let entry = NewAudit::new(self.member.name.as_str(), action, subject, reason);
        Ok(self.hub().ask(WriteAudit(entry)).await?)
    }

    /// Writes down that what the entry before says was not carried out.
    pub(crate) async fn audit_not_done(
        &self,
        action: AuditAction,
        subject: &str,
        reason: &str,
    ) -> Result<(), Trouble> {
        self.audit(action, &format!("{subject}: not carried out"), reason).await
    }
}

/// So many rows are on a page.
pub(crate) const PAGE: u32 = 50;

/// So many rows are in a CSV file at most.
pub(crate) const MOST_EXPORTED: u32 = 10_000;

impl FromRequest for Visit {
    type Error = Trouble;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Trouble>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { visit(&request).await })
    }
}

pub(crate) async fn visit(request: &HttpRequest) -> Result<Visit, Trouble> {
    let console = request.app_data::<Data<Console>>().ok_or(Trouble::NotFound)?.clone();
    let stranger = || Trouble::NotLoggedIn {
        next: (request.method() == Method::GET)
            .then(|| request.uri().path_and_query().map(ToString::to_string))
            .flatten(),
        by_script: request.headers().contains_key("HX-Request"),
    };
    let token = token(request, &console).ok_or_else(stranger)?;
    let member = console.hub.staff_session(&token).await?.ok_or_else(stranger)?;
    request.extensions_mut().insert(Who(member.name.as_str().into()));
    let query = Form::parse(request.query_string().as_bytes());
    let query = query.map_err(|_| Trouble::Unreadable)?;
    let (theme, now) = (Theme::of(request), console.hub.now());
    let (id, path) = (RequestId::of(request), request.path().to_owned());
    Ok(Visit { id, console, member, query, theme, now, token, path })
}

/// What the session's cookie brings.
pub(crate) fn token(request: &HttpRequest, console: &Console) -> Option<StaffToken> {
    StaffToken::parse(cookie::read(request.headers(), console.cookie())?)
}
