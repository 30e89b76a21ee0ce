//! `apply`: what a provisioning file says is brought about.

use std::path::Path;

use leaseline_core::ids::{AccountId, CustomerId, MorUserId, PoolId};
use leaseline_core::pool::NewNumber;
use leaseline_core::rating::RateEntry;
use leaseline_core::region::{Region, RegionCode};
use leaseline_hub::Hub;
use leaseline_hub::operator::{
    AccountEntry, Effect, EntryIndex, ImportPlan, Misfit, PoolEntry, Provisioned, Provisioning,
    SwitchEntry,
};

use crate::accounts;
use crate::error::{Error, Fault};
use crate::file::File;
use crate::inventory::{Progress, carry_out, located};
use crate::numbers::{Index, Input};
use crate::pools::Pool;
use crate::switches;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The customers by the operator's names for them, in the order of the file.
    pub customers: Vec<(String, CustomerId)>,
    /// The accounts by the names that they log in by, in the order of the file.
    pub accounts: Vec<(String, AccountId)>,
    /// The users of MOR's interface by their names, in the order of the file.
    pub mor_users: Vec<(String, MorUserId)>,
    /// The pools, in the order of the file.
    pub pools: Vec<AppliedPool>,
    /// So many entries were made or changed, pools that got numbers among them.
    pub changed: usize,
}

/// What became of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedPool {
    /// Its name.
    pub name: String,
    /// So many numbers it has now.
    pub numbers: u64,
    /// So many of them are new.
    pub added: usize,
}

