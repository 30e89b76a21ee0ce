//! Rate decks from files.

use leaseline_core::Timestamp;
use leaseline_core::phone::E164;
use leaseline_core::rating::{RatedService, Usage};
use leaseline_hub::Hub;
use leaseline_provision::{RatesFile, import_rates};
use leaseline_testkit::{ManualClock, databases};
use tokio::runtime::Runtime;

use crate::place::Place;

const DECK: &str = "[[rate_decks]]\nname = 'standard'\ncsv = 'rates.csv'\nrates = [\
                    { service = 'voice', prefix = '61', per_minute = '0.06' }]\n";
const CSV: &str = "service,prefix,from_second,price,per_seconds,increment\n\
                   voice,49,0,0.2,60,60\nvoice,49,60,0.1,60,1\n";

/// Runs a test on a fresh database of each kind.
fn on_both(test: impl AsyncFn(&Hub, &Place)) {
    let runtime = Runtime::new().unwrap();
    for database in databases() {
        runtime.block_on(async {
            let hub = database.hub(&ManualClock::new());
            test(&hub, &Place::new()).await;
            hub.close().await;
            database.assert_sound();
        });
    }
}

/// What a call of so many seconds costs now, in credits.
async fn cost(hub: &Hub, number: &str, seconds: u64) -> Option<i64> {
    let deck = hub.rate_deck("standard").await.unwrap()?;
    let number = E164::parse(number).unwrap();
    let found = hub.rate(deck.id, RatedService::Voice, number, hub.now()).await.unwrap()?;
    Some(found.rate.cost(Usage::seconds(seconds)).unwrap().cost.get())
}

#[test]
fn a_deck_applied_twice_changes_nothing_the_second_time() {
    on_both(async |hub, place| {
        place.write("rates.csv", CSV);
        assert_eq!(place.apply(hub, DECK).await.unwrap().changed, 1);
        assert_eq!(cost(hub, "61212345678", 61).await, Some(1_200));
        assert_eq!(cost(hub, "4915112345678", 90).await, Some(2_500));
        assert_eq!(place.apply(hub, DECK).await.unwrap().changed, 0);

        place.write("rates.csv", &CSV.replace("0.1,", "0.4,"));
        assert_eq!(place.apply(hub, DECK).await.unwrap().changed, 1);
        assert_eq!(cost(hub, "4915112345678", 90).await, Some(4_000));
        assert_eq!(place.apply(hub, DECK).await.unwrap().changed, 0);

        // A deck that is only named keeps what it has.
        let named = "[[rate_decks]]\nname = 'standard'\n";
        assert_eq!(place.apply(hub, named).await.unwrap().changed, 0);
        assert_eq!(cost(hub, "4915112345678", 90).await, Some(4_000));
        let empty = "[[rate_decks]]\nname = 'empty'\n";
        assert_eq!(place.apply(hub, empty).await.unwrap().changed, 1);
        assert_eq!(place.apply(hub, empty).await.unwrap().changed, 0);
    });
}

#[test]
fn a_deck_that_is_wrong_changes_nothing() {
    on_both(async |hub, place| {
        place.write("rates.csv", &CSV.replace("60,0.1", "90,0.1"));
        let wrong = place.apply(hub, DECK).await.unwrap_err().to_string();
        let expected = "line 3: [[rate_decks]] \"standard\": line 3 of rates.csv: column \
                        from_second: second 90 is not reached by whole increments of 60 s of the \
                        step before it";
        assert_eq!(wrong, expected);
        assert_eq!(hub.rate_deck("standard").await.unwrap(), None);
        let missing = DECK.replace("rates.csv", "other.csv");
        let wrong = place.apply(hub, &missing).await.unwrap_err().to_string();
        assert!(
            wrong.starts_with("line 3: [[rate_decks]] \"standard\": other.csv can not"),
            "{wrong}"
        );
        assert_eq!(hub.rate_deck("standard").await.unwrap(), None);
    });
}

#[test]
fn an_import_replaces_what_a_deck_says_from_then_on() {
    on_both(async |hub, place| {
        place.write("rates.csv", CSV);
        place.apply(hub, DECK).await.unwrap();
        let file = RatesFile::read(&place.write("new.csv", CSV)).unwrap();
        let imported = import_rates(hub, file, "standard", None).await.unwrap();
        assert_eq!((imported.rates, imported.begins_at), (1, hub.now()));
        assert_eq!(cost(hub, "61212345678", 61).await, None);
        let deck = hub.rate_deck("standard").await.unwrap().unwrap().id;
        let number = E164::parse("61212345678").unwrap();
        let before = hub.rate(deck, RatedService::Voice, number, Timestamp::EPOCH).await.unwrap();
        assert!(before.is_some(), "calls that began before keep what was in force");
    });
}
