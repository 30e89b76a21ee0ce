//! Who is let in, and what each may do.

use std::time::{Duration, Instant};

use leaseline_core::mor_user::{MorChange, MorRole};
use leaseline_hub::Secret;
use leaseline_hub::operator::{Mor, MorUserEntry, SetMorSecret};
use leaseline_mor::hash;
use leaseline_testkit::{SHOP_SECRET, shop_vault};

use crate::harness::{Api, error, on_both, page, signed};

fn user(api: &Api, username: &str, change: MorChange, secret: Option<Secret>) {
    let user = MorUserEntry { username: username.into(), change, secret, customer: None };
    api.block_on(api.shop.provision(Mor { users: vec![user], ..Mor::default() }));
}

#[test]
fn checks_come_in_their_order() {
    on_both(|api| {
        let of = |role| MorChange { role: Some(role), ..MorChange::default() };
        let secret = || Some(Secret::new(SHOP_SECRET));
        user(api, "subscriber", of(MorRole::User), secret());
        user(api, "bare", of(MorRole::Admin), None);
        user(api, "second", of(MorRole::Admin), secret());
        let denied = error("Access Denied");
        // Everything is wrong, and the first of it answers.
        assert_eq!(api.post("cc_group_make", "u=nobody"), error("Unknown API method"));
        for nobody in ["", "u=", "u=nobody", "u=subscriber", "u=Admin", "u=%00"] {
            assert_eq!(api.post("cc_group_create", nobody), denied, "{nobody}");
        }
        let incorrect = error("Incorrect hash");
        for wrong in
            ["", "&hash=", "&hash=x", "&hash=%zz", "&hash=7e112ededcfee097cce21b6201c6d2a00dda1f4c"]
        {
            let form = format!("u=admin{wrong}&solo_pinless=7");
            assert_eq!(api.post("cc_group_create", &form), incorrect, "{wrong}");
        }
        // A user without a secret has no hash, least of all the one over nothing.
        let empty = hash::hex([b"x".as_slice()], b"");
        let form = format!("u=bare&name=x&hash={empty}");
        assert_eq!(api.post("cc_group_create", &form), incorrect);
        let not_authorized = error("You are not authorized to use this functionality");
        for method in [
            "cc_group_create",
            "cc_groups_get",
            "calling_cards_create",
            "calling_cards_get",
            "card_from_group_sell",
        ] {
            assert_eq!(api.ask_as("second", method, "name=&id=x"), not_authorized, "{method}");
        }
        let version = format!("  <version>{}</version>\n", env!("CARGO_PKG_VERSION"));
        assert_eq!(api.ask_as("second", "system_version_get", ""), page(&version));
    });
}

#[test]
fn an_accountant_without_a_secret_uses_the_admins() {
    on_both(|api| {
        let role = Some(MorRole::Accountant);
        let calling_cards = Some(true);
        let accountant = MorChange { role, calling_cards, ..MorChange::default() };
        user(api, "books", accountant, None);
        let version = format!("  <version>{}</version>\n", env!("CARGO_PKG_VERSION"));
        assert_eq!(api.ask_as("books", "system_version_get", ""), page(&version));
    });
}

#[test]
fn ten_wrong_hashes_are_enough() {
    on_both(|api| {
        let incorrect = error("Incorrect hash");
        // Without a hash nothing was tried.
        for _ in 0..20 {
            assert_eq!(api.post("system_version_get", "u=admin"), incorrect);
        }
        for _ in 0..10 {
            assert_eq!(api.post("system_version_get", "u=admin&hash=x"), incorrect);
        }
        let right = signed("admin", "system_version_get", "");
        assert_eq!(api.post("system_version_get", &right), incorrect);
        api.clock.advance(Duration::from_secs(15 * 60 + 1));
        assert!(api.post("system_version_get", &right).contains("<version>"));
    });
}

async fn present(api: &Api) -> Option<Secret> {
    let user = api.shop.hub.mor_user("admin").await.unwrap()?;
    shop_vault().open(&user.secrets.as_ref()?.present)
}

#[test]
fn a_former_secret_counts_for_as_long_as_it_was_told_to() {
    on_both(|api| {
        let incorrect = error("Incorrect hash");
        let signed_by = |secret: &str| {
            let hash = hash::hex([], secret.as_bytes());
            api.post("system_version_get", &format!("u=admin&hash={hash}"))
        };
        let counts = |secret: &str| signed_by(secret) != incorrect;
        let change = |secret: &str, overlap| {
            let ask = SetMorSecret {
                username: "admin".into(),
                secret: Secret::new(secret),
                vault: shop_vault(),
                overlap,
            };
            assert!(api.block_on(api.shop.hub.ask(ask)).unwrap());
            let began = Instant::now();
            // What was read before is remembered for less than a second.
            while api.block_on(present(api)) != Some(Secret::new(secret)) {
                assert!(began.elapsed() < Duration::from_secs(1), "{secret} does not count yet");
            }
        };
        assert!(counts(SHOP_SECRET));
        change("second", Duration::from_secs(100 * 3_600));
        assert!(counts(SHOP_SECRET) && counts("second"));
        api.clock.advance(Duration::from_secs(101 * 3_600));
        assert!(!counts(SHOP_SECRET) && counts("second"));

        // Two at a time and no more; without an overlap, one.
        change("third", Duration::from_secs(100 * 3_600));
        change("fourth", Duration::from_secs(100 * 3_600));
        assert!(!counts("second") && counts("third") && counts("fourth"));
        change("fifth", Duration::ZERO);
        assert!(!counts("third") && !counts("fourth") && counts("fifth"));
    });
}

#[test]
fn a_balance_is_that_of_the_users_customer() {
    on_both(|api| {
        let unknown = error("User was not found");
        for wrong in ["", "user_id=x", "user_id=0", "user_id=99", "user_id=1"] {
            api.check("user_balance_get", wrong, &unknown);
        }
        let world = api.block_on(leaseline_testkit::World::new(api.shop.hub.clone()));
        let customer = api.block_on(world.customer_with(leaseline_testkit::profile(), 660_000));
        let customer = Some(customer);
        api.block_on(api.shop.user("res", MorRole::Reseller));
        let users = vec![MorUserEntry {
            username: "admin".into(),
            change: MorChange::default(),
            secret: None,
            customer: customer.map(leaseline_hub::operator::CustomerRef::Id),
        }];
        api.block_on(api.shop.provision(Mor { users, ..Mor::default() }));
        api.check("user_balance_get", "user_id=1", &page("  <balance>66.0000</balance>\n"));
        // Another's balance is none of a reseller's business.
        assert_eq!(api.ask_as("res", "user_balance_get", "user_id=1"), unknown);
    });
}
