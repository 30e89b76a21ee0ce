//! The demo's calling cards: a group of them, some of which are sold.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use leaseline_core::card::{
    CardFlags, CardGroupTerms, CardLabel, CardLength, CardName, CardNumber, CardValidity,
};
use leaseline_core::currency::CurrencyCode;
use leaseline_core::ids::{CardGroupId, LcrId, LocationId, TariffId};
use leaseline_core::money::Credits;
use leaseline_core::mor_user::MorCaller;
use leaseline_core::region::Region;
use leaseline_hub::cards::{CreateCards, NewCardGroup, SellCards};
use leaseline_hub::{Digits, Hub, Vault};
use leaseline_provision::{File, apply};

use super::clock::Chance;
use super::world::{ADMIN, MOR_SECRET, Made};

/// The first and the last number.
const NUMBERS: (&str, &str) = ("6000100001", "6000100024");

/// So many of them are sold.
const SOLD: u32 = 9;

/// Digits of PINs that come of the seed. Whoever wants cards of his own runs no demo.
pub(super) struct SeededDigits(Mutex<Chance>);

impl SeededDigits {
    pub(super) const fn of(seed: u64) -> Self {
        Self(Mutex::new(Chance::of(seed)))
    }
}

impl Digits for SeededDigits {
    fn fill(&self, digits: &mut [u8]) {
        let mut chance = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        digits.iter_mut().for_each(|digit| *digit = u8::try_from(chance.below(10)).unwrap_or(0));
    }
}

/// Makes the cards, and what their group needs.
pub(super) async fn make(hub: &Hub, region: &Region, vault: Vault) -> Made<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("cards.toml");
    let user = format!(
        "[[mor_users]]\nusername = \"{ADMIN}\"\nrole = \"admin\"\n\
         secret = \"{MOR_SECRET}\"\ncalling_cards = true\n"
    );
    let named = |table, name| format!("[[{table}]]\nid = 1\nname = \"{name}\"\n");
    let items = [("tariffs", "Retail"), ("lcrs", "Default"), ("locations", "Global")];
    let items: String = items.into_iter().map(|(table, name)| named(table, name)).collect();
    std::fs::write(&file, user + &items)?;
    apply(hub, File::read(&file)?.sealed_by(vault), region, |_| {}).await?;
    let caller = caller(hub).await?;
    let group = hub.ask(NewCardGroup { caller, terms: terms(hub)? }).await?;
    let number = |text| CardNumber::parse(text).ok_or("a number of ten digits");
    let label = CardLabel {
        batch_number: Some("2026-1".into()),
        min_balance: Credits::ZERO,
        distributor: None,
        language: None,
    };
    let numbers = Some((number(NUMBERS.0)?, number(NUMBERS.1)?));
    hub.create_cards(CreateCards { caller, group, numbers, label }, None).await?;
    Ok(())
}

/// Sells some of them.
pub(super) async fn sell(hub: &Hub) -> Made<()> {
    let (caller, group) = (caller(hub).await?, CardGroupId::new(1).ok_or("at least 1")?);
    hub.ask(SellCards { caller, group, quantity: SOLD, to: None, told_in: None }).await?;
    Ok(())
}

async fn caller(hub: &Hub) -> Made<MorCaller> {
    let user = hub.mor_user(ADMIN).await?.ok_or("it was just made")?;
    Ok(user.user.caller().ok_or("it may make cards")?)
}

fn terms(hub: &Hub) -> Made<CardGroupTerms> {
    let year = hub.now().saturating_add(Duration::from_secs(365 * 86_400));
    Ok(CardGroupTerms {
        name: CardName::parse("Visitors").ok_or("a name")?,
        description: "Cards for visitors, from the counter".into(),
        flags: CardFlags::default(),
        validity: CardValidity { from: hub.now(), till: Some(year), days_after_first_use: 30 },
        tariff: TariffId::new(1).ok_or("at least 1")?,
        lcr: LcrId::new(1).ok_or("at least 1")?,
        location: LocationId::new(1).ok_or("at least 1")?,
        tax: None,
        currency: CurrencyCode::USD,
        price_with_tax: Credits::new(100_000),
        setup_fee: Credits::ZERO,
        daily_charge: Credits::ZERO,
        ghost_min_perc: 100,
        ghost_balance_perc: 100,
        number_length: CardLength::new(10).ok_or("1 to 20")?,
        pin_length: CardLength::new(4).ok_or("1 to 20")?,
    })
}
