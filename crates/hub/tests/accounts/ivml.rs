//! IVR menus and IVML configurations.

use leaseline_core::did::{AssignNo, Assignment};
use leaseline_core::ids::{AccountId, IvmlId};
use leaseline_core::ivr::{Direction, HttpUrl, IvmlChange, IvmlNo, IvmlProfile};
use leaseline_core::pool::Service;
use leaseline_hub::accounts::{AddIvml, AssignNumber, DeleteIvml, UpdateIvml};
use leaseline_hub::operator::MenuEntry;
use leaseline_testkit::{World, account_entry, databases};

use crate::shop::{Shop, name};

fn profile(text: &str, direction: Direction) -> IvmlProfile {
    let launch_url = HttpUrl::parse("https://acme.example/launch").unwrap();
    IvmlProfile { name: name(text), launch_url, result_url: None, direction }
}

async fn add(
    world: &World,
    account: AccountId,
    text: &str,
    direction: Direction,
) -> Result<IvmlId, IvmlNo> {
    world.hub.ask(AddIvml { account, profile: profile(text, direction) }).await.unwrap()
}

async fn update(
    world: &World,
    account: AccountId,
    id: IvmlId,
    change: IvmlChange,
) -> Result<(), IvmlNo> {
    world.hub.ask(UpdateIvml { account, id, change }).await.unwrap().map(drop)
}

async fn assign(shop: &Shop, to: Assignment) -> Result<(), AssignNo> {
    let number = shop.numbers[0].sent().to_owned();
    let ask = AssignNumber { account: shop.account, number, to };
    shop.world.hub.ask(ask).await.unwrap()
}

#[tokio::test]
async fn a_name_is_unique_within_its_account() {
    for database in databases() {
        let Shop { world, account, customer, .. } = Shop::with(&database, 0).await;
        let other = world.account("other", customer).await;
        let inbound = Direction::Inbound;
        let one = add(&world, account, "one", inbound).await.unwrap();
        let two = add(&world, account, "two", inbound).await.unwrap();
        assert_eq!(add(&world, account, "one", inbound).await, Err(IvmlNo::NameTaken));
        add(&world, other, "one", inbound).await.unwrap();

        let rename = |to| IvmlChange { name: Some(name(to)), ..IvmlChange::default() };
        assert_eq!(update(&world, account, two, rename("one")).await, Err(IvmlNo::NameTaken));
        assert_eq!(update(&world, account, one, rename("one")).await, Ok(()));
        assert_eq!(update(&world, other, one, rename("new")).await, Err(IvmlNo::Unknown));
        let delete = DeleteIvml { account, id: two };
        assert_eq!(world.hub.ask(delete).await, Ok(Ok(())));
        assert_eq!(world.hub.ask(delete).await, Ok(Err(IvmlNo::Unknown)));
        let again = add(&world, account, "two", inbound).await.unwrap();
        assert!(again > two, "an id is given out once");
        world.hub.close().await;
        database.assert_sound();
    }
}

#[tokio::test]
async fn calls_are_not_silently_left_without_an_answer() {
    for database in databases() {
        let shop = Shop::with(&database, 1).await;
        let Shop { world, account, numbers, .. } = &shop;
        world.subscribe(*account, &numbers[0], Service::Voice).await.unwrap().unwrap();
        let id = add(world, *account, "one", Direction::Inbound).await.unwrap();
        let outbound = add(world, *account, "out", Direction::Outbound).await.unwrap();
        assert_eq!(assign(&shop, Assignment::Ivml(outbound)).await, Err(AssignNo::IvmlUnknown));
        assert_eq!(assign(&shop, Assignment::Ivml(id)).await, Ok(()));

        let lines = world.hub.ivml_configurations(*account).await.unwrap();
        let numbers: Vec<_> = lines.iter().map(|line| line.numbers.len()).collect();
        assert_eq!(numbers, [1, 0]);
        let to_outbound =
            IvmlChange { direction: Some(Direction::Outbound), ..IvmlChange::default() };
        let busy = update(world, *account, id, to_outbound.clone()).await;
        assert_eq!(busy, Err(IvmlNo::HasNumbers));

        let delete = DeleteIvml { account: *account, id };
        assert_eq!(world.hub.ask(delete).await, Ok(Ok(())));
        assert_eq!(shop.has().await[0].assigned, Assignment::Nothing);
        assert_eq!(update(world, *account, outbound, to_outbound).await, Ok(()));
        shop.end(&database).await;
    }
}

#[tokio::test]
async fn without_the_service_there_are_neither_menus_nor_configurations() {
    for database in databases() {
        let shop = Shop::with(&database, 1).await;
        let Shop { world, account, customer, numbers, .. } = &shop;
        let mut entry = account_entry("demo", *customer);
        let menu = |text, direction| MenuEntry { name: name(text), direction };
        entry.menus = vec![menu("main", None), menu("sales", Some(Direction::Outbound))];
        world.account_of(entry.clone()).await;
        world.subscribe(*account, &numbers[0], Service::Voice).await.unwrap().unwrap();
        let id = add(world, *account, "one", Direction::Inbound).await.unwrap();

        let menus = world.hub.ivr_menus(*account).await.unwrap();
        let ids: Vec<_> = menus.iter().map(|line| line.menu.id).collect();
        assert_eq!(assign(&shop, Assignment::Ivr(ids[1])).await, Err(AssignNo::IvrUnknown));
        assert_eq!(assign(&shop, Assignment::Ivr(ids[0])).await, Ok(()));
        let menus = world.hub.ivr_menus(*account).await.unwrap();
        assert_eq!(menus[0].numbers, numbers[..]);

        entry.change.ivr = Some(false);
        world.account_of(entry).await;
        assert_eq!(world.hub.ivr_menus(*account).await, Ok(Vec::new()));
        assert_eq!(world.hub.ivml_configurations(*account).await, Ok(Vec::new()));
        let no = Err(IvmlNo::NoIvrService);
        assert_eq!(add(world, *account, "two", Direction::Inbound).await.map(drop), no);
        assert_eq!(update(world, *account, id, IvmlChange::default()).await, no);
        assert_eq!(assign(&shop, Assignment::Ivr(ids[0])).await, Err(AssignNo::IvrUnknown));
        let delete = DeleteIvml { account: *account, id };
        assert_eq!(world.hub.ask(delete).await, Ok(Ok(())));
        shop.end(&database).await;
    }
}
