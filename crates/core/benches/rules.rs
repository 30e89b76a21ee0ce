//! What the rules cost by themselves: `cargo bench -p leaseline-core --bench rules`.

#![allow(clippy::unwrap_used, reason = "what goes wrong is the end of a measurement")]

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use leaseline_core::Timestamp;
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
use leaseline_core::rating::{Price, Rate, RateTerms, RatedService, Step, Usage};
use leaseline_core::region::Region;
use leaseline_core::subscriber::Subscriber;
use leaseline_core::timestamp::Utc;
use uuid::Uuid;

/// As many requests as a full batch has.
const BATCH: u32 = 256;
const NOW: Timestamp = Timestamp::from_micros(1_795_293_800_000_000);

fn main() {
    divan::main();
}

/// A batch of lease requests, each decided on what the ones before it left.
#[divan::bench]
fn grant_leases(bencher: Bencher<'_, '_>) {
    let request = request();
    bencher.counter(ItemsCount::new(BATCH)).with_inputs(view).bench_local_refs(|view| {
        for nth in 0..BATCH {
            let id = LeaseId::new(Uuid::from_u128(nth.into()));
            black_box(view.grant(&request, id, NOW)).unwrap();
        }
    });
}

/// A number as the users of its region write it.
#[divan::bench]
fn read_a_number(bencher: Bencher<'_, '_>) {
    let malaysia = malaysia();
    bencher.bench_local(|| PhoneNumber::parse(black_box("0195730424"), &malaysia).unwrap());
}

/// A call of twelve and a half minutes, by the minute.
#[divan::bench]
fn rate_a_call(bencher: Bencher<'_, '_>) {
    let rate = rate();
    bencher.bench_local(|| rate.cost(Usage::seconds(black_box(754))).unwrap().cost);
}

fn malaysia() -> Region {
    Region::by_code("MY").unwrap()
}

fn rate() -> Rate {
    let steps = vec![Step::per_minute(Price::new(60_000_000).unwrap())];
    RateTerms { steps, ..RateTerms::default() }.checked(RatedService::Voice).unwrap()
}

fn request() -> LeaseRequest {
    let phone = PhoneNumber::parse("0195730424", &malaysia()).unwrap();
    LeaseRequest {
        caller: Caller::new(ApiUserId::new(1).unwrap(), Reach::Everyone),
        customer: CustomerId::new(1).unwrap(),
        party: Party::single(Subscriber::new(phone, None, None).unwrap()),
        term: LeaseTerm::new(1, TermUnit::Months).unwrap(),
        zone: Arc::new(Utc),
    }
}

fn view() -> LeaseView {
    let free = (0..BATCH).map(free).collect();
    LeaseView {
        customers: HashMap::from([(CustomerId::new(1).unwrap(), Arc::new(customer()))]),
        free: HashMap::from([(Shelf::General, free)]),
        ..LeaseView::default()
    }
}

fn free(nth: u32) -> FreeNumber {
    let number = format!("03{:08}", 88_880_000 + nth);
    FreeNumber {
        id: NumberId::new(i64::from(nth) + 1).unwrap(),
        number: PhoneNumber::parse(&number, &malaysia()).unwrap(),
        turn: 0,
        quarantine: Duration::from_secs(600),
    }
}

fn customer() -> Customer {
    let terms = ServiceTerms {
        enabled: true,
        charge_block: BlockSeconds::new(20).unwrap(),
        charge_rate: BlockRate::new(1).unwrap(),
        max_leases: Limit::NONE,
    };
    Customer {
        id: CustomerId::new(1).unwrap(),
        ledger: LedgerId::new(1).unwrap(),
        profile: CustomerProfile {
            first_name: PersonName::parse("Acme").unwrap(),
            last_name: PersonName::parse("Rides").unwrap(),
            status: CustomerStatus::Active,
            charge_method: ChargeMethod::Postpaid,
            single: terms,
            group: terms,
            max_reserved: Limit::NONE,
            allowed_prefixes: Vec::new(),
            credit_limit: None,
            max_calls: Limit::NONE,
            max_spend_per_day: Limit::NONE,
        },
        created_at: NOW,
        suspended_at: None,
        has_reserve: false,
    }
}
