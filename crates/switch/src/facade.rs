//! A request's way through the adapter.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use leaseline_core::call::{CallDecided, CallOrigin, CallRefusal, CardClaim};
use leaseline_core::record::{Intake, NewRecord, RecordName};
use leaseline_core::switch::Switch;
use leaseline_hub::records::TakeInRecords;
use leaseline_hub::{Hub, Login, Realm};
use leaseline_web::{AccessNote, Effect, Form, RequestId, peer, read_body};
use serde::Serialize;

use crate::intake::{Body, Fields};
use crate::reply::{Reply, TEXT, Trouble, WrongField, XML};
use crate::{Settings, auth, from_wire, fs, to_wire};

/// What every request needs.
#[derive(Clone)]
pub(crate) struct Facade {
    hub: Hub,
    settings: Settings,
}

/// The name of the switch that asks, for the access log.
struct Asker(Arc<str>);

/// How a record is read.
type ReadRecord = fn(&Switch, &Fields) -> Result<NewRecord, WrongField>;

/// What became of a record.
#[derive(Serialize)]
struct Status {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Facade {
    pub(crate) const fn new(hub: Hub, settings: Settings) -> Self {
        Self { hub, settings }
    }

    async fn prove(&self, request: &HttpRequest) -> Result<Arc<Switch>, Trouble> {
        let proved = auth::prove(&self.hub, request, &self.settings.trusted_proxies).await?;
        request.extensions_mut().insert(Asker(Arc::clone(&proved.name)));
        Ok(proved)
    }

    fn peer(&self, request: &HttpRequest) -> IpAddr {
        peer::source(request, &self.settings.trusted_proxies)
    }

    async fn body(&self, request: &HttpRequest, payload: Payload) -> Result<Body, Trouble> {
        let body = read_body(request, payload, &self.settings.limits).await?;
        Body::read(request.headers(), &body)
    }

    /// Whoever tries out cards and PINs is held off, by where the call comes from.
    async fn decide(
        &self,
        switch: &Arc<Switch>,
        fields: &Fields,
        peer: IpAddr,
    ) -> Result<CallDecided, Trouble> {
        let mut request = from_wire::authorise(switch, &self.settings, fields)?;
        let CallOrigin::Card(claim) = &mut request.origin else {
            return Ok(self.hub.ask(request).await?.decided().clone());
        };
        let login = Login::new(Realm::Card, "", from_wire::source(fields, peer));
        let is_judged = self.hub.may_log_in(&login).await?;
        if !is_judged {
            *claim = CardClaim::HeldOff;
        }
        let decided = self.hub.ask(request).await?.decided().clone();
        if is_judged && decided.outcome == Err(CallRefusal::WrongCard) {
            self.hub.login_failed(&login).await?;
        }
        Ok(decided)
    }

    async fn authorise(&self, request: &HttpRequest, payload: Payload) -> Result<Reply, Trouble> {
        let body = self.body(request, payload).await;
        let switch = self.prove(request).await?;
        let decided = self.decide(&switch, &body?.one()?, self.peer(request)).await?;
        Ok(match wants_text(request) {
            true => Reply::text(TEXT, to_wire::text(&decided)),
            false => Reply::json(StatusCode::OK, "ok", &to_wire::json(&decided)),
        })
    }

    async fn event(&self, request: &HttpRequest, payload: Payload) -> Result<Reply, Trouble> {
        let body = self.body(request, payload).await;
        let switch = self.prove(request).await?;
        if let Some(event) = from_wire::event(&switch, &body?.one()?, self.hub.now())? {
            self.hub.ask(event).await?;
        }
        Ok(Reply::json(StatusCode::OK, "ok", &Status { status: "ok", error: None }))
    }

    async fn take_in(
        &self,
        request: &HttpRequest,
        payload: Payload,
        read: ReadRecord,
    ) -> Result<Reply, Trouble> {
        let body = self.body(request, payload).await;
        let switch = self.prove(request).await?;
        match body? {
            Body::One(fields) => {
                let record = read(&switch, &fields)?;
                let intake = self.take_in_all(vec![record]).await?;
                let intake = intake.first().copied().unwrap_or(Intake::Duplicate);
                let status = to_wire::status(intake);
                let told = Status { status, error: None };
                Ok(Reply::json(to_wire::status_code(intake), status, &told))
            }
            Body::Several(items) => {
                let read = items.into_iter().map(|item| match item {
                    Some(fields) => read(&switch, &fields).map_err(|wrong| wrong.to_string()),
                    None => Err("it is no object".to_owned()),
                });
                let statuses = self.statuses(read.collect()).await?;
                Ok(Reply::json(StatusCode::OK, "ok", &statuses))
            }
        }
    }

    /// What is wrong with one record does not keep the others out.
    async fn statuses(&self, read: Vec<Result<NewRecord, String>>) -> Result<Vec<Status>, Trouble> {
        let sound = read.iter().filter_map(|record| record.as_ref().ok()).cloned().collect();
        let mut intakes = self.take_in_all(sound).await?.into_iter();
        let status = |record: Result<NewRecord, String>| match record {
            Ok(_) => {
                let status = intakes.next().map_or("duplicate", to_wire::status);
                Status { status, error: None }
            }
            Err(error) => Status { status: "invalid", error: Some(error) },
        };
        Ok(read.into_iter().map(status).collect())
    }

    async fn take_in_all(&self, records: Vec<NewRecord>) -> Result<Vec<Intake>, Trouble> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let records = TakeInRecords::new(records)
            .map_err(|_| WrongField { name: "body", what: "it has more than 1000 records" })?;
        Ok(self.hub.ask(records).await?)
    }

