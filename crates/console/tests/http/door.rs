//! Getting in, staying in, getting out; and what a page of somebody else can not do.

use std::time::Duration;

use leaseline_core::staff::StaffRole;
use leaseline_testkit::http::Call;

use crate::harness::{Site, cookie, on_both, on_both_with};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; \
                      base-uri 'none'";

#[test]
fn nobody_sees_a_page_without_logging_in() {
    on_both(|site| {
        for path in
            ["/console", "/console/leases?state=active", "/console/audit", "/console/health"]
        {
            let answer = site.get(path);
            assert_eq!(answer.status, 303, "{path}");
            let to = answer.header("location").unwrap();
            assert!(to.starts_with("/console/log-in?next=%2Fconsole"), "{to}");
            assert!(!answer.body.contains("<main"), "{path}");
        }
        let scripted = site.send(&Call::new("GET", "/console/leases").header("HX-Request", "true"));
        assert!(scripted.header("hx-redirect").unwrap().starts_with("/console/log-in"));
        assert_eq!(site.post("/console/log-out", "").status, 303);
    });
}

#[test]
fn a_link_sets_a_password_once_and_the_password_lets_in() {
    on_both(|site| {
        let link = site.user(StaffRole::Viewer);
        let page = site.get(&format!("/console/set-up?link={}", link.expose()));
        assert!(page.status == 200 && page.body.contains("Set your password"));

        let form =
            |password, again| format!("link={}&password={password}&again={again}", link.expose());
        let short = site.post("/console/set-up", &form("short", "short"));
        assert!(short.status == 422 && short.body.contains("fewer than 12 characters"));
        let differing = site.post("/console/set-up", &form("correct+horse", "wrong+horse+x"));
        assert!(differing.status == 422 && differing.body.contains("The two differ."));

        assert_eq!(site.set_up(&link).status, 303);
        assert_eq!(site.set_up(&link).status, 404);
        let in_it = site.log_in("viewer");
        assert_eq!((in_it.status, in_it.header("location")), (303, Some("/console")));
        let set = in_it.header("set-cookie").unwrap();
        assert!(set.contains("; Path=/console; HttpOnly; SameSite=Lax"), "{set}");
        assert!(!set.contains("Secure"), "{set}");
    });
}

