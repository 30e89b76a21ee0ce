use std::collections::HashSet;

use leaseline_core::Refusal;
use leaseline_core::card::{CardLength, CardRefusal};
use leaseline_core::mor_user::MorRole;
use leaseline_hub::Failure;
use leaseline_hub::cards::CardFilter;
use tokio::task::JoinSet;

use crate::{another, in_a_shop};

#[tokio::test(flavor = "multi_thread")]
async fn two_who_make_cards_of_one_group_draw_different_pins() {
    in_a_shop(async |shop, database| {
        let admin = shop.user("admin", MorRole::Admin).await;
        let short = CardLength::new(2).unwrap();
        let group = shop.group(&admin, |terms| terms.pin_length = short).await;
        let other = shop.through(another(database));
        // Ten of twenty, in two processes: as many as a hundred PINs allow.
        let mut made = Vec::new();
        for place in 0..5 {
            let (here, there) = (format!("00000000{place}1"), format!("00000001{place}1"));
            let (one, two) = tokio::join!(
                shop.cards(&admin, group, &here, 2),
                other.cards(&admin, group, &there, 2)
            );
            made.extend([one, two]);
        }
        assert_eq!(made, vec![Ok(2); 10]);
        let full = Failure::Refused(Refusal::Card(CardRefusal::RangeInvalid));
        assert_eq!(other.cards(&admin, group, "9000000000", 1).await, Err(full));
        let cards = shop.hub.cards(&admin, CardFilter::default()).await.unwrap();
        let pins: HashSet<_> = cards.iter().map(|card| card.pin.expose()).collect();
        assert_eq!(pins.len(), 20);
        other.hub.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_made_once_by_whoever_comes_first() {
    in_a_shop(async |shop, database| {
        let admin = shop.user("admin", MorRole::Admin).await;
        let (group, rival) = (shop.group(&admin, |_| {}).await, shop.group(&admin, |_| {}).await);
        let other = shop.through(another(database));
        for round in 0..5 {
            let first = format!("0000000{round}00");
            let (one, two) = tokio::join!(
                shop.cards(&admin, group, &first, 50),
                other.cards(&admin, rival, &first, 50)
            );
            let there = Err(Failure::Refused(Refusal::Card(CardRefusal::NumberExists)));
            assert!([one, two] == [Ok(50), there] || [one, two] == [there, Ok(50)]);
        }
        other.hub.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_card_is_sold_to_one() {
    in_a_shop(async |shop, database| {
        let admin = shop.user("admin", MorRole::Admin).await;
        let group = shop.group(&admin, |_| {}).await;
        let others = [shop.hub.clone(), another(database)];
        shop.cards(&admin, group, "0000000001", 20).await.unwrap();
        let mut buyers = JoinSet::new();
        for place in 0..40 {
            let there = shop.through(others[place % 2].clone());
            buyers.spawn(async move { there.sell(&admin, group, 1).await });
        }
        let outcomes = buyers.join_all().await;
        let sold: Vec<_> = outcomes.iter().flatten().flatten().map(|card| card.card).collect();
        let none = Err(Failure::Refused(Refusal::Card(CardRefusal::NoFreeCard)));
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == none).count(), 20);
        assert_eq!((sold.len(), sold.into_iter().collect::<HashSet<_>>().len()), (20, 20));
        others[1].close().await;
    })
    .await;
}
