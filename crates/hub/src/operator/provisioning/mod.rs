//! What a provisioning file asks for: pools, customers, users of the APIs and accounts, all of it
//! or nothing, in one transaction. Their numbers come later, by an [`Import`](super::Import).

mod accounts;
mod carry_out;
mod mor;
mod plan;
mod switches;

use leaseline_core::account::EmailTaken;
use leaseline_core::api_user::RoleKind;
use leaseline_core::customer::{CustomerChange, MissingField};
use leaseline_core::ids::{
    AccountId, ApiUserId, CustomerId, PoolId, RateDeckId, SourceId, SwitchId,
};
use leaseline_core::money::Credits;
use leaseline_core::pool::{PoolChange, PurposeStays};
use leaseline_core::region::InvalidRegion;
use leaseline_core::switch::SwitchNo;
use leaseline_core::{Refusal, Timestamp};
use leaseline_store::Tx;

use crate::failure::Failure;
use crate::hub::Hub;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Decision, Request, Way};
pub use mor::{CurrencyEntry, Mor, MorItemEntry, MorItemId, MorProvisioned, MorUserEntry};
use plan::Plan;

pub use accounts::{AccountEntry, MenuEntry};
pub use switches::SwitchEntry;

/// Entries of each kind. What an entry does not name stays as it is, or has its default when the
/// entry is new; what there is besides the entries stays too.
#[derive(Clone, Debug, Default)]
pub struct Provisioning {
    /// Pools.
    pub pools: Vec<PoolEntry>,
    /// Customers.
    pub customers: Vec<CustomerEntry>,
    /// Users of the APIs.
    pub users: Vec<UserEntry>,
    /// Accounts.
    pub accounts: Vec<AccountEntry>,
    /// The names of rate decks. What is in them comes later, by [`Hub::import_rates`].
    pub rate_decks: Vec<String>,
    /// What MOR's interface needs.
    pub mor: Mor,
    /// Switches.
    pub switches: Vec<SwitchEntry>,
}

/// A pool as it is to be.
#[derive(Clone, Debug)]
pub struct PoolEntry {
    /// Its name, by which it is known.
    pub name: String,
    /// Its terms.
    pub change: PoolChange,
}

/// A customer as it is to be.
#[derive(Clone, Debug)]
pub struct CustomerEntry {
    /// The operator's own name for it, by which it is known.
    pub key: String,
    /// What is known of it and agreed with it.
    pub change: CustomerChange,
    /// Booked when the customer is made, and never again.
    pub opening_balance: Credits,
}

/// A user of the APIs as it is to be.
#[derive(Clone, Debug)]
pub struct UserEntry {
    /// Its name, by which it is known.
    pub name: String,
    /// What it is.
    pub role: Option<RoleKind>,
    /// Exactly these customers it may act for, if it is no administrator.
    pub customers: Option<Vec<CustomerRef>>,
    /// Whether it may top up.
    pub may_top_up: Option<bool>,
    /// Whether it may do anything.
    pub enabled: Option<bool>,
}

/// How an entry speaks of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CustomerRef {
    /// By the operator's own name for it, which may be made by the same file.
    Key(String),
    /// By its id.
    Id(CustomerId),
}

/// What became of the entries, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provisioned {
    /// The pools.
    pub pools: Vec<Entered<PoolId>>,
    /// The customers.
    pub customers: Vec<Entered<CustomerId>>,
    /// The users.
    pub users: Vec<Entered<ApiUserId>>,
    /// The accounts.
    pub accounts: Vec<Entered<AccountId>>,
    /// The rate decks.
    pub rate_decks: Vec<Entered<RateDeckId>>,
    /// What MOR's interface needs.
    pub mor: MorProvisioned,
    /// The switches.
    pub switches: Vec<Entered<SwitchId>>,
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entered<I> {
    /// Its id.
    pub id: I,
    /// Whether anything had to be done for it.
    pub effect: Effect,
}

/// Whether an entry said anything new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It was made.
    Made,
    /// Something of it is different now.
    Changed,
    /// It was so already.
    None,
}

/// An entry that does not fit what there is. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Which entry.
    pub entry: EntryIndex,
    /// Why not.
    pub reason: Unfit,
}

