//! Tokens: JWTs signed with HS256, and nothing else.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use leaseline_core::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::proved::Memory;

/// Fewest bytes of a secret: as many as the hash has.
const FEWEST_BYTES: usize = 32;

/// So far clocks may differ.
const LEEWAY: Duration = Duration::from_secs(30);

/// A secret that tokens are signed with.
#[derive(Clone)]
pub struct TokenKey {
    id: Option<String>,
    until: Option<Timestamp>,
    signing: EncodingKey,
    checking: DecodingKey,
}

/// A secret is shorter than 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token secret needs at least 32 bytes: make one with `openssl rand -hex 32`")]
pub struct ShortSecret;

/// No key is there to sign with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no token key is current: configure one without `until`")]
pub struct UnsignedToken;

/// The keys that are accepted, and what else a token must say. Clones share them, so that others
/// may take their place everywhere at once.
#[derive(Clone)]
pub struct TokenKeys(Arc<RwLock<Arc<Inner>>>);

struct Inner {
    keys: Vec<TokenKey>,
    issuer: Option<String>,
    audience: Option<String>,
    memory: Memory,
}

/// A token to be signed.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// The API user it speaks for.
    pub user: String,
    /// Its own id, by which it can be revoked.
    pub jti: String,
    /// When it is issued.
    pub issued_at: Timestamp,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
}

/// What a sound token says.
pub(crate) struct Proved {
    pub(crate) user: String,
    pub(crate) jti: Option<String>,
    /// The place of the key that signed it.
    key: usize,
    term: Term,
}

/// Between which instants a token holds, in seconds since the epoch.
#[derive(Clone, Copy)]
struct Term {
    exp: Option<f64>,
    nbf: Option<f64>,
}

/// The token is malformed, not signed by us, expired or not valid yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadToken;

impl TokenKey {
    /// A key, accepted until an instant or for ever. `id` is what a token's `kid` names it by.
    ///
    /// # Errors
    /// [`ShortSecret`] below 32 bytes.
    pub fn new(
        id: Option<String>,
        secret: Vec<u8>,
        until: Option<Timestamp>,
    ) -> Result<Self, ShortSecret> {
        if secret.len() < FEWEST_BYTES {
            return Err(ShortSecret);
        }
        let signing = EncodingKey::from_secret(&secret);
        Ok(Self { id, until, signing, checking: DecodingKey::from_secret(&secret) })
    }

    fn is_current(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

impl TokenKeys {
    /// These keys; `issuer` and `audience`, where given, must be what a token's `iss` and `aud`
    /// say.
    pub fn new(keys: Vec<TokenKey>, issuer: Option<String>, audience: Option<String>) -> Self {
        let inner = Inner { keys, issuer, audience, memory: Memory::default() };
        Self(Arc::new(RwLock::new(Arc::new(inner))))
    }

    /// Accepts what `others` accept from now on, and nothing else: a token whose key is not among
    /// them is over with its next request.
    pub fn replace(&self, others: &Self) {
        let others = others.current();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = others;
    }

    /// Signs a token with the first key that is current.
    ///
    /// # Errors
    /// [`UnsignedToken`] when there is none.
    pub fn issue(&self, token: &NewToken) -> Result<String, UnsignedToken> {
        let inner = self.current();
        let current = inner.keys.iter().find(|key| key.is_current(token.issued_at));
        let key = current.ok_or(UnsignedToken)?;
        let header = Header { kid: key.id.clone(), ..Header::new(Algorithm::HS256) };
        let claims = Issued {
            user: &token.user,
            jti: &token.jti,
            iat: token.issued_at.seconds(),
            exp: token.expires_at.map(Timestamp::seconds),
            iss: inner.issuer.as_deref(),
            aud: inner.audience.as_deref(),
        };
        jsonwebtoken::encode(&header, &claims, &key.signing).map_err(|_| UnsignedToken)
    }

    /// Reads a token and checks that one of our keys signed it; one that was proved before and
    /// whose time is not over is not checked again.
    pub(crate) fn check(&self, token: &str, now: Timestamp) -> Result<Arc<Proved>, BadToken> {
        self.current().check(token, now)
    }

    fn current(&self) -> Arc<Inner> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Inner {
    fn check(&self, token: &str, now: Timestamp) -> Result<Arc<Proved>, BadToken> {
        let memory = &self.memory;
        if let Some(proved) = memory.recall(token).filter(|proved| self.still_holds(proved, now)) {
            return Ok(proved);
        }
        let proved = Arc::new(self.prove(token, now)?);
        memory.keep(token, &proved);
        Ok(proved)
    }

    fn still_holds(&self, proved: &Proved, now: Timestamp) -> bool {
        let key = self.keys.get(proved.key);
        key.is_some_and(|key| key.is_current(now)) && proved.term.includes(now)
    }

    fn prove(&self, token: &str, now: Timestamp) -> Result<Proved, BadToken> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| BadToken)?;
        let named = |key: &TokenKey| header.kid.is_none() || key.id == header.kid;
        let keys = self.keys.iter().enumerate();
        let mut current = keys.filter(|(_, key)| key.is_current(now) && named(key));
        let found = current.find_map(|(place, key)| Some((place, verified(token, key)?)));
        let (key, claims) = found.ok_or(BadToken)?;
        let term = Term { exp: claims.exp, nbf: claims.nbf };
        let sound = term.includes(now) && self.is_for_us(&claims) && !claims.user.is_empty();
        let proved = Proved { user: claims.user, jti: claims.jti, key, term };
        sound.then_some(proved).ok_or(BadToken)
    }

    fn is_for_us(&self, claims: &Claims) -> bool {
        let issued = |issuer: &String| claims.iss.as_str() == Some(issuer);
        self.issuer.as_ref().is_none_or(issued)
            && self.audience.as_ref().is_none_or(|audience| names(&claims.aud, audience))
    }
}

/// The library checks algorithm and signature; times are ours to judge, by our clock.
fn verified(token: &str, key: &TokenKey) -> Option<Claims> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.required_spec_claims.clear();
    rules.validate_exp = false;
    rules.validate_nbf = false;
    rules.validate_aud = false;
    jsonwebtoken::decode(token, &key.checking, &rules).ok().map(|token| token.claims)
}

