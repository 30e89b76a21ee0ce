//! What a database needs before it can be leased from: numbers, customers, and somebody who asks.

use std::time::Duration;

use leaseline_apigate::{NewToken, TokenKey, TokenKeys};
use leaseline_core::api_user::Role;
use leaseline_core::customer::{
    BlockRate, BlockSeconds, ChargeMethod, CustomerProfile, CustomerStatus, Limit, NewCustomer,
    PersonName, ServiceTerms,
};
use leaseline_core::ids::PoolId;
use leaseline_core::money::Credits;
use leaseline_core::phone::PhoneNumber;
use leaseline_core::region::{Region, RegionCode};
use leaseline_hub::Hub;
use leaseline_hub::operator::{NewApiUser, NewNumbers, NewPool};
use leaseline_provision::{File, apply};
use tokio::runtime;

use crate::{Failure, cards, leases};

/// Signs the tokens of servers that live for a measurement on loopback, and of nothing else.
const SECRET: &[u8] = b"not a secret: for load measurements only";

/// The account whose balance is asked for, and its password, which is no secret either.
pub(crate) const ACCOUNT: &str = "load";
pub(crate) const PASSWORD: &str = "load-pass";

/// `load:load-pass`, by which the switch logs in.
pub(crate) const BASIC: &str = "Basic bG9hZDpsb2FkLXBhc3M=";

/// So many numbers are imported at a time, well within a hub's patience.
const NUMBERS_AT_ONCE: usize = 10_000;

/// Who asks, and for whom.
pub(crate) struct World {
    pub(crate) token: String,
    pub(crate) customers: Vec<i64>,
    pub(crate) numbers: usize,
}

/// How much there is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// So many numbers are in the pool.
    pub(crate) numbers: usize,
    /// So many customers lease them. Each is another row, so that on PostgreSQL requests for
    /// different ones do not wait for one another's locks.
    pub(crate) customers: u16,
    /// So many leases there were, by the customers in turn.
    pub(crate) past: usize,
    /// So many there are.
    pub(crate) live: usize,
    /// So many live leases a customer may have.
    pub(crate) limit: Limit,
}

impl World {
    /// Fills an empty database.
    pub(crate) fn prepare(url: &str, size: &Size) -> Result<Self, Failure> {
        Hub::migrate(url)?;
        runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
            // What was must be written down first: time never goes back.
            let hub = Hub::open(leases::long_ago(url, size))?;
            import(&hub, size.numbers).await?;
            let token = admin(&hub).await?;
            let customers = new_customers(&hub, size).await?;
            account(&hub).await?;
            cards::make(&hub).await?;
            hub.close().await;
            leases::past(url, size, &customers).await?;
            leases::live(url, size, &customers).await?;
            Ok(Self { token, customers, numbers: size.numbers })
        })
    }
}

/// Where numbers without a country code are read.
pub(crate) fn region() -> Region {
    Region::by_code("MY").expect("MY is in the table")
}

/// The keys that the servers under load accept.
pub(crate) fn token_keys() -> TokenKeys {
    let key = TokenKey::new(None, SECRET.to_vec(), None).expect("it has 32 bytes and more");
    TokenKeys::new(vec![key], None, None)
}

async fn import(hub: &Hub, numbers: usize) -> Result<(), Failure> {
    let malaysia = RegionCode::parse("MY").ok_or("find MY in the table")?;
    let new = NewPool { name: "load".into(), region: malaysia, quarantine: Duration::ZERO };
    let pool: PoolId = hub.ask(new).await?;
    let region = region();
    for first in (0..numbers).step_by(NUMBERS_AT_ONCE) {
        let chunk = first..numbers.min(first + NUMBERS_AT_ONCE);
        let numbers = chunk.map(|nth| PhoneNumber::parse(&format!("038{nth:07}"), &region));
        let numbers = numbers.collect::<Result<_, _>>()?;
        hub.ask(NewNumbers { pool, numbers }).await?;
    }
    Ok(())
}

/// Makes an administrator and returns its token.
async fn admin(hub: &Hub) -> Result<String, Failure> {
    let name = "load";
    hub.ask(NewApiUser { name: name.into(), role: Role::Admin }).await?;
    let (user, jti) = (name.to_owned(), "load".to_owned());
    let token = NewToken { user, jti, issued_at: hub.now(), expires_at: None };
    Ok(token_keys().issue(&token)?)
}

async fn new_customers(hub: &Hub, size: &Size) -> Result<Vec<i64>, Failure> {
    let mut customers = Vec::new();
    for _ in 0..size.customers {
        let opening_balance = Credits::new(1_000_000_000);
        let profile = profile(size.limit)?;
        let id = hub.ask(NewCustomer { profile, opening_balance }).await?;
        customers.push(id.get());
    }
    Ok(customers)
}

/// The number at this place, in its international form.
pub(crate) fn number(nth: u64) -> String {
    format!("6038{nth:07}")
}

/// Makes an account of the first customer, the switch, and who asks for cards.
async fn account(hub: &Hub) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("account.toml");
    let entry = format!("user = \"{ACCOUNT}\"\npassword = \"{PASSWORD}\"\ncustomer = 1\n");
    let switch =
        format!("name = \"{ACCOUNT}\"\npassword = \"{PASSWORD}\"\ncountry_code = \"60\"\n");
    let cards = cards::provisioning();
    std::fs::write(&file, format!("[[accounts]]\n{entry}[[switches]]\n{switch}{cards}"))?;
    apply(hub, File::read(&file)?.sealed_by(cards::vault()?), &region(), |_| {}).await?;
    Ok(())
}

/// A customer to whom nothing is refused before the limit.
fn profile(max_leases: Limit) -> Result<CustomerProfile, Failure> {
    let terms = ServiceTerms {
        enabled: true,
        charge_block: BlockSeconds::new(20).ok_or("make a block of 20 seconds")?,
        charge_rate: BlockRate::new(1).ok_or("make a rate of 1 credit")?,
        max_leases,
    };
    Ok(CustomerProfile {
        first_name: PersonName::parse("Acme").ok_or("make a name")?,
        last_name: PersonName::parse("Rides").ok_or("make a name")?,
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
