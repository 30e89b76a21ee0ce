//! The demo's world: two pools, five customers who differ in everything, and two API users. It is made
//! at the beginning of the demo's past; what is live now is leased at its end.

use std::collections::HashSet;
use std::error::Error;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use leaseline_core::api_user::{Caller, Reach, Role};
use leaseline_core::customer::{
    BlockRate, BlockSeconds, ChargeMethod, CustomerChange, CustomerProfile, CustomerStatus,
    CustomerUpdate, Limit, NewCustomer, PersonName, ServiceTerms,
};
use leaseline_core::expiry::{LeaseTerm, TermUnit};
use leaseline_core::ids::{CustomerId, LeaseId, PoolId};
use leaseline_core::lease::{LeaseRequest, Party};
use leaseline_core::ledger::TopUpRequest;
use leaseline_core::money::Credits;
use leaseline_core::phone::PhoneNumber;
use leaseline_core::region::{Region, RegionCode};
use leaseline_core::reservation::ReserveRequest;
use leaseline_core::subscriber::Subscriber;
use leaseline_core::timestamp::Utc;
use leaseline_hub::operator::{NewApiUser, NewNumbers, NewPool};
use leaseline_hub::{Hub, Vault};
use leaseline_provision::{File, apply};

use super::cards;

pub(super) const ADMIN: &str = "admin";
/// The secret of MOR's administrator.
pub(super) const MOR_SECRET: &str = "secret";
pub(super) const CLIENT: &str = "apisample";

/// Phones of the people who lease: international, so that they mean the same in every region.
pub(super) const PHONES: [&str; 3] = ["60195730424", "60195730425", "60195730426"];

/// Who is in the demo's world.
pub(super) struct World {
    /// Who asks for everything.
    pub(super) admin: Caller,
    /// The client's customer.
    pub(super) customer: CustomerId,
    /// One that pays afterwards and has numbers in reserve.
    pub(super) postpaid: CustomerId,
    /// One that has hardly any credit.
    pub(super) poor: CustomerId,
}

/// What the demo's commands speak of.
pub(super) struct Present {
    /// The client's customer.
    pub(super) customer: CustomerId,
    /// A live single lease of that customer.
    pub(super) lease: LeaseId,
    /// The number of a live group lease that leads to its second phone, the last of [`PHONES`].
    pub(super) called: PhoneNumber,
}

/// Somebody whose name is as long as names of companies are, and who has done nothing yet.
const LONG_NAME: (&str, &str) =
    ("Perbadanan Pengangkutan Limosin", "Lapangan Terbang Antarabangsa Wilayah Utara Berhad");

/// What the client's customer has, whatever it spent in the past.
const CREDIT: Credits = Credits::new(1_000_000);

/// The account of the client's customer, and its password.
pub(super) const ACCOUNT: &str = "demo";
pub(super) const PASSWORD: &str = "demo-pass";

/// The switch, and its password.
pub(super) const SWITCH: &str = "edge-1";
pub(super) const SWITCH_PASSWORD: &str = "edge-1-secret";

pub(super) type Made<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Makes it, without a past.
pub(super) async fn make(hub: &Hub, vault: Vault) -> Made<World> {
    let region = RegionCode::parse("MY").ok_or("no region MY")?;
    let malaysia = region.region();
    let pool = NewPool { name: "kl".into(), region, quarantine: Duration::ZERO };
    let pool = hub.ask(pool).await?;
    hub.ask(thousand_numbers(pool, &malaysia)?).await?;
    let admin = hub.ask(NewApiUser { name: ADMIN.into(), role: Role::Admin }).await?;
    let admin = Caller::new(admin, Reach::Everyone);

    let customer = prepaid(hub, ("Acme", "Rides"), CREDIT).await?;
    let postpaid = postpaid_with_a_reserve(hub, &admin).await?;
    suspended(hub, &admin).await?;
    let poor = prepaid(hub, ("Delima", "Logistics"), Credits::new(400)).await?;
    prepaid(hub, LONG_NAME, Credits::new(75_000)).await?;

    let customers = Arc::new(HashSet::from([customer]));
    let role = Role::Client { customers, may_top_up: true };
    hub.ask(NewApiUser { name: CLIENT.into(), role }).await?;
    account(hub, customer, &malaysia).await?;
    cards::make(hub, &malaysia, vault).await?;
    switch(hub, &malaysia).await?;
    Ok(World { admin, customer, postpaid, poor })
}

/// What is live now: the leases that the demo's commands speak of, and the client's credit.
pub(super) async fn present(hub: &Hub, world: &World) -> Made<Present> {
    let malaysia = RegionCode::parse("MY").ok_or("no region MY")?.region();
    let admin = &world.admin;
    let party = Party::single(subscriber(PHONES[0], &malaysia)?);
    let lease = hub.ask(for_a_day(admin, world.customer, party)?).await?.lease.id;
    let party = Party::group(subscriber(PHONES[1], &malaysia)?, subscriber(PHONES[2], &malaysia)?)?;
    let group = hub.ask(for_a_day(admin, world.postpaid, party)?).await?;
    let second = group.lease.members.into_iter().nth(1).ok_or("a group lease has two")?;
    fill_up(hub, admin, world.customer).await?;
    cards::sell(hub).await?;
    Ok(Present { customer: world.customer, lease, called: second.number })
}

