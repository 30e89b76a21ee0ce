//! From the values of a layer to types that cannot be wrong. The environment and the flags hold
//! texts only, so each of these reads a text too. An error fits after the name of the key.

use std::fmt::Display;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use config::{Value, ValueKind};
use leaseline_core::region::Region;
use leaseline_hub::IanaZone;
use leaseline_web::Networks;

use crate::duration;

pub(super) fn text(value: &Value) -> Result<String, String> {
    match &value.kind {
        ValueKind::String(text) => Ok(text.clone()),
        _ => Err(format!("{} is not a text in quotation marks", shown(value))),
    }
}

/// A text that no message may quote.
pub(super) fn unshown_text(value: &Value) -> Result<String, String> {
    text(value).map_err(|_| "it is not a text in quotation marks".into())
}

pub(super) fn boolean(value: &Value) -> Result<bool, String> {
    match &value.kind {
        ValueKind::Boolean(boolean) => Ok(*boolean),
        ValueKind::String(text) if text == "true" => Ok(true),
        ValueKind::String(text) if text == "false" => Ok(false),
        _ => Err(format!("{} is neither true nor false", shown(value))),
    }
}

/// A whole number within these bounds, both of which count.
pub(super) fn whole<T: TryFrom<i64>>(
    least: i64,
    most: i64,
) -> impl Fn(&Value) -> Result<T, String> {
    move |value| {
        let number = match &value.kind {
            ValueKind::I64(number) => Some(*number),
            ValueKind::String(text) => text.parse().ok(),
            _ => None,
        };
        let number = number.filter(|number| (least..=most).contains(number));
        number
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| format!("{} is not a whole number from {least} to {most}", shown(value)))
    }
}

/// A duration that is not zero.
pub(super) fn span(value: &Value) -> Result<Duration, String> {
    let span = duration::parse(&text(value)?).map_err(|error| error.to_string())?;
    if span.is_zero() { Err("it is zero".into()) } else { Ok(span) }
}

pub(super) fn address(value: &Value) -> Result<SocketAddr, String> {
    let text = text(value)?;
    text.parse()
        .map_err(|_| format!("{text:?} is not an address and a port such as 127.0.0.1:8080"))
}

pub(super) fn zone(value: &Value) -> Result<IanaZone, String> {
    IanaZone::by_name(&text(value)?).map_err(|error| error.to_string())
}

pub(super) fn region(value: &Value) -> Result<Region, String> {
    let code = text(value)?;
    Region::by_code(&code)
        .ok_or_else(|| format!("{code:?} is not the code of a region such as MY or DE"))
}

pub(super) fn networks(value: &Value) -> Result<Networks, String> {
    let written = list(value)?;
    written.iter().filter(|text| !text.is_empty()).map(|text| parsed(text)).collect()
}

/// An array of texts, or one text with commas.
pub(super) fn list(value: &Value) -> Result<Vec<String>, String> {
    match &value.kind {
        ValueKind::Array(items) => items.iter().map(text).collect(),
        ValueKind::String(text) => Ok(text.split(',').map(|item| item.trim().into()).collect()),
        _ => Err(format!("{} is not a list of texts", shown(value))),
    }
}

/// Prefixes of paths: empty, or a slash and what may stand in a path, without one at the end.
pub(super) fn path_prefixes(value: &Value) -> Result<Vec<String>, String> {
    let prefixes = list(value)?;
    match prefixes.iter().find(|prefix| !is_path_prefix(prefix)) {
        Some(wrong) => Err(format!("{wrong:?} is neither empty nor a path such as \"/axiata\"")),
        None if prefixes.is_empty() => Err("it is empty: nothing would be served".into()),
        None => Ok(prefixes),
    }
}

fn is_path_prefix(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    text.is_empty() || (text.starts_with('/') && !text.ends_with('/') && text.bytes().all(plain))
}

fn parsed<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

fn shown(value: &Value) -> String {
    match &value.kind {
        ValueKind::String(text) => format!("{text:?}"),
        _ => value.to_string(),
    }
}
