//! `apply`.

use leaseline_core::Refusal;
use leaseline_core::customer::CustomerStatus;
use leaseline_core::ids::CustomerId;
use leaseline_hub::{Failure, Hub};
use leaseline_provision::{Applied, AppliedPool};
use leaseline_testkit::{Database, ManualClock, World, databases};
use tokio::runtime::Runtime;

use crate::place::Place;

/// The spec's example, as far as this version serves it.
const WORLD: &str = r#"
[[api_users]]
name = "apisample"
role = "client"
customers = ["acme"]

[[pools]]
name = "kl"
purpose = "lease"
country = "Malaysia"
city = "Kuala Lumpur"
region = "MY"
services = ["voice"]
quarantine = "0s"
setup_fee = 0
monthly_fee = 0
range = { first = "0388880000", count = 1000 }

[[customers]]
key = "acme"
first_name = "Acme"
last_name = "Rides"
charge_method = "prepaid"
credit = 1000000
single = { enabled = true, block = 20, rate = 1, max = 0 }
group = { enabled = true, block = 20, rate = 1, max = 0 }
"#;

/// Runs a test on a fresh database of each kind.
fn on_both(test: impl AsyncFn(&Hub, &Place, &Database)) {
    let runtime = Runtime::new().unwrap();
    for database in databases() {
        runtime.block_on(async {
            let hub = database.hub(&ManualClock::new());
            test(&hub, &Place::new(), &database).await;
            hub.close().await;
            database.assert_sound();
        });
    }
}

async fn error(hub: &Hub, place: &Place, text: &str) -> String {
    place.apply(hub, text).await.unwrap_err().to_string()
}

fn applied(customers: &[(&str, i64)], pools: &[(&str, u64, usize)], changed: usize) -> Applied {
    let id = |id| CustomerId::new(id).unwrap();
    let pool = |&(name, numbers, added): &(&str, u64, usize)| AppliedPool {
        name: name.into(),
        numbers,
        added,
    };
    Applied {
        customers: customers.iter().map(|&(key, at)| (key.into(), id(at))).collect(),
        accounts: Vec::new(),
        pools: pools.iter().map(pool).collect(),
        mor_users: Vec::new(),
        changed,
    }
}

#[test]
fn applied_twice_a_file_changes_nothing_the_second_time() {
    on_both(async |hub, place, _| {
        let first = place.apply(hub, WORLD).await.unwrap();
        assert_eq!(first, applied(&[("acme", 1)], &[("kl", 1000, 1000)], 3));
        let second = place.apply(hub, WORLD).await.unwrap();
        assert_eq!(second, applied(&[("acme", 1)], &[("kl", 1000, 0)], 0));

        let user = hub.api_user("apisample", None).await.unwrap().unwrap();
        let acme = hub.customer(&user.caller(), CustomerId::new(1).unwrap()).await.unwrap();
        assert_eq!(acme.balance.get(), 1_000_000);
    });
}

#[test]
fn what_a_file_does_not_name_stays() {
    on_both(async |hub, place, _| {
        place.apply(hub, WORLD).await.unwrap();
        let world = World::new(hub.clone()).await;
        let acme = CustomerId::new(1).unwrap();
        world.top_up(acme, 5).await.unwrap();
        let change = "[[customers]]\nkey = 'acme'\ncredit = 7\nstatus = 'suspended'\n\
                      single = { rate = 9 }\ncredit_limit = 3\nmax_calls = 2\n";
        assert_eq!(place.apply(hub, change).await.unwrap(), applied(&[("acme", 1)], &[], 1));
        assert_eq!(place.apply(hub, change).await.unwrap(), applied(&[("acme", 1)], &[], 0));

        let after = world.view(acme).await;
        let profile = &after.customer.profile;
        assert_eq!(after.balance.get(), 1_000_005);
        assert_eq!(profile.status, CustomerStatus::Suspended);
        assert_eq!(profile.single.charge_rate.get(), 9);
        assert_eq!((profile.single.charge_block.get(), profile.single.enabled), (20, true));
        assert_eq!(profile.credit_limit.map(|limit| limit.get()), Some(3));
        assert_eq!((profile.max_calls.get(), profile.first_name.as_str()), (2, "Acme"));
    });
}

#[test]
fn a_pool_changes_and_grows() {
    on_both(async |hub, place, _| {
        place.apply(hub, WORLD).await.unwrap();
        let more = "[[pools]]\nname = 'kl'\nquarantine = '5m'\nnumbers = ['+60388889999']\n";
        assert_eq!(place.apply(hub, more).await.unwrap(), applied(&[], &[("kl", 1001, 1)], 1));
        let kl = hub.pool("kl").await.unwrap().unwrap();
        assert_eq!(kl.terms.quarantine.as_secs(), 300);
        assert_eq!(kl.terms.city.as_deref(), Some("Kuala Lumpur"));
    });
}

#[test]
fn a_users_customers_are_exactly_those_of_the_file() {
    on_both(async |hub, place, _| {
        let terms = "first_name = 'A'\nlast_name = 'B'\ncharge_method = 'postpaid'\n";
        let customers = format!(
            "[[customers]]\nkey = '7'\n{terms}[[customers]]\nkey = 'b'\n{terms}\
             [[api_users]]\nname = 'u'\nrole = 'client'\ncustomers = ['7', 2]\n"
        );
        assert!(place.apply(hub, &customers).await.is_err(), "an id that is made just now");
        let users = customers.replace(", 2]", ", 'b']");
        let made = applied(&[("7", 1), ("b", 2)], &[], 3);
        assert_eq!(place.apply(hub, &users).await.unwrap(), made);
        let reach = async |name: &str| {
            let user = hub.api_user(name, None).await.unwrap();
            let reaches = |id| user.as_ref().map(|user| user.caller().reaches(id));
            [1, 2].map(|id| reaches(CustomerId::new(id).unwrap()))
        };
        assert_eq!(reach("u").await, [Some(true), Some(true)]);

        let only_second = "[[api_users]]\nname = 'v'\nrole = 'client'\ncustomers = [2]\n";
        assert_eq!(place.apply(hub, only_second).await.unwrap(), applied(&[], &[], 1));
        assert_eq!(place.apply(hub, only_second).await.unwrap(), applied(&[], &[], 0));
        assert_eq!(reach("v").await, [Some(false), Some(true)]);
    });
}

