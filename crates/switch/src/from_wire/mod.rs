//! From fields to what the hub is asked.

mod authorise;
mod event;
mod record;

use leaseline_core::Timestamp;
use leaseline_core::account::AccountPart;
use leaseline_core::ids::SubAccountId;
use leaseline_core::phone::PhoneNumber;
use leaseline_core::record::{Party, PartyText, RecordKey, RecordKind, RecordName};
use leaseline_core::switch::Switch;

pub(crate) use authorise::{authorise, source};
pub(crate) use event::event;
pub(crate) use record::{call, fax, message};

use crate::intake::Fields;
use crate::reply::WrongField;

const NAME: &str = "it is not 1 to 255 characters, none of them a control character";
const PARTY: &str = "it is not at most 64 of + 0-9 * # A-Z a-z @ . _ -, beginning with no @";
const INSTANT: &str = "it is not a number of seconds since 1970";

/// The longest name of an account.
const LONGEST_ACCOUNT: usize = 100;

/// A call of a switch, by what the switch calls it.
pub(crate) fn call_key(switch: &Switch, fields: &Fields) -> Result<RecordKey, WrongField> {
    let name = fields.need("call_id", RecordName::parse, NAME)?;
    Ok(RecordKey { kind: RecordKind::Call, reporter: reporter(switch), name })
}

/// A switch as one who reports.
pub(crate) fn reporter(switch: &Switch) -> RecordName {
    RecordName::parse(&switch.name).expect("a switch's name has 1 to 255 characters")
}

/// Somebody who calls or is called, as the switch wrote it; may be empty.
pub(crate) fn party(switch: &Switch, text: &str) -> Option<Party> {
    let number = PhoneNumber::parse(text, &switch.terms.region).ok();
    let number = number.map(|number| number.e164());
    Some(Party { text: PartyText::parse(text)?, number })
}

fn need_party(switch: &Switch, fields: &Fields, name: &'static str) -> Result<Party, WrongField> {
    let text = fields.needed_text(name)?;
    party(switch, text).ok_or(WrongField { name, what: PARTY })
}

fn instant(fields: &Fields, name: &'static str) -> Result<Option<Timestamp>, WrongField> {
    let read = |seconds: i64| {
        let instant = Timestamp::from_seconds(seconds).filter(|_| seconds >= 0);
        instant.ok_or(WrongField { name, what: INSTANT })
    };
    fields.integer(name)?.map(read).transpose()
}

/// The name that an account logs in by, and the part of it that is meant, if one is.
fn account(fields: &Fields) -> Result<Option<(String, Option<AccountPart>)>, WrongField> {
    let sound = |text: &str| {
        let length = text.chars().count();
        let sound = (1..=LONGEST_ACCOUNT).contains(&length) && !text.chars().any(char::is_control);
        sound.then(|| text.to_owned())
    };
    let account = fields.text("account")?.filter(|text| !text.is_empty());
    let wrong = WrongField { name: "account", what: "it is not the name of an account" };
    let account = account.map(|text| sound(text).ok_or(wrong)).transpose()?;
    let part = fields.integer("sub_id")?.map(part).transpose()?;
    Ok(account.map(|account| (account, part)))
}

fn part(id: i64) -> Result<AccountPart, WrongField> {
    const WRONG: WrongField =
        WrongField { name: "sub_id", what: "it is neither 0 nor the id of a sub-account" };
    match id {
        0 => Ok(AccountPart::Main),
        id => SubAccountId::new(id).map(AccountPart::Sub).ok_or(WRONG),
    }
}
