//! What each role may do and see, asked by address and not by button.

use leaseline_core::staff::StaffRole;

use crate::furnished::Furnished;
use crate::harness::{Browser, on_both};

const ROLES: [StaffRole; 5] = StaffRole::ALL;

/// The routes of pages, and each role's answer, from the viewer to the administrator.
#[rustfmt::skip] // a page a line
const PAGES: [(&str, [u16; 5]); 27] = [
    ("", [200; 5]),
    ("/", [200; 5]),
    ("/search", [200; 5]),
    ("/who", [403, 200, 403, 200, 200]),
    ("/leases", [200; 5]),
    ("/leases/{id}", [200; 5]),
    ("/leases/{id}/release", [403, 200, 403, 200, 200]),
    ("/numbers", [200; 5]),
    ("/numbers/import", [403, 403, 403, 200, 200]),
    ("/numbers/{number}", [200; 5]),
    ("/customers", [200; 5]),
    ("/customers/{id}", [200; 5]),
    ("/customers/{id}/status", [403, 403, 200, 200, 200]),
    ("/calls", [200; 5]),
    ("/calls/{id}", [200; 5]),
    ("/requests", [403, 403, 403, 200, 200]),
    ("/requests/{id}", [403, 403, 403, 200, 200]),
    ("/health", [200; 5]),
    ("/audit", [403, 403, 403, 200, 200]),
    ("/accounts", [200; 5]),
    ("/accounts/{id}", [200; 5]),
    ("/cards", [200; 5]),
    ("/cards/{group}", [200; 5]),
    ("/tools", [200; 5]),
    // Whatever the role, these are for everybody.
    ("/log-in", [200; 5]),
    ("/set-up", [404; 5]),
    ("/assets/{name}", [404; 5]),
];

/// The routes of forms, what is sent, which lacks a reason, and each role's answer.
#[rustfmt::skip] // a form a line
const FORMS: [(&str, &str, [u16; 5]); 14] = [
    ("/who", "", [403, 422, 403, 422, 422]),
    ("/leases/{id}", "", [403, 422, 422, 422, 422]),
    ("/leases/{id}/release", "", [403, 422, 403, 422, 422]),
    ("/numbers/import", "", [403, 403, 403, 422, 422]),
    ("/customers/{id}/top-up", "", [403, 403, 422, 422, 422]),
    ("/customers/{id}/status", "", [403, 403, 422, 422, 422]),
    ("/calls/{id}", "", [403, 422, 422, 422, 422]),
    ("/cards", "number=6000100001", [403, 422, 422, 422, 422]),
    ("/tools", "tool=phone&number=0388880000", [200; 5]),
    ("/tools", "tool=hash", [403, 403, 403, 404, 404]),
    ("/theme", "to=dark", [303; 5]),
    ("/log-in", "name=nobody", [422; 5]),
    ("/set-up", "", [404; 5]),
    // Last, as the session is over then.
    ("/log-out", "", [303; 5]),
];

#[test]
fn each_role_reaches_its_own_pages_and_no_others() {
    on_both(|site| {
        let world = Furnished::new(site);
        let browsers = ROLES.map(|role| site.browser(role));
        let check = |path: &str, more: &str, expected: [u16; 5]| {
            let path = format!("{}{more}", world.filled(path));
            let got = browsers.each_ref().map(|browser| browser.get(&path).status);
            assert_eq!(got, expected, "{path}");
        };
        for (path, expected) in PAGES {
            check(path, "", expected);
            // A file shows nobody what the page would not.
            check(path, "?format=csv", expected);
        }
        check("/nowhere", "", [404; 5]);
        let before = world.state();
        for (path, form, expected) in FORMS {
            let path = world.filled(path);
            let got = browsers.each_ref().map(|browser| form_answer(browser, &path, form));
            assert_eq!(got, expected, "{path} {form}");
        }
        assert_eq!(world.state(), before, "a form without a reason changes nothing");
    });
}

fn form_answer(browser: &Browser<'_>, path: &str, form: &str) -> u16 {
    browser.post(path, form).status
}

#[test]
fn what_a_role_may_not_change_stays_as_it_is_whatever_is_sent() {
    on_both(|site| {
        let world = Furnished::new(site);
        let before = world.state();
        let viewer = site.browser(StaffRole::Viewer);
        for (path, form) in [
            ("/leases/{id}/release", "reason=x"),
            ("/leases/{id}", "reason=x"),
            ("/calls/{id}", "reason=x"),
            ("/customers/{id}/top-up", "credits=500&reason=x"),
            ("/customers/{id}/status", "from=active&reason=x"),
            ("/numbers/import", "pool=pool+388880000&csv=number%0A0388889999&do=import&reason=x"),
            ("/cards", "number=6000100001&reason=x"),
            ("/who", "number=0388880000&time=2020-01-31+20:30&zone=UTC&reason=x"),
        ] {
            let answer = viewer.post(&world.filled(path), form);
            assert_eq!(answer.status, 403, "{path}");
            for secret in ["195730424", "60195730499", world.pin.as_str()] {
                assert!(!answer.body.contains(secret), "{path}");
            }
        }
        assert_eq!(world.state(), before);
    });
}

#[test]
fn no_route_is_left_out_here() {
    let routes = include_str!("../../src/routes.rs");
    for line in routes.lines().filter_map(|line| line.trim().strip_prefix(".route(\"")) {
        let (path, rest) = line.split_once('"').expect("a path");
        let known = if rest.contains("web::post()") {
            FORMS.iter().any(|(form, ..)| *form == path)
        } else {
            PAGES.iter().any(|(page, _)| *page == path)
        };
        assert!(known, "{path} is asked for by no role");
    }
}

#[test]
fn a_page_shows_only_what_the_role_may_do() {
    on_both(|site| {
        let lease = format!("/console/leases/{}", site.granted.lease.id);
        let viewer = site.browser(StaffRole::Viewer).get(&lease).body;
        let operator = site.browser(StaffRole::Operator).get(&lease).body;
        for (text, for_viewer) in [
            ("Release this lease", false),
            ("Show whole phones", false),
            ("Who held it?", false),
            ("Audit log", false),
            ("…0424", true),
        ] {
            assert_eq!(viewer.contains(text), for_viewer, "{text}");
            let menu = format!(">{text}</a>");
            let is_menu = ["Who held it?", "Audit log"].contains(&text);
            assert!(operator.contains(if is_menu { &menu } else { text }), "{text}");
        }
        assert!(!viewer.contains("195730424") && !operator.contains("195730424"));
    });
}

#[test]
fn revealing_is_written_down_before_it_shows() {
    on_both(|site| {
        let browser = site.browser(StaffRole::Support);
        let lease = format!("/console/leases/{}", site.granted.lease.id);
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
