//! A request's way through the facade.

use std::sync::Arc;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use leaseline_hub::Hub;
use leaseline_web::{AccessNote, BodyError, Effect, read_body};

use crate::call::Call;
use crate::error::Error;
use crate::intake::Parameters;
use crate::mode::Mode;
use crate::reply::{self, Output};
use crate::{Settings, auth};

/// What every request needs.
#[derive(Clone)]
pub(crate) struct Facade {
    hub: Hub,
    settings: Settings,
}

/// What the access log may know.
#[derive(Default)]
struct Seen {
    mode: Option<Mode>,
    customer: Option<String>,
    user: Option<Arc<str>>,
}

impl Facade {
    pub(crate) const fn new(hub: Hub, settings: Settings) -> Self {
        Self { hub, settings }
    }

    /// The checks before the values, in their order, then the mode.
    async fn perform(
        &self,
        request: &HttpRequest,
        body: Result<&[u8], BodyError>,
        seen: &mut Seen,
    ) -> Result<Output, Error> {
        let parameters = Parameters::read(request, body?)?;
        let mode = parameters.get("mode").and_then(Mode::by_name);
        seen.mode = mode;
        let proxies = &self.settings.trusted_proxies;
        let login = auth::prove(&self.hub, request, proxies, &parameters).await?;
        seen.customer = Some(login.account.customer.to_string());
        seen.user = parameters.get("user").map(Arc::from);
        let mode = mode.ok_or(Error::Incomplete)?;
        if mode.required().iter().any(|name| parameters.filled(name).is_none()) {
            return Err(Error::Incomplete);
        }
        Call { hub: &self.hub, account: &login.account, parameters: &parameters }
            .carry_out(mode)
            .await
    }
}

/// Answers whatever comes to our path.
pub(crate) async fn answer(
    request: HttpRequest,
    payload: Payload,
    facade: Data<Facade>,
) -> HttpResponse {
    let body = read_body(&request, payload, &facade.settings.limits).await;
    let body = body.as_deref().map_err(|error| *error);
    let mut seen = Seen::default();
    let answered = facade.perform(&request, body, &mut seen).await;
    let effect = match &answered {
        Ok(_) if seen.mode.is_some_and(Mode::changes) => Effect::Changed,
        Ok(_) => Effect::Looked,
        Err(_) => Effect::Failed,
    };
    AccessNote {
        facade: "traitel",
        operation: seen.mode.map_or("-", Mode::name).into(),
        outcome: answered.as_ref().err().map_or("ok", |error| error.code()).into(),
        effect,
        customer: seen.customer,
        user: seen.user,
    }
    .leave(&request);
    reply::response(answered)
}
