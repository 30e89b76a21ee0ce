//! Groups of calling cards, and the question for them.

use leaseline_core::card::{CardFlags, CardGroupTerms, CardLength, CardName, CardValidity};
use leaseline_core::currency::CurrencyCode;
use leaseline_core::ids::{LcrId, LocationId, TariffId};
use leaseline_core::money::Credits;
use leaseline_hub::cards::NewCardGroup;
use leaseline_hub::{Hub, Vault};
use leaseline_mor::hash;

use crate::Failure;
use crate::target::Target;

/// Who asks for groups, and its secret, which is none.
pub(crate) const USER: &str = "load";
pub(crate) const SECRET: &str = "load-secret";

/// So many groups there are.
const GROUPS: usize = 10;

/// What the secrets of a database for measurements are sealed by.
pub(crate) fn vault() -> Result<Vault, Failure> {
    Ok(Vault::new(b"not a secret: for load measurements only")?)
}

/// The user, and what its groups refer to, as a provisioning file has them.
pub(crate) fn provisioning() -> String {
    let user = format!("[[mor_users]]\nusername = \"{USER}\"\nsecret = \"{SECRET}\"\n");
    let user = format!("{user}role = \"admin\"\ncalling_cards = true\n");
    let items = ["tariffs", "lcrs", "locations"];
    items.iter().fold(user, |file, table| format!("{file}[[{table}]]\nid = 1\nname = \"load\"\n"))
}

/// Makes the groups.
pub(crate) async fn make(hub: &Hub) -> Result<(), Failure> {
    let user = hub.mor_user(USER).await?.ok_or("find MOR's user")?;
    let caller = user.user.caller().ok_or("find that it may ask")?;
    for nth in 0..GROUPS {
        hub.ask(NewCardGroup { caller, terms: terms(hub, nth)? }).await?;
    }
    Ok(())
}

fn terms(hub: &Hub, nth: usize) -> Result<CardGroupTerms, Failure> {
    Ok(CardGroupTerms {
        name: CardName::parse(&format!("group {nth}")).ok_or("make a name")?,
        description: "Cards for a summer".into(),
        flags: CardFlags::default(),
        validity: CardValidity { from: hub.now(), till: None, days_after_first_use: 0 },
        tariff: TariffId::new(1).ok_or("find the tariff")?,
        lcr: LcrId::new(1).ok_or("find the routing")?,
        location: LocationId::new(1).ok_or("find the location")?,
        tax: None,
        currency: CurrencyCode::USD,
        price_with_tax: Credits::new(100_000),
        setup_fee: Credits::ZERO,
        daily_charge: Credits::ZERO,
        ghost_min_perc: 100,
        ghost_balance_perc: 100,
        number_length: CardLength::new(10).ok_or("make a length")?,
        pin_length: CardLength::new(4).ok_or("make a length")?,
    })
}

/// Which groups are there?
pub(crate) fn request(Target { host, .. }: &Target) -> Vec<u8> {
    let hash = hash::hex([], SECRET.as_bytes());
    let form = format!("u={USER}&hash={hash}");
    let length = form.len();
    format!(
        "POST /billing/api/cc_groups_get HTTP/1.1\r\n\
         Host: {host}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {length}\r\n\r\n{form}"
    )
    .into_bytes()
}

/// Whether all of them were listed.
pub(crate) fn are_listed(body: &[u8]) -> bool {
    str::from_utf8(body).is_ok_and(|body| body.matches("<group_name>").count() == GROUPS)
}
