//! From the values of a file to types that cannot be wrong. An error fits after the name of the
//! key.

use std::fmt;
use std::time::Duration;

use leaseline_core::account::{Email, FreeText, ShownName};
use leaseline_core::api_user::RoleKind;
use leaseline_core::currency::{CurrencyCode, CurrencyRate};
use leaseline_core::customer::{
    BlockRate, BlockSeconds, ChargeMethod, CreditLimit, CustomerStatus, Limit, PersonName,
};
use leaseline_core::duration;
use leaseline_core::ids::CustomerId;
use leaseline_core::money::Credits;
use leaseline_core::mor_user::MorRole;
use leaseline_core::password::PasswordHash;
use leaseline_core::phone::Prefix;
use leaseline_core::pool::{Fee, Purpose, Service};
use leaseline_core::region::RegionCode;
use leaseline_core::tax::TaxRate;
use leaseline_hub::IanaZone;
use leaseline_hub::operator::CustomerRef;
use toml::de::DeValue;

use crate::document::Converted;

/// A century.
const LONGEST_QUARANTINE: Duration = Duration::from_secs(36_525 * 86_400);

/// Most bytes of a password.
const LONGEST_PASSWORD: usize = 1_024;

pub(crate) fn text(value: &DeValue<'_>) -> Converted<String> {
    match value {
        DeValue::String(text) => Ok(text.clone().into_owned()),
        _ => Err(format!("{} is not a text in quotation marks", shown(value))),
    }
}

/// What may stand in a column of a CSV file too: a text, or a whole number. An amount is a text, as
/// no other number of a file is exact.
pub(crate) fn cell(value: &DeValue<'_>) -> Converted<String> {
    match value {
        DeValue::String(text) => Ok(text.clone().into_owned()),
        DeValue::Integer(_) => integer(value).map(|integer| integer.to_string()),
        _ => Err(format!("{} is not a text in quotation marks", shown(value))),
    }
}

pub(crate) fn boolean(value: &DeValue<'_>) -> Converted<bool> {
    match value {
        DeValue::Boolean(boolean) => Ok(*boolean),
        _ => Err(format!("{} is neither true nor false", shown(value))),
    }
}

pub(crate) fn integer(value: &DeValue<'_>) -> Converted<i64> {
    let integer = match value {
        DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix()).ok(),
        _ => None,
    };
    integer.ok_or_else(|| format!("{} is not a whole number of 64 bits", shown(value)))
}

/// What an operator calls something: as long as a person's name may be.
pub(crate) fn name(value: &DeValue<'_>) -> Converted<String> {
    person(value).map(|name| name.as_str().to_owned())
}

pub(crate) fn person(value: &DeValue<'_>) -> Converted<PersonName> {
    let text = text(value)?;
    let wrong = || format!("{text:?} is not 1 to 100 characters, none of them a control character");
    PersonName::parse(&text).ok_or_else(wrong)
}

pub(crate) fn credits(value: &DeValue<'_>) -> Converted<Credits> {
    integer(value).map(Credits::new)
}

pub(crate) fn fee(value: &DeValue<'_>) -> Converted<Fee> {
    bounded(value, Fee::new, NOT_NEGATIVE)
}

pub(crate) fn limit(value: &DeValue<'_>) -> Converted<Limit> {
    bounded(value, Limit::new, NOT_NEGATIVE)
}

pub(crate) fn credit_limit(value: &DeValue<'_>) -> Converted<CreditLimit> {
    bounded(value, CreditLimit::new, NOT_NEGATIVE)
}

pub(crate) fn block(value: &DeValue<'_>) -> Converted<BlockSeconds> {
    bounded(value, BlockSeconds::new, "at least 1 second")
}

pub(crate) fn rate(value: &DeValue<'_>) -> Converted<BlockRate> {
    bounded(value, BlockRate::new, NOT_NEGATIVE)
}

