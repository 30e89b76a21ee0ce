//! What pages say and do.

use std::time::Duration;

use leaseline_core::audit::AuditAction;
use leaseline_core::search::RecordSearch;
use leaseline_core::staff::StaffRole;
use leaseline_hub::Clock;
use leaseline_hub::insight::Place;
use leaseline_testkit::http::Answer;
use leaseline_testkit::{Call, Edge, profile};
use serde_json::{Value, json};

use crate::harness::on_both;

#[test]
fn who_held_it_is_one_sentence_and_stands_in_the_audit_log() {
    on_both(|site| {
        let browser = site.browser(StaffRole::Support);
        let ask_in = |number: &str, time: &str, zone: &str, more: &str| {
            let form = format!("number={number}&time={time}&zone={zone}&{more}");
            browser.post("/console/who", &form)
        };
        let ask =
            |number: &str, time: &str, more: &str| ask_in(number, time, "Asia/Kuala_Lumpur", more);
        // 12:00 UTC is 20:00 in Kuala Lumpur.
        let held = ask("0388880000", "2020-01-31+20:30", "reason=ticket+9");
        assert_eq!(held.status, 200);
        for part in [
            "0388880000",
            " was held at ",
            "2020-01-31 20:30:00</time> (Asia/Kuala_Lumpur) by ",
            "Acme Rides",
            "0195730424",
            "2020-01-31 21:00:00",
            "<dt>In UTC</dt><dd>2020-01-31 12:30:00 UTC</dd>",
        ] {
            assert!(held.body.contains(part), "{part}: {}", held.body);
        }
        assert!(!held.body.contains("datetime"), "no script changes the zone of one of its times");
        let entries = site.block_on(site.world.hub.audit(None, 1)).unwrap();
        assert_eq!(entries[0].entry.subject, "60388880000 at 2020-01-31T12:30:00Z");
        assert_eq!(entries[0].entry.reason, "ticket 9");

        let nobody = ask("0388880001", "2020-01-31+20:30", "reason=x");
        assert!(nobody.body.contains("Nobody held "));
        let strange = ask("0399990001", "2020-01-31+20:30", "reason=x");
        assert!(strange.body.contains("is not a number of the inventory"));

        let wrong = ask("12", "yesterday", "");
        assert_eq!(wrong.status, 422);
        for part in
            ["value=\"12\"", "value=\"yesterday\"", "This is not a number.", "Say why you ask."]
        {
            assert!(wrong.body.contains(part), "{part}");
        }
        let csv = ask("0388880000", "2020-01-31+20:30", "reason=x&format=csv");
        let held = "number,at,answer,customer,name,lease,leads to,from,until\n\
                    0388880000,2020-01-31T12:30:00Z,held,1,Acme Rides,";
        assert!(csv.body.starts_with(held), "{}", csv.body);
        let csv = ask("0388880001", "2020-01-31+20:30", "reason=x&format=csv");
        assert!(
            csv.body.ends_with("\n0388880001,2020-01-31T12:30:00Z,nobody,,,,,,\n"),
            "{}",
            csv.body
        );
        let json = |number| {
            let answer = ask(number, "2020-01-31+20:30", "reason=x&format=json");
            serde_json::from_str::<Value>(&answer.body).unwrap()
        };
        assert_eq!(json("0388880000")["answer"], "held");
        let customer = site.block_on(async {
            let customer = site.world.customer(profile()).await;
            site.world.reserve(customer, 2).await.unwrap();
            customer
        });
        let reserved = json("0388880001");
        let expected = json!({
            "number": "0388880001",
            "at": "2020-01-31T12:30:00Z",
            "answer": "reserved",
            "resting_until": null,
            "reserved_for": {
                "customer": customer.get(),
                "customer_name": "Acme Rides",
                "from": reserved["reserved_for"]["from"],
                "until": null,
            },
            "holders": [],
            "calls": [],
        });
        assert_eq!(reserved, expected);

        let berlin = |time| ask_in("0388880000", time, "Europe/Berlin", "reason=x");
        let twice = "In that zone clocks showed this twice, at 2019-10-27 00:30:00 and 2019-10-27 \
                     01:30:00 UTC: say it in UTC.";
        assert!(berlin("2019-10-27+02:30").body.contains(twice));
        assert!(berlin("2019-03-31+02:30").body.contains("clocks never showed this"));
        assert!(berlin("9999-12-31+23:59").body.contains("beyond all calendars"));

        // Within two seconds of the end of the lease.
        site.block_on(site.world.release(&site.granted)).unwrap();
        let after = ask("0388880000", "2020-01-31+20:00:01", "reason=x&format=csv").body;
        let answers: Vec<_> = after.lines().filter_map(|line| line.split(',').nth(2)).collect();
        assert_eq!(answers, ["answer", "nobody", "near"], "{after}");
    });
}

