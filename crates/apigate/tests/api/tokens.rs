//! Tokens: what is believed, and what is answered to the rest.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use leaseline_hub::operator::{EnableApiUser, TokenRevocation};
use leaseline_testkit::http::Call;
use serde_json::{Value, json};

use crate::harness::{Api, SECRET, Wanted, error, on_both, on_both_with};

fn view(api: &Api, authorization: &[&str]) -> String {
    let call = Call::form("/api/v1/customer/view", "customer_id=1");
    let call = authorization.iter().fold(call, |call, value| call.header("Authorization", value));
    api.body_of(&call)
}

/// What a request with these claims, properly signed, is answered.
fn with_claims(api: &Api, claims: &Value) -> String {
    view(api, &[&format!("Bearer {}", signed(Header::new(Algorithm::HS256), claims))])
}

fn signed(header: Header, claims: &Value) -> String {
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(SECRET)).expect("signed")
}

/// The clock's present: 2020-01-31 12:00:00.
const NOW: i64 = 1_580_472_000;

fn bad_token() -> String {
    error(13, "Invalid access token.")
}

/// The administrator's way past authentication ends at the customer, whom nobody has made.
fn believed() -> String {
    error(35, "Invalid customer account id parameter.")
}

#[test]
fn what_the_header_looks_like() {
    on_both(|api| {
        let token = api.token("admin");
        assert_eq!(view(api, &[]), error(14, "Access token missing."));
        let header = error(1, "Invalid HTTP header or HTTP header error.");
        let bearer = format!("Bearer {token}");
        for wrong in ["", "Bearer", "Bearer ", "Basic YTpi", token.as_str()] {
            assert_eq!(view(api, &[wrong]), header, "{wrong:?}");
        }
        assert_eq!(view(api, &[&bearer, &bearer]), header);
        assert_eq!(view(api, &[&bearer]), believed());
        assert_eq!(view(api, &[&format!("bearer {token}")]), believed());
        assert_eq!(view(api, &[&format!("BEARER   {token}")]), believed());
    });
}

#[test]
fn what_a_token_looks_like() {
    on_both(|api| {
        let token = api.token("admin");
        let (head, signature) = token.rsplit_once('.').expect("three parts");
        let other_key = EncodingKey::from_secret(b"another secret of at least 32 bytes long");
        let claims = json!({"user": "admin"});
        let forged = jsonwebtoken::encode(&Header::default(), &claims, &other_key).unwrap();
        let longer = Header::new(Algorithm::HS512);
        let with_kid = Header { kid: Some("nobody".into()), ..Header::new(Algorithm::HS256) };
        // {"alg":"none","typ":"JWT"}
        let unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJ1c2VyIjoiYWRtaW4ifQ.".to_owned();
        for wrong in [
            "abc".to_owned(),
            "a.b.c".to_owned(),
            format!("{head}.{signature} x"),
            format!("{head}."),
            format!("{head}.{signature}="),
            format!("{head}.{}", &signature[1..]),
            // The last character's two lowest bits take no part in the signature's 32 bytes.
            format!("{head}.{}", not_canonical(signature)),
            forged,
            unsigned,
            signed(longer, &claims),
            signed(with_kid, &claims),
        ] {
            assert_eq!(view(api, &[&format!("Bearer {wrong}")]), bad_token(), "{wrong}");
        }
    });
}

/// The same bytes, written with other bits where none are read.
fn not_canonical(signature: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, last) = signature.split_at(signature.len() - 1);
    let place = ALPHABET.iter().position(|known| *known == last.as_bytes()[0]).expect("base64url");
    format!("{rest}{}", char::from(ALPHABET[place + 1]))
}

#[test]
fn what_a_token_claims() {
    on_both(|api| {
        let check = |claims: Value, expected: String| {
            assert_eq!(with_claims(api, &claims), expected, "{claims}");
        };
        for wrong in [
            json!({}),
            json!({"user": ""}),
            json!({"user": 1}),
            json!({"user": null}),
            json!({"user": "admin", "exp": NOW - 31}),
            json!({"user": "admin", "exp": 0}),
            json!({"user": "admin", "exp": "never"}),
            json!({"user": "admin", "exp": null}),
            json!({"user": "admin", "nbf": NOW + 31}),
            json!({"user": "admin", "nbf": 1e300}),
            json!({"user": "admin", "jti": 7}),
            json!(["admin"]),
            json!("admin"),
        ] {
            check(wrong, bad_token());
        }
        for sound in [
            json!({"user": "admin"}),
            json!({"user": "admin", "exp": NOW + 1}),
            json!({"user": "admin", "exp": NOW - 30}),
            json!({"user": "admin", "exp": 1e300}),
            json!({"user": "admin", "nbf": NOW + 30}),
            json!({"user": "admin", "exp": 1_580_472_000.5}),
            json!({"user": "admin", "iat": NOW + 999_999}),
            json!({"user": "admin", "iss": "x", "aud": ["y"], "x": {"y": []}}),
            json!({"user": "admin", "iss": 5, "aud": {"a": [1]}}),
        ] {
            check(sound, believed());
        }
        check(json!({"user": "nobody"}), error(5, "Authentication failure."));
        check(json!({"user": "Admin"}), error(5, "Authentication failure."));
    });
}

#[test]
fn a_configured_issuer_and_audience_must_be_named() {
    let wanted =
        || Wanted { issuer: Some("us".into()), audience: Some("you".into()), ..Wanted::default() };
    on_both_with(wanted, |api| {
        let check = |claims: Value, expected: String| {
            assert_eq!(with_claims(api, &claims), expected, "{claims}");
        };
        check(json!({"user": "admin", "iss": "us", "aud": "you"}), believed());
        check(json!({"user": "admin", "iss": "us", "aud": ["me", "you"]}), believed());
        check(json!({"user": "admin", "iss": "us"}), bad_token());
        check(json!({"user": "admin", "aud": "you"}), bad_token());
        check(json!({"user": "admin", "iss": "me", "aud": "you"}), bad_token());
        check(json!({"user": "admin", "iss": ["us"], "aud": "you"}), bad_token());
        assert_eq!(view(api, &[&format!("Bearer {}", api.token("admin"))]), believed());
    });
}

#[test]
fn disabled_users_and_revoked_tokens_are_out() {
    on_both(|api| {
        let refused = error(5, "Authentication failure.");
        let disable = EnableApiUser { name: "admin".into(), enabled: false };
        assert_eq!(api.block_on(api.world.hub.ask(disable)), Ok(true));
        assert_eq!(api.post("customer/view", "customer_id=1"), refused);
        let client = api.client("apisample", &[], false);
        let revocation = TokenRevocation { jti: "jti of apisample".into() };
        assert_eq!(api.block_on(api.world.hub.ask(revocation)), Ok(()));
        assert_eq!(api.post_as(&client, "customer/view", "customer_id=1"), refused);
        // Another token of the same user is not touched.
        let other = json!({"user": "apisample", "jti": "another"});
        assert_eq!(with_claims(api, &other), error(6, "Authorization failure."));
    });
}
