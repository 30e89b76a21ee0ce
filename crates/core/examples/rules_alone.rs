//! The rules alone: no database, no clock, no network. What a decision may see is handed to it,
//! and what it decides is a value.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use leaseline_core::api_user::{Caller, Reach};
use leaseline_core::customer::{
    BlockRate, BlockSeconds, ChargeMethod, Customer, CustomerProfile, CustomerStatus, Limit,
    PersonName, ServiceTerms,
};
use leaseline_core::expiry::{LeaseTerm, TermUnit};
use leaseline_core::ids::{ApiUserId, CustomerId, LeaseId, LedgerId, NumberId};
use leaseline_core::lease::{LeaseRequest, LeaseView, Party};
use leaseline_core::phone::PhoneNumber;
use leaseline_core::pool::{FreeNumber, Shelf};
use leaseline_core::region::Region;
use leaseline_core::subscriber::Subscriber;
use leaseline_core::timestamp::Utc;
use leaseline_core::{Refusal, Timestamp};
use uuid::Uuid;

fn main() -> Result<(), Box<dyn Error>> {
    let malaysia = Region::by_code("MY").ok_or("no such region")?;
    let now = Timestamp::from_seconds(1_795_293_800).ok_or("no such time")?;
    let customer = customer(now)?;

    let free = FreeNumber {
        id: NumberId::new(1).ok_or("an id is at least 1")?,
        number: PhoneNumber::parse("0388880000", &malaysia)?,
        turn: 0,
        quarantine: Duration::from_secs(600),
    };
    let request = LeaseRequest {
        caller: Caller::new(ApiUserId::new(1).ok_or("an id is at least 1")?, Reach::Everyone),
        customer: customer.id,
        party: Party::single(Subscriber::new(
            PhoneNumber::parse("0195730424", &malaysia)?,
            None,
            None,
        )?),
        term: LeaseTerm::new(1, TermUnit::Months).ok_or("at least one")?,
        zone: Arc::new(Utc),
    };
    let mut view = LeaseView {
        customers: HashMap::from([(customer.id, Arc::new(customer))]),
        free: HashMap::from([(Shelf::General, [free].into())]),
        inventory: HashSet::new(),
        ..LeaseView::default()
    };

    let granted = view.grant(&request, LeaseId::new(Uuid::from_u128(1)), now)?;
    println!("{} until {:?}", granted.lease.members[0].number.sent(), granted.lease.expires_at);

    let refused = view.grant(&request, LeaseId::new(Uuid::from_u128(2)), now);
    assert_eq!(refused, Err(Refusal::NoFreeNumber));
    println!("then: {}", Refusal::NoFreeNumber);
    Ok(())
}

fn customer(now: Timestamp) -> Result<Customer, Box<dyn Error>> {
    let terms = ServiceTerms {
        enabled: true,
        charge_block: BlockSeconds::new(20).ok_or("at least a second")?,
        charge_rate: BlockRate::new(1).ok_or("not negative")?,
        max_leases: Limit::NONE,
    };
    Ok(Customer {
        id: CustomerId::new(1).ok_or("an id is at least 1")?,
        ledger: LedgerId::new(1).ok_or("an id is at least 1")?,
        profile: CustomerProfile {
            first_name: PersonName::parse("Acme").ok_or("a name")?,
            last_name: PersonName::parse("Rides").ok_or("a name")?,
            status: CustomerStatus::Active,
            charge_method: ChargeMethod::Prepaid,
            single: terms,
            group: terms,
            max_reserved: Limit::NONE,
            allowed_prefixes: Vec::new(),
            credit_limit: None,
            max_calls: Limit::NONE,
            max_spend_per_day: Limit::NONE,
        },
        created_at: now,
        suspended_at: None,
        has_reserve: false,
    })
}
