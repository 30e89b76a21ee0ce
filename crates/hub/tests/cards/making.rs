use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use leaseline_core::Refusal;
use leaseline_core::card::{CardLength, CardRefusal};
use leaseline_core::ids::{CardGroupId, TaxId};
use leaseline_core::money::Credits;
use leaseline_core::mor_user::MorRole;
use leaseline_core::tax::TaxRate;
use leaseline_hub::cards::CardFilter;
use leaseline_hub::operator::{Mor, MorItemEntry, MorItemId};
use leaseline_hub::{Digits, Failure, Hub};
use leaseline_testkit::{ManualClock, Shop, databases};

use crate::in_a_shop;

fn refused(refusal: CardRefusal) -> Result<usize, Failure> {
    Err(Failure::Refused(Refusal::Card(refusal)))
}

#[tokio::test]
async fn cards_are_made_with_numbers_pins_and_money() {
    in_a_shop(async |shop, _| {
        let admin = shop.user("admin", MorRole::Admin).await;
        let tax = TaxId::new(1).unwrap();
        let vat = MorItemEntry {
            id: MorItemId::Tax(tax),
            name: Some("VAT".into()),
            owner: None,
            rate_deck: None,
            percent: TaxRate::parse("21"),
        };
        shop.provision(Mor { items: vec![vat], ..Mor::default() }).await;
        let taxed = |terms: &mut leaseline_core::card::CardGroupTerms| {
            terms.tax = Some(tax);
            terms.price_with_tax = Credits::new(121_000);
        };
        let group = shop.group(&admin, taxed).await;
        assert_eq!(shop.cards(&admin, group, "0000000007", 3).await, Ok(3));
        let cards = shop.hub.cards(&admin, CardFilter::default()).await.unwrap();
        let told: Vec<_> = cards.iter().map(|it| (it.number.as_str(), it.balance.get())).collect();
        let expected = [("0000000007", 100_000), ("0000000008", 100_000), ("0000000009", 100_000)];
        assert_eq!(told, expected);
        let pins: HashSet<_> = cards.iter().map(|card| card.pin.expose()).collect();
        assert!(pins.len() == 3 && pins.iter().all(|pin| pin.len() == 4), "unlike, of four digits");
        let lines = shop.hub.card_groups(&admin, None).await.unwrap();
        assert_eq!(lines.iter().map(|line| line.cards).collect::<Vec<_>>(), [3]);
    })
    .await;
}

#[tokio::test]
async fn what_can_not_be_made_changes_nothing() {
    in_a_shop(async |shop, _| {
        let admin = shop.user("admin", MorRole::Admin).await;
        let group = shop.group(&admin, |_| {}).await;
        assert_eq!(shop.cards(&admin, group, "0000000005", 1).await, Ok(1));
        let nobodys = CardGroupId::new(99).unwrap();
        let check = async |group, first, count, refusal| {
            assert_eq!(shop.cards(&admin, group, first, count).await, refused(refusal), "{first}");
        };
        check(nobodys, "0000000001", 1, CardRefusal::GroupUnknown).await;
        check(group, "000000001", 1, CardRefusal::RangeInvalid).await;
        check(group, "9999999999", 2, CardRefusal::RangeInvalid).await;
        check(group, "0000001000", 2_000, CardRefusal::RangeInvalid).await;
        check(group, "0000000001", 5, CardRefusal::NumberExists).await;
        assert_eq!(shop.cards(&admin, group, "0000001000", 1_999).await, Ok(1_999));
        check(group, "0000005000", 1, CardRefusal::RangeInvalid).await;
        // Numbers are nobody's twice, whichever the group.
        let other = shop.group(&admin, |_| {}).await;
        check(other, "0000000005", 1, CardRefusal::NumberExists).await;
        let cards = shop.hub.cards(&admin, CardFilter::default()).await.unwrap();
        assert_eq!(cards.len(), 2_000);
        let pins: HashSet<_> = cards.iter().map(|card| card.pin.expose()).collect();
        assert_eq!(pins.len(), 2_000);
    })
    .await;
}

#[tokio::test]
async fn a_reseller_has_groups_of_its_own() {
    in_a_shop(async |shop, _| {
        let admin = shop.user("admin", MorRole::Admin).await;
        let (one, two) =
            (shop.user("r1", MorRole::Reseller).await, shop.user("r2", MorRole::Reseller).await);
        let own = shop.group(&one, |_| {}).await;
        let admins = shop.group(&admin, |_| {}).await;
        for group in [own, admins] {
            assert_eq!(
                shop.cards(&two, group, "0000000001", 1).await,
                refused(CardRefusal::GroupUnknown)
            );
        }
        assert_eq!(shop.cards(&one, own, "0000000001", 2).await, Ok(2));
        assert_eq!(shop.cards(&admin, own, "0000000003", 1).await, Ok(1));
        let seen = async |caller| {
            let groups = shop.hub.card_groups(caller, None).await.unwrap();
            let cards = shop.hub.cards(caller, CardFilter::default()).await.unwrap();
            (groups.len(), cards.len())
        };
        assert_eq!(seen(&admin).await, (2, 3));
        assert_eq!(seen(&one).await, (1, 3));
        assert_eq!(seen(&two).await, (0, 0));
    })
    .await;
}

/// Counts 0000, 0000, 0001, 0001, …: every second PIN was drawn before.
#[derive(Default)]
struct Stammering(AtomicU64);

impl Digits for Stammering {
    fn fill(&self, digits: &mut [u8]) {
        let mut rest = self.0.fetch_add(1, Ordering::Relaxed) / 2;
        for digit in digits.iter_mut().rev() {
            *digit = u8::try_from(rest % 10).unwrap();
            rest /= 10;
        }
    }
}

#[tokio::test]
async fn a_pin_that_was_drawn_before_is_drawn_again() {
    for database in databases() {
        let digits = Arc::new(Stammering::default());
        let source: Arc<dyn Digits> = digits.clone();
        let settings =
            leaseline_hub::Settings { digits: source, ..database.settings(&ManualClock::new()) };
        let shop = Shop::open(Hub::open(settings).unwrap()).await;
        let admin = shop.user("admin", MorRole::Admin).await;
        let group = shop.group(&admin, |_| {}).await;
        shop.cards(&admin, group, "0000000001", 2).await.unwrap();
        digits.0.store(0, Ordering::Relaxed);
        shop.cards(&admin, group, "0000000003", 2).await.unwrap();
        let cards = shop.hub.cards(&admin, CardFilter::default()).await.unwrap();
        let pins: Vec<_> = cards.iter().map(|card| card.pin.expose()).collect();
        assert_eq!(pins, ["0000", "0001", "0002", "0003"]);
        shop.hub.close().await;
    }
}

/// A bound that a busy machine keeps too; docs/performance.md has what was measured.
#[tokio::test]
async fn a_hundred_thousand_cards_are_made_in_one_call() {
    in_a_shop(async |shop, _| {
        let admin = shop.user("admin", MorRole::Admin).await;
        let long = CardLength::new(6).unwrap();
        let group = shop.group(&admin, |terms| terms.pin_length = long).await;
        let began = Instant::now();
        let made = shop.cards(&admin, group, "0000000000", 100_000).await;
        eprintln!("100,000 cards in {:?}", began.elapsed());
        assert_eq!(made, Ok(100_000));
        assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    })
    .await;
}
