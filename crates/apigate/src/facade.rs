//! A request's way through the facade.

use std::sync::Arc;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use leaseline_core::api_user::ApiUser;
use leaseline_core::customer::CustomerStatus;
use leaseline_core::timestamp::Zone;
use leaseline_hub::{Hub, Request, Settled};
use leaseline_web::{AccessNote, BodyError, Effect, Form, peer, plain_path, read_body};

use crate::from_wire::{self, Reading};
use crate::key::Key;
use crate::operation::Operation;
use crate::path::Paths;
use crate::reply::{Reply, Trouble};
use crate::status::Status;
use crate::{Settings, auth, intake, parameter, to_wire};

/// What every request needs.
#[derive(Clone)]
pub(crate) struct Facade {
    hub: Hub,
    settings: Settings,
    zone: Arc<dyn Zone>,
    paths: Paths,
}

/// What the access log may know.
#[derive(Default)]
struct Seen {
    customer: Option<String>,
    user: Option<Arc<str>>,
}

/// A request that was let in: who asks, for what, with which parameters.
struct Call<'a> {
    facade: &'a Facade,
    request: &'a HttpRequest,
    operation: Operation,
    user: Arc<ApiUser>,
    form: &'a Form,
}

impl Facade {
    pub(crate) fn new(hub: Hub, settings: Settings, paths: Paths) -> Self {
        let zone: Arc<dyn Zone> = Arc::new(settings.zone.clone());
        Self { hub, settings, zone, paths }
    }

    /// The checks before the parameters, in their order, then the operation.
    async fn perform(
        &self,
        request: &HttpRequest,
        operation: Operation,
        body: Result<&[u8], BodyError>,
        seen: &mut Seen,
    ) -> Result<String, Trouble> {
        let body = body?;
        self.hub.count_source(peer::source(request, &self.settings.trusted_proxies))?;
        let user = auth::prove(request.headers(), &self.settings.tokens, &self.hub).await?;
        seen.user = Some(Arc::clone(&user.name));
        let form = intake::form(request.headers(), body, operation)?;
        seen.customer = parameter::customer_id(&form).ok().map(|id| id.to_string());
        if !operation.is_open_to(&user.role) {
            return Err(Status::Authorization.into());
        }
        Call { facade: self, request, operation, user, form: &form }.carry_out().await
    }
}

impl Call<'_> {
    async fn carry_out(self) -> Result<String, Trouble> {
        match self.operation {
            Operation::Request(kind) => {
                let request = from_wire::lease_request(&self.reading(), kind)?;
                let zone = Arc::clone(&self.facade.zone);
                self.settle(request, move |granted| to_wire::lease_granted(&granted.lease, &*zone))
                    .await
            }
            Operation::Release(kind) => {
                let request = from_wire::release(&self.reading(), kind)?;
                self.settle(request, |_| to_wire::done()).await
            }
            Operation::Query(kind) => {
                let id = parameter::reference_id(self.form)?;
                let lease = self.facade.hub.live_lease(&self.user.caller(), id, kind).await?;
                Ok(to_wire::lease_found(&lease, &*self.facade.zone))
            }
            Operation::Reserve => {
                let request = from_wire::reserve(&self.reading())?;
                self.settle(request, to_wire::numbers_reserved).await
            }
            Operation::TopUp => {
                let request = from_wire::top_up(&self.reading())?;
                self.settle(request, to_wire::topped_up).await
            }
            Operation::View => {
                let id = parameter::customer_id(self.form)?;
                let view = self.facade.hub.customer(&self.user.caller(), id).await?;
                Ok(to_wire::customer_viewed(&view, &*self.facade.zone))
            }
            Operation::Create => {
                let request = from_wire::create(self.form)?;
                self.settle(request, |id| to_wire::customer_created(*id)).await
            }
            Operation::Update => {
                let request = from_wire::update(&self.reading())?;
                self.settle(request, |_| to_wire::done()).await
            }
            Operation::Activate => self.set_status(CustomerStatus::Active).await,
            Operation::Deactivate => self.set_status(CustomerStatus::Suspended).await,
        }
    }

    async fn set_status(self, status: CustomerStatus) -> Result<String, Trouble> {
        let request = from_wire::set_status(&self.reading(), status)?;
        self.settle(request, |_| to_wire::done()).await
    }

    fn reading(&self) -> Reading<'_> {
        Reading {
            form: self.form,
            caller: self.user.caller(),
            region: &self.facade.settings.region,
            zone: &self.facade.zone,
            max_reserve: self.facade.settings.max_reserve,
            now: self.facade.hub.now(),
        }
    }

    /// Has a change made, once for all requests with the same key, and writes the answer.
    async fn settle<R: Request>(
        self,
        request: R,
        answer: impl Fn(&R::Outcome) -> String + Clone + Send + Sync + 'static,
    ) -> Result<String, Trouble> {
        let hub = &self.facade.hub;
        let key = Key::of(self.request.headers(), self.user.id, self.operation, self.form)?;
        let Some(key) = key else { return Ok(answer(&hub.ask(request).await?)) };
        match hub.ask_once(request, key.keeping(answer.clone())).await? {
            Settled::Fresh(outcome) => Ok(answer(&outcome)),
            Settled::Repeated(stored) => Ok(stored),
        }
    }
}

/// Answers whatever comes to one of our paths.
pub(crate) async fn answer(
    request: HttpRequest,
    payload: Payload,
    facade: Data<Facade>,
) -> HttpResponse {
    let body = read_body(&request, payload, &facade.settings.limits).await;
    let body = body.as_deref().map_err(|error| *error);
    let operation = facade.paths.operation(request.method(), &plain_path(request.uri()));
    let mut seen = Seen::default();
    let answered = match operation {
        Ok(operation) => facade.perform(&request, operation, body, &mut seen).await,
        Err(status) => Err(body.err().map_or(Trouble::Wire(status), Trouble::Body)),
    };
    let known = operation.ok();
    let effect = match &answered {
        Ok(_) if known.is_some_and(Operation::changes) => Effect::Changed,
        Ok(_) => Effect::Looked,
        Err(_) => Effect::Failed,
    };
    let reply = match answered {
        Ok(body) => Reply::success(body),
        Err(trouble) => Reply::trouble(trouble, known),
    };
    AccessNote {
        facade: "apigate",
        operation: known.map_or("-", Operation::path).into(),
        outcome: reply.status.code().to_string().into(),
        effect,
        customer: seen.customer,
        user: seen.user,
    }
    .leave(&request);
    reply.into_response()
}
