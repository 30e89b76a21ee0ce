//! Calls with cards, and what cards cost by themselves.

use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::call::{
    Announcement, CallDecided, CallOrigin, CallRefusal, CallWay, CardClaim,
};
use leaseline_core::card::CardGroupTerms;
use leaseline_core::ids::TariffId;
use leaseline_core::money::Credits;
use leaseline_core::mor_user::{MorCaller, MorRole};
use leaseline_core::phone::Prefix;
use leaseline_core::rating::{Price, RateEntry, RateKey, RateTerms, RatedService, Step};
use leaseline_core::record::{Intake, Report};
use leaseline_hub::Clock;
use leaseline_hub::cards::ChargeCardDays;
use leaseline_hub::operator::{Mor, MorItemEntry, MorItemId};
use leaseline_hub::records::TakeInRecords;
use leaseline_testkit::{Call, Edge, ManualClock, Shop, databases};

const TO: &str = "61212345678";
const DAY: Duration = Duration::from_secs(86_400);

/// 10 credits a second to Australia.
fn deck() -> Vec<RateEntry> {
    let steps = vec![Step::per_second(Price::parse("0.001").unwrap())];
    let rate = RateTerms { steps, ..RateTerms::default() }.checked(RatedService::Voice).unwrap();
    let key = RateKey::new(RatedService::Voice, &Prefix::parse("61").unwrap(), None).unwrap();
    vec![RateEntry { key, valid_till: None, rate }]
}

/// A shop whose tariff has a deck, with a card of a group of such terms.
async fn sold(shop: &Shop, otherwise: impl FnOnce(&mut CardGroupTerms)) -> (MorCaller, CardClaim) {
    shop.hub.import_rates("standard", deck(), None).await.unwrap();
    let tariff = MorItemEntry {
        id: MorItemId::Tariff(TariffId::new(1).unwrap()),
        name: None,
        owner: None,
        rate_deck: Some("standard".into()),
        percent: None,
    };
    shop.provision(Mor { items: vec![tariff], ..Mor::default() }).await;
    let admin = shop.user("admin", MorRole::Admin).await;
    let group = shop.group(&admin, otherwise).await;
    shop.cards(&admin, group, "1000000000", 1).await.unwrap();
    let card = shop.sell(&admin, group, 1).await.unwrap().pop().unwrap();
    let (number, pin) = (card.number.as_str().into(), card.pin.expose().into());
    (admin, CardClaim::Pin { number, pin })
}

async fn ask(shop: &Shop, edge: &Edge, name: &str, claim: &CardClaim) -> CallDecided {
    let mut question = edge.question(Call { name, from: "0195730424", to: TO });
    question.origin = CallOrigin::Card(claim.clone());
    shop.hub.ask(question).await.unwrap().decided().clone()
}

async fn tell(shop: &Shop, edge: &Edge, clock: &ManualClock, decided: &CallDecided, millis: i64) {
    let name = decided.call.name.as_str();
    let call = Call { name, from: "0195730424", to: TO };
    let told = edge.report(call, Some(decided), clock.now(), millis);
    let intake = shop.hub.ask(TakeInRecords::new(vec![told]).unwrap()).await;
    assert_eq!(intake, Ok(vec![Intake::Stored]));
}

async fn balance(shop: &Shop, admin: &MorCaller) -> i64 {
    let cards = shop.hub.cards(admin, Default::default()).await.unwrap();
    cards[0].balance.get()
}

fn most(decided: &CallDecided) -> Result<(Option<i64>, i64), CallRefusal> {
    let hold = decided.hold().get();
    decided.outcome.as_ref().map(|plan| (plan.max_seconds, hold)).map_err(|refusal| *refusal)
}

