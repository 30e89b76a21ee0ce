//! TraiTel accounts: their numbers, sub-accounts, menus and applications, each with the call of the
//! API that gives the same.

use actix_web::web::Path;
use leaseline_core::account::{Account, AccountPart, SubAccount};
use leaseline_core::did::{AccountNumber, AccountNumberFilter, Assignment};
use leaseline_core::ids::AccountId;
use leaseline_core::staff::Duty;
use leaseline_hub::accounts::{IvmlLine, IvrMenuLine};
use maud::{Markup, html};

use super::Answer;
use crate::PATH;
use crate::layout::{Nav, facts, page, pager};
use crate::mask::our_number;
use crate::sheet::{Cell, Column, Empty, Sheet, Tone, badge, file};
use crate::trouble::Trouble;
use crate::visit::Visit;

pub(crate) async fn list(visit: Visit) -> Answer {
    visit.needs(Duty::Look)?;
    let after = visit.asked("after").and_then(account_id);
    let found = visit.hub().accounts(after, visit.rows()).await?;
    let next = visit.last_of_many(&found).map(|account| account.id.to_string());
    let columns = vec![
        Column::Text("User"),
        Column::Text("State"),
        Column::Text("Customer"),
        Column::Text("Time zone"),
        Column::Text("Rate deck"),
    ];
    let empty = Empty {
        what: "No accounts.",
        why: "Accounts of the TraiTel API are made by “leaseline apply” ([[accounts]]).",
        next: html! { a href={ (PATH) "/accounts" } { "Back to the first page" } },
    };
    let row = |account: &Account| {
        let (tone, word) = state(account);
        let customer = account.customer;
        vec![
            Cell::link(&format!("{PATH}/accounts/{}", account.id), account.user.clone()),
            Cell::badge(tone, word),
            Cell::link(&format!("{PATH}/customers/{customer}"), customer.to_string()),
            Cell::text(&account.profile.time_zone),
            Cell::text_or_void(account.profile.rate_deck.as_deref()),
        ]
    };
    let sheet = Sheet::new("Accounts", columns, empty).rows(found.iter().map(row));
    if let Some(file) = file(&visit, &[&sheet]) {
        return Ok(file);
    }
    let body = html! {
        (sheet.table(&visit))
        (pager(&visit, "after", next))
        p.note {
            "The same by command line: " code { "leaseline accounts list" }
            ". The API shows an account nobody but itself: " code { "mode=querybalance" } "."
        }
    };
    Ok(page(&visit, Nav::Accounts, "Accounts", body))
}

fn state(account: &Account) -> (Tone, &'static str) {
    if account.enabled { (Tone::Good, "enabled") } else { (Tone::Warn, "disabled") }
}

fn account_id(text: &str) -> Option<AccountId> {
    AccountId::new(text.parse().ok()?)
}

pub(crate) async fn one(visit: Visit, id: Path<String>) -> Answer {
    visit.needs(Duty::Look)?;
    let id = account_id(&id).ok_or(Trouble::NotFound)?;
    let before = AccountId::new(id.get() - 1);
    let found = visit.hub().accounts(before, 1).await?.into_iter().find(|found| found.id == id);
    let account = found.ok_or(Trouble::NotFound)?;
    let hub = visit.hub();
    let numbers = hub.account_numbers(id, AccountNumberFilter::default()).await?;
    let subs = hub.sub_accounts(id).await?;
    let (menus, ivml) = (hub.ivr_menus(id).await?, hub.ivml_configurations(id).await?);
    let profile = &account.profile;
    let sheets = [
        number_sheet(&numbers),
        sub_sheet(&subs),
        menu_sheet(&menus, profile.ivr),
        ivml_sheet(&ivml, profile.ivr),
    ];
    if let Some(file) = file(&visit, &sheets.each_ref()) {
        return Ok(file);
    }
    let (tone, word) = state(&account);
    let body = html! {
        (facts([
            ("State", badge(tone, word)),
            ("Customer", html! { a href={ (PATH) "/customers/" (account.customer) } { (account.customer) } }),
            ("Time zone", html! { (profile.time_zone) }),
            ("Rate deck", html! { (profile.rate_deck.as_deref().unwrap_or("none")) }),
            ("IVR", html! { (if profile.ivr { "yes" } else { "no" }) }),
        ]))
        @for (sheet, mode) in sheets.iter().zip(MODES) {
            h2 { (sheet.name()) }
            (sheet.table(&visit))
            (same_by_the_api(&account, mode))
        }
        h2 { "Logs" }
        (logs(&account))
    };
    Ok(page(&visit, Nav::Accounts, &account.user, body))
}

/// What gives the lists of an account by the API, in the order of the page.
const MODES: [&str; 4] = ["querynumbers", "querysubaccounts", "listivr", "listivml"];

