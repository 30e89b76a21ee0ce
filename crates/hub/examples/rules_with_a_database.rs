//! The rules with a database, inside of any Rust service: open SQLite, import ten numbers, lease
//! one, look it up, give it back.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use leaseline_hub::core::api_user::{Caller, Reach, Role};
use leaseline_hub::core::customer::{
    BlockRate, BlockSeconds, ChargeMethod, CustomerProfile, CustomerStatus, Limit, NewCustomer,
    PersonName, ServiceTerms,
};
use leaseline_hub::core::expiry::{LeaseTerm, TermUnit};
use leaseline_hub::core::lease::{LeaseKind, LeaseRequest, Party};
use leaseline_hub::core::money::Credits;
use leaseline_hub::core::phone::PhoneNumber;
use leaseline_hub::core::region::RegionCode;
use leaseline_hub::core::release::ReleaseRequest;
use leaseline_hub::core::subscriber::Subscriber;
use leaseline_hub::core::timestamp::Utc;
use leaseline_hub::operator::{NewApiUser, NewNumbers, NewPool};
use leaseline_hub::{Hub, Settings};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}/leaseline.db", folder.path().display());
    Hub::migrate(&url)?;
    let hub = Hub::open(Settings::new(&url))?;

    let region = RegionCode::parse("MY").ok_or("no such region")?;
    let malaysia = region.region();
    let pool = NewPool { name: "kl".into(), region, quarantine: Duration::ZERO };
    let pool = hub.ask(pool).await?;
    let numbers = (0..10)
        .map(|last| PhoneNumber::parse(&format!("038888000{last}"), &malaysia))
        .collect::<Result<Vec<_>, _>>()?;
    let added = hub.ask(NewNumbers { pool, numbers }).await?;
    println!("{added} numbers");

    let customer = NewCustomer { profile: profile()?, opening_balance: Credits::new(1_000_000) };
    let customer = hub.ask(customer).await?;
    let me = hub.ask(NewApiUser { name: "me".into(), role: Role::Admin }).await?;
    let caller = Caller::new(me, Reach::Everyone);

    let user = Subscriber::new(PhoneNumber::parse("0195730424", &malaysia)?, None, None)?;
    let request = LeaseRequest {
        caller: caller.clone(),
        customer,
        party: Party::single(user),
        term: LeaseTerm::new(1, TermUnit::Months).ok_or("at least one")?,
        zone: Arc::new(Utc),
    };
    let lease = hub.ask(request).await?.lease;
    println!("leased {}", lease.members[0].number.sent());

    let found = hub.live_lease(&caller, lease.id, LeaseKind::Single).await?;
    println!("it leads to {}", found.members[0].user.phone().sent());

    let release = ReleaseRequest { caller, lease: lease.id, kind: LeaseKind::Single };
    hub.ask(release).await?;
    println!("released");
    hub.close().await;
    Ok(())
}

fn profile() -> Result<CustomerProfile, Box<dyn Error>> {
    let terms = ServiceTerms {
        enabled: true,
        charge_block: BlockSeconds::new(20).ok_or("at least a second")?,
        charge_rate: BlockRate::new(1).ok_or("not negative")?,
        max_leases: Limit::NONE,
    };
    Ok(CustomerProfile {
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
    })
}