    /// FreeSWITCH hears of every call that nothing decided on that it is to be refused, and of every
    /// question that can not be read; of an HTTP error it would make what it likes.
    async fn dialplan(&self, request: &HttpRequest, payload: Payload) -> Result<Reply, Trouble> {
        let body = read_body(request, payload, &self.settings.limits).await;
        // A call that came without a name goes by the question's own.
        let unnamed = RequestId::of(request).map(|id| id.to_string());
        let asked = body.ok().and_then(|body| fs::question(&body, unnamed).ok());
        let context = asked.as_ref().map_or(fs::CONTEXT, |(_, context)| context);
        let undecided = || Ok(Reply::text(XML, fs::undecided(context)));
        let switch = match self.prove(request).await {
            Err(Trouble::Hub(_)) => return undecided(),
            proved => proved?,
        };
        let Some((fields, _)) = &asked else { return undecided() };
        match self.decide(&switch, fields, self.peer(request)).await {
            Ok(decided) => Ok(Reply::text(XML, fs::xml(&decided, &switch, context))),
            Err(_) => undecided(),
        }
    }

    async fn fs_call(&self, request: &HttpRequest, payload: Payload) -> Result<Reply, Trouble> {
        const UNREADABLE: Trouble = Trouble::Unreadable("the body is no record of mod_json_cdr");
        let body = read_body(request, payload, &self.settings.limits).await;
        let switch = self.prove(request).await?;
        let document = fs::document(&body?).ok_or(UNREADABLE)?;
        let status = match fs::record(&document, &switch)? {
            Some(record) => {
                let intakes = self.take_in_all(vec![record]).await?;
                intakes.first().copied().map_or("duplicate", to_wire::status)
            }
            None => "dropped",
        };
        // mod_json_cdr takes nothing but 200 for an answer.
        Ok(Reply::json(StatusCode::OK, status, &Status { status, error: None }))
    }

    async fn look_up(&self, request: &HttpRequest) -> Result<Reply, Trouble> {
        let switch = self.prove(request).await?;
        let query = Form::parse(request.query_string().as_bytes());
        let query = query.map_err(|_| Trouble::Unreadable("the query is broken"))?;
        let wrong = WrongField { name: "call_id", what: "it is not the name of a call" };
        let name = query.get("call_id").map(|name| RecordName::parse(name).ok_or(wrong));
        let name = name.transpose()?;
        let found = self.hub.call_records(from_wire::reporter(&switch), name).await?;
        Ok(Reply::json(StatusCode::OK, "ok", &to_wire::looked_up(&found)))
    }
}

fn wants_text(request: &HttpRequest) -> bool {
    let query = Form::parse(request.query_string().as_bytes());
    query.is_ok_and(|query| query.get("format") == Some("text"))
}

/// What alone changes nothing.
const LOOK_UP: &str = "cdr look-up";

fn answer(
    request: &HttpRequest,
    operation: &'static str,
    answered: Result<Reply, Trouble>,
) -> HttpResponse {
    let effect = match &answered {
        Ok(_) if operation == LOOK_UP => Effect::Looked,
        Ok(_) => Effect::Changed,
        Err(_) => Effect::Failed,
    };
    let reply = answered.unwrap_or_else(|trouble| Reply::trouble(&trouble));
    let user = request.extensions().get::<Asker>().map(|asker| Arc::clone(&asker.0));
    AccessNote {
        facade: "switch",
        operation: operation.into(),
        outcome: reply.outcome.into(),
        effect,
        customer: None,
        user,
    }
    .leave(request);
    reply.into_response()
}

pub(crate) async fn authorise(
    request: HttpRequest,
    payload: Payload,
    facade: Data<Facade>,
) -> HttpResponse {
    let answered = facade.authorise(&request, payload).await;
    answer(&request, "authorise", answered)
}

pub(crate) async fn event(
    request: HttpRequest,
    payload: Payload,
    facade: Data<Facade>,
) -> HttpResponse {
    let answered = facade.event(&request, payload).await;
    answer(&request, "event", answered)
}

pub(crate) async fn calls(
    request: HttpRequest,
    payload: Payload,
    facade: Data<Facade>,
) -> HttpResponse {
    let answered = facade.take_in(&request, payload, from_wire::call).await;
    answer(&request, "cdr", answered)
}

pub(crate) async fn messages(
    request: HttpRequest,
    payload: Payload,
    facade: Data<Facade>,
) -> HttpResponse {
    let answered = facade.take_in(&request, payload, from_wire::message).await;
    answer(&request, "sms", answered)
}

pub(crate) async fn faxes(
    request: HttpRequest,
    payload: Payload,
    facade: Data<Facade>,
) -> HttpResponse {
    let answered = facade.take_in(&request, payload, from_wire::fax).await;
    answer(&request, "fax", answered)
}

pub(crate) async fn dialplan(
    request: HttpRequest,
    payload: Payload,
    facade: Data<Facade>,
) -> HttpResponse {
    let answered = facade.dialplan(&request, payload).await;
    answer(&request, "dialplan", answered)
}

pub(crate) async fn fs_call(
    request: HttpRequest,
    payload: Payload,
    facade: Data<Facade>,
) -> HttpResponse {
    let answered = facade.fs_call(&request, payload).await;
    answer(&request, "fs cdr", answered)
}

pub(crate) async fn look_up(request: HttpRequest, facade: Data<Facade>) -> HttpResponse {
    let answered = facade.look_up(&request).await;
    answer(&request, LOOK_UP, answered)
}
