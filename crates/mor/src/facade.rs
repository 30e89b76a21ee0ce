//! A request's way through the facade.

use std::sync::Arc;

use actix_web::http;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use leaseline_core::ids::CardGroupId;
use leaseline_core::mor_user::MorCaller;
use leaseline_hub::{Failure, Hub, Request, Settled};
use leaseline_web::{AccessNote, BodyError, Effect, peer, read_body};

use crate::intake::Parameters;
use crate::method::Method;
use crate::reply::{Reply, Said, Trouble};
use crate::{Settings, auth, from_wire, key, path, to_wire};

/// What every request needs.
#[derive(Clone)]
pub(crate) struct Facade {
    hub: Hub,
    settings: Settings,
}

/// A request that was let in: who asks, for what, with which parameters.
struct Call<'a> {
    hub: &'a Hub,
    request: &'a HttpRequest,
    method: Method,
    caller: MorCaller,
    sent: &'a Parameters,
}

impl Facade {
    pub(crate) const fn new(hub: Hub, settings: Settings) -> Self {
        Self { hub, settings }
    }

    /// The checks before the parameters, in their order, then the method.
    async fn perform(
        &self,
        request: &HttpRequest,
        method: Option<Method>,
        body: Result<&[u8], BodyError>,
        user: &mut Option<Arc<str>>,
    ) -> Result<Reply, Trouble> {
        let body = body?;
        if !self.settings.allow_api {
            return Err(Said("API Requests are disabled").into());
        }
        if request.method() == http::Method::GET && !self.settings.allow_get {
            return Err(Said("GET Requests are disabled").into());
        }
        let serves = [http::Method::GET, http::Method::POST].contains(request.method());
        let method = method.filter(|_| serves).ok_or(Said("Unknown API method"))?;
        let sent = Parameters::read(request.query_string(), request.headers(), body);
        let sent = sent.map_err(|_| auth::INCORRECT_HASH)?;
        let source = peer::source(request, &self.settings.trusted_proxies);
        let vault = &self.settings.vault;
        let caller = auth::prove(&self.hub, vault, method, &sent, source).await?;
        *user = sent.text("u").as_deref().map(Arc::from);
        Call { hub: &self.hub, request, method, caller, sent: &sent }.carry_out().await
    }
}

impl Call<'_> {
    async fn carry_out(self) -> Result<Reply, Trouble> {
        match self.method {
            Method::GroupCreate => self.create_group().await,
            Method::GroupsGet => self.groups().await,
            Method::CardsCreate => self.create_cards().await,
            Method::CardsGet => self.cards().await,
            Method::CardSell => {
                let sale = from_wire::sale(self.caller, self.sent)?;
                let answer = |sold: &Vec<_>| to_wire::sold(sold);
                self.settle(sale, answer).await.map(Reply::success)
            }
            Method::BalanceGet => {
                let user = from_wire::user(self.sent)?;
                let balance = self.hub.mor_balance(&self.caller, user).await?;
                let balance = balance.ok_or(Said("User was not found"))?;
                Ok(Reply::success(to_wire::balance(balance)))
            }
            Method::VersionGet => Ok(Reply::success(to_wire::version())),
        }
    }

    /// The group's id is not in the body, so it is what is kept for who repeats the request. What was
    /// right when it was first sent need not be so any more: it may have named an end that is over.
    async fn create_group(self) -> Result<Reply, Trouble> {
        let named = from_wire::references(self.sent);
        let found = self.hub.card_references(&self.caller, named).await?;
        let id = match from_wire::group(self.caller, self.sent, &found, self.hub.now()) {
            Ok(new) => self.settle(new, CardGroupId::to_string).await?,
            Err(wrong) => self.answered_before().await?.ok_or(wrong)?,
        };
        let id = id.parse().ok().and_then(CardGroupId::new);
        id.map(Reply::group_created).ok_or(Trouble::Hub(Failure::Unavailable))
    }

    /// The answer that the same request had before under its key, if it has a sound one.
    async fn answered_before(&self) -> Result<Option<String>, Trouble> {
        let (headers, user) = (self.request.headers(), self.caller.user());
        let key = key::of(headers, user, self.method, self.sent, |(): &()| String::new());
        let Ok(Some(key)) = key else { return Ok(None) };
        Ok(self.hub.answered_before(&key).await?)
    }

    async fn groups(self) -> Result<Reply, Trouble> {
        let only = from_wire::only_group(self.sent)?;
        let lines = self.hub.card_groups(&self.caller, only).await?;
        match (lines.is_empty(), only) {
            (true, Some(_)) => Err(Said("Wrong calling cards group ID").into()),
            (true, None) => Err(Said("Calling cards groups were not found").into()),
            (false, _) => Ok(Reply::success(to_wire::groups(&lines))),
        }
    }

    async fn create_cards(self) -> Result<Reply, Trouble> {
        let cards = from_wire::cards(self.caller, self.sent)?;
        let (headers, user) = (self.request.headers(), self.caller.user());
        let answer = |_: &usize| to_wire::cards_created();
        let key = key::of(headers, user, self.method, self.sent, answer)?;
        match self.hub.create_cards(cards, key).await? {
            Settled::Fresh(_) => Ok(Reply::success(to_wire::cards_created())),
            Settled::Repeated(stored) => Ok(Reply::success(stored)),
        }
    }

    async fn cards(self) -> Result<Reply, Trouble> {
        let filter = from_wire::filter(self.sent)?;
        let cards = self.hub.cards(&self.caller, filter).await?;
        if cards.is_empty() {
            return Err(Said("Cards were not found").into());
        }
        Ok(Reply::success(to_wire::cards(&cards)))
    }

    /// Has a change made, once for all requests with the same key, and writes the answer.
    async fn settle<R: Request>(
        &self,
        request: R,
        answer: impl Fn(&R::Outcome) -> String + Clone + Send + Sync + 'static,
    ) -> Result<String, Trouble> {
        let (headers, user) = (self.request.headers(), self.caller.user());
        let key = key::of(headers, user, self.method, self.sent, answer.clone())?;
        let Some(key) = key else { return Ok(answer(&self.hub.ask(request).await?)) };
        match self.hub.ask_once(request, key).await? {
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
    let method = Method::by_name(path::segment(request.match_info().unprocessed()));
    let mut user = None;
    let answered = facade.perform(&request, method, body, &mut user).await;
    let effect = match &answered {
        Ok(_) if method.is_some_and(Method::changes) => Effect::Changed,
        Ok(_) => Effect::Looked,
        Err(_) => Effect::Failed,
    };
    let reply = answered.unwrap_or_else(|trouble| Reply::trouble(trouble, method));
    AccessNote {
        facade: "mor",
        operation: method.map_or("-", Method::name).into(),
        outcome: reply.outcome.into(),
        effect,
        customer: None,
        user,
    }
    .leave(&request);
    reply.into_response()
}
