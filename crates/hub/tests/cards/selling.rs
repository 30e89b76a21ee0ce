use leaseline_core::Refusal;
use leaseline_core::card::CardRefusal;
use leaseline_core::currency::{CurrencyChange, CurrencyCode, CurrencyRate};
use leaseline_core::ids::CardGroupId;
use leaseline_core::mor_user::MorRole;
use leaseline_hub::Failure;
use leaseline_hub::cards::{CardFilter, SellCards};
use leaseline_hub::operator::{CurrencyEntry, Mor};

use crate::in_a_shop;

const fn refused(refusal: CardRefusal) -> Failure {
    Failure::Refused(Refusal::Card(refusal))
}

#[tokio::test]
async fn cards_are_sold_in_their_order_all_or_none() {
    in_a_shop(async |shop, _| {
        let admin = shop.user("admin", MorRole::Admin).await;
        let group = shop.group(&admin, |_| {}).await;
        assert_eq!(shop.sell(&admin, group, 1).await, Err(refused(CardRefusal::NoFreeCard)));
        shop.cards(&admin, group, "0000000001", 3).await.unwrap();
        let numbers = async |quantity| {
            let sold = shop.sell(&admin, group, quantity).await;
            sold.map(|cards| {
                cards.iter().map(|card| card.number.as_str().to_owned()).collect::<Vec<_>>()
            })
        };
        assert_eq!(numbers(2).await.unwrap(), ["0000000001", "0000000002"]);
        assert_eq!(numbers(2).await, Err(refused(CardRefusal::NoFreeCard)));
        let filter = |sold| CardFilter { sold, ..CardFilter::default() };
        for (sold, expected) in [(Some(true), 2), (Some(false), 1), (None, 3)] {
            let cards = shop.hub.cards(&admin, filter(sold)).await.unwrap();
            assert_eq!(cards.len(), expected, "{sold:?}");
        }
        assert_eq!(numbers(1).await.unwrap(), ["0000000003"]);
        let nobodys = CardGroupId::new(99).unwrap();
        assert_eq!(shop.sell(&admin, nobodys, 1).await, Err(refused(CardRefusal::GroupUnknown)));
    })
    .await;
}

#[tokio::test]
async fn what_is_on_a_card_is_told_in_a_currency() {
    in_a_shop(async |shop, _| {
        let admin = shop.user("admin", MorRole::Admin).await;
        let group = shop.group(&admin, |_| {}).await;
        shop.cards(&admin, group, "0000000001", 2).await.unwrap();
        let euro = CurrencyCode::parse("EUR").unwrap();
        let sell = async |told_in| {
            let caller = admin;
            let sale = SellCards { caller, group, quantity: 1, to: None, told_in: Some(told_in) };
            shop.hub.ask(sale).await.map(|sold| (sold[0].balance.get(), sold[0].currency))
        };
        assert_eq!(sell(euro).await, Err(refused(CardRefusal::CurrencyUnknown)));
        let rate = CurrencyRate::parse("0.92");
        let change = CurrencyChange { rate, ..CurrencyChange::default() };
        let currencies = vec![CurrencyEntry { code: euro, change }];
        shop.provision(Mor { currencies, ..Mor::default() }).await;
        assert_eq!(sell(euro).await, Ok((9_200, euro)));
        assert_eq!(sell(CurrencyCode::USD).await, Ok((10_000, CurrencyCode::USD)));
    })
    .await;
}
