//! The parameters of a lease request: each with its own code, in the order of the table.

use crate::harness::{error, lease_error, on_both, reference};

const SINGLE: &str = "leasesingle/request";
const GROUP: &str = "leasegroup/request";

const CUSTOMER: (u8, &str) = (33, "Invalid 'customer id' parameter.");
const PHONE: (u8, &str) = (15, "Invalid phone number parameter.");
const FORMAT: (u8, &str) = (8, "Invalid phone number format.");
const IMSI: (u8, &str) = (16, "Invalid IMSI parameter.");
const MCC: (u8, &str) = (17, "Invalid MCC parameter.");
const MNC: (u8, &str) = (18, "Invalid MNC parameter.");
const VALUE: (u8, &str) = (41, "Invalid 'expiry value' parameter.");
const UNIT: (u8, &str) = (42, "Invalid 'expiry unit' parameter.");

/// A sound form, with these pairs put in, replaced, or (no value) left out.
fn form(sound: &[(&str, &str)], changes: &str) -> String {
    let mut pairs: Vec<(String, String)> =
        sound.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    for change in changes.split('&').filter(|change| !change.is_empty()) {
        let (name, value) = change.split_once('=').unwrap_or((change, ""));
        pairs.retain(|(known, _)| known != name);
        if change.contains('=') {
            pairs.push((name.into(), value.into()));
        }
    }
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

const SOUND_SINGLE: &[(&str, &str)] = &[
    ("customer_id", "1"),
    ("phone", "0195730424"),
    ("expiry_value", "1"),
    ("expiry_unit", "days"),
];

const SOUND_GROUP: &[(&str, &str)] = &[
    ("customer_id", "1"),
    ("phone1", "0195730424"),
    ("phone2", "0125740183"),
    ("expiry_value", "1"),
    ("expiry_unit", "days"),
];

#[test]
fn what_is_wrong_with_a_single_request() {
    let wrong: &[(&str, (u8, &str))] = &[
        ("customer_id", CUSTOMER),
        ("customer_id=", CUSTOMER),
        ("customer_id=0", CUSTOMER),
        ("customer_id=-1", CUSTOMER),
        ("customer_id=01", CUSTOMER),
        ("customer_id=9223372036854775808", CUSTOMER),
        ("customer_id=x&phone=x&expiry_unit=x", CUSTOMER),
        ("phone", PHONE),
        ("phone=", PHONE),
        ("phone=x", FORMAT),
        ("phone=%2B", FORMAT),
        ("phone=+60195730424", FORMAT),
        ("phone=%2B%2B60195730424", FORMAT),
        ("phone=123456", FORMAT),
        ("phone=6019573042412345", FORMAT),
        ("phone=%2B0195730424", FORMAT),
        ("phone=0195730424%0A", FORMAT),
        ("phone=%D9%A1%D9%A2%D9%A3%D9%A4%D9%A5%D9%A6%D9%A7", FORMAT),
        ("phone=x&imsi=x", FORMAT),
        ("imsi=12345", IMSI),
        ("imsi=1234567890123456", IMSI),
        ("imsi=50219x&mcc=x", IMSI),
        ("mcc=50", MCC),
        ("mcc=5020&mnc=x", MCC),
        ("mcc=502", MNC),
        ("mnc=19", MNC),
        ("mcc=502&mnc=1", MNC),
        ("mcc=502&mnc=1900", MNC),
        ("imsi=502190123456789&mcc=502&mnc=12", IMSI),
        ("imsi=502190123456789&mcc=502&mnc=1", MNC),
        ("expiry_value", VALUE),
        ("expiry_value=0", VALUE),
        ("expiry_value=-1", VALUE),
        ("expiry_value=1.5", VALUE),
        ("expiry_value=01", VALUE),
        ("expiry_value=99999999999999999999", VALUE),
        ("expiry_value=0&expiry_unit=x", VALUE),
        ("expiry_unit", UNIT),
        ("expiry_unit=day", UNIT),
        ("expiry_unit=Days", UNIT),
        ("expiry_unit=days%20", UNIT),
        ("expiry_value=9223372036854775807&expiry_unit=x", UNIT),
        ("expiry_value=9223372036854775807", VALUE),
        ("expiry_value=101&expiry_unit=years", VALUE),
        ("expiry_value=1201&expiry_unit=months", VALUE),
        ("expiry_value=36525", VALUE),
    ];
    on_both(|api| {
        api.numbers(1);
        api.plain_customer();
        for (changes, (code, text)) in wrong {
            api.check(SINGLE, &form(SOUND_SINGLE, changes), &lease_error(*code, text));
        }
        // None of them took the one number that there is.
        reference(&api.post(SINGLE, &form(SOUND_SINGLE, "")));
    });
}

#[test]
fn what_is_wrong_with_a_group_request() {
    let wrong: &[(&str, (u8, &str))] = &[
        ("customer_id", CUSTOMER),
        ("phone1", PHONE),
        ("phone1=x", FORMAT),
        ("imsi1=x&phone2", IMSI),
        ("mcc1=x&phone2", MCC),
        ("mnc1=19&phone2", MNC),
        ("imsi1=502190123456789&mcc1=502&mnc1=12&phone2", IMSI),
        ("phone2", PHONE),
        ("phone2=12", FORMAT),
        // One number, however it is written, and judged before what comes after it.
        ("phone2=%2B60195730424&imsi2=x", PHONE),
        ("imsi2=x&mcc2=x", IMSI),
        ("mcc2=x&mnc2=x", MCC),
        ("mcc2=502", MNC),
        ("imsi2=502190123456789&mcc2=505&mnc2=19&expiry_value=x", IMSI),
        ("expiry_value=x&expiry_unit=x", VALUE),
        ("expiry_unit=x", UNIT),
    ];
    on_both(|api| {
        api.numbers(2);
        api.plain_customer();
        for (changes, (code, text)) in wrong {
            api.check(GROUP, &form(SOUND_GROUP, changes), &lease_error(*code, text));
        }
        reference(&api.post(GROUP, &form(SOUND_GROUP, "")));
    });
}

#[test]
fn what_is_right_with_a_request() {
    on_both(|api| {
        api.numbers(10);
        api.plain_customer();
        for changes in [
            "imsi=502190123456789",
            "imsi=502190123456789&mcc=502&mnc=19",
            "imsi=502190123456789&mcc=502&mnc=190",
            "mcc=502&mnc=19",
            "imsi=&mcc=&mnc=",
            "phone=%2B60195730424",
            "expiry_value=100&expiry_unit=years",
            "expiry_value=36524",
            "unknown=1&phone3=x&phone2=",
        ] {
            reference(&api.post(SINGLE, &form(SOUND_SINGLE, changes)));
        }
    });
}

#[test]
fn a_phone_is_echoed_exactly_as_sent() {
    on_both(|api| {
        api.numbers(3);
        api.plain_customer();
        for (sent, echoed) in [
            ("%2B60195730424", "+60195730424"),
            ("0060195730424", "0060195730424"),
            ("60195730424", "60195730424"),
        ] {
            let granted = api.post(SINGLE, &form(SOUND_SINGLE, &format!("phone={sent}")));
            assert!(granted.contains(&format!(r#":"{echoed}"}}"#)), "{granted}");
        }
    });
}

#[test]
fn what_a_reference_looks_like() {
    on_both(|api| {
        let wrong = error(19, "Invalid reference id parameter.");
        for form in [
            "",
            "reference_id=",
            "reference_id=1",
            "reference_id=902493a9ca644d799075002def32a261",
            "reference_id=%7B902493a9-ca64-4d79-9075-002def32a261%7D",
            "reference_id=902493a9-ca64-4d79-9075-002def32a261%20",
            "reference_id=fab6213-5404-4da9-9c3a-c29c3fbfb0d2",
        ] {
            for operation in ["leasesingle/query", "leasegroup/query", "leasesingle/release"] {
                api.check(operation, form, &wrong);
            }
        }
    });
}
