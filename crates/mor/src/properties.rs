//! What holds whatever is sent. The tests below try it with some inputs, the targets in `fuzz/` with
//! very many; no ordinary build has this module.

use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use leaseline_core::Timestamp;
use leaseline_core::mor_user::MorCaller;
use leaseline_hub::cards::CardReferences;
use leaseline_web::xml::carried;
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::intake::Parameters;
use crate::method::Method;
use crate::parameter::amount;
use crate::reply::Said;
use crate::xml::Xml;
use crate::{from_wire, hash};

/// 2026-11-26T00:00:00Z.
const NOW: i64 = 1_795_651_200;

/// A text comes out of a document as it went in, but for what XML cannot carry.
pub fn xml(text: &str) {
    let document = Xml::document("page", |page| page.leaf("text", text));
    assert_eq!(carried(&document), document);
    let mut reader = Reader::from_str(&document);
    let (mut is_within, mut found) = (false, String::new());
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(Event::Start(tag)) => is_within = tag.name().as_ref() == b"text",
            Ok(Event::End(_)) => is_within = false,
            Ok(Event::Text(part)) if is_within => found.push_str(&part.decode().expect("UTF-8")),
            Ok(Event::GeneralRef(name)) => found.push(named(&name)),
            Ok(Event::Text(_) | Event::Decl(_)) => {}
            Ok(other) => panic!("{other:?}: {document}"),
            Err(error) => panic!("{error}: {document}"),
        }
    }
    assert_eq!(found, carried(text));
}

fn named(reference: &[u8]) -> char {
    match reference {
        b"lt" => '<',
        b"gt" => '>',
        b"amp" => '&',
        b"#13" => '\r',
        other => panic!("{}", other.escape_ascii()),
    }
}

/// Parameters in a query and a body (after the first line) are judged by their values alone; what
/// was read is within its bounds, and their hash proves them and no others.
pub fn request(which: u8, sent: &[u8]) {
    let method = Method::ALL[usize::from(which) % Method::ALL.len()];
    let mut parts = sent.splitn(2, |&byte| byte == b'\n');
    let query = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let body = parts.next().unwrap_or_default();
    let mut headers = HeaderMap::new();
    if body.starts_with(b"{") {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    let Ok(parameters) = Parameters::read(&query, &headers, body) else { return };
    let judged = judge(method, &parameters);
    let again = written(&parameters);
    let again = Parameters::read("", &HeaderMap::new(), again.as_bytes()).expect("a form");
    assert_eq!(again, parameters);
    assert_eq!(judge(method, &again), judged);
    if let Err(Said(text)) = judged {
        assert!(!text.is_empty() && text.is_ascii(), "{text}");
    }
    proved(method, &parameters);
}

fn written(parameters: &Parameters) -> String {
    let escaped = |bytes: &[u8]| bytes.iter().map(|it| format!("%{it:02X}")).collect::<String>();
    let pair = |(name, value): (&[u8], &[u8])| format!("{}={}", escaped(name), escaped(value));
    parameters.sorted().into_iter().map(pair).collect::<Vec<_>>().join("&")
}

fn proved(method: Method, parameters: &Parameters) {
    let values = || parameters.hashed(method.hashed());
    let sent = hash::hex(values(), b"secret");
    assert!(hash::proves(sent.as_bytes(), values(), b"secret"));
    assert!(!hash::proves(sent.as_bytes(), values(), b"another"));
    let more = values().chain([b"x".as_slice()]);
    assert!(!hash::proves(sent.as_bytes(), more, b"secret"));
}

fn judge(method: Method, sent: &Parameters) -> Result<(), Said> {
    let caller = MorCaller::onlooker();
    match method {
        Method::GroupCreate => group(caller, sent),
        Method::GroupsGet => from_wire::only_group(sent).map(drop),
        Method::CardsCreate => {
            let label = from_wire::cards(caller, sent)?.label;
            let texts = [label.batch_number, label.language];
            assert!(texts.into_iter().flatten().all(|text| text.chars().count() <= 255));
            Ok(())
        }
        Method::CardsGet => from_wire::filter(sent).map(drop),
        Method::CardSell => from_wire::sale(caller, sent).map(drop),
        Method::BalanceGet => from_wire::user(sent).map(drop),
        Method::VersionGet => Ok(()),
    }
}

/// All that a group may refer to is there: what was named by an id, and what is the default.
fn group(caller: MorCaller, sent: &Parameters) -> Result<(), Said> {
    let named = from_wire::references(sent);
    let found = CardReferences {
        tariff: named.tariff.or_else(|| leaseline_core::ids::TariffId::new(1)),
        lcr: named.lcr.or_else(|| leaseline_core::ids::LcrId::new(1)),
        location: named.location.or_else(|| leaseline_core::ids::LocationId::new(1)),
        tax: named.tax,
        currency: named.currency.or_else(|| leaseline_core::currency::CurrencyCode::parse("USD")),
    };
    let now = Timestamp::from_seconds(NOW).expect("within our time");
    let terms = from_wire::group(caller, sent, &found, now)?.terms;
    let validity = terms.validity;
    assert!(validity.till.is_none_or(|till| validity.from <= till));
    assert!(terms.description.chars().count() <= 1_000);
    for amount in [terms.price_with_tax, terms.setup_fee, terms.daily_charge] {
        assert!((0..=1_000_000_000_000_000_000).contains(&amount.get()), "{amount}");
    }
    Ok(())
}

/// An amount is what it is in dollars.
pub fn amounts(text: &str) {
    let Some(read) = amount(text) else { return };
    assert_eq!(amount(&read.in_dollars().to_string()), Some(read), "{text}");
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_comes_out_as_well_formed_xml(text in any::<String>()) {
            super::xml(&text);
        }

        #[test]
        fn requests(which: u8, pairs in vec(
            ("name|tariff_id|currency|price_with_vat|date_(from|till)|number_length|solo_pinless|\
              card_group_id|cards_(from|till)|min_balance|pin|sold|email|id|quantity|user_id|[a-z]{1,3}",
             "[0-9]{0,12}([.][0-9]{1,6})?|-?[0-9]{1,3}|yes|no|USD|(\\PC|%[0-9A-F]{2}){0,12}"),
            0..12,
        ), line in "\n?") {
            let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
            super::request(which, format!("a=1{line}{}", pairs.join("&")).as_bytes());
        }

        #[test]
        fn any_bytes(which: u8, sent in vec(any::<u8>(), 0..64)) {
            super::request(which, &sent);
            super::request(which, &[b"\n{\"name\":", &sent[..], b"}"].concat());
        }

        #[test]
        fn amounts(text in "[0-9]{1,18}([.][0-9]{1,6})?") {
            super::amounts(&text);
        }
    }
}
