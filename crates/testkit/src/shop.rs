//! A small shop of calling cards, made through the hub like everything else.

use leaseline_core::card::{
    CardFlags, CardGroupTerms, CardLabel, CardLength, CardName, CardNumber, CardValidity, SoldCard,
};
use leaseline_core::currency::CurrencyCode;
use leaseline_core::ids::{CardGroupId, LcrId, LocationId, TariffId};
use leaseline_core::money::Credits;
use leaseline_core::mor_user::{MorCaller, MorChange, MorRole};
use leaseline_core::{Refusal, Timestamp};
use leaseline_hub::cards::{CreateCards, NewCardGroup, SellCards};
use leaseline_hub::operator::{Mor, MorItemEntry, MorItemId, MorUserEntry, Provisioning};
use leaseline_hub::{Failure, Hub, Secret, Settled, Vault};

/// The secret of every user of a shop.
pub const SHOP_SECRET: &str = "secret";

/// What a shop's secrets are sealed by.
pub fn shop_vault() -> Vault {
    Vault::new(b"a text of at least thirty-two bytes").expect("long enough")
}

/// A hub with a tariff, a routing and a location, each with the id 1, and short ways to what tests
/// ask of it.
pub struct Shop {
    /// The hub.
    pub hub: Hub,
}

impl Shop {
    /// Makes what groups of cards refer to.
    pub async fn open(hub: Hub) -> Self {
        let item = |id, name: &str| MorItemEntry {
            id,
            name: Some(name.to_owned()),
            owner: None,
            rate_deck: None,
            percent: None,
        };
        let items = vec![
            item(MorItemId::Tariff(TariffId::new(1).expect("at least 1")), "Retail"),
            item(MorItemId::Lcr(LcrId::new(1).expect("at least 1")), "Default"),
            item(MorItemId::Location(LocationId::new(1).expect("at least 1")), "Global"),
        ];
        let shop = Self { hub };
        shop.provision(Mor { items, ..Mor::default() }).await;
        shop
    }

    /// The same shop through another hub, as if through another process.
    pub fn through(&self, hub: Hub) -> Self {
        Self { hub }
    }

    /// Brings entries about.
    pub async fn provision(&self, mor: Mor) {
        let mor = Mor { vault: Some(shop_vault()), ..mor };
        let done = self.hub.provision(Provisioning { mor, ..Provisioning::default() }).await;
        done.expect("the store answers").expect("the entries fit");
    }

    /// An enabled user with the right to calling cards and [`SHOP_SECRET`].
    pub async fn user(&self, username: &str, role: MorRole) -> MorCaller {
        let change =
            MorChange { role: Some(role), calling_cards: Some(true), ..MorChange::default() };
        let user = MorUserEntry {
            username: username.to_owned(),
            change,
            secret: Some(Secret::new(SHOP_SECRET)),
            customer: None,
        };
        self.provision(Mor { users: vec![user], ..Mor::default() }).await;
        let user = self.hub.mor_user(username).await.expect("the store answers");
        user.and_then(|user| user.user.caller()).expect("it was just made")
    }

    /// A group of plain terms, with what a test wants otherwise: price 1.0000, numbers of ten
    /// digits, PINs of four.
    pub async fn group(
        &self,
        caller: &MorCaller,
        otherwise: impl FnOnce(&mut CardGroupTerms),
    ) -> CardGroupId {
        let mut terms = plain_terms(self.hub.now());
        otherwise(&mut terms);
        self.hub.ask(NewCardGroup { caller: *caller, terms }).await.expect("nothing refuses it")
    }

    /// So many cards of a group, from this number on.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn cards(
        &self,
        caller: &MorCaller,
        group: CardGroupId,
        first: &str,
        count: u64,
    ) -> Result<usize, Failure> {
        let width = first.len();
        let last = first.parse::<u64>().expect("digits") + count - 1;
        let number = |text: &str| CardNumber::parse(text).expect("digits");
        let numbers = Some((number(first), number(&format!("{last:0width$}"))));
        let cards = CreateCards { caller: *caller, group, numbers, label: plain_label() };
        match self.hub.create_cards(cards, None).await? {
            Settled::Fresh(made) => Ok(made),
            Settled::Repeated(_) => Err(Failure::Refused(Refusal::KeyReused)),
        }
    }

    /// So many cards of a group, sold.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn sell(
        &self,
        caller: &MorCaller,
        group: CardGroupId,
        quantity: u32,
    ) -> Result<Vec<SoldCard>, Failure> {
        let sale = SellCards { caller: *caller, group, quantity, to: None, told_in: None };
        self.hub.ask(sale).await
    }
}

fn plain_label() -> CardLabel {
    CardLabel { batch_number: None, min_balance: Credits::ZERO, distributor: None, language: None }
}

fn plain_terms(now: Timestamp) -> CardGroupTerms {
    CardGroupTerms {
        name: CardName::parse("plain").expect("a name"),
        description: String::new(),
        flags: CardFlags::default(),
        validity: CardValidity { from: now, till: None, days_after_first_use: 0 },
        tariff: TariffId::new(1).expect("at least 1"),
        lcr: LcrId::new(1).expect("at least 1"),
        location: LocationId::new(1).expect("at least 1"),
        tax: None,
        currency: CurrencyCode::USD,
        price_with_tax: Credits::new(10_000),
        setup_fee: Credits::ZERO,
        daily_charge: Credits::ZERO,
        ghost_min_perc: 100,
        ghost_balance_perc: 100,
        number_length: CardLength::new(10).expect("1 to 20"),
        pin_length: CardLength::new(4).expect("1 to 20"),
    }
}
