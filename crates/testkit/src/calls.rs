//! Calls, as switches ask for them and tell of them.

use std::sync::Arc;

use leaseline_core::Timestamp;
use leaseline_core::call::{
    AuthoriseRequest, Authorised, CallDecided, CallOrigin, Dialled, SingleCallerId,
};
use leaseline_core::ids::SwitchId;
use leaseline_core::ivr::Direction;
use leaseline_core::password::PasswordHash;
use leaseline_core::phone::PhoneNumber;
use leaseline_core::record::{
    CallReport, CallResult, Intake, NewRecord, Party, PartyText, RecordKey, RecordKind, RecordName,
    Report,
};
use leaseline_core::switch::{Switch, SwitchChange, SwitchTerms};
use leaseline_hub::Failure;
use leaseline_hub::operator::{Provisioning, SwitchEntry};
use leaseline_hub::records::TakeInRecords;

use crate::World;
use crate::accounts::HASH;

/// No call of the tests lasts longer, unless a test says so: two hours.
const LONGEST_SECONDS: i64 = 7_200;

/// A switch in Malaysia, as whose calls tests ask. It is nowhere but here: the hub takes a switch
/// as it is given.
#[derive(Clone)]
pub struct Edge(Arc<Switch>);

/// A call, from somebody to a number.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// What the switch calls it.
    pub name: &'a str,
    /// Who calls, as it is sent.
    pub from: &'a str,
    /// What was dialled, as it is sent.
    pub to: &'a str,
}

impl Edge {
    /// A switch of this name, which tells of answers or not.
    pub fn new(name: &str, has_events: bool) -> Self {
        let change = SwitchChange {
            country_code: Some("60".into()),
            national_prefix: Some("0".into()),
            has_events: Some(has_events),
            ..SwitchChange::default()
        };
        Self(Arc::new(Switch {
            id: SwitchId::new(1).expect("at least 1"),
            name: name.into(),
            password: PasswordHash::parse(HASH).expect("a hash"),
            enabled: true,
            terms: Arc::new(SwitchTerms::of_new(change).expect("it has a country")),
        }))
    }

    /// The switch.
    pub fn switch(&self) -> Arc<Switch> {
        Arc::clone(&self.0)
    }

    /// What it calls a call.
    pub fn key(&self, call: &str) -> RecordKey {
        let name = |text: &str| RecordName::parse(text).expect("a name");
        RecordKey { kind: RecordKind::Call, reporter: name(&self.0.name), name: name(call) }
    }

    /// Its question about a call on account of the number that was dialled.
    pub fn question(&self, call: Call<'_>) -> AuthoriseRequest {
        AuthoriseRequest {
            terms: Arc::clone(&self.0.terms),
            call: self.key(call.name),
            dialled: Dialled {
                from: self.party(call.from),
                is_hidden: false,
                to: self.party(call.to),
                hops: 0,
            },
            origin: CallOrigin::Number,
            single: SingleCallerId::Caller,
            longest_seconds: Some(LONGEST_SECONDS),
        }
    }

    /// What it tells of a call that was connected for so long, by the decision it remembers.
    pub fn report(
        &self,
        call: Call<'_>,
        decided: Option<&CallDecided>,
        started_at: Timestamp,
        bill_ms: i64,
    ) -> NewRecord {
        let RecordKey { reporter, name, .. } = self.key(call.name);
        NewRecord {
            reporter,
            name,
            account: None,
            part: None,
            direction: Direction::Inbound,
            from: self.party(call.from),
            to: self.party(call.to),
            at: started_at,
            report: Report::Call(CallReport {
                reference: decided.map(|decided| decided.id.to_string()),
                routed_to: None,
                answered_at: None,
                ended_at: started_at,
                duration_ms: None,
                bill_ms,
                result: CallResult::Answered,
                sip_code: None,
                hangup_by: None,
            }),
        }
    }

    fn party(&self, text: &str) -> Party {
        let number = PhoneNumber::parse(text, &self.0.terms.region).ok();
        let text = PartyText::parse(text).expect("what a switch may send");
        Party { text, number: number.map(|number| number.e164()) }
    }
}

impl World {
    /// Makes a switch in Malaysia with this password, or changes it.
    pub async fn switch(&self, name: &str, password: &str, change: SwitchChange) {
        let hash = self.hub.hash_password(password).await.expect("there is a turn");
        let entry = SwitchEntry {
            name: name.into(),
            password: Some(hash),
            enabled: None,
            change: SwitchChange {
                country_code: Some("60".into()),
                national_prefix: Some("0".into()),
                ..change
            },
        };
        let entries = Provisioning { switches: vec![entry], ..Provisioning::default() };
        self.hub.provision(entries).await.expect("the store is there").expect("it fits");
    }

    /// What is to be done with a call.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn authorise(&self, question: AuthoriseRequest) -> Result<CallDecided, Failure> {
        let authorised: Authorised = self.hub.ask(question).await?;
        Ok(authorised.decided().clone())
    }

    /// Takes one record in.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn record(&self, record: NewRecord) -> Result<Intake, Failure> {
        let records = TakeInRecords::new(vec![record]).expect("one is not too many");
        Ok(self.hub.ask(records).await?[0])
    }
}
