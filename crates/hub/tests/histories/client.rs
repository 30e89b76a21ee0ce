//! One client of a race: whatever it asks is written down.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use leaseline_core::Refusal;
use leaseline_core::account::{ShownName, SubAccountNo, SubAccountProfile};
use leaseline_core::call::CallRefusal;
use leaseline_core::customer::CustomerStatus;
use leaseline_core::did::SubscribeNo;
use leaseline_core::ids::{AccountId, CustomerId, LeaseId};
use leaseline_core::lease::LeaseKind;
use leaseline_core::ledger::ToppedUp;
use leaseline_core::phone::{E164, PhoneNumber};
use leaseline_core::pool::Service;
use leaseline_core::release::ReleaseRequest;
use leaseline_core::reservation::ReserveRequest;
use leaseline_hub::accounts::ChargeMonth;
use leaseline_hub::{Failure, Idempotency, Settled};
use leaseline_testkit::history::{Heard, Recorder};
use leaseline_testkit::{Call, Edge, ManualClock, World};

/// What can be asked.
#[derive(Clone)]
pub(crate) enum Ask {
    Lease(CustomerId),
    Release(LeaseId),
    Query(LeaseId),
    Reserve(CustomerId, u32),
    TopUp(CustomerId, i64),
    /// One credit, under a key of this number.
    TopUpOnce(CustomerId, usize),
    Balance(CustomerId),
    SetStatus(CustomerId, CustomerStatus),
    Subscribe(CustomerId, AccountId, PhoneNumber),
    AddAlias(AccountId, &'static str),
    Aliases(AccountId),
    Authorise(Edge, String, PhoneNumber),
    ChargeMonth,
    /// Nobody is asked: the clock goes on to the end of the leases that there were at first.
    Expire,
}

/// What can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    Refused(Refusal),
    Leased(LeaseId, E164),
    IsLive(bool),
    Reserved(Vec<E164>),
    Balance(i64),
    Repeated(String),
    /// Somebody else was first, or it cannot be paid for.
    NotToBeHad,
    Aliases(Vec<String>),
    IsPutThrough(bool),
    Charged(usize),
}

pub(crate) struct Client {
    world: World,
    clock: ManualClock,
    recorder: Arc<Recorder<Ask, Answer>>,
}

impl Client {
    pub(crate) fn new(
        world: World,
        clock: ManualClock,
        recorder: Arc<Recorder<Ask, Answer>>,
    ) -> Self {
        Self { world, clock, recorder }
    }

    /// A lease, if it is granted.
    pub(crate) async fn lease(&self, customer: CustomerId) -> Option<LeaseId> {
        match self.ask(Ask::Lease(customer)).await {
            Heard::Answer(Answer::Leased(lease, _)) => Some(lease),
            _ => None,
        }
    }

    pub(crate) async fn ask(&self, ask: Ask) -> Heard<Answer> {
        let answer = async {
            match self.answer(&ask).await {
                Ok(answer) => Heard::Answer(answer),
                Err(Failure::Refused(refusal)) => Heard::Answer(Answer::Refused(refusal)),
                Err(Failure::Locked | Failure::Overloaded) => Heard::NotDone,
                Err(Failure::Unavailable) => Heard::Unknown,
            }
        };
        self.recorder.ask(ask.clone(), answer).await
    }

