//! A site with one of everything that the console shows.

use leaseline_core::card::CardNumber;
use leaseline_core::ids::{AccountId, CardGroupId, RecordId};
use leaseline_core::mor_user::{MorCaller, MorRole};
use leaseline_core::pool::Service;
use leaseline_core::request_log::{Effect, RequestId, RequestLine};
use leaseline_core::search::RecordSearch;
use leaseline_hub::Clock;
use leaseline_hub::cards::CardFilter;
use leaseline_hub::insight::Place;
use leaseline_hub::operator::TokenIssue;
use leaseline_testkit::{Call, Dids, Edge, Shop};
use std::time::Duration;
use uuid::Uuid;

use crate::harness::Site;

/// Where its things are.
pub(crate) struct Furnished<'a> {
    site: &'a Site,
    account: AccountId,
    group: CardGroupId,
    record: RecordId,
    request: RequestId,
    /// Of the one card, `6000100001`.
    pub(crate) pin: String,
}

impl<'a> Furnished<'a> {
    pub(crate) fn new(site: &'a Site) -> Self {
        site.block_on(Self::make(site))
    }

    async fn make(site: &'a Site) -> Self {
        let (world, customer) = (&site.world, site.granted.lease.customer);
        let account = world.account("acme", customer).await;
        let did = world.dids(1, Dids::default()).await.remove(0);
        world.subscribe(account, &did, Service::Voice).await.unwrap().unwrap();
        let shop = Shop::open(world.hub.clone()).await;
        let seller = shop.user("seller", MorRole::Admin).await;
        let group = shop.group(&seller, |_| {}).await;
        shop.cards(&seller, group, "6000100001", 1).await.unwrap();
        let filter =
            CardFilter { number: CardNumber::parse("6000100001"), ..CardFilter::default() };
        let card = world.hub.cards(&MorCaller::onlooker(), filter).await.unwrap().remove(0);
        let call = Call { name: "one", from: "+60195730499", to: "0388880000" };
        let report = Edge::new("edge-1", false).report(call, None, site.clock.now(), 21_000);
        world.record(report).await.unwrap();
        let records = world.hub.find_records(RecordSearch::default(), Place::Newest, 1).await;
        world.client("ada", &[customer]).await;
        let issue = TokenIssue { jti: "token-1".into(), user: "ada".into(), expires_at: None };
        assert_eq!(world.hub.ask(issue).await, Ok(true));
        let request = RequestId::new(Uuid::from_u128(7));
        world.hub.remember_requests(&[line(request, site)]).await.unwrap();
        Self {
            site,
            account,
            group,
            record: records.unwrap().lines[0].id,
            request,
            pin: card.pin.expose().to_owned(),
        }
    }

    /// A route with the thing that it is about.
    pub(crate) fn filled(&self, route: &str) -> String {
        let lease = &self.site.granted.lease;
        let id = match route.split('/').nth(1) {
            Some("leases") => lease.id.to_string(),
            Some("customers") => lease.customer.to_string(),
            Some("calls") => self.record.to_string(),
            Some("requests") => self.request.to_string(),
            _ => self.account.to_string(),
        };
        let number = lease.members[0].number.e164().to_string();
        let path = route.replace("{id}", &id).replace("{number}", &number);
        format!("/console{}", path.replace("{group}", &self.group.to_string()))
    }

    /// What forms could have changed.
    pub(crate) fn state(&self) -> (i64, bool, String) {
        let (site, lease) = (self.site, &self.site.granted.lease);
        let world = &site.world;
        site.block_on(async {
            let balance = world.balance(lease.customer).await;
            let view = world.hub.customer(&world.admin, lease.customer).await.unwrap();
            let found = world.hub.lease(lease.id).await.unwrap().unwrap();
            let status = format!("{:?}", view.customer.profile.status);
            (balance, found.lease.is_live(site.clock.now()), status)
        })
    }
}

fn line(id: RequestId, site: &Site) -> RequestLine {
    RequestLine {
        id,
        at: site.clock.now(),
        facade: "apigate".into(),
        operation: "leasesingle/request".into(),
        status: "11".into(),
        effect: Effect::Failed,
        weight: 1,
        took: Duration::from_micros(1_500),
        customer: Some(site.granted.lease.customer),
        user: Some("ada".into()),
    }
}
