//! From what the hub says to lines. The headers are the document's, their spaces included.

use std::fmt::Display;

use leaseline_core::account::{AccountPart, Email, SubAccount};
use leaseline_core::did::{AccountNumber, Assignment, DidPlace, OfferedDid};
use leaseline_core::ivr::{Direction, HttpUrl};
use leaseline_core::phone::PhoneNumber;
use leaseline_core::pool::Service;
use leaseline_hub::accounts::{IvmlLine, IvrMenuLine};

use crate::reply::Output;
use crate::table::Row;

pub(crate) fn sub_accounts(sub_accounts: &[SubAccount]) -> Output {
    let rows = sub_accounts.iter().map(|sub_account| {
        let profile = &sub_account.profile;
        Row::default()
            .cell(sub_account.id)
            .optional(profile.email.as_ref().map(Email::as_str))
            .cell(profile.first_name.as_str())
            .cell(profile.last_name.as_str())
            .cell(profile.company.as_str())
            .cell(profile.fax_headline.as_str())
    });
    table("Sub-ID,Email,First Name,Last Name,Company,Fax Headline", rows)
}

pub(crate) fn account_numbers(numbers: &[AccountNumber]) -> Output {
    let rows = numbers.iter().map(|line| {
        let row = Row::default().cell(line.number.sent()).cell(service(line.service));
        match line.assigned {
            Assignment::Nothing => row.cell("").cell(""),
            Assignment::Ivr(id) => row.cell("IVR").cell(id),
            Assignment::Ivml(id) => row.cell("IVML").cell(id),
            Assignment::Sip(to) => row.cell("SIP").cell(part(to)),
            Assignment::Fax(to) => row.cell("").cell(part(to)),
        }
    });
    table("Number,Service,Assigned-Service,Assigned-ID", rows)
}

pub(crate) fn countries(countries: &[String]) -> Output {
    table("CountryName", countries.iter().map(|country| Row::default().cell(country)))
}

pub(crate) fn cities(places: &[DidPlace]) -> Output {
    table("CountryName,CityName", places.iter().map(place))
}

pub(crate) fn dids(dids: &[OfferedDid]) -> Output {
    let rows = dids.iter().map(|did| place(&did.place).cell(did.number.sent()));
    table("CountryName, CityName, DID", rows)
}

pub(crate) fn ivr_menus(menus: &[IvrMenuLine]) -> Output {
    let rows = menus.iter().map(|line| {
        let row = Row::default().cell(line.menu.id).cell(line.menu.name.as_str());
        row.cell(numbers(line.menu.direction, &line.numbers))
    });
    table("ID,Name,DIDs", rows)
}

pub(crate) fn ivml_configurations(configurations: &[IvmlLine]) -> Output {
    let rows = configurations.iter().map(|line| {
        let profile = &line.ivml.profile;
        Row::default()
            .cell(line.ivml.id)
            .cell(profile.name.as_str())
            .cell(profile.launch_url.as_str())
            .optional(profile.result_url.as_ref().map(HttpUrl::as_str))
            .cell(numbers(profile.direction, &line.numbers))
    });
    table("ID,Name,LaunchURL,ResultURL,DIDs", rows)
}

fn place(place: &DidPlace) -> Row {
    Row::default().cell(&place.country).cell(&place.city)
}

const fn service(service: Service) -> &'static str {
    match service {
        Service::Fax => "fax",
        Service::Voice => "voice",
        Service::Sms => "sms",
    }
}

pub(crate) fn part(part: AccountPart) -> String {
    match part {
        AccountPart::Main => "0".into(),
        AccountPart::Sub(id) => id.to_string(),
    }
}

fn numbers(direction: Direction, numbers: &[PhoneNumber]) -> String {
    match direction {
        Direction::Inbound => numbers.iter().map(PhoneNumber::sent).collect::<Vec<_>>().join(" "),
        Direction::Outbound => "outbound".into(),
    }
}

pub(crate) fn table(header: impl Display, rows: impl IntoIterator<Item = Row>) -> Output {
    let mut lines = format!("{header}\n");
    rows.into_iter().for_each(|row| lines.push_str(&row.end()));
    Output::Text(lines)
}