#[derive(Serialize)]
struct Issued<'a> {
    user: &'a str,
    jti: &'a str,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<&'a str>,
}

#[derive(Deserialize)]
struct Claims {
    user: String,
    #[serde(default, deserialize_with = "present")]
    jti: Option<String>,
    #[serde(default, deserialize_with = "present")]
    exp: Option<f64>,
    #[serde(default, deserialize_with = "present")]
    nbf: Option<f64>,
    /// What nobody asks for may be anything.
    #[serde(default)]
    iss: Value,
    #[serde(default)]
    aud: Value,
}

/// A claim that is there has a value: null is none.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    claim: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(claim).map(Some)
}

/// Whether an audience, of one or of several, is this one.
fn names(audience: &Value, name: &str) -> bool {
    match audience {
        Value::Array(several) => several.iter().any(|one| one.as_str() == Some(name)),
        one => one.as_str() == Some(name),
    }
}

impl Term {
    fn includes(self, now: Timestamp) -> bool {
        let ended = |exp: f64| numeric_date(exp) < now.saturating_sub(LEEWAY);
        let begun = |nbf: f64| numeric_date(nbf) <= now.saturating_add(LEEWAY);
        !self.exp.is_some_and(ended) && self.nbf.is_none_or(begun)
    }
}

/// Seconds since the epoch, as RFC 7519 writes them; what lies outside of our time is its end.
fn numeric_date(seconds: f64) -> Timestamp {
    if seconds <= 0.0 {
        return Timestamp::EPOCH;
    }
    let since_epoch = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    Timestamp::EPOCH.saturating_add(since_epoch)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::EPOCH.saturating_add(Duration::from_secs(seconds))
    }

    /// Proves a token at one instant, then at another; whether it holds at each of them.
    fn check(keys: &TokenKeys, expires_at: Option<Timestamp>, then: u64, expected: (bool, bool)) {
        let token = NewToken {
            user: "admin".into(),
            jti: "a".into(),
            issued_at: Timestamp::EPOCH,
            expires_at,
        };
        let token = keys.issue(&token).unwrap();
        let holds = |seconds| keys.check(&token, at(seconds)).is_ok();
        assert_eq!((holds(1_000), holds(then)), expected, "{then}");
    }

    fn key(id: &str, until: Option<Timestamp>) -> TokenKey {
        TokenKey::new(Some(id.into()), vec![b'x'; FEWEST_BYTES], until).unwrap()
    }

    #[test]
    fn a_token_that_was_proved_before_ends_all_the_same() {
        let keys = TokenKeys::new(vec![key("a", None)], None, None);
        check(&keys, Some(at(2_000)), 2_030, (true, true));
        check(&keys, Some(at(2_000)), 2_031, (true, false));
        check(&keys, Some(at(900)), 1_000, (false, false));
    }

    #[test]
    fn a_key_takes_its_tokens_along() {
        let keys = TokenKeys::new(vec![key("a", Some(at(2_000)))], None, None);
        check(&keys, None, 1_999, (true, true));
        check(&keys, None, 2_000, (true, false));
    }

    #[test]
    fn other_keys_are_everybodys_at_once_and_what_was_proved_is_proved_anew() {
        let keys = TokenKeys::new(vec![key("a", None)], None, None);
        let (served, others) = (keys.clone(), TokenKeys::new(vec![key("b", None)], None, None));
        let token = NewToken {
            user: "admin".into(),
            jti: "a".into(),
            issued_at: Timestamp::EPOCH,
            expires_at: None,
        };
        let token = keys.issue(&token).unwrap();
        assert!(served.check(&token, at(1)).is_ok());
        keys.replace(&others);
        assert!(served.check(&token, at(1)).is_err());
    }

    /// Other bits in the place of a signature's unused ones included.
    #[test]
    fn a_token_with_any_other_letter_is_none() {
        const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=";
        let keys = TokenKeys::new(vec![key("a", None)], None, None);
        let token = NewToken {
            user: "admin".into(),
            jti: "a".into(),
            issued_at: Timestamp::EPOCH,
            expires_at: None,
        };
        let token = keys.issue(&token).unwrap();
        assert!(keys.check(&token, at(1)).is_ok());
        for place in 0..=token.len() {
            for letter in LETTERS.chars() {
                let rest = token.get(place + 1..).unwrap_or_default();
                let other = format!("{}{letter}{rest}", &token[..place]);
                assert!(other == token || keys.check(&other, at(1)).is_err(), "{other}");
            }
        }
    }

    #[test]
    fn only_so_many_are_remembered_and_all_are_believed() {
        let keys = TokenKeys::new(vec![key("a", None)], None, None);
        for user in 0..3_000 {
            let token = NewToken {
                user: user.to_string(),
                jti: "a".into(),
                issued_at: Timestamp::EPOCH,
                expires_at: None,
            };
            let token = keys.issue(&token).unwrap();
            for _ in 0..2 {
                let proved = keys.check(&token, at(1)).ok().map(|proved| proved.user.clone());
                assert_eq!(proved, Some(user.to_string()));
            }
        }
    }
}
