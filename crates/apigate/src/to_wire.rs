//! From outcomes to JSON: fields in the document's order, `status` a number, everything else
//! text.

use leaseline_core::Timestamp;
use leaseline_core::customer::{
    ChargeMethod, Customer, CustomerStatus, CustomerView, ServiceTerms,
};
use leaseline_core::ids::CustomerId;
use leaseline_core::lease::{Lease, LeaseMember};
use leaseline_core::ledger::ToppedUp;
use leaseline_core::reservation::NumbersReserved;
use leaseline_core::timestamp::{Zone, local_text};
use serde::ser::{SerializeMap, Serializer};
use serde::{Serialize, ser};

use crate::operation::Operation;
use crate::status::Status;

/// An instant that never was.
const NEVER: &str = "0000-00-00 00:00:00";

pub(crate) fn done() -> String {
    json(&Head::of(Status::Success))
}

pub(crate) fn lease_granted(lease: &Lease, zone: &dyn Zone) -> String {
    json(&LeaseBody {
        head: Head::of(Status::Success),
        reference_id: lease.id.to_string(),
        lease_info: LeaseInfo(&lease.members),
        expire: time_text(lease.expires_at, zone),
        customer_id: None,
    })
}

pub(crate) fn lease_found(lease: &Lease, zone: &dyn Zone) -> String {
    json(&LeaseBody {
        head: Head::of(Status::Success),
        reference_id: lease.id.to_string(),
        lease_info: LeaseInfo(&lease.members),
        expire: time_text(lease.expires_at, zone),
        customer_id: Some(Integer(lease.customer.get())),
    })
}

pub(crate) fn numbers_reserved(reserved: &NumbersReserved) -> String {
    let numbers = reserved.numbers.iter().map(|free| free.number.sent());
    json(&ReservedBody { head: Head::of(Status::Success), reserved_numbers: numbers.collect() })
}

pub(crate) fn topped_up(topped_up: &ToppedUp) -> String {
    let balance = Integer(topped_up.entry.balance_after.get());
    json(&BalanceBody { head: Head::of(Status::Success), balance })
}

pub(crate) fn customer_created(id: CustomerId) -> String {
    json(&CreatedBody { head: Head::of(Status::Success), customer_id: Integer(id.get()) })
}

pub(crate) fn customer_viewed(view: &CustomerView, zone: &dyn Zone) -> String {
    let CustomerView { customer, balance } = view;
    let Customer { profile, .. } = customer;
    json(&CustomerBody {
        head: Head::of(Status::Success),
        customer_id: Integer(customer.id.get()),
        first_name: profile.first_name.as_str(),
        last_name: profile.last_name.as_str(),
        account_status: match profile.status {
            CustomerStatus::Active => "1",
            CustomerStatus::Suspended => "2",
        },
        account_credit: Integer(balance.get()),
        charge_method: match profile.charge_method {
            ChargeMethod::Prepaid => "1",
            ChargeMethod::Postpaid => "2",
        },
        enable_single_service: flag(profile.single.enabled),
        charge_block_single: Integer(profile.single.charge_block.get()),
        charge_rate_single: Integer(profile.single.charge_rate.get()),
        enable_group_service: flag(profile.group.enabled),
        charge_block_group: Integer(profile.group.charge_block.get()),
        charge_rate_group: Integer(profile.group.charge_rate.get()),
        max_lease_single: max_leases(profile.single),
        max_lease_group: max_leases(profile.group),
        has_reserved_number: flag(customer.has_reserve),
        date_created: time_text(customer.created_at, zone),
        date_suspend: customer.suspended_at.map_or(NEVER.into(), |at| time_text(at, zone)),
    })
}

/// What an operation answers when it was not carried out. The fields of its success that a
/// client looks for are there, and empty.
pub(crate) fn error(status: Status, operation: Option<Operation>) -> String {
    let head = Head::of(status);
    match operation {
        Some(Operation::Request(_)) => json(&LeaseBody {
            head,
            reference_id: String::new(),
            lease_info: LeaseInfo(&[]),
            expire: String::new(),
            customer_id: None,
        }),
        Some(Operation::Reserve) => json(&ReservedBody { head, reserved_numbers: Vec::new() }),
        _ => json(&head),
    }
}

#[derive(Serialize)]
struct Head {
    status: u8,
    description: &'static str,
}

#[derive(Serialize)]
struct LeaseBody<'a> {
    #[serde(flatten)]
    head: Head,
    reference_id: String,
    lease_info: LeaseInfo<'a>,
    expire: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_id: Option<Integer>,
}

#[derive(Serialize)]
struct ReservedBody<'a> {
    #[serde(flatten)]
    head: Head,
    reserved_numbers: Vec<&'a str>,
}

#[derive(Serialize)]
struct BalanceBody {
    #[serde(flatten)]
    head: Head,
    balance: Integer,
}

#[derive(Serialize)]
struct CreatedBody {
    #[serde(flatten)]
    head: Head,
    customer_id: Integer,
}

#[derive(Serialize)]
struct CustomerBody<'a> {
    #[serde(flatten)]
    head: Head,
    customer_id: Integer,
    first_name: &'a str,
    last_name: &'a str,
    account_status: &'static str,
    account_credit: Integer,
    charge_method: &'static str,
    enable_single_service: &'static str,
    charge_block_single: Integer,
    charge_rate_single: Integer,
    enable_group_service: &'static str,
    charge_block_group: Integer,
    charge_rate_group: Integer,
    max_lease_single: Integer,
    max_lease_group: Integer,
    has_reserved_number: &'static str,
    date_created: String,
    date_suspend: String,
}

/// Leased number → the user's phone, in the order asked for.
struct LeaseInfo<'a>(&'a [LeaseMember]);

impl Serialize for LeaseInfo<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for member in self.0 {
            map.serialize_entry(member.number.sent(), member.user.phone().sent())?;
        }
        map.end()
    }
}

/// An integer, as text.
struct Integer(i64);

impl Serialize for Integer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(itoa::Buffer::new().format(self.0))
    }
}

impl Head {
    const fn of(status: Status) -> Self {
        Self { status: status.code(), description: status.text() }
    }
}

fn json(body: &impl ser::Serialize) -> String {
    serde_json::to_string(body).expect("text keys and plain values always make JSON")
}

const fn flag(value: bool) -> &'static str {
    if value { "1" } else { "0" }
}

fn max_leases(terms: ServiceTerms) -> Integer {
    Integer(terms.max_leases.get())
}

fn time_text(at: Timestamp, zone: &dyn Zone) -> String {
    zone.local(at).map_or_else(|| NEVER.to_owned(), local_text)
}
