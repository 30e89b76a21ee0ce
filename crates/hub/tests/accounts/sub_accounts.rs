//! Sub-accounts.

use leaseline_core::account::{
    AccountPart, Email, FreeText, SubAccount, SubAccountChange, SubAccountNo, SubAccountProfile,
};
use leaseline_core::did::{AccountNumberFilter, Assignment};
use leaseline_core::ids::{AccountId, SubAccountId};
use leaseline_core::pool::Service;
use leaseline_hub::accounts::{AddSubAccount, AssignNumber, DeleteSubAccount, UpdateSubAccount};
use leaseline_testkit::{World, account_entry, databases};

use crate::shop::{Shop, name};

fn profile(alias: &str, email: Option<&str>) -> SubAccountProfile {
    let email = email.map(|text| Email::parse(text).unwrap());
    SubAccountProfile { email, ..SubAccountProfile::named(name(alias)) }
}

async fn add(
    world: &World,
    account: AccountId,
    alias: &str,
    email: Option<&str>,
) -> Result<SubAccountId, SubAccountNo> {
    world.hub.ask(AddSubAccount { account, profile: profile(alias, email) }).await.unwrap()
}

async fn update(
    world: &World,
    account: AccountId,
    id: SubAccountId,
    change: SubAccountChange,
) -> Result<SubAccount, SubAccountNo> {
    world.hub.ask(UpdateSubAccount { account, id, change }).await.unwrap()
}

fn email(text: &str) -> SubAccountChange {
    SubAccountChange { email: Some(Email::parse(text)), ..SubAccountChange::default() }
}

#[tokio::test]
async fn sub_accounts_are_added_changed_and_listed() {
    for database in databases() {
        let Shop { world, account, .. } = Shop::with(&database, 0).await;
        let id = add(&world, account, "desk", Some("desk@acme.example")).await.unwrap();
        add(&world, account, "hall", None).await.unwrap();
        let company = FreeText::parse("Acme, Inc.").unwrap();
        let change = SubAccountChange {
            alias: Some(name("front desk")),
            company: Some(company.clone()),
            ..SubAccountChange::default()
        };
        let changed = update(&world, account, id, change).await.unwrap();
        let expected =
            SubAccountProfile { company, ..profile("front desk", Some("desk@acme.example")) };
        assert_eq!(changed, SubAccount { id, account, profile: expected });

        let all = world.hub.sub_accounts(account).await.unwrap();
        let names: Vec<_> = all.iter().map(|one| one.profile.alias.as_str()).collect();
        assert_eq!(names, ["front desk", "hall"]);
        assert_eq!(all[0], changed);
        assert_eq!(world.hub.sub_account(account, id).await.unwrap(), Some(changed));
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn an_address_belongs_to_one_account_or_sub_account() {
    for database in databases() {
        let Shop { world, account, customer, .. } = Shop::with(&database, 0).await;
        let mut entry = account_entry("other", customer);
        entry.change.email = Email::parse("Ops@Acme.example");
        let other = world.account_of(entry).await;
        let taken = Err(SubAccountNo::EmailTaken);
        assert_eq!(add(&world, account, "desk", Some("ops@acme.EXAMPLE")).await, taken);
        let id = add(&world, account, "desk", Some("desk@acme.example")).await.unwrap();
        assert_eq!(add(&world, other, "desk", Some("DESK@acme.example")).await, taken);

        // Its own address is no clash, in other letters either; one that it gave up is free.
        update(&world, account, id, email("Desk@acme.example")).await.unwrap();
        let ops = update(&world, account, id, email("ops@acme.example")).await;
        assert_eq!(ops, Err(SubAccountNo::EmailTaken));
        let none = SubAccountChange { email: Some(None), ..SubAccountChange::default() };
        assert_eq!(update(&world, account, id, none).await.unwrap().profile.email, None);
        add(&world, other, "desk", Some("desk@acme.example")).await.unwrap();
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn an_alias_is_unique_within_its_account() {
    for database in databases() {
        let Shop { world, account, customer, .. } = Shop::with(&database, 0).await;
        let other = world.account("other", customer).await;
        let desk = add(&world, account, "desk", None).await.unwrap();
        let hall = add(&world, account, "hall", None).await.unwrap();
        assert_eq!(add(&world, account, "desk", None).await, Err(SubAccountNo::AliasTaken));
        add(&world, other, "desk", None).await.unwrap();

        let rename = |to| SubAccountChange { alias: Some(name(to)), ..SubAccountChange::default() };
        let taken = update(&world, account, hall, rename("desk")).await;
        assert_eq!(taken, Err(SubAccountNo::AliasTaken));
        update(&world, account, desk, rename("desk")).await.unwrap();
        let foreign = update(&world, other, desk, rename("mine")).await;
        assert_eq!(foreign, Err(SubAccountNo::Unknown));
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn what_a_deleted_one_had_goes_back_and_its_id_stays_its_own() {
    for database in databases() {
        let shop = Shop::with(&database, 1).await;
        let Shop { world, account, numbers, .. } = &shop;
        let id = add(world, *account, "desk", Some("desk@acme.example")).await.unwrap();
        for service in [Service::Voice, Service::Fax] {
            world.subscribe(*account, &numbers[0], service).await.unwrap().unwrap();
        }
        let part = AccountPart::Sub(id);
        for to in [Assignment::Sip(part), Assignment::Fax(part)] {
            let number = numbers[0].sent().to_owned();
            world.hub.ask(AssignNumber { account: *account, number, to }).await.unwrap().unwrap();
        }
        let filter = AccountNumberFilter { part: Some(part), service: None };
        assert_eq!(world.hub.account_numbers(*account, filter).await.unwrap().len(), 2);

        let delete = DeleteSubAccount { account: *account, id };
        assert_eq!(world.hub.ask(delete).await, Ok(Ok(())));
        assert_eq!(world.hub.ask(delete).await, Ok(Err(SubAccountNo::Unknown)));
        assert_eq!(world.hub.account_numbers(*account, filter).await, Ok(Vec::new()));
        let assigned: Vec<_> = shop.has().await.into_iter().map(|line| line.assigned).collect();
        assert_eq!(assigned, [Assignment::Nothing; 2]);
        assert_eq!(world.hub.sub_accounts(*account).await, Ok(Vec::new()));
        let again = add(world, *account, "desk", Some("desk@acme.example")).await.unwrap();
        assert!(again > id, "{again} after {id}");
        shop.end(&database).await;
    }
}
