//! From forms to requests of the core. Parameters are judged in the order of the operation's
//! table, and the first bad one answers.

use std::num::NonZeroU32;
use std::sync::Arc;

use leaseline_core::Timestamp;
use leaseline_core::api_user::Caller;
use leaseline_core::customer::{
    ChargeMethod, CustomerChange, CustomerProfile, CustomerStatus, CustomerUpdate, Limit,
    NewCustomer, ServiceChange, ServiceTerms,
};
use leaseline_core::expiry::LeaseTerm;
use leaseline_core::lease::{LeaseKind, LeaseRequest, Party};
use leaseline_core::ledger::TopUpRequest;
use leaseline_core::money::Credits;
use leaseline_core::phone::PhoneNumber;
use leaseline_core::region::Region;
use leaseline_core::release::ReleaseRequest;
use leaseline_core::reservation::ReserveRequest;
use leaseline_core::subscriber::Subscriber;
use leaseline_core::timestamp::Zone;
use leaseline_web::Form;

use crate::parameter::{self, integer, optional, required};
use crate::status::Status;

/// What a request is read by, besides its form.
pub(crate) struct Reading<'a> {
    pub(crate) form: &'a Form,
    pub(crate) caller: Caller,
    pub(crate) region: &'a Region,
    pub(crate) zone: &'a Arc<dyn Zone>,
    pub(crate) max_reserve: u32,
    pub(crate) now: Timestamp,
}

pub(crate) fn lease_request(
    reading: &Reading<'_>,
    kind: LeaseKind,
) -> Result<LeaseRequest, Status> {
    let form = reading.form;
    Ok(LeaseRequest {
        caller: reading.caller.clone(),
        customer: parameter::customer_id(form)?,
        party: match kind {
            LeaseKind::Single => single(reading)?,
            LeaseKind::Group => group(reading)?,
        },
        term: term(reading)?,
        zone: Arc::clone(reading.zone),
    })
}

fn single(reading: &Reading<'_>) -> Result<Party, Status> {
    let phone = parameter::phone(reading.form, "phone", reading.region)?;
    Ok(Party::single(user(reading.form, phone, ["imsi", "mcc", "mnc"])?))
}

fn group(reading: &Reading<'_>) -> Result<Party, Status> {
    let first = parameter::phone(reading.form, "phone1", reading.region)?;
    let first = user(reading.form, first, ["imsi1", "mcc1", "mnc1"])?;
    let second = parameter::phone(reading.form, "phone2", reading.region)?;
    if first.phone().e164() == second.e164() {
        return Err(Status::PhoneParameter);
    }
    let second = user(reading.form, second, ["imsi2", "mcc2", "mnc2"])?;
    Party::group(first, second).map_err(|_| Status::PhoneParameter)
}

fn user(
    form: &Form,
    phone: PhoneNumber,
    [imsi, mcc, mnc]: [&str; 3],
) -> Result<Subscriber, Status> {
    let imsi = parameter::imsi(form, imsi)?;
    let network = parameter::network(form, mcc, mnc)?;
    Subscriber::new(phone, imsi, network).map_err(|_| Status::ImsiParameter)
}

/// A value that is a number but leads too far is judged once its unit is known to be sound.
fn term(reading: &Reading<'_>) -> Result<LeaseTerm, Status> {
    let value = required(reading.form, "expiry_value", integer, Status::ExpiryValue)?;
    if value < 1 {
        return Err(Status::ExpiryValue);
    }
    let unit = required(reading.form, "expiry_unit", parameter::term_unit, Status::ExpiryUnit)?;
    let term = LeaseTerm::new(value, unit).ok_or(Status::ExpiryValue)?;
    match term.expiry(reading.now, &**reading.zone) {
        Some(_) => Ok(term),
        None => Err(Status::ExpiryValue),
    }
}

pub(crate) fn release(reading: &Reading<'_>, kind: LeaseKind) -> Result<ReleaseRequest, Status> {
    let lease = parameter::reference_id(reading.form)?;
    Ok(ReleaseRequest { caller: reading.caller.clone(), lease, kind })
}

pub(crate) fn reserve(reading: &Reading<'_>) -> Result<ReserveRequest, Status> {
    let customer = parameter::customer_id(reading.form)?;
    let quantity = |text: &str| {
        let quantity = u32::try_from(integer(text)?).ok()?;
        NonZeroU32::new(quantity).filter(|_| quantity <= reading.max_reserve)
    };
    let quantity = required(reading.form, "quantity", quantity, Status::Quantity)?;
    Ok(ReserveRequest { caller: reading.caller.clone(), customer, quantity })
}

pub(crate) fn top_up(reading: &Reading<'_>) -> Result<TopUpRequest, Status> {
    let customer = parameter::customer_id(reading.form)?;
    let credit = |text: &str| integer(text).filter(|credit| *credit != 0).map(Credits::new);
    let amount = required(reading.form, "credit", credit, Status::Credit)?;
    Ok(TopUpRequest { caller: reading.caller.clone(), customer, amount })
}

