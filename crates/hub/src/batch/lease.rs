//! Lease requests of a batch.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use leaseline_core::Refusal;
use leaseline_core::ids::CustomerId;
use leaseline_core::lease::{LeaseGranted, LeaseRequest, LeaseView};
use leaseline_core::phone::E164;
use leaseline_core::pool::{FreeNumber, Shelf};
use leaseline_store::load::customers::CustomersLeases;
use leaseline_store::record::leases::Phones;
use leaseline_store::{Patience, StoreError, Tx, Wanted, load, record};

use super::remembered::{Customers, Remembered};
use super::{Terms, distinct, fresh};
use crate::idempotency::KeyDesk;
use crate::inbox::{LeaseJob, Verdict};

/// Decides the requests and records what was granted. `None` is a request that is not decided
/// yet: no number was left for it, but another process holds some that it may give back.
pub(super) fn carry_out(
    tx: &mut Tx<'_>,
    jobs: &[LeaseJob],
    keys: &mut KeyDesk,
    remembered: &mut Remembered,
    terms: Terms,
) -> Result<Vec<Option<Verdict<LeaseGranted>>>, StoreError> {
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    let mut view = prefetch(tx, jobs, remembered, terms)?;
    let verdicts: Vec<_> = jobs
        .iter()
        .map(|job| {
            let (request, id) = &job.ask;
            keys.settle(job.key.as_ref(), || view.grant(request, *id, terms.now))
        })
        .collect();
    let granted = fresh(verdicts.iter());
    record::leases::leases(tx, &granted, terms.phones())?;
    remembered.granted(&granted);
    let held = held_elsewhere(tx, &view, jobs, &verdicts, terms)?;
    let decided = |(verdict, job): (Verdict<_>, &LeaseJob)| {
        let undecided = ran_out(&verdict) && held.contains(&shelf_of(&view, job));
        (!undecided).then_some(verdict)
    };
    Ok(verdicts.into_iter().zip(jobs).map(decided).collect())
}

fn prefetch(
    tx: &mut Tx<'_>,
    jobs: &[LeaseJob],
    remembered: &mut Remembered,
    terms: Terms,
) -> Result<LeaseView, StoreError> {
    let requests = || jobs.iter().map(|job| &job.ask.0);
    let ids = distinct(requests().map(|request| request.customer));
    let customers = remembered.customers(tx, &ids)?;
    let phones = distinct(requests().flat_map(|request| request.party.phones()));
    Ok(LeaseView {
        live: remembered.count(tx, &limited(requests(), &customers), terms.now)?,
        max_per_phone: terms.max_leases_per_phone,
        live_by_phone: live_by_phone(tx, requests(), terms)?,
        inventory: load::numbers::in_inventory(tx, &phones)?,
        free: free(tx, requests(), &customers, terms)?,
        customers,
    })
}

/// Those of whom it matters how many leases they have.
fn limited<'a>(
    requests: impl Iterator<Item = &'a LeaseRequest>,
    customers: &Customers,
) -> Vec<CustomersLeases> {
    let asked = requests.map(|request| (request.customer, request.party.kind()));
    distinct(asked.filter(|&(id, kind)| {
        let customer = customers.get(&id);
        customer.is_some_and(|customer| customer.profile.terms(kind).max_leases.is_set())
    }))
}

fn live_by_phone<'a>(
    tx: &mut Tx<'_>,
    requests: impl Iterator<Item = &'a LeaseRequest>,
    terms: Terms,
) -> Result<HashMap<(CustomerId, E164), i64>, StoreError> {
    if terms.phones() == Phones::NotCounted {
        return Ok(HashMap::new());
    }
    let pairs =
        requests.flat_map(|request| request.party.phones().map(|phone| (request.customer, phone)));
    load::leases::live_by_phone(tx, &distinct(pairs), terms.now)
}

/// As many numbers of each shelf as the requests could use.
fn free<'a>(
    tx: &mut Tx<'_>,
    requests: impl Iterator<Item = &'a LeaseRequest>,
    customers: &Customers,
    terms: Terms,
) -> Result<HashMap<Shelf, VecDeque<FreeNumber>>, StoreError> {
    let mut counts: BTreeMap<Shelf, i64> = BTreeMap::new();
    for request in requests {
        if let Some(customer) = customers.get(&request.customer) {
            let users = i64::try_from(request.party.users().len()).unwrap_or(i64::MAX);
            *counts.entry(customer.shelf()).or_default() += users;
        }
    }
    let wanted: Vec<_> =
        counts.into_iter().map(|(shelf, count)| Wanted::new(shelf, count)).collect();
    load::numbers::free(tx, &wanted, terms.now, terms.patience)
}

/// The shelves that ran out although a number on them still looks free: another transaction
/// holds it, and nobody knows yet whether it will be taken.
fn held_elsewhere(
    tx: &mut Tx<'_>,
    view: &LeaseView,
    jobs: &[LeaseJob],
    verdicts: &[Verdict<LeaseGranted>],
    terms: Terms,
) -> Result<HashSet<Shelf>, StoreError> {
    if terms.patience == Patience::Wait {
        return Ok(HashSet::new());
    }
    let without = verdicts.iter().zip(jobs).filter(|(verdict, _)| ran_out(verdict));
    let shelves = distinct(without.map(|(_, job)| shelf_of(view, job)));
    load::numbers::shelves_with_free(tx, &shelves, terms.now)
}

const fn ran_out(verdict: &Verdict<LeaseGranted>) -> bool {
    matches!(verdict, Err(Refusal::NoFreeNumber))
}

fn shelf_of(view: &LeaseView, job: &LeaseJob) -> Shelf {
    let customer = view.customers.get(&job.ask.0.customer);
    customer.map_or(Shelf::General, |customer| customer.shelf())
}
