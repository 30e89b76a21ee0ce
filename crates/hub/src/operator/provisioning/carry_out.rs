//! Second half: doing what was planned.

use std::collections::HashSet;
use std::sync::Arc;

use leaseline_core::api_user::{ApiUser, Role, RoleChange};
use leaseline_core::ids::{ApiUserId, CustomerId, PoolId, RateDeckId, SourceId};
use leaseline_core::{Refusal, Timestamp};
use leaseline_store::{StoreError, Tx, record};

use super::plan::{CustomerStep, Grantee, Plan, PoolStep, RateDeckStep, UserStep};
use super::{Effect, Entered, MorProvisioned, Provisioned};
use crate::request::{Decision, create_customer};

/// Does all of it. What a new customer begins with is booked under its source.
pub(super) fn carry_out(
    tx: &mut Tx<'_>,
    plan: Plan<'_>,
    sources: &[SourceId],
    now: Timestamp,
) -> Decision<Provisioned> {
    let rate_decks = plan.rate_decks.into_iter().map(|step| rate_deck(tx, step));
    let rate_decks = rate_decks.collect::<Result<_, _>>()?;
    let pools = plan.pools.into_iter().map(|step| pool(tx, step));
    let pools = pools.collect::<Result<_, _>>()?;
    let steps = plan.customers.into_iter().zip(sources);
    let customers = steps.map(|(step, source)| customer(tx, step, *source, now));
    let customers: Result<Vec<_>, Refusal> = customers.collect::<Result<_, StoreError>>()?;
    let customers = match customers {
        Ok(customers) => customers,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let users = plan.users.into_iter().map(|step| user(tx, step, &customers));
    let users = users.collect::<Result<_, _>>()?;
    let accounts = plan.accounts.into_iter().map(|step| step.carry_out(tx, &customers, now));
    let accounts = accounts.collect::<Result<_, _>>()?;
    let mor = MorProvisioned::default();
    let switches = Vec::new();
    Ok(Ok(Provisioned { pools, customers, users, accounts, rate_decks, mor, switches }))
}

fn rate_deck(tx: &mut Tx<'_>, step: RateDeckStep<'_>) -> Result<Entered<RateDeckId>, StoreError> {
    Ok(match step {
        RateDeckStep::Make(name) => made(record::rates::new_deck(tx, name)?),
        RateDeckStep::Keep(id) => kept(id),
    })
}

fn pool(tx: &mut Tx<'_>, step: PoolStep<'_>) -> Result<Entered<PoolId>, StoreError> {
    Ok(match step {
        PoolStep::Make(name, terms) => made(record::pools::new_pool(tx, name, &terms)?),
        PoolStep::Change(pool) => {
            record::pools::change(tx, &pool)?;
            changed(pool.id)
        }
        PoolStep::Keep(id) => kept(id),
    })
}

fn customer(
    tx: &mut Tx<'_>,
    step: CustomerStep<'_>,
    source: SourceId,
    now: Timestamp,
) -> Decision<Entered<CustomerId>> {
    Ok(Ok(match step {
        CustomerStep::Make(key, new) => match create_customer(tx, &(new, source), now)? {
            Ok(id) => {
                record::customers::name(tx, id, key)?;
                made(id)
            }
            Err(refusal) => return Ok(Err(refusal)),
        },
        CustomerStep::Change(customer) => {
            record::customers::change(tx, &customer, now)?;
            changed(customer.id)
        }
        CustomerStep::Keep(id) => kept(id),
    }))
}

fn user(
    tx: &mut Tx<'_>,
    step: UserStep<'_>,
    made_now: &[Entered<CustomerId>],
) -> Result<Entered<ApiUserId>, StoreError> {
    let id = |grantee: &Grantee| match grantee {
        Grantee::Known(id) => *id,
        Grantee::Entry(index) => made_now[*index].id,
    };
    let customers = step.customers.as_ref();
    let customers = customers.map(|all| Arc::new(all.iter().map(id).collect::<HashSet<_>>()));
    let change = RoleChange { kind: step.entry.role, customers, may_top_up: step.entry.may_top_up };
    let enabled = step.entry.enabled;
    let Some(found) = step.found else {
        let role = Role::of_nobody().changed(change);
        let id = record::users::new_api_user(tx, &step.entry.name, &role)?;
        let user = ApiUser { id, name: step.entry.name.as_str().into(), role, enabled: true };
        if enabled == Some(false) {
            record::users::set_enabled(tx, &user, false)?;
        }
        return Ok(made(id));
    };
    let role = found.role.clone().changed(change);
    let after = ApiUser { role, enabled: enabled.unwrap_or(found.enabled), ..found.clone() };
    if after == found {
        return Ok(kept(found.id));
    }
    record::users::change(tx, &after)?;
    Ok(changed(found.id))
}

/// The id of a customer; `made_now` are those of the file.
pub(super) fn id_of(grantee: Grantee, made_now: &[Entered<CustomerId>]) -> CustomerId {
    match grantee {
        Grantee::Known(id) => id,
        Grantee::Entry(index) => made_now[index].id,
    }
}

pub(super) const fn made<I>(id: I) -> Entered<I> {
    Entered { id, effect: Effect::Made }
}

pub(super) const fn changed<I>(id: I) -> Entered<I> {
    Entered { id, effect: Effect::Changed }
}

pub(super) const fn kept<I>(id: I) -> Entered<I> {
    Entered { id, effect: Effect::None }
}
