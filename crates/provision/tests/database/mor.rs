//! What MOR's interface needs.

use leaseline_core::mor_user::MorRole;
use leaseline_core::region::Region;
use leaseline_hub::{Hub, Vault};
use leaseline_provision::{Applied, Error, File, apply};
use leaseline_testkit::{ManualClock, databases, shop_vault};
use tokio::runtime::Runtime;

use crate::place::Place;

const WORLD: &str = r#"
[[mor_users]]
username = "admin"
role = "admin"
secret = "hush-hush"
calling_cards = true
customer = "acme"

[[mor_users]]
username = "res"
role = "reseller"

[[rate_decks]]
name = "standard"

[[tariffs]]
id = 1
name = "Retail"
rate_deck = "standard"

[[lcrs]]
id = 7
name = "Default"
owner = "res"

[[locations]]
id = 1
name = "Global"

[[taxes]]
id = 1
name = "VAT"
percent = 21

[[currencies]]
code = "EUR"
rate = "0.92"
system = true

[[currencies]]
code = "USD"
active = false

[[customers]]
key = "acme"
first_name = "Acme"
last_name = "Rides"
charge_method = "prepaid"
credit = 660000
"#;

async fn applied(hub: &Hub, place: &Place, text: &str, vault: Vault) -> Result<Applied, Error> {
    let file = File::read(&place.write("mor.toml", text))?.sealed_by(vault);
    apply(hub, file, &Region::by_code("MY").unwrap(), |_| {}).await
}

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

#[test]
fn applied_twice_it_changes_nothing_the_second_time() {
    on_both(async |hub, place| {
        let first = applied(hub, place, WORLD, shop_vault()).await.unwrap();
        let ids: Vec<_> =
            first.mor_users.iter().map(|(name, id)| (name.as_str(), id.get())).collect();
        assert_eq!((ids, first.changed), (vec![("admin", 1), ("res", 2)], 10));
        let second = applied(hub, place, WORLD, shop_vault()).await.unwrap();
        assert_eq!((second.mor_users, second.changed), (first.mor_users, 0));

        let admin = hub.mor_user("admin").await.unwrap().unwrap();
        let profile = &admin.user.profile;
        assert_eq!((profile.role, profile.calling_cards), (MorRole::Admin, true));
        let secret = shop_vault().open(&admin.secrets.as_ref().unwrap().present);
        assert_eq!(secret.unwrap().expose(), b"hush-hush");
        let caller = admin.user.caller().unwrap();
        let balance = hub.mor_balance(&caller, admin.user.id).await.unwrap();
        assert_eq!(balance.unwrap().get(), 660_000);
    });
}

#[test]
fn another_secret_is_written_and_what_is_not_named_stays() {
    on_both(async |hub, place| {
        applied(hub, place, WORLD, shop_vault()).await.unwrap();
        let other = "[[mor_users]]\nusername = 'admin'\nsecret = 'other'\n";
        assert_eq!(applied(hub, place, other, shop_vault()).await.unwrap().changed, 1);
        assert_eq!(applied(hub, place, other, shop_vault()).await.unwrap().changed, 0);
        let tariff = "[[tariffs]]\nid = 1\nname = 'Whole'\n";
        assert_eq!(applied(hub, place, tariff, shop_vault()).await.unwrap().changed, 1);
        assert_eq!(applied(hub, place, tariff, shop_vault()).await.unwrap().changed, 0);
        // Under another key it can not be told from another secret.
        let key = Vault::new(b"another text of thirty-two bytes.").unwrap();
        assert_eq!(applied(hub, place, other, key).await.unwrap().changed, 1);
    });
}

#[test]
fn what_does_not_fit_is_told_with_its_line_and_changes_nothing() {
    on_both(async |hub, place| {
        let check = async |text: &str, expected: &str| {
            let text = format!("[[mor_users]]\nusername = 'new'\nrole = 'user'\n{text}");
            let error = applied(hub, place, &text, shop_vault()).await.unwrap_err();
            assert_eq!(error.to_string(), expected);
            assert_eq!(hub.mor_user("new").await.unwrap(), None);
        };
        check(
            "[[tariffs]]\nid = 1\nname = 'x'\nrate_deck = 'none'\n",
            "line 4: [[tariffs]] 1: there is no rate deck \"none\"",
        )
        .await;
        check(
            "[[lcrs]]\nid = 1\nname = 'x'\nowner = 'none'\n",
            "line 4: [[lcrs]] 1: there is no MOR user \"none\"",
        )
        .await;
        check("[[locations]]\nid = 1\n", "line 4: [[locations]] 1: name is missing, and it is new")
            .await;
        check(
            "[[taxes]]\nid = 1\nname = 'x'\n",
            "line 4: [[taxes]] 1: percent is missing, and it is new",
        )
        .await;
        check(
            "[[taxes]]\nid = 1\nname = 'x'\npercent = -1\n",
            "line 7: [[taxes]] 1: `percent`: -1 is not a percentage from 0 to 1000 with up to four \
             decimals",
        )
        .await;
        check("[[taxes]]\nid = 0\n", "line 5: [[taxes]] #1: `id`: 0 is not at least 1").await;
        check(
            "[[currencies]]\ncode = 'USD'\nactive = false\n",
            "line 4: [[currencies]] USD: it is the system's currency, and stays active until \
             another one is the system's",
        )
        .await;
        check(
            "[[currencies]]\ncode = 'EUR'\nsystem = true\n[[currencies]]\ncode = 'GBP'\n\
             system = true\n",
            "line 7: [[currencies]] GBP: `system`: EUR is the system's",
        )
        .await;
        check(
            "[[mor_users]]\nusername = 'u'\nrole = 'boss'\n",
            "line 6: [[mor_users]] \"u\": `role`: \"boss\" is none of \"admin\", \"reseller\", \
             \"accountant\", \"user\"",
        )
        .await;
        check(
            "[[mor_users]]\nusername = 'u'\nrole = 'user'\ncustomer = 'none'\n",
            "line 4: [[mor_users]] \"u\": there is no customer with the key \"none\"",
        )
        .await;
    });
}

#[test]
fn a_secret_without_a_key_is_refused() {
    on_both(async |hub, place| {
        let text = "[[mor_users]]\nusername = 'u'\nrole = 'admin'\nsecret = 'hush'\n";
        let error = place.apply(hub, text).await.unwrap_err().to_string();
        let expected = "its secret can not be kept without mor.key";
        assert_eq!(error, format!("line 1: [[mor_users]] \"u\": {expected}"));
    });
}
