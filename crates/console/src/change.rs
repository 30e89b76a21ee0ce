//! A form that somebody sent who is logged in. A handler that takes a [`Change`] is reached by forms
//! alone that came from a page of the same session.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::HeaderMap;
use actix_web::{FromRequest, HttpRequest};
use leaseline_hub::{Failure, Idempotency, Request, Settled};
use leaseline_web::{Form, Limits, read_body};
use subtle::ConstantTimeEq;

use crate::trouble::Trouble;
use crate::visit::{Visit, visit};

/// The name of the hidden field that proves where a form came from.
pub(crate) const TOKEN: &str = "token";

/// The name of the hidden field that names a form.
pub(crate) const NAME: &str = "once";

/// So many characters the name of a form has at most.
const LONGEST_NAME: usize = 36;

/// So many bytes a form may have: a file of numbers is pasted into one.
const MOST_BYTES: usize = 8 << 20;

/// A form, and who sent it.
pub(crate) struct Change {
    pub(crate) visit: Visit,
    pub(crate) form: Form,
}

impl Change {
    /// A field without the blanks round it; empty when it was not sent.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.form.get(name).unwrap_or_default().trim()
    }

    /// Has a change made once, however often the form is sent that has it made: pressed twice, or sent
    /// again after its answer was lost. Says whether it was made now. `what` says what is changed, and how.
    pub(crate) async fn ask_once<R: Request>(
        &self,
        operation: &'static str,
        what: &str,
        request: R,
    ) -> Result<bool, Failure> {
        let (hub, name) = (self.visit.hub(), self.field(NAME));
        if name.is_empty() || name.len() > LONGEST_NAME {
            return hub.ask(request).await.map(|_| true);
        }
        let (user, name, what) = (self.visit.member.id, name.to_owned(), what.as_bytes().to_vec());
        let key = Idempotency::new(user, operation, name, what, |_| String::new());
        Ok(matches!(hub.ask_once(request, key).await?, Settled::Fresh(_)))
    }
}

impl FromRequest for Change {
    type Error = Trouble;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Trouble>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            if !is_of_our_pages(request.headers()) {
                return Err(Trouble::StrangeForm);
            }
            // Only who is logged in may send so much.
            let visit = visit(&request).await?;
            let limits = Limits { body_bytes: MOST_BYTES, ..visit.console.settings.limits };
            let body = read_body(&request, payload, &limits).await?;
            let form = Form::parse(&body).map_err(|_| Trouble::Unreadable)?;
            let (sent, own) = (form.get(TOKEN).unwrap_or_default(), visit.form_token());
            if !bool::from(sent.as_bytes().ct_eq(own.as_bytes())) {
                return Err(Trouble::StrangeForm);
            }
            Ok(Self { visit, form })
        })
    }
}

/// Whether a browser says that the request comes from one of our own pages, or says nothing. What it
/// says of its origin is no help: a proxy may have changed the host that it would be compared with.
pub(crate) fn is_of_our_pages(headers: &HeaderMap) -> bool {
    let site = headers.get("Sec-Fetch-Site").and_then(|site| site.to_str().ok());
    site.is_none_or(|site| matches!(site, "same-origin" | "none"))
}