#[test]
fn behind_tls_the_cookie_is_for_tls_alone() {
    on_both_with(
        |settings| settings.behind_tls = true,
        |site| {
            let link = site.user(StaffRole::Viewer);
            site.set_up(&link);
            let answer = site.log_in("viewer");
            let set = answer.header("set-cookie").unwrap();
            assert!(set.starts_with("__Host-leaseline="), "{set}");
            assert!(set.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{set}");
        },
    );
}

#[test]
fn a_failed_log_in_keeps_the_name_and_says_no_more() {
    on_both(|site| {
        let link = site.user(StaffRole::Viewer);
        site.set_up(&link);
        let wrong = site.post("/console/log-in", "name=viewer&password=wrong");
        let nobody = site.post("/console/log-in", "name=nobody&password=wrong");
        assert_eq!((wrong.status, nobody.status), (422, 422));
        assert_eq!(wrong.body.replace("viewer", "nobody"), nobody.body);
        assert!(wrong.body.contains("value=\"viewer\"") && cookie(&wrong).is_none());
    });
}

#[test]
fn failed_log_ins_slow_down() {
    on_both(|site| {
        let link = site.user(StaffRole::Viewer);
        site.set_up(&link);
        for _ in 0..10 {
            site.post("/console/log-in", "name=viewer&password=wrong");
        }
        assert_eq!(site.log_in("viewer").status, 422);
        site.clock.advance(Duration::from_secs(15 * 60));
        assert_eq!(site.log_in("viewer").status, 303);
    });
}

#[test]
fn a_session_that_somebody_planted_is_not_taken_over() {
    on_both(|site| {
        let link = site.user(StaffRole::Viewer);
        site.set_up(&link);
        let planted = format!("leaseline={}", "a".repeat(64));
        let form = "name=viewer&password=correct+horse+battery";
        let call = |cookie: &str| Call::form("/console/log-in", form).header("Cookie", cookie);
        let first = cookie(&site.send(&call(&planted))).unwrap();
        assert_ne!(first, planted);
        assert_eq!(page_of(site, &planted), 303);

        // Who logs in again gets another session, and the one before it is over.
        let second = cookie(&site.send(&call(&first))).unwrap();
        assert_ne!(first, second);
        assert_eq!((page_of(site, &first), page_of(site, &second)), (303, 200));
    });
}

fn page_of(site: &Site, cookie: &str) -> u16 {
    site.send(&Call::new("GET", "/console").header("Cookie", cookie)).status
}

#[test]
fn after_logging_out_the_session_is_over_and_no_page_is_kept() {
    on_both(|site| {
        let browser = site.browser(StaffRole::Viewer);
        let page = browser.get("/console");
        assert_eq!((page.status, page.header("cache-control")), (200, Some("no-store")));
        let out = browser.post("/console/log-out", "");
        assert_eq!((out.status, out.header("location")), (303, Some("/console/log-in")));
        assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
        assert_eq!(browser.get("/console").status, 303);
    });
}

#[test]
fn a_form_of_another_page_changes_nothing() {
    on_both(|site| {
        let browser = site.browser(StaffRole::Admin);
        let customer = site.granted.lease.customer;
        let path = format!("/console/customers/{customer}/top-up");
        for token in ["", "token=&", "token=0000&"] {
            let answer = browser.post_with(&path, &format!("{token}credits=5&reason=x"));
            assert_eq!(answer.status, 403, "{token}");
        }
        // Another session's token is no better.
        let other = site.browser(StaffRole::Operator).form_token();
        let answer = browser.post_with(&path, &format!("token={other}&credits=5&reason=x"));
        assert_eq!(answer.status, 403);
        // Nor is the right one, when the browser says where it was sent from.
        let form = format!("token={}&credits=5&reason=x", browser.form_token());
        let call = Call::form(&path, &form).header("Cookie", &browser.cookie);
        let strange = site.send(&call.header("Sec-Fetch-Site", "cross-site"));
        assert_eq!(strange.status, 403);
        assert_eq!(site.block_on(site.world.balance(customer)), 1_000_000);

        // Nobody is logged in as somebody else by a page elsewhere.
        let call = Call::form("/console/log-in", "name=admin&password=correct+horse+battery");
        assert_eq!(site.send(&call.header("Sec-Fetch-Site", "cross-site")).status, 403);
    });
}

#[test]
fn every_answer_forbids_frames_inline_scripts_and_guessing() {
    on_both(|site| {
        let browser = site.browser(StaffRole::Viewer);
        for answer in [
            browser.get("/console"),
            browser.get("/console/nowhere"),
            browser.get("/console/audit"),
            site.get("/console/log-in"),
            site.get("/console"),
        ] {
            let check = |name, expected| assert_eq!(answer.header(name), Some(expected), "{name}");
            check("content-security-policy", POLICY);
            check("x-frame-options", "DENY");
            check("x-content-type-options", "nosniff");
            check("referrer-policy", "same-origin");
            check("cache-control", "no-store");
            for inline in ["<style", " style=", " onclick=", "javascript:"] {
                assert!(!answer.body.contains(inline), "{inline}");
            }
        }
    });
}

#[test]
fn other_doors_keys_do_not_fit() {
    on_both(|site| {
        // A facade's credentials are none of the console's, nor the other way round.
        let answer = site.send(&Call::new("GET", "/console").bearer("eyJhbGciOiJIUzI1NiJ9.e30.x"));
        assert_eq!(answer.status, 303);
        let basic = Call::new("GET", "/console").header("Authorization", "Basic YWRtaW46YWRtaW4=");
        assert_eq!(site.send(&basic).status, 303);
        // `admin` is a user of the APIs here, and nobody in the console.
        assert_eq!(site.log_in("admin").status, 422);
    });
}
