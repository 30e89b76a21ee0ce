//! Customers made and changed.

use diesel::prelude::*;
use leaseline_core::Timestamp;
use leaseline_core::customer::{CreditLimit, Customer, CustomerProfile, ServiceTerms};
use leaseline_core::ids::{CustomerId, LedgerId};
use leaseline_core::lease::LeaseKind;

use crate::error::StoreError;
use crate::row::{Code, flag, known};
use crate::schema::{customer_services, customers, ledgers};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// Makes a ledger without entries.
pub fn new_ledger(tx: &mut Tx<'_>) -> Result<LedgerId, StoreError> {
    let id: i64 = diesel::insert_into(ledgers::table)
        .values((ledgers::last_seq.eq(0), ledgers::balance.eq(0)))
        .returning(ledgers::id)
        .get_result(tx.connection)?;
    known(LedgerId::new(id), "ledgers")
}

/// Makes a customer whose money is in that ledger.
pub fn new_customer(
    tx: &mut Tx<'_>,
    profile: &CustomerProfile,
    ledger: LedgerId,
    suspended_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<CustomerId, StoreError> {
    let id: i64 = diesel::insert_into(customers::table)
        .values((
            customers::ledger_id.eq(ledger.get()),
            customers::first_name.eq(profile.first_name.as_str()),
            customers::last_name.eq(profile.last_name.as_str()),
            customers::status.eq(profile.status.code()),
            customers::charge_method.eq(profile.charge_method.code()),
            customers::max_reserved.eq(profile.max_reserved.get()),
            customers::allowed_prefixes.eq(prefixes(profile)),
            customers::created_at.eq(now.micros()),
            customers::suspended_at.eq(suspended_at.map(Timestamp::micros)),
            customers::credit_limit.eq(profile.credit_limit.map(CreditLimit::get)),
            customers::max_calls.eq(profile.max_calls.get()),
            customers::max_spend_per_day.eq(profile.max_spend_per_day.get()),
        ))
        .returning(customers::id)
        .get_result(tx.connection)?;
    insert_terms(tx, id, LeaseKind::Single, profile.single)?;
    insert_terms(tx, id, LeaseKind::Group, profile.group)?;
    known(CustomerId::new(id), "customers")
}

/// Gives a customer the operator's own name for it, unique.
pub fn name(tx: &mut Tx<'_>, customer: CustomerId, key: &str) -> Result<(), StoreError> {
    diesel::update(customers::table.find(customer.get()))
        .set(customers::customer_key.eq(key))
        .execute(tx.connection)?;
    Ok(())
}

/// Writes down a customer as it is after a change. What a block cost before is kept for records
/// that come late.
pub fn change(tx: &mut Tx<'_>, customer: &Customer, now: Timestamp) -> Result<(), StoreError> {
    keep_tariffs(tx, customer, now)?;
    let profile = &customer.profile;
    diesel::update(customers::table.find(customer.id.get()))
        .set((
            customers::first_name.eq(profile.first_name.as_str()),
            customers::last_name.eq(profile.last_name.as_str()),
            customers::status.eq(profile.status.code()),
            customers::charge_method.eq(profile.charge_method.code()),
            customers::max_reserved.eq(profile.max_reserved.get()),
            customers::allowed_prefixes.eq(prefixes(profile)),
            customers::suspended_at.eq(customer.suspended_at.map(Timestamp::micros)),
            customers::credit_limit.eq(profile.credit_limit.map(CreditLimit::get)),
            customers::max_calls.eq(profile.max_calls.get()),
            customers::max_spend_per_day.eq(profile.max_spend_per_day.get()),
        ))
        .execute(tx.connection)?;
    update_terms(tx, customer.id, LeaseKind::Single, profile.single)?;
    update_terms(tx, customer.id, LeaseKind::Group, profile.group)
}

/// Twice within one instant, the first of the changes is the one that counts until then.
fn keep_tariffs(tx: &mut Tx<'_>, customer: &Customer, now: Timestamp) -> Result<(), StoreError> {
    let profile = &customer.profile;
    let kinds = [(LeaseKind::Single, profile.single), (LeaseKind::Group, profile.group)];
    let rows = Rows::new("customer_id, kind, until, charge_block, charge_rate")
        .integers([customer.id.get(); 2])
        .integers(kinds.map(|(kind, _)| kind.code().into()))
        .integers([now.micros(); 2])
        .integers(kinds.map(|(_, terms)| terms.charge_block.get()))
        .integers(kinds.map(|(_, terms)| terms.charge_rate.get()));
    Statement::<()>::new(KEEP_TARIFFS).over(rows).execute(tx.connection)?;
    Ok(())
}

const KEEP_TARIFFS: &str = "
    INSERT INTO customer_tariffs (customer_id, kind, until, charge_block, charge_rate)
    SELECT s.customer_id, s.kind, v.until, s.charge_block, s.charge_rate
    FROM v JOIN customer_services s ON s.customer_id = v.customer_id AND s.kind = v.kind
    WHERE s.charge_block <> v.charge_block OR s.charge_rate <> v.charge_rate
    ON CONFLICT (customer_id, kind, until) DO NOTHING";

fn prefixes(profile: &CustomerProfile) -> String {
    let digits: Vec<_> = profile.allowed_prefixes.iter().map(|prefix| prefix.as_str()).collect();
    digits.join(" ")
}

fn insert_terms(
    tx: &mut Tx<'_>,
    customer: i64,
    kind: LeaseKind,
    terms: ServiceTerms,
) -> Result<(), StoreError> {
    diesel::insert_into(customer_services::table)
        .values((
            customer_services::customer_id.eq(customer),
            customer_services::kind.eq(kind.code()),
            customer_services::enabled.eq(flag(terms.enabled)),
            customer_services::charge_block.eq(terms.charge_block.get()),
            customer_services::charge_rate.eq(terms.charge_rate.get()),
            customer_services::max_leases.eq(terms.max_leases.get()),
        ))
        .execute(tx.connection)?;
    Ok(())
}

fn update_terms(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    kind: LeaseKind,
    terms: ServiceTerms,
) -> Result<(), StoreError> {
    diesel::update(customer_services::table.find((customer.get(), kind.code())))
        .set((
            customer_services::enabled.eq(flag(terms.enabled)),
            customer_services::charge_block.eq(terms.charge_block.get()),
            customer_services::charge_rate.eq(terms.charge_rate.get()),
            customer_services::max_leases.eq(terms.max_leases.get()),
        ))
        .execute(tx.connection)?;
    Ok(())
}
