//! What holds whatever is sent. The tests below try it with some inputs, the targets in `fuzz/` with
//! very many; no ordinary build has this module.

use std::sync::Arc;

use actix_web::http::header::HeaderMap;
use jsonwebtoken::{EncodingKey, Header};
use leaseline_core::Timestamp;
use leaseline_core::api_user::Caller;
use leaseline_core::customer::CustomerStatus;
use leaseline_core::region::Region;
use leaseline_core::timestamp::{Utc, Zone};
use leaseline_web::Form;
use serde_json::Value;

use crate::from_wire::{self, Reading};
use crate::operation::Operation;
use crate::status::Status;
use crate::token::{TokenKey, TokenKeys};
use crate::{intake, parameter};

const SECRET: &[u8] = b"a secret of thirty-two bytes, or more";

/// 2026-11-26T00:00:00Z.
const NOW: i64 = 1_795_651_200;

/// What is no token of ours proves nothing; what is signed with our key proves what its claims say,
/// if they are sound and it is their time.
pub fn token(text: &[u8]) {
    let key = TokenKey::new(None, SECRET.to_vec(), None).expect("long enough");
    let keys = TokenKeys::new(vec![key], None, None);
    let now = Timestamp::from_seconds(NOW).expect("within our time");
    if let Ok(text) = str::from_utf8(text) {
        assert!(keys.check(text, now).is_err(), "{text}");
    }
    let Ok(claims) = serde_json::from_slice::<Value>(text) else { return };
    let signed =
        jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(SECRET));
    let Ok(signed) = signed else { return };
    match keys.check(&signed, now) {
        Ok(proved) => {
            assert_eq!(claims["user"].as_str(), Some(&*proved.user), "{claims}");
            assert!(!proved.user.is_empty() && is_its_time(&claims), "{claims}");
            assert_eq!(claims["jti"].as_str(), proved.jti.as_deref(), "{claims}");
        }
        Err(_) => assert!(!is_sound(&claims), "{claims}"),
    }
}

/// Thirty seconds too early or too late are forgiven.
fn is_its_time(claims: &Value) -> bool {
    let (early, late) = (1_795_651_230.0, 1_795_651_170.0);
    let ends = claims["exp"].as_f64();
    ends.is_none_or(|exp| exp > late) && claims["nbf"].as_f64().is_none_or(|nbf| nbf <= early)
}

/// What cannot be anything but a token.
fn is_sound(claims: &Value) -> bool {
    let has_user = claims["user"].as_str().is_some_and(|user| !user.is_empty());
    let only = claims.as_object().is_some_and(|claims| claims.len() == 1);
    has_user && only
}

/// A form is judged by its parameters alone, not by their order, and what is wrong with it is the
/// status of one of them; what was read is within its bounds.
pub fn request(operation: u8, sent: &[u8]) {
    let operation = Operation::ALL[usize::from(operation) % Operation::ALL.len()];
    let form = match (intake::form(&HeaderMap::new(), sent, operation), Form::parse(sent)) {
        (Ok(form), Ok(_)) => form,
        (Err(status), parsed) => {
            let repeats = parsed.is_ok_and(|it| it.repeated(operation.parameters()).is_some());
            assert!(status == Status::Request && (repeats || Form::parse(sent).is_err()));
            return;
        }
        (Ok(_), Err(error)) => panic!("{error}"),
    };
    let judged = judge(operation, &form);
    assert_eq!(judged, judge(operation, &backwards(&form)), "{form:?}");
    if let Err(status) = judged {
        let mut names = operation.parameters().iter();
        assert!(names.any(|name| statuses(name).contains(&status)), "{status:?} {form:?}");
    }
}

