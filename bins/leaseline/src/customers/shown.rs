//! Customers as answers show them.

use std::fmt;

use leaseline_core::customer::{ChargeMethod, CustomerStatus, CustomerView, ServiceTerms};
use leaseline_hub::operator::Holdings;
use leaseline_service::rfc3339;
use serde::Serialize;

use crate::table::{Table, cell};

/// A customer. Limits of 0 are none.
#[derive(Serialize)]
pub(crate) struct Shown {
    id: i64,
    first_name: String,
    last_name: String,
    status: &'static str,
    charge_method: &'static str,
    balance: i64,
    single: Terms,
    group: Terms,
    max_reserved: i64,
    allowed_prefixes: Vec<String>,
    credit_limit: Option<i64>,
    max_calls: i64,
    max_spend_per_day: i64,
    created: String,
    suspended: Option<String>,
}

#[derive(Serialize)]
struct Terms {
    enabled: bool,
    block: i64,
    rate: i64,
    max: i64,
}

/// A customer with what it holds.
#[derive(Serialize)]
pub(crate) struct Details {
    #[serde(flatten)]
    customer: Shown,
    live_single: i64,
    live_group: i64,
    reserved: i64,
}

#[derive(Serialize)]
pub(crate) struct Customers {
    customers: Vec<Shown>,
}

impl From<&CustomerView> for Shown {
    fn from(CustomerView { customer, balance }: &CustomerView) -> Self {
        let profile = &customer.profile;
        let prefixes = profile.allowed_prefixes.iter();
        Self {
            id: customer.id.get(),
            first_name: profile.first_name.as_str().to_owned(),
            last_name: profile.last_name.as_str().to_owned(),
            status: status(profile.status),
            charge_method: charge_method(profile.charge_method),
            balance: balance.get(),
            single: Terms::from(profile.single),
            group: Terms::from(profile.group),
            max_reserved: profile.max_reserved.get(),
            allowed_prefixes: prefixes.map(|prefix| prefix.as_str().to_owned()).collect(),
            credit_limit: profile.credit_limit.map(|limit| limit.get()),
            max_calls: profile.max_calls.get(),
            max_spend_per_day: profile.max_spend_per_day.get(),
            created: rfc3339::format(customer.created_at),
            suspended: customer.suspended_at.map(rfc3339::format),
        }
    }
}

impl From<ServiceTerms> for Terms {
    fn from(terms: ServiceTerms) -> Self {
        Self {
            enabled: terms.enabled,
            block: terms.charge_block.get(),
            rate: terms.charge_rate.get(),
            max: terms.max_leases.get(),
        }
    }
}

impl Details {
    pub(super) const fn new(customer: Shown, holdings: Holdings) -> Self {
        let Holdings { single, group, reserved } = holdings;
        Self { customer, live_single: single, live_group: group, reserved }
    }
}

impl Customers {
    pub(super) fn new(customers: &[CustomerView]) -> Self {
        Self { customers: customers.iter().map(Shown::from).collect() }
    }
}

const fn status(status: CustomerStatus) -> &'static str {
    match status {
        CustomerStatus::Active => "active",
        CustomerStatus::Suspended => "suspended",
    }
}

const fn charge_method(method: ChargeMethod) -> &'static str {
    match method {
        ChargeMethod::Prepaid => "prepaid",
        ChargeMethod::Postpaid => "postpaid",
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, first_name, last_name, status, charge_method, balance, .. } = self;
        writeln!(f, "customer {id}: {first_name} {last_name}, {status}, {charge_method}")?;
        writeln!(f, "balance: {balance} credits")?;
        writeln!(f, "single leases: {}", self.single)?;
        writeln!(f, "group leases: {}", self.group)?;
        writeln!(f, "most numbers in reserve: {}", limit(self.max_reserved))?;
        writeln!(f, "most calls at once: {}", limit(self.max_calls))?;
        writeln!(f, "most credits in a day: {}", limit(self.max_spend_per_day))?;
        writeln!(f, "credit limit: {}", cell(self.credit_limit))?;
        if !self.allowed_prefixes.is_empty() {
            writeln!(f, "phones begin with: {}", self.allowed_prefixes.join(", "))?;
        }
        writeln!(f, "made: {}, suspended: {}", self.created, cell(self.suspended.as_ref()))
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let enabled = if self.enabled { "enabled" } else { "not enabled" };
        let Self { block, rate, max, .. } = self;
        write!(f, "{enabled}, {rate} credits per {block} s, at most at once: {}", limit(*max))
    }
}

fn limit(most: i64) -> String {
    if most == 0 { "no limit".into() } else { most.to_string() }
}

impl fmt::Display for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.customer.fmt(f)?;
        writeln!(f, "live leases: {} single, {} group", self.live_single, self.live_group)?;
        writeln!(f, "numbers in reserve: {}", self.reserved)
    }
}

impl fmt::Display for Customers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cells = |customer: &Shown| {
            [
                customer.id.to_string(),
                format!("{} {}", customer.first_name, customer.last_name),
                customer.status.into(),
                customer.charge_method.into(),
                customer.balance.to_string(),
            ]
        };
        let headings = ["ID", "NAME", "STATUS", "PAYS", "BALANCE"];
        Table::new(headings).rows(self.customers.iter().map(cells)).fmt(f)
    }
}