#[test]
fn numbers_for_subscriptions_are_never_leased() {
    on_both(async |hub, place, _| {
        let did = "[[pools]]\nname = 'did'\npurpose = 'did'\nregion = 'MY'\nmonthly_fee = 30\n\
                   services = ['voice', 'fax', 'sms']\nnumbers = ['0388880000']\n";
        assert_eq!(place.apply(hub, did).await.unwrap(), applied(&[], &[("did", 1, 1)], 1));
        let world = World::new(hub.clone()).await;
        let customer = world.customer(leaseline_testkit::profile()).await;
        let leased = world.lease(world.single(customer, "0195730424")).await;
        assert_eq!(leased.unwrap_err(), Failure::Refused(Refusal::NoFreeNumber));
    });
}

#[test]
fn what_does_not_fit_changes_nothing() {
    on_both(async |hub, place, _| {
        place.apply(hub, WORLD).await.unwrap();
        let pool = "[[pools]]\nname = 'new'\nregion = 'MY'\nnumbers = ['0399990000']\n";
        let check = async |text: &str, expected: &str| {
            assert_eq!(error(hub, place, &format!("{pool}{text}")).await, expected);
            assert!(hub.pool("new").await.unwrap().is_none(), "{text}");
        };
        check(
            "[[customers]]\nkey = 'b'\nfirst_name = 'B'\n",
            "line 5: [[customers]] \"b\": last_name is missing, and it is new",
        )
        .await;
        check(
            "[[customers]]\nkey = 'b'\nfirst_name = 'B'\nlast_name = 'C'\n\
             charge_method = 'prepaid'\nsingle = { enabled = true, block = 1 }\n",
            "line 5: [[customers]] \"b\": single.rate is missing, and it is new",
        )
        .await;
        check(
            "[[api_users]]\nname = 'u'\ncustomers = ['acme']\n",
            "line 5: [[api_users]] \"u\": role is missing, and it is new",
        )
        .await;
        check(
            "[[api_users]]\nname = 'u'\nrole = 'client'\ncustomers = ['acme', 'acne']\n",
            "line 5: [[api_users]] \"u\": there is no customer with the key \"acne\"",
        )
        .await;
        check(
            "[[api_users]]\nname = 'u'\nrole = 'client'\ncustomers = [2]\n",
            "line 5: [[api_users]] \"u\": there is no customer with the id 2",
        )
        .await;
        check(
            "[[pools]]\nname = 'kl'\npurpose = 'did'\n",
            "line 5: [[pools]] \"kl\": the purpose of a pool does not change",
        )
        .await;
        check(
            "\n[[pools]]\nname = 'other'\nregion = 'MY'\nnumbers = [\n'0399990001',\n'60388880999']\n",
            "line 11: [[pools]] \"other\": …0999 is in the pool \"kl\" already",
        )
        .await;
        let world = place.apply(hub, WORLD).await.unwrap();
        assert_eq!(world.changed, 0);
    });
}

#[test]
fn two_processes_may_apply_one_file_at_once() {
    on_both(async |hub, place, database| {
        let other = database.hub(&ManualClock::new());
        let elsewhere = Place::new();
        let (one, two) = tokio::join!(place.apply(hub, WORLD), elsewhere.apply(&other, WORLD));
        other.close().await;
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!(one.customers, two.customers);
        assert_eq!(hub.count_numbers(hub.pool("kl").await.unwrap().unwrap().id).await, Ok(1000));
        assert_eq!(place.apply(hub, WORLD).await.unwrap().changed, 0);
    });
}

#[test]
fn an_accounts_password_is_hashed_once() {
    on_both(async |hub, place, _| {
        let account = "[[accounts]]\nuser = 'demo'\npassword = 'demo-pass'\ncustomer = 'acme'\n";
        let text = format!("{WORLD}\n{account}");
        let first = place.apply(hub, &text).await.unwrap();
        assert_eq!((first.accounts.len(), first.changed), (1, 4));
        let login = hub.account_login("demo").await.unwrap().unwrap();
        assert_eq!(hub.password_matches(Some(&login.password), "demo-pass").await, Ok(true));
        assert_eq!(place.apply(hub, &text).await.unwrap().changed, 0);
        let again = hub.account_login("demo").await.unwrap().unwrap();
        assert_eq!(again.password, login.password);

        let hashed =
            format!("[[accounts]]\nuser = 'demo'\npassword_hash = '{}'\n", login.password.expose());
        assert_eq!(place.apply(hub, &hashed).await.unwrap().changed, 0);
        let other = "[[accounts]]\nuser = 'demo'\npassword = 'another one'\n";
        assert_eq!(place.apply(hub, other).await.unwrap().changed, 1);
        let nobody = "\n[[accounts]]\nuser = 'new'\npassword = 'a'\ncustomer = 'nobody'\n";
        let expected = "line 2: [[accounts]] \"new\": there is no customer with the key \"nobody\"";
        assert_eq!(error(hub, place, nobody).await, expected);
    });
}