/// What each log is of: the kind of records, and what gives the same by the API.
const LOGS: [(&str, &str, [&str; 2]); 3] = [
    ("Calls", "call", ["logvoicein", "logvoiceout"]),
    ("Faxes", "fax", ["logfaxin", "logfaxout"]),
    ("Messages", "sms", ["logsmsin", "logsmsout"]),
];

fn logs(account: &Account) -> Markup {
    let customer = account.customer;
    html! {
        ul { @for (title, kind, [inbound, outbound]) in LOGS {
            li {
                a href={ (PATH) "/calls?q=customer%3A" (customer) "+kind%3A" (kind) } { (title) " of customer " (customer) }
                "; by the API: " code { "mode=" (inbound) } " and " code { "mode=" (outbound) }
                " with " code { "startdate" } " and " code { "enddate" }
            }
        } }
    }
}

fn same_by_the_api(account: &Account, mode: &str) -> Markup {
    html! {
        p.note { "The same by the API: " code {
            "POST /accountmanager.pl user=" (account.user) "&pass=…&mode=" (mode)
        } }
    }
}

fn number_sheet(numbers: &[AccountNumber]) -> Sheet {
    let columns = vec![Column::Text("Number"), Column::Text("Service"), Column::Text("Goes to")];
    let empty = Empty {
        what: "No numbers.",
        why: "The account has subscribed to none.",
        next: html! { "Its owner does so by the API (" code { "subscribedid" } ")." },
    };
    let row = |line: &AccountNumber| {
        vec![
            Cell::new(our_number(&line.number), line.number.sent()),
            Cell::text(line.service.word()),
            Cell::text(goes_to(line.assigned)),
        ]
    };
    Sheet::new("Numbers", columns, empty).rows(numbers.iter().map(row))
}

fn goes_to(assigned: Assignment) -> String {
    match assigned {
        Assignment::Nothing => "nothing".to_owned(),
        Assignment::Ivr(menu) => format!("IVR menu {menu}"),
        Assignment::Ivml(ivml) => format!("IVML configuration {ivml}"),
        Assignment::Sip(part) => format!("phones of {}", part_words(part)),
        Assignment::Fax(part) => format!("faxes of {}", part_words(part)),
    }
}

fn part_words(part: AccountPart) -> String {
    match part {
        AccountPart::Main => "the account".to_owned(),
        AccountPart::Sub(id) => format!("sub-account {id}"),
    }
}

fn sub_sheet(subs: &[SubAccount]) -> Sheet {
    let columns = vec![Column::Text("Sub-account"), Column::Text("Alias"), Column::Text("Company")];
    let empty = Empty {
        what: "No sub-accounts.",
        why: "The account has made none.",
        next: html! { "Its owner does so by the API (" code { "addsubaccount" } ")." },
    };
    let row = |sub: &SubAccount| {
        vec![
            Cell::number(sub.id.get()),
            Cell::text(sub.profile.alias.as_str()),
            Cell::text(sub.profile.company.as_str()),
        ]
    };
    Sheet::new("Sub-accounts", columns, empty).rows(subs.iter().map(row))
}

/// Why an account has nothing that answers calls.
const fn why_none(has_ivr: bool) -> &'static str {
    if has_ivr { "The account has none." } else { "The account is without the IVR service." }
}

fn menu_sheet(menus: &[IvrMenuLine], has_ivr: bool) -> Sheet {
    let columns = vec![Column::Text("Menu"), Column::Text("Name"), Column::Text("Numbers")];
    let empty = Empty {
        what: "No IVR menus.",
        why: why_none(has_ivr),
        next: html! { "Menus come in by “leaseline apply”." },
    };
    let row = |line: &IvrMenuLine| {
        let numbers: Vec<_> = line.numbers.iter().map(|number| number.sent()).collect();
        vec![
            Cell::number(line.menu.id.get()),
            Cell::text(line.menu.name.as_str()),
            Cell::text(numbers.join(" ")),
        ]
    };
    Sheet::new("IVR menus", columns, empty).rows(menus.iter().map(row))
}

fn ivml_sheet(ivml: &[IvmlLine], has_ivr: bool) -> Sheet {
    let columns = vec![Column::Text("IVML"), Column::Text("Name"), Column::Text("Numbers")];
    let empty = Empty {
        what: "No IVML configurations.",
        why: why_none(has_ivr),
        next: html! { "Its owner makes them by the API (" code { "addivml" } ")." },
    };
    let row = |line: &IvmlLine| {
        let numbers: Vec<_> = line.numbers.iter().map(|number| number.sent()).collect();
        vec![
            Cell::number(line.ivml.id.get()),
            Cell::text(line.ivml.profile.name.as_str()),
            Cell::text(numbers.join(" ")),
        ]
    };
    Sheet::new("IVML configurations", columns, empty).rows(ivml.iter().map(row))
}