/// Brings a customer's balance to what it began with.
async fn fill_up(hub: &Hub, admin: &Caller, customer: CustomerId) -> Made<()> {
    let balance = hub.customer(admin, customer).await?.balance;
    let missing = balance.checked_neg().and_then(|spent| CREDIT.checked_add(spent));
    let amount = missing.ok_or("it fits")?;
    if amount != Credits::ZERO {
        hub.ask(TopUpRequest { caller: admin.clone(), customer, amount }).await?;
    }
    Ok(())
}

/// A pool that is filled late, whose numbers rest so long that it runs low.
pub(super) async fn low_pool(hub: &Hub, region: &Region) -> Made<()> {
    let region_code = RegionCode::of(region).ok_or("a region of the table")?;
    let quarantine = Duration::from_secs(30 * 86_400);
    let pool = hub.ask(NewPool { name: "jb".into(), region: region_code, quarantine }).await?;
    let numbers = (0..LOW).map(|last| PhoneNumber::parse(&format!("0778880{last:03}"), region));
    let numbers = numbers.collect::<Result<_, _>>()?;
    hub.ask(NewNumbers { pool, numbers }).await?;
    Ok(())
}

/// So many numbers the late pool has.
const LOW: u32 = 520;

/// As an operator makes one, with a provisioning file.
async fn account(hub: &Hub, customer: CustomerId, region: &Region) -> Made<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("account.toml");
    let entry = format!(
        "user = \"{ACCOUNT}\"\npassword = \"{PASSWORD}\"\ncustomer = {customer}\n\
         email = \"ops@acme.example\"\ntime_zone = \"Asia/Kuala_Lumpur\"\nivr = true\n"
    );
    std::fs::write(&file, format!("[[accounts]]\n{entry}"))?;
    apply(hub, File::read(&file)?, region, |_| {}).await?;
    Ok(())
}

/// A softswitch in this region.
async fn switch(hub: &Hub, region: &Region) -> Made<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("switch.toml");
    let entry = format!(
        "name = \"{SWITCH}\"\npassword = \"{SWITCH_PASSWORD}\"\ncountry_code = \"{}\"\n\
         national_prefix = \"{}\"\n",
        region.country_code(),
        region.national_prefix().unwrap_or_default(),
    );
    std::fs::write(&file, format!("[[switches]]\n{entry}"))?;
    apply(hub, File::read(&file)?, region, |_| {}).await?;
    Ok(())
}

fn thousand_numbers(pool: PoolId, region: &Region) -> Made<NewNumbers> {
    let numbers = (0..1_000).map(|last| PhoneNumber::parse(&format!("0388880{last:03}"), region));
    Ok(NewNumbers { pool, numbers: numbers.collect::<Result<_, _>>()? })
}

async fn prepaid(
    hub: &Hub,
    (first, last): (&str, &str),
    opening_balance: Credits,
) -> Made<CustomerId> {
    let profile = profile(first, last, ChargeMethod::Prepaid)?;
    Ok(hub.ask(NewCustomer { profile, opening_balance }).await?)
}

async fn postpaid_with_a_reserve(hub: &Hub, admin: &Caller) -> Made<CustomerId> {
    let profile = profile("Bayu", "Motors", ChargeMethod::Postpaid)?;
    let customer = hub.ask(NewCustomer { profile, opening_balance: Credits::ZERO }).await?;
    let quantity = NonZeroU32::new(20).ok_or("at least one")?;
    hub.ask(ReserveRequest { caller: admin.clone(), customer, quantity }).await?;
    Ok(customer)
}

async fn suspended(hub: &Hub, admin: &Caller) -> Made<()> {
    let profile = profile("Cahaya", "Parcels", ChargeMethod::Prepaid)?;
    let customer = hub.ask(NewCustomer { profile, opening_balance: Credits::new(250) }).await?;
    let status = Some(CustomerStatus::Suspended);
    let change = CustomerChange { status, ..CustomerChange::default() };
    hub.ask(CustomerUpdate { caller: admin.clone(), customer, change }).await?;
    Ok(())
}

fn profile(first: &str, last: &str, charge_method: ChargeMethod) -> Made<CustomerProfile> {
    let terms = ServiceTerms {
        enabled: true,
        charge_block: BlockSeconds::new(20).ok_or("at least a second")?,
        charge_rate: BlockRate::new(1).ok_or("not negative")?,
        max_leases: Limit::NONE,
    };
    Ok(CustomerProfile {
        first_name: PersonName::parse(first).ok_or("a name")?,
        last_name: PersonName::parse(last).ok_or("a name")?,
        status: CustomerStatus::Active,
        charge_method,
        single: terms,
        group: terms,
        max_reserved: Limit::NONE,
        allowed_prefixes: Vec::new(),
        credit_limit: None,
        max_calls: Limit::NONE,
        max_spend_per_day: Limit::NONE,
    })
}

pub(super) fn subscriber(phone: &str, region: &Region) -> Made<Subscriber> {
    Ok(Subscriber::new(PhoneNumber::parse(phone, region)?, None, None)?)
}

fn for_a_day(caller: &Caller, customer: CustomerId, party: Party) -> Made<LeaseRequest> {
    Ok(LeaseRequest {
        caller: caller.clone(),
        customer,
        party,
        term: LeaseTerm::new(1, TermUnit::Days).ok_or("at least one")?,
        zone: Arc::new(Utc),
    })
}