/// An entry by its place among those of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryIndex {
    /// A pool.
    Pool(usize),
    /// A customer.
    Customer(usize),
    /// A user.
    User(usize),
    /// An account.
    Account(usize),
    /// A user of MOR's interface.
    MorUser(usize),
    /// A tariff, a routing, a location or a tax.
    MorItem(usize),
    /// A currency.
    Currency(usize),
    /// A switch.
    Switch(usize),
}

/// Why an entry does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is new and lacks something.
    #[error("{0}, and it is new")]
    Missing(#[from] MissingField),
    /// A switch cannot be there.
    #[error(transparent)]
    Region(#[from] InvalidRegion),
    /// It would change what a pool is for.
    #[error(transparent)]
    Purpose(#[from] PurposeStays),
    /// It names a customer that there is not.
    #[error("there is no customer {}", match .0 {
        CustomerRef::Key(key) => format!("with the key {key:?}"),
        CustomerRef::Id(id) => format!("with the id {id}"),
    })]
    NoCustomer(CustomerRef),
    /// Its e-mail address is somebody else's.
    #[error(transparent)]
    EmailTaken(#[from] EmailTaken),
    /// It names a rate deck that there is not.
    #[error("there is no rate deck {0:?}")]
    NoRateDeck(String),
    /// It would leave calls that come in without an answer.
    #[error("numbers are assigned to the IVR menu {0:?}, which calls come in to")]
    MenuHasNumbers(String),
    /// It names an owner that there is not.
    #[error("there is no MOR user {0:?}")]
    NoOwner(String),
    /// Its secret can not be kept.
    #[error("its secret can not be kept without mor.key")]
    NoVault,
    /// It would leave nobody's currency the system's.
    #[error("it is the system's currency, and stays active until another one is the system's")]
    SystemCurrency,
}

impl From<SwitchNo> for Unfit {
    fn from(no: SwitchNo) -> Self {
        match no {
            SwitchNo::Missing(missing) => Self::Missing(missing),
            SwitchNo::Region(region) => Self::Region(region),
        }
    }
}

impl Hub {
    /// Brings about what the entries say, all of it or nothing. Where nothing is different nothing
    /// is written.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer; the inner error names an entry that does not
    /// fit what there is.
    pub async fn provision(
        &self,
        entries: Provisioning,
    ) -> Result<Result<Provisioned, Misfit>, Failure> {
        self.ask_patiently(entries).await
    }
}

impl Request for Provisioning {
    type Outcome = Result<Provisioned, Misfit>;

    fn into_command(self, way: Way<Self::Outcome>, ids: &dyn Ids) -> Command {
        let sources: Vec<_> = self.customers.iter().map(|_| SourceId::new(ids.next())).collect();
        way.errand((self, sources), provision)
    }
}

fn provision(
    tx: &mut Tx<'_>,
    (entries, sources): &(Provisioning, Vec<SourceId>),
    now: Timestamp,
) -> Decision<Result<Provisioned, Misfit>> {
    let found = plan::load(tx, entries)?;
    let plan = match Plan::of(entries, found, now) {
        Ok(plan) => plan,
        Err(misfit) => return Ok(Ok(Err(misfit))),
    };
    let done = tx.undo_if_refused(|tx| {
        let done = match carry_out::carry_out(tx, plan, sources, now)? {
            Ok(done) => done,
            Err(refusal) => return Ok(Err(Undone::Refused(refusal))),
        };
        // After the customers, whom its users may name.
        let mor = mor::carry_out(tx, &entries.mor)?;
        let mor = match mor {
            Ok(mor) => mor,
            Err(misfit) => return Ok(Err(Undone::Misfit(misfit))),
        };
        let switches = switches::carry_out(tx, &entries.switches)?;
        let done = |switches| Provisioned { mor, switches, ..done };
        Ok(switches.map(done).map_err(Undone::Misfit))
    })?;
    Ok(match done {
        Ok(provisioned) => Ok(Ok(provisioned)),
        Err(Undone::Misfit(misfit)) => Ok(Err(misfit)),
        Err(Undone::Refused(refusal)) => Err(refusal),
    })
}

/// Why all that was written is taken back.
enum Undone {
    Misfit(Misfit),
    Refused(Refusal),
}
