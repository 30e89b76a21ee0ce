//! Numbers: what they are, who had them, and taking them out.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU32;

use leaseline_core::history::WhoHeldIt;
use leaseline_core::ids::{CustomerId, PoolId};
use leaseline_core::phone::{E164, PhoneNumber};
use leaseline_core::{Refusal, Timestamp};
use leaseline_store::load::catalogue::{NumberFilter, NumberLine, NumberPage};
use leaseline_store::load::history::NumberHistory;
use leaseline_store::load::inventory::{NumberState, Place};
use leaseline_store::record::reservations::Changed;
use leaseline_store::{Tx, load, record};

use crate::failure::Failure;
use crate::hub::Hub;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Decision, Request, Way};

/// So many numbers are unreserved in one transaction.
const PIECE: u32 = 1_000;
/// So many are counted in one read.
const COUNTED: u32 = 10_000;

/// A number to be taken out: a lease that holds it goes on, and nobody can lease it after. The
/// outcome is none when it is not a number of the inventory.
#[derive(Clone, Copy, Debug)]
pub struct BlockNumber {
    /// Which.
    pub number: E164,
}

/// A blocked number to be put back where it belongs. The outcome is none when it is not a number
/// of the inventory.
#[derive(Clone, Copy, Debug)]
pub struct UnblockNumber {
    /// Which.
    pub number: E164,
}

/// A number that was taken out or put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberChanged {
    /// As it is now.
    pub number: NumberLine,
    /// Whether that is new.
    pub changed: Changed,
}

/// At most so many numbers of a customer's reserve to be given back to the general pool, those
/// that are free first. Leases that hold them go on.
///
/// # Errors
/// [`Refusal::CustomerUnknown`].
#[derive(Clone, Copy, Debug)]
pub struct Unreserve {
    /// Whose.
    pub customer: CustomerId,
    /// How many at most; a bound on the transaction is up to who asks.
    pub most: NonZeroU32,
}

/// Numbers that were given back to the general pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumbersUnreserved {
    /// Which.
    pub numbers: Vec<PhoneNumber>,
}

/// How many numbers of a pool are in which state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolStock {
    /// The pool's name.
    pub pool: String,
    /// The states that a number of it is in.
    pub states: HashMap<NumberState, u64>,
}

impl Request for BlockNumber {
    type Outcome = Option<NumberChanged>;

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, now: Timestamp| {
            let changed = record::reservations::block(tx, ask.number)?;
            after(tx, ask.number, changed, now)
        })
    }
}

impl Request for UnblockNumber {
    type Outcome = Option<NumberChanged>;

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, now: Timestamp| {
            let changed = record::reservations::unblock(tx, ask.number)?;
            after(tx, ask.number, changed, now)
        })
    }
}

impl Request for Unreserve {
    type Outcome = NumbersUnreserved;

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, now: Timestamp| {
            if load::customers::customer_for_change(tx, ask.customer)?.is_none() {
                return Ok(Err(Refusal::CustomerUnknown));
            }
            let most = ask.most.get();
            let numbers = record::reservations::unreserve(tx, ask.customer, most, now)?;
            Ok(Ok(NumbersUnreserved { numbers }))
        })
    }
}

fn after(
    tx: &mut Tx<'_>,
    number: E164,
    changed: Changed,
    now: Timestamp,
) -> Decision<Option<NumberChanged>> {
    let number = load::catalogue::number(tx, number, now)?;
    Ok(Ok(number.map(|number| NumberChanged { number, changed })))
}

impl Hub {
    /// Who held a number at an instant, and all who held it near by; none when it is not a number
    /// of the inventory. An instant to come is answered as if nothing happened until then.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn who_held(
        &self,
        number: E164,
        at: Timestamp,
    ) -> Result<Option<WhoHeldIt>, Failure> {
        self.read(move |tx| load::history::who(tx, number, at)).await
    }

    /// What became of a number: at most `limit` turns of it before one of them (or all), and as
    /// many reservations, the last ones first; none when it is not a number of the inventory.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn number_history(
        &self,
        number: E164,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Option<NumberHistory>, Failure> {
        let now = self.now();
        self.read(move |tx| load::history::history(tx, number, before, limit, now)).await
    }

    /// At most so many numbers, in the order of import.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn numbers(&self, filter: NumberFilter, limit: u32) -> Result<NumberPage, Failure> {
        let now = self.now();
        self.read(move |tx| load::catalogue::numbers(tx, filter, limit, now)).await
    }

    /// The pool of this name.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn pool_named(&self, name: &str) -> Result<Option<PoolId>, Failure> {
        let name = name.to_owned();
        self.read(move |tx| load::catalogue::pool_named(tx, &name)).await
    }

    /// How many numbers of each pool are in which state, pools in the order of their ids. Counted
    /// piece by piece, so while others write the pieces are not of one instant.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn stock(&self) -> Result<Vec<PoolStock>, Failure> {
        let pools = self.read(load::inventory::pool_names).await?;
        let empty = |(id, pool)| (id, PoolStock { pool, states: HashMap::new() });
        let mut counted: BTreeMap<PoolId, PoolStock> = pools.into_iter().map(empty).collect();
        let mut place = Some(Place::default());
        while let Some(from) = place {
            let now = self.now();
            let read = self.read(move |tx| load::inventory::stock(tx, from, COUNTED, now));
            let (stock, next) = read.await?;
            for piece in stock {
                if let Some(pool) = counted.get_mut(&piece.pool) {
                    *pool.states.entry(piece.state).or_default() += piece.numbers;
                }
            }
            place = next;
        }
        Ok(counted.into_values().collect())
    }

    /// Gives at most so many numbers (or all) of a customer's reserve back to the general pool,
    /// in small transactions: when one of them fails, those before it are done.
    ///
    /// # Errors
    /// [`Refusal::CustomerUnknown`]; [`Failure`] as for any request.
    pub async fn unreserve(
        &self,
        customer: CustomerId,
        count: Option<NonZeroU32>,
    ) -> Result<NumbersUnreserved, Failure> {
        let mut left = count.map_or(u32::MAX, NonZeroU32::get);
        let mut numbers = Vec::new();
        while let Some(most) = NonZeroU32::new(left.min(PIECE)) {
            let mut piece = self.ask(Unreserve { customer, most }).await?.numbers;
            let given = u32::try_from(piece.len()).unwrap_or(u32::MAX);
            numbers.append(&mut piece);
            left = if given < most.get() { 0 } else { left.saturating_sub(given) };
        }
        Ok(NumbersUnreserved { numbers })
    }
}
