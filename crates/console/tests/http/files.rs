//! Every table is a file too.

use leaseline_core::staff::StaffRole;

use crate::furnished::Furnished;
use crate::harness::{Browser, on_both};

/// Pages with tables.
const PAGES: [&str; 16] = [
    "",
    "/leases",
    "/leases/{id}",
    "/numbers",
    "/numbers/{number}",
    "/customers",
    "/customers/{id}",
    "/customers/{id}?span=90d",
    "/calls",
    "/requests",
    "/audit",
    "/accounts",
    "/accounts/{id}",
    "/cards",
    "/cards/{group}",
    "/requests?q=customer:1",
];

#[test]
fn every_table_is_had_as_a_file_with_its_own_columns() {
    on_both(|site| {
        let world = Furnished::new(site);
        site.block_on(world_counts(site));
        let browser = site.browser(StaffRole::Admin);
        for path in PAGES {
            let page = browser.get(&world.filled(path)).body;
            let tables: Vec<_> = page.split("<table>").skip(1).collect();
            assert!(!tables.is_empty(), "{path}");
            for table in tables {
                check(&browser, path, table);
            }
        }
    });
}

/// A page's tables over time have a line as soon as somebody has counted.
async fn world_counts(site: &crate::harness::Site) {
    site.world.hub.count_pools().await.unwrap();
}

/// The file of a table has its headings, and as many lines as the table.
fn check(browser: &Browser<'_>, path: &str, table: &str) {
    let (head, rest) = table.split_once("</thead>").expect("a head");
    let titles: Vec<_> =
        head.split("</th>").filter_map(|cell| Some(cell.rsplit_once('>')?.1)).collect();
    let titles: Vec<_> =
        titles.iter().filter(|title| !title.is_empty()).map(|title| title.to_lowercase()).collect();
    let (body, after) = rest.split_once("</table>").expect("an end");
    let rows = body.matches("<tr>").count();
    let (_, link) =
        after.split_once("class=\"csv\" href=\"").unwrap_or_else(|| panic!("{path}: no file"));
    let href = link.split('"').next().unwrap().replace("&amp;", "&");
    let file = browser.get(&href);
    assert_eq!((file.status, file.header("content-type")), (200, Some("text/csv; charset=utf-8")));
    let mut lines = file.body.lines();
    assert_eq!(lines.next(), Some(titles.join(",").as_str()), "{path}: {href}");
    assert!(lines.count() >= rows, "{path}: {href}");
}

#[test]
fn what_a_form_answers_is_a_file_too() {
    on_both(|site| {
        let browser = site.browser(StaffRole::Admin);
        let ask = "number=0388880000&time=2020-01-31+12:30&zone=UTC&reason=x&format=calls";
        let calls = browser.post("/console/who", ask);
        assert_eq!(calls.body, "record,time,from,to,billed s\n");
        let pool = site.block_on(site.world.hub.pool_names()).unwrap()[0].1.replace(' ', "+");
        let wrong = format!("pool={pool}&csv=number%0Ax%0A12%0A0388889000&do=report");
        let report = browser.post("/console/numbers/import", &wrong).body;
        assert!(report.starts_with("line,what is wrong\n2,"), "{report}");
        assert_eq!(report.lines().count(), 3);
    });
}

#[test]
fn a_customers_page_says_by_which_tokens_programs_act_for_it() {
    on_both(|site| {
        let world = Furnished::new(site);
        let browser = site.browser(StaffRole::Viewer);
        let path = format!("{}?format=csv&of=tokens", world.filled("/customers/{id}"));
        let tokens = "token,user,state,issued,expires,revoked\n\
                      token-1,ada,good,2020-01-31T12:00:00Z,,\n";
        assert_eq!(browser.get(&path).body, tokens);
    });
}

#[test]
fn a_groups_cards_are_listed_without_their_pins() {
    on_both(|site| {
        let world = Furnished::new(site);
        let browser = site.browser(StaffRole::Admin);
        let page = browser.get(&world.filled("/cards/{group}")).body;
        assert!(page.contains("/console/cards?number=6000100001") && page.contains("••••"));
        let csv = browser.get(&format!("{}?format=csv", world.filled("/cards/{group}"))).body;
        for shown in [&page, &csv] {
            assert!(!shown.contains(&format!(">{}<", world.pin)));
            assert!(!shown.contains(&format!(",{},", world.pin)));
        }
        let masked = browser.get("/console/cards?number=6000100001").body;
        assert!(masked.contains("<h1>Card 6000100001</h1>"));
        assert!(masked.contains("••••") && masked.contains("Show the PIN"));
        let revealed = browser.post("/console/cards", "number=6000100001&reason=ticket+3");
        assert!(revealed.body.contains(&world.pin) && !revealed.body.contains("••••"));
        let entry = site.block_on(site.world.hub.audit(None, 1)).unwrap().remove(0).entry;
        assert_eq!((entry.action.name(), entry.reason.as_str()), ("reveal", "ticket 3"));
    });
}
