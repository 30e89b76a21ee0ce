//! Lists that are longer than one page looks through.

use std::time::Duration;

use leaseline_core::request_log::{Effect, RequestId, RequestLine};
use leaseline_core::staff::StaffRole;
use leaseline_hub::Clock;
use leaseline_hub::insight::MOST_WALKED;
use uuid::Uuid;

use crate::harness::{Site, on_both};

/// A request that came as so manieth.
fn line(site: &Site, nth: u128, facade: &'static str) -> RequestLine {
    RequestLine {
        id: RequestId::new(Uuid::from_u128(nth)),
        at: site.clock.now(),
        facade: facade.into(),
        operation: "leasesingle/request".into(),
        status: "0".into(),
        effect: Effect::Changed,
        weight: 1,
        took: Duration::from_micros(900),
        customer: None,
        user: None,
    }
}

#[test]
fn nobody_is_told_that_there_is_nothing_while_there_is_more_to_look_through() {
    on_both(|site| {
        let walked = u128::try_from(MOST_WALKED).unwrap();
        // Counted from the newest: the last one of the first page's walk, the first one of the second's,
        // and the oldest of all.
        let all = walked + 3;
        let rare = [all - walked + 1, all - walked, 1];
        let facade = |nth| if rare.contains(&nth) { "mor" } else { "apigate" };
        let lines: Vec<_> = (1..=all).map(|nth| line(site, nth, facade(nth))).collect();
        site.block_on(site.world.hub.remember_requests(&lines)).unwrap();
        let browser = site.browser(StaffRole::Operator);

        let first = browser.get("/console/requests?q=facade:mor").body;
        assert!(first.contains("This page stopped after 20,000 requests"), "{first}");
        assert!(first.contains(&format!("/console/requests/{}", Uuid::from_u128(rare[0]))));
        let (_, on) = first.split_once("there are more. <a href=\"").unwrap();
        let on = on.split('"').next().unwrap().replace("&amp;", "&");
        let second = browser.get(&on).body;
        assert!(!second.contains("This page stopped"));
        for nth in &rare[1..] {
            let path = format!("/console/requests/{}", Uuid::from_u128(*nth));
            assert!(second.contains(&path), "the one after the end of a walk is not passed over");
        }

        let nothing = browser.get("/console/requests?q=facade:traitel").body;
        assert!(nothing.contains("Nothing so far.") && nothing.contains("Go on looking"));
        assert!(!nothing.contains("No request fits."));
        // A file goes on looking by itself.
        let file = browser.get("/console/requests?q=facade:mor&format=csv").body;
        assert_eq!(file.lines().count(), 1 + rare.len(), "{file}");
    });
}
