//! What each role may do and see, asked by address and not by button.

use leaseline_core::staff::StaffRole;

use crate::harness::{Browser, Site, on_both};

const ROLES: [StaffRole; 5] = StaffRole::ALL;

/// The roles' answers to a page, from the viewer to the administrator.
fn pages(site: &Site, browsers: &[Browser<'_>], path: &str, expected: [u16; 5]) {
    let path = filled(site, path);
    let got: Vec<_> = browsers.iter().map(|browser| browser.get(&path).status).collect();
    assert_eq!(got, expected, "{path}");
}

/// The roles' answers to a form that changes nothing, as it lacks a reason.
fn forms(site: &Site, browsers: &[Browser<'_>], path: &str, expected: [u16; 5]) {
    let path = filled(site, path);
    let got: Vec<_> = browsers.iter().map(|browser| browser.post(&path, "").status).collect();
    assert_eq!(got, expected, "{path}");
}

fn filled(site: &Site, path: &str) -> String {
    let lease = &site.granted.lease;
    let number = lease.members[0].number.e164().to_string();
    path.replace("LEASE", &lease.id.to_string())
        .replace("CUSTOMER", &lease.customer.to_string())
        .replace("NUMBER", &number)
}

#[test]
fn each_role_reaches_its_own_pages_and_no_others() {
    on_both(|site| {
        let browsers: Vec<_> = ROLES.into_iter().map(|role| site.browser(role)).collect();
        let page = |path: &str, expected| pages(site, &browsers, path, expected);
        for path in ["", "/leases", "/leases/LEASE", "/numbers", "/numbers/NUMBER", "/customers"] {
            page(&format!("/console{path}"), [200; 5]);
        }
        page("/console/customers/CUSTOMER", [200; 5]);
        page("/console/calls", [200; 5]);
        page("/console/health", [200; 5]);
        page("/console/accounts", [200; 5]);
        page("/console/cards", [200; 5]);
        page("/console/tools", [200; 5]);
        page("/console/requests", [403, 403, 403, 200, 200]);
        page("/console/search?q=nothing", [200; 5]);
        page("/console/who", [403, 200, 403, 200, 200]);
        page("/console/leases/LEASE/release", [403, 200, 403, 200, 200]);
        page("/console/customers/CUSTOMER/status", [403, 403, 200, 200, 200]);
        page("/console/numbers/import", [403, 403, 403, 200, 200]);
        page("/console/audit", [403, 403, 403, 200, 200]);
        page("/console/nowhere", [404; 5]);

        let form = |path: &str, expected| forms(site, &browsers, path, expected);
        form("/console/who", [403, 422, 403, 422, 422]);
        form("/console/leases/LEASE", [403, 422, 422, 422, 422]);
        form("/console/leases/LEASE/release", [403, 422, 403, 422, 422]);
        form("/console/customers/CUSTOMER/top-up", [403, 403, 422, 422, 422]);
        form("/console/customers/CUSTOMER/status", [403, 403, 422, 422, 422]);
        form("/console/numbers/import", [403, 403, 403, 422, 422]);
    });
}

#[test]
fn a_page_shows_only_what_the_role_may_do() {
    on_both(|site| {
        let lease = filled(site, "/console/leases/LEASE");
        let viewer = site.browser(StaffRole::Viewer).get(&lease).body;
        let operator = site.browser(StaffRole::Operator).get(&lease).body;
        for (text, for_viewer) in [
            ("Give this lease back", false),
            ("Show whole phones", false),
            ("Who held it?", false),
            ("…0424", true),
        ] {
            assert_eq!(viewer.contains(text), for_viewer, "{text}");
            let menu = if text == "Who held it?" { ">Who held it?</a>" } else { text };
            assert!(operator.contains(menu), "{text}");
        }
        assert!(!viewer.contains("195730424") && !operator.contains("195730424"));
    });
}

#[test]
fn revealing_is_written_down_before_it_shows() {
    on_both(|site| {
        let browser = site.browser(StaffRole::Support);
        let lease = filled(site, "/console/leases/LEASE");
        let without = browser.post(&lease, "reason=+");
        assert!(without.status == 422 && !without.body.contains("195730424"));
        let shown = browser.post(&lease, "reason=ticket+7");
        assert!(shown.status == 200 && shown.body.contains("0195730424"));
        let entries = site.block_on(site.world.hub.audit(None, 1)).unwrap();
        let entry = &entries[0].entry;
        let told = (entry.who.as_str(), entry.action.name(), entry.reason.as_str());
        assert_eq!(told, ("support", "reveal", "ticket 7"));
        assert_eq!(entry.subject, format!("lease {}", site.granted.lease.id));
    });
}
