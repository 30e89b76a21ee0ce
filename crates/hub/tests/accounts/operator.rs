//! What operators do about accounts.

use leaseline_core::account::{AccountPart, Email};
use leaseline_core::did::Assignment;
use leaseline_core::ivr::Direction;
use leaseline_core::password::PasswordHash;
use leaseline_core::pool::Service;
use leaseline_hub::accounts::{AssignNumber, SetTimeZone};
use leaseline_hub::operator::{
    AccountEntry, Effect, EnableAccount, EntryIndex, MenuEntry, Misfit, Provisioned, Provisioning,
    SetAccountPassword, SubscriptionFilter, Unfit,
};
use leaseline_testkit::{World, account_entry, databases};

use crate::shop::{Shop, name};

async fn provision(world: &World, accounts: &[AccountEntry]) -> Result<Provisioned, Misfit> {
    let entries = Provisioning { accounts: accounts.to_vec(), ..Provisioning::default() };
    world.hub.provision(entries).await.unwrap()
}

#[tokio::test]
async fn an_account_is_provisioned_once_and_then_changed() {
    for database in databases() {
        let Shop { world, customer, .. } = Shop::with(&database, 0).await;
        let mut entry = account_entry("acme", customer);
        entry.change.email = Email::parse("ops@acme.example");
        entry.menus = vec![MenuEntry { name: name("main"), direction: None }];
        let effects = async |entry: &AccountEntry| {
            provision(&world, std::slice::from_ref(entry)).await.unwrap().accounts[0].effect
        };
        assert_eq!(effects(&entry).await, Effect::Made);
        let login = world.hub.account_login("acme").await.unwrap().unwrap();
        assert_eq!(Some(&login.password), entry.password.as_ref());
        assert_eq!(login.account.profile.time_zone, "UTC");
        entry.password = None;
        assert_eq!(effects(&entry).await, Effect::None);
        entry.menus[0].direction = Some(Direction::Outbound);
        assert_eq!(effects(&entry).await, Effect::Changed);
        assert_eq!(effects(&entry).await, Effect::None);
        entry.change.email = Email::parse("new@acme.example");
        entry.enabled = Some(false);
        assert_eq!(effects(&entry).await, Effect::Changed);
        let account = world.hub.account(login.account.id).await.unwrap();
        assert_eq!((account.enabled, account.profile.email), (false, entry.change.email.clone()));
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn an_account_that_does_not_fit_is_named() {
    for database in databases() {
        let shop = Shop::with(&database, 1).await;
        let Shop { world, account, customer, numbers, .. } = &shop;
        let check = async |accounts: &[AccountEntry], index, expected: &str| {
            let misfit = provision(world, accounts).await.unwrap_err();
            assert_eq!(misfit.entry, EntryIndex::Account(index));
            assert_eq!(misfit.reason.to_string(), expected);
        };
        let new = account_entry("new", *customer);
        let without = AccountEntry { customer: None, ..new.clone() };
        check(&[without], 0, "customer is missing, and it is new").await;
        let without = AccountEntry { password: None, ..new.clone() };
        check(&[new.clone(), without], 1, "password is missing, and it is new").await;

        let mut rated = new.clone();
        rated.change.rate_deck = Some("standard".into());
        check(&[rated.clone()], 0, "there is no rate deck \"standard\"").await;
        let entries = Provisioning {
            accounts: vec![AccountEntry { user: "rated".into(), ..rated }],
            rate_decks: vec!["standard".into()],
            ..Provisioning::default()
        };
        assert!(world.hub.provision(entries).await.unwrap().is_ok());

        let mut taken = [new.clone(), account_entry("newer", *customer)];
        for entry in &mut taken {
            entry.change.email = Email::parse("ops@acme.example");
        }
        check(&taken, 1, "another account or sub-account has this e-mail address").await;

        let mut demo = account_entry("demo", *customer);
        demo.menus = vec![MenuEntry { name: name("main"), direction: None }];
        world.account_of(demo.clone()).await;
        world.subscribe(*account, &numbers[0], Service::Voice).await.unwrap().unwrap();
        let to = Assignment::Ivr(world.hub.ivr_menus(*account).await.unwrap()[0].menu.id);
        let number = numbers[0].sent().to_owned();
        world.hub.ask(AssignNumber { account: *account, number, to }).await.unwrap().unwrap();
        demo.menus[0].direction = Some(Direction::Outbound);
        let reason = provision(world, &[demo]).await.unwrap_err().reason;
        assert_eq!(reason, Unfit::MenuHasNumbers("main".into()));
        shop.end(&database).await;
    }
}

#[tokio::test]
async fn accounts_are_let_in_and_out() {
    for database in databases() {
        let Shop { world, account, .. } = Shop::with(&database, 0).await;
        let enable = |user: &str, enabled| EnableAccount { user: user.into(), enabled };
        assert_eq!(world.hub.ask(enable("demo", false)).await, Ok(true));
        assert_eq!(world.hub.ask(enable("nobody", false)).await, Ok(false));
        assert!(!world.hub.accounts(None, 10).await.unwrap()[0].enabled);
        assert_eq!(world.hub.accounts(Some(account), 10).await, Ok(Vec::new()));
        let text = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$iWh06vD8Fy27wf9npn6FXW";
        let password = PasswordHash::parse(text).unwrap();
        let set = SetAccountPassword { user: "demo".into(), password: password.clone() };
        assert_eq!(world.hub.ask(set).await, Ok(true));
        let login = world.hub.account_login("demo").await.unwrap().unwrap();
        assert_eq!(login.password, password);
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn a_zone_is_kept_as_it_was_sent() {
    for database in databases() {
        let Shop { world, account, .. } = Shop::with(&database, 0).await;
        let set = async |name: &str| {
            let name = name.to_owned();
            world.hub.ask(SetTimeZone { account, name }).await.unwrap().is_ok()
        };
        assert!(set("US/Pacific").await);
        assert!(!set("us/pacific").await && !set("Mars/Olympus").await);
        let account = world.hub.account(account).await.unwrap();
        assert_eq!(account.profile.time_zone, "US/Pacific");
        world.hub.close().await;
    }
}

#[tokio::test]
async fn subscriptions_are_listed_with_what_they_go_to() {
    for database in databases() {
        let shop = Shop::with(&database, 2).await;
        let Shop { world, account, numbers, .. } = &shop;
        for number in numbers {
            world.subscribe(*account, number, Service::Fax).await.unwrap().unwrap();
        }
        let to = Assignment::Fax(AccountPart::Main);
        let number = numbers[1].sent().to_owned();
        world.hub.ask(AssignNumber { account: *account, number, to }).await.unwrap().unwrap();
        let all = SubscriptionFilter::default();
        let lines = world.hub.subscriptions(all, 10).await.unwrap();
        let shown: Vec<_> =
            lines.iter().map(|it| (it.number.clone(), it.assigned, it.user.as_str())).collect();
        let nothing = Assignment::Nothing;
        let expected = [(numbers[0].clone(), nothing, "demo"), (numbers[1].clone(), to, "demo")];
        assert_eq!(shown, expected);
        let after = SubscriptionFilter { after: Some(lines[0].id), account: Some(*account), ..all };
        assert_eq!(world.hub.subscriptions(after, 10).await.unwrap(), lines[1..]);
        shop.end(&database).await;
    }
}