/// Brings about what a file says: sets the fields that it names, touches no other and removes
/// nothing. Pools, customers, users, accounts and rate decks are made or changed all together or
/// not at all; numbers and rates, which were checked before, follow as imports. Applying the same
/// file again changes nothing, and completes what was cut off.
///
/// `default_region` is where the numbers of a new pool are read that names no region.
///
/// # Errors
/// [`Error::Wrong`] with the first thing that is wrong, by table, entry and line; the others when
/// files or store fail.
pub async fn apply(
    hub: &Hub,
    mut file: File,
    default_region: &Region,
    mut progress: impl FnMut(Progress<'_>),
) -> Result<Applied, Error> {
    let known = pools_in(hub, &mut file, default_region).await?;
    let inputs = file.pools.iter().map(|pool| input(pool, &file.folder, default_region));
    let (index, numbers) = Index::of(inputs.collect::<Result<_, _>>()?)?;
    let plans = plans(hub, &known, numbers, &index).await?;
    let accounts = accounts::entries(hub, &file.accounts).await?;
    let switches = switches::entries(hub, &file.switches).await?;
    let rates = file.rate_decks.iter().map(|deck| deck.rates(&file.folder));
    let rates = rates.collect::<Result<Vec<_>, _>>()?;
    let provisioned = hub.provision(entries(&file, accounts, switches)).await?;
    let provisioned = provisioned.map_err(|misfit| at_its_entry(&misfit, &file))?;
    let re_rated = import_new_rates(hub, &file, &provisioned, rates).await?;
    let changed = count_changed(&provisioned, &plans) + re_rated;
    let mut pools = Vec::new();
    for ((pool, entered), plan) in file.pools.iter().zip(&provisioned.pools).zip(plans) {
        let added = plan.missing();
        let imported = carry_out(hub, (entered.id, &pool.name), plan, &mut progress).await;
        imported.map_err(|error| located(error, &index))?;
        let numbers = hub.count_numbers(entered.id).await?;
        pools.push(AppliedPool { name: pool.name.clone(), numbers, added });
    }
    let keys = file.customers.into_iter().map(|customer| customer.entry.key);
    let ids = provisioned.customers.iter().map(|entered| entered.id);
    let users = file.accounts.into_iter().map(|account| account.entry.user);
    let accounts = users.zip(provisioned.accounts.iter().map(|entered| entered.id)).collect();
    let usernames = file.mor.users.into_iter().map(|user| user.entry.username);
    let mor_users = provisioned.mor.users.iter().map(|entered| entered.id);
    let mor_users = usernames.zip(mor_users).collect();
    Ok(Applied { customers: keys.zip(ids).collect(), accounts, mor_users, pools, changed })
}

/// The ids of the file's pools, as far as they are there. Every entry is told its region: what is
/// there already, or the default.
async fn pools_in(
    hub: &Hub,
    file: &mut File,
    default_region: &Region,
) -> Result<Vec<Option<PoolId>>, Error> {
    let mut ids = Vec::new();
    for pool in &mut file.pools {
        let known = hub.pool(&pool.name).await?;
        let of_known = known.as_ref().map(|pool| pool.terms.region);
        let region = pool.change.region.or(of_known);
        pool.change.region = region.or_else(|| RegionCode::of(default_region));
        ids.push(known.map(|pool| pool.id));
    }
    Ok(ids)
}

fn input(pool: &Pool, folder: &Path, default_region: &Region) -> Result<Input, Error> {
    let region = pool.change.region.map(RegionCode::region);
    Input::of_entry(pool, folder, region.as_ref().unwrap_or(default_region))
}

async fn plans(
    hub: &Hub,
    pools: &[Option<PoolId>],
    numbers: Vec<Vec<NewNumber>>,
    index: &Index,
) -> Result<Vec<ImportPlan>, Error> {
    let mut plans = Vec::new();
    for (pool, numbers) in pools.iter().zip(numbers) {
        let plan = hub.plan_import(*pool, numbers).await;
        plans.push(plan.map_err(|error| located(error, index))?);
    }
    Ok(plans)
}

fn entries(file: &File, accounts: Vec<AccountEntry>, switches: Vec<SwitchEntry>) -> Provisioning {
    let pool = |pool: &Pool| PoolEntry { name: pool.name.clone(), change: pool.change.clone() };
    Provisioning {
        pools: file.pools.iter().map(pool).collect(),
        customers: file.customers.iter().map(|customer| customer.entry.clone()).collect(),
        users: file.users.iter().map(|user| user.entry.clone()).collect(),
        accounts,
        rate_decks: file.rate_decks.iter().map(|deck| deck.name.clone()).collect(),
        mor: file.mor.entries(),
        switches,
    }
}

/// Gives each deck its rates that does not have them, and counts the decks that were made or got
/// other rates.
async fn import_new_rates(
    hub: &Hub,
    file: &File,
    provisioned: &Provisioned,
    rates: Vec<Vec<RateEntry>>,
) -> Result<usize, Error> {
    let mut changed = 0;
    let decks = file.rate_decks.iter().zip(&provisioned.rate_decks);
    for ((deck, entered), rates) in decks.zip(rates) {
        let is_new = !rates.is_empty() && !hub.has_rates(entered.id, &rates).await?;
        if is_new {
            hub.import_rates(&deck.name, rates, None).await?;
        }
        changed += usize::from(is_new || entered.effect != Effect::None);
    }
    Ok(changed)
}

fn at_its_entry(misfit: &Misfit, file: &File) -> Fault {
    let what = misfit.reason.to_string();
    match misfit.entry {
        EntryIndex::Pool(index) => file.pools[index].fault(what),
        EntryIndex::Customer(index) => file.customers[index].fault(what),
        EntryIndex::User(index) => file.users[index].fault(what),
        EntryIndex::Account(index) => file.accounts[index].fault(what),
        EntryIndex::MorUser(index) => file.mor.users[index].fault(what),
        EntryIndex::MorItem(index) => file.mor.items[index].fault(what),
        EntryIndex::Currency(index) => file.mor.currencies[index].fault(what),
        EntryIndex::Switch(index) => file.switches[index].fault(what),
    }
}

fn count_changed(provisioned: &Provisioned, plans: &[ImportPlan]) -> usize {
    // Those of rate decks are counted where their rates are imported.
    let Provisioned { pools, customers, users, accounts, rate_decks: _, mor, switches } =
        provisioned;
    let pools = pools.iter().zip(plans);
    let pools = pools.filter(|(pool, plan)| pool.effect != Effect::None || plan.missing() > 0);
    let customers = customers.iter().filter(|customer| customer.effect != Effect::None);
    let users = users.iter().filter(|user| user.effect != Effect::None);
    let accounts = accounts.iter().filter(|account| account.effect != Effect::None);
    let mor_users = mor.users.iter().filter(|user| user.effect != Effect::None);
    let mor = mor_users.count() + mor.changed;
    let switches = switches.iter().filter(|switch| switch.effect != Effect::None).count();
    pools.count() + customers.count() + users.count() + accounts.count() + mor + switches
}
