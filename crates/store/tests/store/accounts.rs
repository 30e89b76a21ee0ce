//! What the schema and `check` say of damage to accounts, subscriptions and their months.

use leaseline_core::account::{AccountPart, Email, ShownName, SubAccountProfile};
use leaseline_core::did::Assignment;
use leaseline_core::pool::Service;
use leaseline_testkit::{Database, Dids, ManualClock, World, account_entry, databases, profile};

use crate::check::told;
use crate::raw::{damage, run};

/// Accounts 1 and 2, both with an e-mail address; the first with a sub-account and five numbers of
/// which the first is assigned to it.
async fn inhabited(database: &Database) {
    let world = World::new(database.hub(&ManualClock::new())).await;
    let customer = world.customer_with(profile(), 10_000).await;
    let mut accounts = Vec::new();
    for user in ["one", "two"] {
        let mut entry = account_entry(user, customer);
        entry.change.email = Email::parse(&format!("{user}@acme.example"));
        accounts.push(world.account_of(entry).await);
    }
    let numbers = world.dids(5, Dids::default()).await;
    for number in &numbers {
        world.subscribe(accounts[0], number, Service::Voice).await.unwrap().unwrap();
    }
    let email = Email::parse("desk@acme.example");
    let named = SubAccountProfile::named(ShownName::parse("desk").unwrap());
    let desk = SubAccountProfile { email, ..named };
    let desk = world.sub_account(accounts[0], desk).await.unwrap().unwrap();
    let to = Assignment::Sip(AccountPart::Sub(desk));
    world.assign(accounts[0], &numbers[0], to).await.unwrap().unwrap();
    world.hub.close().await;
}

#[tokio::test]
async fn each_damage_is_told_and_nothing_else() {
    for database in databases() {
        inhabited(&database).await;
        assert_eq!(told(&database), [""; 0]);
        DAMAGES.iter().for_each(|sql| damage(&database, sql));
        let expected = [
            "account 1: its rate deck is missing",
            "account 2: an e-mail address of it is not kept as its own",
            "number 60388880001: it does not belong to the one account that subscribes to it",
            "subscription 1: what it is assigned to is not there",
            "subscription 3: its months are not numbered from 0 to its last",
            "subscription 4: a month of it is not booked as what it cost",
        ];
        assert_eq!(told(&database), expected);
    }
}

const DAMAGES: &[&str] = &[
    "UPDATE accounts SET rate_deck = 'none' WHERE id = 1",
    "DELETE FROM account_emails WHERE email_key = 'two@acme.example'",
    "UPDATE numbers SET account_id = 2 WHERE e164 = 60388880001",
    "UPDATE did_subscriptions SET assigned_id = 999 WHERE id = 1",
    "UPDATE did_subscriptions SET months = 2 WHERE id = 3",
    "UPDATE did_fees SET amount = amount + 1 WHERE subscription_id = 4",
];

#[tokio::test]
async fn the_schema_refuses_what_can_not_be() {
    for database in databases() {
        inhabited(&database).await;
        for (sql, why) in [
            (
                "INSERT INTO did_subscriptions (number_id, account_id, service, setup_fee,
                   monthly_fee, subscribed_at, months, next_due_at)
                 SELECT number_id, 2, service, 0, 0, 1, 1, 2 FROM did_subscriptions",
                "unique",
            ),
            (
                "INSERT INTO did_fees SELECT subscription_id, month, 0, NULL, at FROM did_fees",
                "unique",
            ),
            ("UPDATE did_fees SET month = -1", "check constraint"),
            ("UPDATE did_subscriptions SET assigned = 4, assigned_id = 0", "check constraint"),
            ("UPDATE did_subscriptions SET assigned = 3, assigned_id = NULL", "check constraint"),
            ("UPDATE accounts SET user_name = 'one'", "unique"),
            (
                "INSERT INTO sub_accounts (account_id, alias, first_name, last_name, company,
                   fax_headline, created_at)
                 SELECT account_id, alias, '', '', '', '', 0 FROM sub_accounts",
                "unique",
            ),
        ] {
            let refused = run(&database, sql).expect_err(sql).to_string();
            assert!(refused.to_lowercase().contains(why), "{sql}: {refused}");
        }
        database.assert_sound();
    }
}
