//! The question what to do with a call.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use leaseline_core::account::AccountPart;
use leaseline_core::call::{AuthoriseRequest, CallOrigin, CardClaim, Dialled};
use leaseline_core::switch::Switch;

use super::{account, call_key, need_party};
use crate::Settings;
use crate::intake::{Fields, missing};
use crate::reply::WrongField;

/// The longest number, PIN or telephone of a card.
const LONGEST_OF_CARD: usize = 64;

const TOO_LONG: &str = "it has more than 64 characters";

pub(crate) fn authorise(
    switch: &Switch,
    settings: &Settings,
    fields: &Fields,
) -> Result<AuthoriseRequest, WrongField> {
    let call = call_key(switch, fields)?;
    let from = need_party(switch, fields, "from")?;
    let to = need_party(switch, fields, "to")?;
    let is_hidden = fields.boolean("from_hidden")?.unwrap_or(false);
    let hops = hops(fields)?;
    // They are checked, so that a switch's mistakes come to light, and used for nothing.
    let _ = (fields.text("switch")?, fields.text("source")?, fields.integer("at")?);
    Ok(AuthoriseRequest {
        terms: Arc::clone(&switch.terms),
        call,
        dialled: Dialled { from, is_hidden, to, hops },
        origin: origin(fields)?,
        single: settings.single_caller_id,
        longest_seconds: settings.longest_seconds,
    })
}

/// Where a call comes from, as its switch says; where it says nothing that can be read, the switch
/// itself.
pub(crate) fn source(fields: &Fields, switch: IpAddr) -> IpAddr {
    let said = fields.text("source").ok().flatten().unwrap_or_default();
    let with_port = said.parse().map(|address: SocketAddr| address.ip());
    with_port.or_else(|_| said.parse()).unwrap_or(switch)
}

fn hops(fields: &Fields) -> Result<u32, WrongField> {
    const WRONG: WrongField = WrongField { name: "hops", what: "it is not a number from 0 on" };
    let hops = fields.integer("hops")?.unwrap_or(0);
    if hops < 0 { Err(WRONG) } else { Ok(u32::try_from(hops).unwrap_or(u32::MAX)) }
}

fn origin(fields: &Fields) -> Result<CallOrigin, WrongField> {
    const BOTH: WrongField = WrongField { name: "account", what: "a card pays for the call too" };
    match (account(fields)?, card(fields)?) {
        (None, None) => Ok(CallOrigin::Number),
        (None, Some(claim)) => Ok(CallOrigin::Card(claim)),
        (Some((user, part)), None) => {
            let part = part.unwrap_or(AccountPart::Main);
            Ok(CallOrigin::Account { user: user.into(), part })
        }
        (Some(_), Some(_)) => Err(BOTH),
    }
}

fn card(fields: &Fields) -> Result<Option<CardClaim>, WrongField> {
    let filled = |name| {
        let text = fields.text(name)?.filter(|text| !text.is_empty());
        let sound = text.is_none_or(|text| {
            text.len() <= LONGEST_OF_CARD && !text.chars().any(char::is_control)
        });
        let wrong = WrongField { name, what: TOO_LONG };
        if sound { Ok(text.map(Box::<str>::from)) } else { Err(wrong) }
    };
    // Whoever types nothing where a PIN is asked for has typed a wrong one.
    let typed = fields.needed_text("pin").ok().map(|_| Box::default());
    match (filled("card_number")?, filled("pin")?.or(typed), filled("card_callerid")?) {
        (None, _, None) => Ok(None),
        (None, _, Some(phone)) => Ok(Some(CardClaim::CallerId(phone))),
        (Some(number), Some(pin), _) => Ok(Some(CardClaim::Pin { number, pin })),
        (Some(_), None, _) => Err(missing("pin")),
    }
}
