//! `[[switches]]`.

use std::net::IpAddr;

use leaseline_core::record::{FaxOutcome, PartyText};
use leaseline_core::switch::SwitchChange;
use leaseline_hub::Hub;
use leaseline_hub::operator::SwitchEntry;

use toml::de::DeValue;

use crate::convert;
use crate::document::{Converted, Document, Entry};
use crate::error::{Error, Fault};
use crate::file::{Entered, MOST_ENTRIES};
use crate::password::{Password, password};

/// A switch as the file has it.
#[derive(Clone, Debug)]
pub(crate) struct Switch {
    pub(crate) name: String,
    password: Option<Password>,
    enabled: Option<bool>,
    change: SwitchChange,
}

pub(crate) fn read<'a>(document: &'a Document<'a>) -> Result<Vec<Entered<Switch>>, Fault> {
    let entries = document.entries("switches", "name", MOST_ENTRIES)?;
    entries.into_iter().map(|(name, entry)| switch(name, entry)).collect()
}

fn switch(name: String, mut entry: Entry<'_>) -> Result<Entered<Switch>, Fault> {
    let change = SwitchChange {
        country_code: entry.find("country_code", convert::text)?.map(Into::into),
        national_prefix: entry.find("national_prefix", convert::text)?.map(Into::into),
        sources: list(&mut entry, "sources", source)?,
        has_events: entry.find("events", convert::boolean)?,
        dial_string: entry.find("dial_string", dial_string)?,
        emergency: list(&mut entry, "emergency", dialled)?,
        fax_codes: entry.find("fax_codes", fax_codes)?,
    };
    let password = password(&mut entry)?;
    let enabled = entry.find("enabled", convert::boolean)?;
    entry.refuse_unknown()?;
    Ok(Entered::new(&entry, Switch { name, password, enabled, change }))
}

type Text = Box<str>;

fn list(
    entry: &mut Entry<'_>,
    key: &'static str,
    convert: impl Fn(&DeValue<'_>) -> Converted<Text>,
) -> Result<Option<Vec<Text>>, Fault> {
    let items = entry.list(key, convert)?;
    Ok(items.map(|items| items.into_iter().map(|item| item.value).collect()))
}

/// A network, or `any`.
fn source(value: &DeValue<'_>) -> Converted<Text> {
    let text = convert::text(value)?;
    let is_one = text == "any" || is_network(&text);
    let wrong = || format!("{text:?} is neither \"any\" nor a network such as 10.0.0.0/8");
    is_one.then(|| text.as_str().into()).ok_or_else(wrong)
}

fn is_network(text: &str) -> bool {
    let (address, bits) = text.split_once('/').unzip();
    let Ok(address) = address.unwrap_or(text).parse::<IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    let plain = |bits: &str| bits.bytes().all(|byte| byte.is_ascii_digit());
    bits.is_none_or(|bits| plain(bits) && bits.parse().is_ok_and(|bits: u8| bits <= most))
}

/// A number as somebody dials it.
fn dialled(value: &DeValue<'_>) -> Converted<Text> {
    let text = convert::text(value)?;
    let is_one = PartyText::parse(&text).is_some_and(|party| !party.as_str().is_empty());
    is_one.then(|| text.as_str().into()).ok_or_else(|| format!("{text:?} cannot be dialled"))
}

/// How a telephone is reached. What FreeSWITCH would read as more than one place to call, or as
/// variables, is the operator's to write; the number itself brings none of it.
fn dial_string(value: &DeValue<'_>) -> Converted<Text> {
    let text = convert::text(value)?;
    let is_one = text.contains("{to}") && !text.chars().any(char::is_control);
    is_one.then(|| text.as_str().into()).ok_or_else(|| format!("{text:?} has no {{to}} in it"))
}

/// `{ "BUSY" = "316" }`: the switch's code of a fax's error, and the one of the tables.
fn fax_codes(value: &DeValue<'_>) -> Converted<Vec<(Text, Text)>> {
    let DeValue::Table(fields) = value else {
        return Err("it is not a table such as { BUSY = \"316\" }".into());
    };
    let pair = |(theirs, ours): (&str, &DeValue<'_>)| {
        let ours = convert::cell(ours)?;
        let is_plain =
            |text: &str| PartyText::parse(text).is_some_and(|it| !it.as_str().is_empty());
        let sound = is_plain(theirs) && FaxOutcome::parse(&ours).is_ok_and(|it| it.raw().is_none());
        let wrong = || format!("{theirs:?} cannot stand for the error {ours:?}");
        sound.then(|| (theirs.into(), ours.as_str().into())).ok_or_else(wrong)
    };
    fields.iter().map(|(theirs, ours)| pair((theirs.get_ref(), ours.get_ref()))).collect()
}

/// The entries for the hub. A password that a switch has already is not hashed anew, so that a
/// second run changes nothing.
pub(crate) async fn entries(
    hub: &Hub,
    switches: &[Entered<Switch>],
) -> Result<Vec<SwitchEntry>, Error> {
    let mut entries = Vec::new();
    for Entered { entry: switch, .. } in switches {
        let password = match &switch.password {
            None => None,
            Some(password) => {
                let present = hub.switch_now(&switch.name).await?;
                password.to_be_kept(hub, present.as_ref().map(|found| &found.password)).await?
            }
        };
        entries.push(SwitchEntry {
            name: switch.name.clone(),
            password,
            enabled: switch.enabled,
            change: switch.change.clone(),
        });
    }
    Ok(entries)
}
