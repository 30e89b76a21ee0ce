//! `limits.user_requests` and `limits.source_requests`: what each facade says to one too many.

use leaseline_mor::hash;
use leaseline_testkit::http::{Answer, Call};

use crate::place::Running;
use crate::shop::Shop;

pub(crate) const USERS: &str = "
[[mor_users]]
username = 'admin'
role = 'admin'
secret = 'secret'
calling_cards = true
[[accounts]]
user = 'demo'
password = 'demo-pass'
customer = 1
email = 'ops@acme.example'
first_name = 'Ada'
last_name = 'Lim'
[[tariffs]]
id = 1
name = 'Retail'
[[lcrs]]
id = 1
name = 'Default'
[[locations]]
id = 1
name = 'Global'
[[switches]]
name = 'edge-1'
password = 'edge-1-secret'
country_code = '60'
national_prefix = '0'
";

/// Asks until it is too much; more than a few seconds' worth it never is.
fn refused(server: &Running, call: &Call, is_refused: impl Fn(&Answer) -> bool) -> Option<Answer> {
    (0..200).map(|_| call.send(server.address).unwrap()).find(is_refused)
}

fn check(variables: &[(&str, &str)]) {
    let shop = Shop::with_numbers(1);
    std::fs::write(shop.file("users.toml"), USERS).unwrap();
    assert_eq!(shop.place.run(&["apply", "users.toml"]).code, Some(0));
    let server = shop.place.start_with(&["serve"], variables);
    let overloaded = |answer: &Answer| answer.status == 503;

    let apigate = Call::form("/api/v1/customer/view", "customer_id=1").bearer(&shop.token);
    let answer = refused(&server, &apigate, overloaded).unwrap();
    assert!(answer.body.starts_with("{\"status\":38,"), "{}", answer.body);
    assert_eq!(answer.header("retry-after"), Some("1"));

    let signed = format!("u=admin&hash={}", hash::hex([], b"secret"));
    let mor = Call::form("/billing/api/system_version_get", &signed);
    let answer = refused(&server, &mor, overloaded).unwrap();
    assert!(answer.body.contains("<error>Service temporarily unavailable</error>"));
    assert_eq!(answer.header("retry-after"), Some("1"));

    let form = "user=demo&pass=demo-pass&mode=querybalance";
    let traitel = Call::form("/accountmanager.pl", form);
    let word = refused(&server, &traitel, |answer| answer.body.starts_with("Error 001"));
    assert_eq!(word.map(|answer| answer.status), Some(200));

    // A call is not to fail because there are many.
    let switch = Call::new("GET", "/call/v1/cdr")
        .header("Authorization", "Basic ZWRnZS0xOmVkZ2UtMS1zZWNyZXQ=");
    assert!((0..20).all(|_| switch.send(server.address).unwrap().status == 200));
}

#[test]
fn each_facade_has_a_word_for_a_user_who_asks_too_often() {
    check(&[("LEASELINE_LIMITS__USER_REQUESTS", "2")]);
}

#[test]
fn each_facade_has_a_word_for_a_source_that_asks_too_often() {
    check(&[("LEASELINE_LIMITS__SOURCE_REQUESTS", "2")]);
}

#[test]
fn by_default_nobody_asks_too_often() {
    let shop = Shop::with_numbers(1);
    let server = shop.place.start(&["serve"]);
    let call = Call::form("/api/v1/customer/view", "customer_id=1").bearer(&shop.token);
    assert!((0..50).all(|_| call.send(server.address).unwrap().status == 200));
}