#[test]
fn a_lease_is_given_back_after_its_effect_was_named() {
    on_both(|site| {
        let browser = site.browser(StaffRole::Support);
        let lease = format!("/console/leases/{}", site.granted.lease.id);
        let confirm = browser.get(&format!("{lease}/release")).body;
        assert!(confirm.contains("no longer reach"));
        let after = "quarantine anybody may lease <span class=\"number\">0388880000</span>.";
        assert!(confirm.contains(after), "{confirm}");
        let released = browser.post(&format!("{lease}/release"), "reason=lost+phone");
        assert_eq!(released.status, 303);
        assert!(browser.get(&lease).body.contains("released"));
        let over = |answer: Answer| {
            assert!(answer.status == 422 && answer.body.contains("over already"));
            assert!(!answer.body.contains("no longer reach"), "{}", answer.body);
        };
        over(browser.post(&format!("{lease}/release"), "reason=lost+phone"));
        over(browser.get(&format!("{lease}/release")));
        let entries = site.block_on(site.world.hub.audit(None, 2)).unwrap();
        let released = entries.iter().filter(|it| it.entry.action == AuditAction::Release);
        assert_eq!(released.count(), 1, "{entries:?}");
    });
}

#[test]
fn a_reserved_number_that_is_given_back_is_still_its_customers() {
    on_both(|site| {
        let (world, customer) = (&site.world, site.granted.lease.customer);
        let lease = site.block_on(async {
            world.reserve(customer, 1).await.unwrap();
            world.lease(world.single(customer, "0195730425")).await.unwrap().lease
        });
        let number = lease.members[0].number.sent();
        let path = format!("/console/leases/{}/release", lease.id);
        let confirm = site.browser(StaffRole::Support).get(&path).body;
        let after = format!(
            "After the pool’s quarantine only customer {customer} may lease \
             <span class=\"number\">{number}</span> (reserved)."
        );
        assert!(confirm.contains(&after) && !confirm.contains("anybody"), "{confirm}");
    });
}

#[test]
fn a_call_that_was_answered_though_it_was_refused_says_so() {
    on_both(|site| {
        let (world, edge) = (&site.world, Edge::new("edge-1", false));
        let call = |name, to| Call { name, from: "+60195730499", to };
        let path = |call: Call<'_>| {
            site.block_on(async {
                let decided = world.authorise(edge.question(call)).await.unwrap();
                let report = edge.report(call, Some(&decided), site.clock.now(), 21_000);
                world.record(report).await.unwrap();
                let found = world.hub.find_records(RecordSearch::default(), Place::Newest, 1);
                format!("/console/calls/{}", found.await.unwrap().lines[0].id)
            })
        };
        let browser = site.browser(StaffRole::Viewer);
        let check = |call: Call<'_>, expected: &str| {
            let page = browser.get(&path(call)).body;
            assert!(page.contains(&format!("<dt>Flags</dt><dd>{expected}</dd>")), "{page}");
        };
        check(call("allowed", "0388880000"), "<span class=\"none\">none</span>");
        check(call("refused", "0388880002"), "answered though refused");
    });
}