fn judge(operation: Operation, form: &Form) -> Result<(), Status> {
    let zone: Arc<dyn Zone> = Arc::new(Utc);
    let reading = Reading {
        form,
        caller: Caller::operator(),
        region: &Region::by_code("MY").expect("in the table"),
        zone: &zone,
        max_reserve: 100,
        now: Timestamp::from_seconds(NOW).expect("within our time"),
    };
    match operation {
        Operation::Request(kind) => {
            let request = from_wire::lease_request(&reading, kind)?;
            assert!(request.customer.get() >= 1);
            assert!(request.term.expiry(reading.now, &Utc).is_some_and(|end| end > reading.now));
        }
        Operation::Release(kind) => assert_eq!(from_wire::release(&reading, kind)?.kind, kind),
        Operation::Query(_) => drop(parameter::reference_id(form)?),
        Operation::Reserve => {
            assert!((1..=100).contains(&from_wire::reserve(&reading)?.quantity.get()));
        }
        Operation::TopUp => assert_ne!(from_wire::top_up(&reading)?.amount.get(), 0),
        Operation::View => drop(parameter::customer_id(form)?),
        Operation::Create => {
            let profile = from_wire::create(form)?.profile;
            for name in [&profile.first_name, &profile.last_name] {
                assert!((1..=100).contains(&name.as_str().chars().count()), "{name:?}");
            }
            for terms in [&profile.single, &profile.group] {
                assert!(terms.charge_block.get() >= 1 && terms.charge_rate.get() >= 0);
            }
        }
        Operation::Update => drop(from_wire::update(&reading)?),
        Operation::Activate | Operation::Deactivate => {
            let status = CustomerStatus::Active;
            assert_eq!(from_wire::set_status(&reading, status)?.change.status, Some(status));
        }
    }
    Ok(())
}

fn backwards(form: &Form) -> Form {
    let escaped = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let pair = |(name, value)| format!("{}={}", escaped(name), escaped(value));
    let mut pairs: Vec<_> = form.iter().map(pair).collect();
    pairs.reverse();
    Form::parse(pairs.join("&").as_bytes()).expect("what was read once is a form")
}

/// What can be said of a parameter.
fn statuses(parameter: &str) -> &'static [Status] {
    match parameter.trim_end_matches(['1', '2']) {
        "phone" => &[Status::PhoneParameter, Status::PhoneFormat],
        "imsi" => &[Status::ImsiParameter],
        "mcc" => &[Status::MccParameter],
        "mnc" => &[Status::MncParameter],
        "expiry_value" => &[Status::ExpiryValue],
        "expiry_unit" => &[Status::ExpiryUnit],
        "reference_id" => &[Status::ReferenceParameter],
        "customer_id" => &[Status::CustomerParameter],
        "quantity" => &[Status::Quantity],
        "credit" => &[Status::Credit],
        "first_name" => &[Status::FirstName],
        "last_name" => &[Status::LastName],
        "account_status" => &[Status::AccountState],
        "account_credit" => &[Status::AccountCredit],
        "charge_method" => &[Status::ChargeMethod],
        "enable_single_service" => &[Status::EnableSingle],
        "charge_block_single" => &[Status::BlockSingle],
        "charge_rate_single" => &[Status::RateSingle],
        "enable_group_service" => &[Status::EnableGroup],
        "charge_block_group" => &[Status::BlockGroup],
        "charge_rate_group" => &[Status::RateGroup],
        "max_lease_single" => &[Status::MaxSingle],
        "max_lease_group" => &[Status::MaxGroup],
        other => panic!("{other} has no status"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Texts of which some are right for each parameter.
    fn value() -> impl Strategy<Value = String> {
        prop_oneof![
            "-?[0-9]{0,3}|[0-9]{1,20}",
            "[+]?[0-9]{7,16}",
            "years|months|days|hours|minutes",
            "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-9[0-9a-f]{3}-[0-9a-f]{12}",
            "\\PC{0,12}",
        ]
    }

    proptest! {
        #[test]
        fn requests(which: u8, values in vec(proptest::option::weighted(0.9, value()), 13), rest in "(&\\PC{0,8}){0,2}") {
            let operation = Operation::ALL[usize::from(which) % Operation::ALL.len()];
            let sent = operation.parameters().iter().zip(&values);
            let sent = sent.filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?)));
            let sent = sent.collect::<Vec<_>>().join("&");
            request(which, format!("{sent}{rest}").as_bytes());
        }

        #[test]
        fn any_bytes(which: u8, sent in vec(any::<u8>(), 0..64)) {
            request(which, &sent);
            token(&sent);
        }

        #[test]
        fn claims(
            user in "[\"]?[a-z]{0,3}[\"]?|null|7",
            exp in "[0-9]{1,11}([.][0-9]{1,2})?|-1|1e400|null",
            nbf in "[0-9]{1,11}|\"1\"|1e9",
            rest in "|,\"aud\":\\[\"a\",\"b\"\\]|,\"jti\":\"\\PC{0,4}\"|,\"iss\":7",
        ) {
            token(format!("{{\"user\":{user},\"exp\":{exp},\"nbf\":{nbf}{rest}}}").as_bytes());
            token(format!("{{\"user\":{user}}}").as_bytes());
        }
    }
}