    async fn answer(&self, ask: &Ask) -> Result<Answer, Failure> {
        let (world, hub) = (&self.world, &self.world.hub);
        Ok(match ask {
            Ask::Lease(customer) => {
                let lease = world.lease(world.single(*customer, "0195730424")).await?.lease;
                Answer::Leased(lease.id, lease.members[0].number.e164())
            }
            Ask::Release(lease) => {
                let caller = world.admin.clone();
                let kind = LeaseKind::Single;
                hub.ask(ReleaseRequest { caller, lease: *lease, kind }).await?;
                Answer::Done
            }
            Ask::Query(lease) => {
                match hub.live_lease(&world.admin, *lease, LeaseKind::Single).await {
                    Ok(_) => Answer::IsLive(true),
                    Err(Failure::Refused(Refusal::LeaseUnknown)) => Answer::IsLive(false),
                    Err(failure) => return Err(failure),
                }
            }
            Ask::Reserve(customer, quantity) => {
                let (caller, customer) = (world.admin.clone(), *customer);
                let quantity = NonZeroU32::new(*quantity).unwrap();
                let reserved = hub.ask(ReserveRequest { caller, customer, quantity }).await?;
                Answer::Reserved(reserved.numbers.iter().map(|free| free.number.e164()).collect())
            }
            Ask::TopUp(customer, amount) => {
                Answer::Balance(world.top_up(*customer, *amount).await?.entry.balance_after.get())
            }
            Ask::TopUpOnce(customer, key) => self.top_up_once(*customer, *key).await?,
            Ask::Balance(customer) => {
                Answer::Balance(hub.customer(&world.admin, *customer).await?.balance.get())
            }
            Ask::SetStatus(customer, status) => {
                world.set_status(*customer, *status).await?;
                Answer::Done
            }
            Ask::Subscribe(_, account, number) => {
                match world.subscribe(*account, number, Service::Voice).await? {
                    Ok(_) => Answer::Done,
                    Err(SubscribeNo::NotAvailable) => Answer::NotToBeHad,
                    Err(no) => panic!("{no}"),
                }
            }
            Ask::AddAlias(account, alias) => {
                let profile = SubAccountProfile::named(ShownName::parse(alias).unwrap());
                match world.sub_account(*account, profile).await? {
                    Ok(_) => Answer::Done,
                    Err(SubAccountNo::AliasTaken) => Answer::NotToBeHad,
                    Err(no) => panic!("{no}"),
                }
            }
            Ask::Aliases(account) => {
                let all = hub.sub_accounts(*account).await?.into_iter();
                let mut aliases: Vec<_> =
                    all.map(|one| one.profile.alias.as_str().to_owned()).collect();
                aliases.sort();
                Answer::Aliases(aliases)
            }
            Ask::Authorise(edge, name, number) => {
                let call = Call { name, from: "+60195730999", to: number.sent() };
                match world.authorise(edge.question(call)).await?.outcome {
                    Ok(_) => Answer::IsPutThrough(true),
                    Err(CallRefusal::NoSuchNumber) => Answer::IsPutThrough(false),
                    Err(refusal) => panic!("{refusal}"),
                }
            }
            Ask::ChargeMonth => Answer::Charged(hub.ask(ChargeMonth).await?),
            Ask::Expire => {
                self.clock.advance(Duration::from_secs(1));
                Answer::Done
            }
        })
    }

    async fn top_up_once(&self, customer: CustomerId, key: usize) -> Result<Answer, Failure> {
        let user = self.world.admin.user().unwrap();
        let balance = |topped_up: &ToppedUp| topped_up.entry.balance_after.to_string();
        let key = Idempotency::new(user, "top up", format!("key {key}"), vec![1], balance);
        let request = self.world.top_up_of(customer, 1);
        Ok(match self.world.hub.ask_once(request, key).await? {
            Settled::Fresh(topped_up) => Answer::Balance(topped_up.entry.balance_after.get()),
            Settled::Repeated(text) => Answer::Repeated(text),
        })
    }
}

// An edge has nothing to show, and a number is better read in its normal form.
impl std::fmt::Debug for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Lease(customer) => write!(f, "lease for {customer}"),
            Self::Release(lease) => write!(f, "release {lease}"),
            Self::Query(lease) => write!(f, "query {lease}"),
            Self::Reserve(customer, quantity) => write!(f, "reserve {quantity} for {customer}"),
            Self::TopUp(customer, amount) => write!(f, "top up {customer} by {amount}"),
            Self::TopUpOnce(customer, key) => write!(f, "top up {customer} under key {key}"),
            Self::Balance(customer) => write!(f, "balance of {customer}"),
            Self::SetStatus(customer, status) => write!(f, "{status:?} be {customer}"),
            Self::Subscribe(_, account, number) => {
                write!(f, "subscribe {account} to {:?}", number.e164())
            }
            Self::AddAlias(account, alias) => write!(f, "{alias} for {account}"),
            Self::Aliases(account) => write!(f, "aliases of {account}"),
            Self::Authorise(_, name, number) => write!(f, "{name} to {:?}", number.e164()),
            Self::ChargeMonth => f.write_str("charge a month"),
            Self::Expire => f.write_str("expire"),
        }
    }
}