#[test]
fn a_top_up_is_the_next_line_of_the_ledger() {
    on_both(|site| {
        let browser = site.browser(StaffRole::Finance);
        let customer = site.granted.lease.customer;
        let path = format!("/console/customers/{customer}");
        let wrong = browser.post(&format!("{path}/top-up"), "credits=ten&reason=x");
        assert!(wrong.status == 422 && wrong.body.contains("value=\"ten\""));
        let done = browser.post(&format!("{path}/top-up"), "credits=2,500&reason=invoice+4");
        assert_eq!(done.status, 303);
        let page = browser.get(&path).body;
        assert!(
            page.contains("top-up") && page.contains("1,002,500") && page.contains("$100.2500")
        );
        let csv = browser.get(&format!("{path}?format=csv")).body;
        assert!(csv.starts_with("line,time,for,amount,balance,reference\n2,"), "{csv}");
        let entries = site.block_on(site.world.hub.audit(None, 1)).unwrap();
        assert_eq!(entries[0].entry.subject, "customer 1: 2,500 credits ($0.2500)");
    });
}

#[test]
fn a_top_up_that_is_sent_twice_is_booked_once() {
    on_both(|site| {
        let browser = site.browser(StaffRole::Finance);
        let customer = site.granted.lease.customer;
        let path = format!("/console/customers/{customer}");
        let balance = || site.block_on(site.world.balance(customer));
        let send = |page: &str, credits: &str| {
            let (_, after) = page.split_once("name=\"once\" value=\"").expect("a form with a name");
            let name = after.split('"').next().unwrap();
            let form = format!("once={name}&credits={credits}&reason=invoice+4");
            browser.post(&format!("{path}/top-up"), &form)
        };
        let page = browser.get(&path).body;
        assert_eq!([send(&page, "500").status, send(&page, "500").status], [303, 303]);
        assert_eq!(balance(), 1_000_500);
        let audited = site.block_on(site.world.hub.audit(None, 1)).unwrap();
        assert_eq!(audited[0].entry.subject, "customer 1: 500 credits ($0.0500): not carried out");

        // Somebody who went back and typed another amount is told, and has a new form.
        let back = send(&page, "700");
        assert!(back.status == 422 && back.body.contains("This form was sent before"));
        assert_eq!(balance(), 1_000_500);
        assert_eq!(send(&back.body, "700").status, 303);
        assert_eq!(balance(), 1_001_200);
    });
}

#[test]
fn a_customer_is_suspended_and_activated() {
    on_both(|site| {
        let browser = site.browser(StaffRole::Operator);
        let path = format!("/console/customers/{}", site.granted.lease.customer);
        let status = format!("{path}/status");
        assert!(browser.get(&status).body.contains("<h1>Suspend Acme Rides</h1>"));
        assert_eq!(browser.post(&status, "from=active&reason=unpaid").status, 303);
        assert!(browser.get(&status).body.contains("<h1>Activate Acme Rides</h1>"));
        assert!(browser.get(&path).body.contains("suspended"));
        let late = browser.post(&status, "from=active&reason=unpaid");
        assert!(late.status == 422 && late.body.contains("changed meanwhile"));
        assert_eq!(browser.post(&status, "from=suspended&reason=paid").status, 303);
        assert!(browser.get(&path).body.contains("Suspend …"));
    });
}