pub(crate) fn count(value: &DeValue<'_>) -> Converted<usize> {
    let within = |count: i64| usize::try_from(count).ok().filter(|count| *count > 0);
    bounded(value, within, "at least 1")
}

const NOT_NEGATIVE: &str = "at least 0";

fn bounded<T>(value: &DeValue<'_>, within: impl Fn(i64) -> Option<T>, bound: &str) -> Converted<T> {
    let integer = integer(value)?;
    within(integer).ok_or_else(|| format!("{integer} is not {bound}"))
}

pub(crate) fn quarantine(value: &DeValue<'_>) -> Converted<Duration> {
    let span = duration::parse(&text(value)?).map_err(|error| error.to_string())?;
    if span > LONGEST_QUARANTINE { Err("it is longer than a century".into()) } else { Ok(span) }
}

pub(crate) fn region(value: &DeValue<'_>) -> Converted<RegionCode> {
    let code = text(value)?;
    RegionCode::parse(&code)
        .ok_or_else(|| format!("{code:?} is not the code of a region such as MY or DE"))
}

pub(crate) fn prefix(value: &DeValue<'_>) -> Converted<Prefix> {
    let digits = text(value)?;
    Prefix::parse(&digits).ok_or_else(|| format!("{digits:?} is not 1 to 15 digits"))
}

pub(crate) fn purpose(value: &DeValue<'_>) -> Converted<Purpose> {
    one_of(value, &[("lease", Purpose::Lease), ("did", Purpose::Did)])
}

pub(crate) fn service(value: &DeValue<'_>) -> Converted<Service> {
    let words = [("voice", Service::Voice), ("fax", Service::Fax), ("sms", Service::Sms)];
    one_of(value, &words)
}

pub(crate) fn status(value: &DeValue<'_>) -> Converted<CustomerStatus> {
    let words = [("active", CustomerStatus::Active), ("suspended", CustomerStatus::Suspended)];
    one_of(value, &words)
}

pub(crate) fn charge_method(value: &DeValue<'_>) -> Converted<ChargeMethod> {
    one_of(value, &[("prepaid", ChargeMethod::Prepaid), ("postpaid", ChargeMethod::Postpaid)])
}

pub(crate) fn role(value: &DeValue<'_>) -> Converted<RoleKind> {
    one_of(value, &[("client", RoleKind::Client), ("admin", RoleKind::Admin)])
}

pub(crate) fn email(value: &DeValue<'_>) -> Converted<Email> {
    let text = text(value)?;
    Email::parse(&text).ok_or_else(|| format!("{text:?} is not an e-mail address"))
}

pub(crate) fn free_text(value: &DeValue<'_>) -> Converted<FreeText> {
    let text = text(value)?;
    FreeText::parse(&text).ok_or_else(|| format!("{text:?} {NO_TEXT}"))
}

pub(crate) fn shown_name(value: &DeValue<'_>) -> Converted<ShownName> {
    let text = text(value)?;
    let wrong = || format!("{text:?} is empty, or {NO_TEXT}");
    ShownName::parse(&text).ok_or_else(wrong)
}

const NO_TEXT: &str = "has more than 200 characters, or would run as a formula in a spreadsheet";

pub(crate) fn time_zone(value: &DeValue<'_>) -> Converted<String> {
    let name = text(value)?;
    match IanaZone::by_exact_name(&name) {
        Ok(_) => Ok(name),
        Err(error) => Err(error.to_string()),
    }
}

/// Not its own words: they are a secret.
pub(crate) fn password(value: &DeValue<'_>) -> Converted<Secret> {
    match value {
        DeValue::String(text) if text.is_empty() => Err("it is empty".into()),
        DeValue::String(text) if text.len() > LONGEST_PASSWORD => {
            Err(format!("it has more than {LONGEST_PASSWORD} bytes"))
        }
        DeValue::String(text) => Ok(Secret(text.clone().into_owned())),
        _ => Err("it is not a text in quotation marks".into()),
    }
}

