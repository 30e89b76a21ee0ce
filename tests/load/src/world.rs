//! What a database needs before it can be leased from: numbers, customers, and somebody who asks.

use std::sync::Arc;
use std::time::Duration;

use leaseline_apigate::{NewToken, TokenKey, TokenKeys};
use leaseline_core::api_user::{Caller, Reach, Role};
use leaseline_core::customer::{
    BlockRate, BlockSeconds, ChargeMethod, CustomerProfile, CustomerStatus, Limit, NewCustomer,
    PersonName, ServiceTerms,
};
use leaseline_core::expiry::{LeaseTerm, TermUnit};
use leaseline_core::ids::{ApiUserId, CustomerId, PoolId};
use leaseline_core::lease::{LeaseRequest, Party};
use leaseline_core::money::Credits;
use leaseline_core::phone::PhoneNumber;
use leaseline_core::region::{Region, RegionCode};
use leaseline_core::subscriber::Subscriber;
use leaseline_core::timestamp::Utc;
use leaseline_hub::operator::{NewApiUser, NewNumbers, NewPool};
use leaseline_hub::{Hub, Settings};
use leaseline_provision::{File, apply};
use tokio::runtime;

use crate::{Failure, cards};

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

impl World {
    /// Fills an empty database. Each of the customers is another row, so that on PostgreSQL
    /// requests for different ones do not wait for one another's locks. For calls every number is
    /// leased, by the customers in turn.
    pub(crate) fn prepare(
        url: &str,
        numbers: usize,
        customers: u16,
        is_leased: bool,
    ) -> Result<Self, Failure> {
        Hub::migrate(url)?;
        runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
            let hub = Hub::open(Settings::new(url))?;
            import(&hub, numbers).await?;
            let token = admin(&hub).await?;
            let customers = new_customers(&hub, customers).await?;
            account(&hub).await?;
            cards::make(&hub).await?;
            if is_leased {
                lease_all(&hub, numbers, &customers).await?;
            }
            hub.close().await;
            Ok(Self { token, customers, numbers })
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

async fn new_customers(hub: &Hub, count: u16) -> Result<Vec<i64>, Failure> {
    let mut customers = Vec::new();
    for _ in 0..count {
        let opening_balance = Credits::new(1_000_000_000);
        let id = hub.ask(NewCustomer { profile: profile()?, opening_balance }).await?;
        customers.push(id.get());
    }
    Ok(customers)
}

/// Leases every number for a day.
async fn lease_all(hub: &Hub, numbers: usize, customers: &[i64]) -> Result<(), Failure> {
    let region = region();
    let caller = Caller::new(ApiUserId::new(1).ok_or("find the administrator")?, Reach::Everyone);
    let term = LeaseTerm::new(1, TermUnit::Days).ok_or("make a term of a day")?;
    for first in (0..numbers).step_by(LEASES_AT_ONCE) {
        let chunk = first..numbers.min(first + LEASES_AT_ONCE);
        let mut asked = Vec::new();
        for nth in chunk {
            let phone = PhoneNumber::parse(&format!("012{nth:07}"), &region)?;
            let customer = CustomerId::new(customers[nth % customers.len()]);
            let request = LeaseRequest {
                caller: caller.clone(),
                customer: customer.ok_or("find the customer")?,
                party: Party::single(Subscriber::new(phone, None, None)?),
                term,
                zone: Arc::new(Utc),
            };
            asked.push(tokio::spawn({
                let hub = hub.clone();
                async move { hub.ask(request).await.map(drop) }
            }));
        }
        for asked in asked {
            asked.await??;
        }
    }
    Ok(())
}

/// So many leases are asked for at once: fewer than wait for the writer at most.
const LEASES_AT_ONCE: usize = 2_000;

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

/// A customer to whom nothing is refused.
fn profile() -> Result<CustomerProfile, Failure> {
    let terms = ServiceTerms {
        enabled: true,
        charge_block: BlockSeconds::new(20).ok_or("make a block of 20 seconds")?,
        charge_rate: BlockRate::new(1).ok_or("make a rate of 1 credit")?,
        max_leases: Limit::NONE,
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