#[test]
fn an_import_names_every_wrong_line_and_keeps_what_was_typed() {
    on_both(|site| {
        let browser = site.browser(StaffRole::Operator);
        let pool = site.block_on(site.world.hub.pool_names()).unwrap()[0].1.replace(' ', "+");
        let import = |csv: &str, more: &str| {
            browser.post("/console/numbers/import", &format!("pool={pool}&csv={csv}&{more}"))
        };
        let wrong = import("number%0A0388889000%0Ax%0A0388889001%0A12%0A", "do=dry-run");
        assert_eq!(wrong.status, 422);
        for part in [
            "2 lines are wrong, 2 are sound",
            "<td class=\"text\" data-title=\"Line\">3</td>",
            "0388889001",
        ] {
            assert!(wrong.body.contains(part), "{part}: {}", wrong.body);
        }
        let elsewhere = site.block_on(async {
            let other = site.world.pool("other", Duration::ZERO).await;
            site.world.numbers_in(other, 2).await
        });
        let [one, two] = [0, 1].map(|nth: usize| elsewhere[nth].sent().replace('+', "%2B"));
        let taken = import(&format!("number%0A{one}%0A0388889000%0A{two}"), "do=dry-run");
        assert_eq!(taken.status, 422);
        assert!(taken.body.contains("2 lines are wrong, 1 are sound"), "{}", taken.body);
        let dry = import("number%0A0388889000%0A0388889001", "do=dry-run");
        assert!(dry.body.contains("Dry run: 2 numbers, 2 of them new"));
        let unsaid = import("number%0A0388889000%0A0388889001", "do=import");
        assert!(unsaid.status == 422 && unsaid.body.contains("Say why."));
        let done = import("number%0A0388889000%0A0388889001", "do=import&reason=order+3");
        assert!(done.body.contains("Imported: 2 numbers, 2 of them new"), "{}", done.body);
        assert_eq!(browser.get("/console/numbers/60388889000").status, 200);
    });
}

#[test]
fn the_field_on_every_page_finds_what_was_typed() {
    on_both(|site| {
        let browser = site.browser(StaffRole::Viewer);
        let lease = site.granted.lease.id;
        let check = |typed: &str, expected: &str| {
            let answer = browser.get(&format!("/console/search?q={typed}"));
            assert_eq!(
                (answer.status, answer.header("location")),
                (303, Some(expected)),
                "{typed}"
            );
        };
        check("0388880000", "/console/numbers/60388880000");
        check("%2B60388880000", "/console/numbers/60388880000");
        check(&lease.to_string(), &format!("/console/leases/{lease}"));
        check("customer:1", "/console/customers/1");
        let nothing = browser.get("/console/search?q=%3Cb%3E").body;
        assert!(nothing.contains("Nothing found for “&lt;b&gt;”."));
        assert!(nothing.contains("name=\"q\" value=\"&lt;b&gt;\""), "what was typed is kept");
        assert!(!nothing.contains("aria-current"), "it is no page of the navigation");
    });
}

#[test]
fn lists_are_files_too() {
    on_both(|site| {
        let browser = site.browser(StaffRole::Viewer);
        for (path, header) in [
            ("leases", "lease,state,kind,customer,numbers,leads to,granted,until,by\n"),
            ("numbers", "number,state,pool,reserved for,lease,times leased,free from\n"),
            ("customers", "customer,name,state,pays,balance\n"),
            ("calls", "record,time,what,from,to,outcome,customer,billed s,charge\n"),
        ] {
            let answer = browser.get(&format!("/console/{path}?format=csv"));
            assert!(answer.body.starts_with(header), "{}", answer.body);
            let name = answer.header("content-disposition").unwrap();
            assert!(name.starts_with("attachment; filename="), "{name}");
        }
    });
}

#[test]
fn light_and_dark_are_remembered() {
    on_both(|site| {
        let browser = site.browser(StaffRole::Viewer);
        let answer = browser.post("/console/theme", "to=dark&back=/console/leases");
        assert_eq!(answer.header("location"), Some("/console/leases"));
        assert!(answer.header("set-cookie").unwrap().starts_with("leaseline-theme=dark; "));
        let away = browser.post("/console/theme", "to=dark&back=//example.com");
        assert_eq!(away.header("location"), Some("/console"));
    });
}