pub(crate) fn create(form: &Form) -> Result<NewCustomer, Status> {
    let first_name = required(form, "first_name", parameter::name, Status::FirstName)?;
    let last_name = required(form, "last_name", parameter::name, Status::LastName)?;
    let status = optional(form, "account_status", account_status, Status::AccountState)?;
    let credit = optional(form, "account_credit", integer, Status::AccountCredit)?;
    let charge_method = required(form, "charge_method", charge_method, Status::ChargeMethod)?;
    let single = terms(form, &SINGLE)?;
    let group = terms(form, &GROUP)?;
    let max_single = optional(form, SINGLE.max.0, parameter::limit, SINGLE.max.1)?;
    let max_group = optional(form, GROUP.max.0, parameter::limit, GROUP.max.1)?;
    Ok(NewCustomer {
        profile: CustomerProfile {
            first_name,
            last_name,
            status: status.unwrap_or(CustomerStatus::Active),
            charge_method,
            single: ServiceTerms { max_leases: max_single.unwrap_or_default(), ..single },
            group: ServiceTerms { max_leases: max_group.unwrap_or_default(), ..group },
            max_reserved: Limit::NONE,
            allowed_prefixes: Vec::new(),
            credit_limit: None,
            max_calls: Limit::NONE,
            max_spend_per_day: Limit::NONE,
        },
        opening_balance: Credits::new(credit.unwrap_or(0)),
    })
}

pub(crate) fn update(reading: &Reading<'_>) -> Result<CustomerUpdate, Status> {
    let form = reading.form;
    let customer = parameter::customer_id(form)?;
    let first_name = optional(form, "first_name", parameter::name, Status::FirstName)?;
    let last_name = optional(form, "last_name", parameter::name, Status::LastName)?;
    let status = optional(form, "account_status", account_status, Status::AccountState)?;
    let charge_method = optional(form, "charge_method", charge_method, Status::ChargeMethod)?;
    let single = service_change(form, &SINGLE)?;
    let group = service_change(form, &GROUP)?;
    let max_single = optional(form, SINGLE.max.0, parameter::limit, SINGLE.max.1)?;
    let max_group = optional(form, GROUP.max.0, parameter::limit, GROUP.max.1)?;
    let change = CustomerChange {
        first_name,
        last_name,
        status,
        charge_method,
        single: ServiceChange { max_leases: max_single, ..single },
        group: ServiceChange { max_leases: max_group, ..group },
        ..CustomerChange::default()
    };
    Ok(CustomerUpdate { caller: reading.caller.clone(), customer, change })
}

pub(crate) fn set_status(
    reading: &Reading<'_>,
    status: CustomerStatus,
) -> Result<CustomerUpdate, Status> {
    let customer = parameter::customer_id(reading.form)?;
    let change = CustomerChange { status: Some(status), ..CustomerChange::default() };
    Ok(CustomerUpdate { caller: reading.caller.clone(), customer, change })
}

/// The parameters of one kind of lease, each with its status. The maxima of both kinds come last
/// in the table, after all the others.
struct ServiceParameters {
    enable: (&'static str, Status),
    block: (&'static str, Status),
    rate: (&'static str, Status),
    max: (&'static str, Status),
}

const SINGLE: ServiceParameters = ServiceParameters {
    enable: ("enable_single_service", Status::EnableSingle),
    block: ("charge_block_single", Status::BlockSingle),
    rate: ("charge_rate_single", Status::RateSingle),
    max: ("max_lease_single", Status::MaxSingle),
};

const GROUP: ServiceParameters = ServiceParameters {
    enable: ("enable_group_service", Status::EnableGroup),
    block: ("charge_block_group", Status::BlockGroup),
    rate: ("charge_rate_group", Status::RateGroup),
    max: ("max_lease_group", Status::MaxGroup),
};

fn terms(form: &Form, of: &ServiceParameters) -> Result<ServiceTerms, Status> {
    Ok(ServiceTerms {
        enabled: required(form, of.enable.0, parameter::flag, of.enable.1)?,
        charge_block: required(form, of.block.0, parameter::block, of.block.1)?,
        charge_rate: required(form, of.rate.0, parameter::rate, of.rate.1)?,
        max_leases: Limit::NONE,
    })
}

fn service_change(form: &Form, of: &ServiceParameters) -> Result<ServiceChange, Status> {
    Ok(ServiceChange {
        enabled: optional(form, of.enable.0, parameter::flag, of.enable.1)?,
        charge_block: optional(form, of.block.0, parameter::block, of.block.1)?,
        charge_rate: optional(form, of.rate.0, parameter::rate, of.rate.1)?,
        max_leases: None,
    })
}

fn account_status(text: &str) -> Option<CustomerStatus> {
    match text {
        "1" => Some(CustomerStatus::Active),
        "2" => Some(CustomerStatus::Suspended),
        _ => None,
    }
}

fn charge_method(text: &str) -> Option<ChargeMethod> {
    match text {
        "1" => Some(ChargeMethod::Prepaid),
        "2" => Some(ChargeMethod::Postpaid),
        _ => None,
    }
}