pub(crate) fn password_hash(value: &DeValue<'_>) -> Converted<PasswordHash> {
    let hash = match value {
        DeValue::String(text) => PasswordHash::parse(text),
        _ => None,
    };
    hash.ok_or_else(|| "it is not an Argon2id hash such as $argon2id$v=19$m=19456,t=2,p=1$…".into())
}

/// A password as it stands in the file. Prints masked.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A right, of which there is one.
pub(crate) fn right(value: &DeValue<'_>) -> Converted<()> {
    one_of(value, &[("topup", ())])
}

pub(crate) fn mor_role(value: &DeValue<'_>) -> Converted<MorRole> {
    one_of(
        value,
        &[
            ("admin", MorRole::Admin),
            ("reseller", MorRole::Reseller),
            ("accountant", MorRole::Accountant),
            ("user", MorRole::User),
        ],
    )
}

/// A secret, which no message shows.
pub(crate) fn mor_secret(value: &DeValue<'_>) -> Converted<leaseline_hub::Secret> {
    match value {
        DeValue::String(text) if (1..=LONGEST_PASSWORD).contains(&text.len()) => {
            Ok(leaseline_hub::Secret::new(text.as_bytes()))
        }
        DeValue::String(_) => Err(format!("it has not 1 to {LONGEST_PASSWORD} bytes")),
        _ => Err("it is not a text in quotation marks".into()),
    }
}

/// An id that the operator chose.
pub(crate) fn id(value: &DeValue<'_>) -> Converted<i64> {
    bounded(value, |id| (id >= 1).then_some(id), "at least 1")
}

/// Percents: a number, or a text such as `"8.25"`.
pub(crate) fn percent(value: &DeValue<'_>) -> Converted<TaxRate> {
    let written = match value {
        DeValue::Float(float) => float.as_str().to_owned(),
        other => cell(other)?,
    };
    TaxRate::parse(&written).ok_or_else(|| {
        format!("{} is not a percentage from 0 to 1000 with up to four decimals", shown(value))
    })
}

pub(crate) fn currency(value: &DeValue<'_>) -> Converted<CurrencyCode> {
    CurrencyCode::parse(&text(value)?)
        .ok_or_else(|| format!("{} is not the code of a currency such as EUR", shown(value)))
}

pub(crate) fn currency_rate(value: &DeValue<'_>) -> Converted<CurrencyRate> {
    CurrencyRate::parse(&cell(value)?).ok_or_else(|| {
        format!("{} is not a rate above 0 with up to nine decimals, in a text", shown(value))
    })
}

/// A text is a key even when it is all digits, an integer is an id.
pub(crate) fn customer(value: &DeValue<'_>) -> Converted<CustomerRef> {
    match value {
        DeValue::String(key) => Ok(CustomerRef::Key(key.clone().into_owned())),
        DeValue::Integer(_) => bounded(value, CustomerId::new, "at least 1").map(CustomerRef::Id),
        _ => Err(format!("{} is neither a key nor an id", shown(value))),
    }
}

fn one_of<T: Copy>(value: &DeValue<'_>, words: &[(&str, T)]) -> Converted<T> {
    let text = text(value)?;
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
    found.ok_or_else(|| {
        let words: Vec<_> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
        match words.as_slice() {
            [only] => format!("{text:?} is not {only}"),
            [one, other] => format!("{text:?} is neither {one} nor {other}"),
            several => format!("{text:?} is none of {}", several.join(", ")),
        }
    })
}

fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(digits) => digits.to_string(),
        DeValue::Float(digits) => digits.to_string(),
        DeValue::Boolean(boolean) => boolean.to_string(),
        DeValue::Datetime(instant) => instant.to_string(),
        DeValue::Array(_) => "a list".into(),
        DeValue::Table(_) => "a table".into(),
    }
}