#[tokio::test]
async fn a_call_is_paid_by_the_card_and_announced() {
    for database in databases() {
        let clock = ManualClock::new();
        let shop = Shop::open(database.hub(&clock)).await;
        let (admin, claim) = sold(&shop, |terms| {
            terms.setup_fee = Credits::new(70);
            terms.daily_charge = Credits::new(30);
            terms.ghost_min_perc = 120;
            terms.ghost_balance_perc = 50;
        })
        .await;
        let edge = Edge::new("edge-1", false);
        let first = ask(&shop, &edge, "1", &claim).await;
        // 10,000 credits, less 70 and 30 that are due when the call connects: 990 s of 10 each.
        assert_eq!(most(&first), Ok((Some(990), 10_000)));
        let plan = first.outcome.as_ref().unwrap();
        let announcement = Announcement { balance: Credits::new(5_000), minutes: Some(19) };
        assert_eq!(plan.announcement, Some(announcement));
        let CallWay::Bridge(bridge) = &plan.way else { panic!("{plan:?}") };
        let shown = (&*bridge.to, bridge.caller_id.as_deref(), bridge.is_private);
        assert_eq!(shown, (TO, Some("0195730424"), false));
        assert_eq!(most(&ask(&shop, &edge, "2", &claim).await), Err(CallRefusal::NoCredit));
        tell(&shop, &edge, &clock, &first, 60_000).await;
        assert_eq!(balance(&shop, &admin).await, 10_000 - 600 - 70 - 30);

        // The same day costs nothing more; a call that fails costs nothing at all.
        let second = ask(&shop, &edge, "3", &claim).await;
        assert_eq!(most(&second), Ok((Some(930), 9_300)));
        tell(&shop, &edge, &clock, &second, 0).await;
        assert_eq!(balance(&shop, &admin).await, 9_300);
        // Three days later, called or not.
        clock.advance(DAY * 3);
        assert_eq!(shop.hub.ask(ChargeCardDays).await, Ok(1));
        assert_eq!(shop.hub.ask(ChargeCardDays).await, Ok(0));
        assert_eq!(balance(&shop, &admin).await, 9_300 - 90);
        shop.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn records_out_of_their_order_cost_a_card_the_same() {
    for database in databases() {
        let clock = ManualClock::new();
        let shop = Shop::open(database.hub(&clock)).await;
        let (admin, claim) = sold(&shop, |terms| {
            terms.setup_fee = Credits::new(70);
            terms.daily_charge = Credits::new(30);
        })
        .await;
        let edge = Edge::new("edge-1", false);
        let first = ask(&shop, &edge, "1", &claim).await;
        let connected = clock.now();
        clock.advance(DAY * 2);
        let second = ask(&shop, &edge, "2", &claim).await;
        tell(&shop, &edge, &clock, &second, 1_000).await;
        assert_eq!(balance(&shop, &admin).await, 10_000 - 10 - 70 - 30);
        // The first one is told of late, and by a switch that knows no time of an answer.
        let call = Call { name: "1", from: "0195730424", to: TO };
        let mut late = edge.report(call, Some(&first), connected, 1_000);
        let Report::Call(report) = &mut late.report else { panic!("{late:?}") };
        report.answered_at = Some(Timestamp::from_micros(0));
        let intake = shop.hub.ask(TakeInRecords::new(vec![late]).unwrap()).await;
        assert_eq!(intake, Ok(vec![Intake::Stored]));
        assert_eq!(balance(&shop, &admin).await, 10_000 - 2 * 10 - 70 - 3 * 30);
        let cards = shop.hub.cards(&admin, Default::default()).await.unwrap();
        assert_eq!(cards[0].life.first_use, Some(connected));
        shop.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn cards_that_no_call_can_be_made_with() {
    for database in databases() {
        let clock = ManualClock::new();
        let shop = Shop::open(database.hub(&clock)).await;
        let till = clock.now().saturating_add(DAY);
        let (_, claim) = sold(&shop, |terms| terms.validity.till = Some(till)).await;
        let edge = Edge::new("edge-1", false);
        let refused = async |name, claim: &CardClaim| most(&ask(&shop, &edge, name, claim).await);
        let CardClaim::Pin { number, pin } = &claim else { panic!("a PIN") };
        let other_pin = if &**pin == "0000" { "0001" } else { "0000" };
        let wrong = CardClaim::Pin { number: number.clone(), pin: other_pin.into() };
        assert_eq!(refused("1", &wrong).await, Err(CallRefusal::WrongCard));
        let nobody = CardClaim::Pin { number: "1000000001".into(), pin: pin.clone() };
        assert_eq!(refused("2", &nobody).await, Err(CallRefusal::WrongCard));
        assert_eq!(refused("3", &CardClaim::HeldOff).await, Err(CallRefusal::WrongCard));
        let phone = CardClaim::CallerId("0195730424".into());
        assert_eq!(refused("4", &phone).await, Err(CallRefusal::WrongCard));
        // Whoever mistyped its PIN types it again within the same call.
        assert_eq!(refused("1", &claim).await, Ok((Some(1_000), 10_000)));
        clock.advance(DAY + Duration::from_secs(1));
        assert_eq!(refused("5", &claim).await, Err(CallRefusal::CardNotValid));
        shop.hub.close().await;
        database.assert_sound();
    }
}
