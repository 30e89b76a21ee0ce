//! A request's parameters: those of the query, and over them those of the body, a form or a JSON
//! object.

use std::borrow::Cow;
use std::collections::HashMap;

use actix_web::http::header::HeaderMap;
use leaseline_web::form::pairs;
use leaseline_web::{FormError, MediaType};
use serde_json::value::RawValue;

/// Parameters as bytes, percent-decoded and nothing more: that is what is hashed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters(HashMap<Vec<u8>, Vec<u8>>);

impl Parameters {
    /// Reads query and body. The body wins over the query, and of a repeated name the last one
    /// counts.
    ///
    /// # Errors
    /// [`FormError::BadEscape`], and no other.
    pub(crate) fn read(query: &str, headers: &HeaderMap, body: &[u8]) -> Result<Self, FormError> {
        let mut parameters: HashMap<_, _> = pairs(query.as_bytes())?.into_iter().collect();
        parameters.extend(match MediaType::of(headers) {
            MediaType::Json => object(body).unwrap_or_default(),
            MediaType::Absent | MediaType::Form | MediaType::Other => pairs(body)?,
        });
        Ok(Self(parameters))
    }

    /// A value's bytes, empty ones included.
    pub(crate) fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name.as_bytes()).map(Vec::as_slice)
    }

    /// A value as text; an empty one counts as absent.
    pub(crate) fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.bytes(name).filter(|bytes| !bytes.is_empty()).map(text)
    }

    /// The values of the hashed parameters that were sent, in the order of their names here.
    pub(crate) fn hashed<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = &'a [u8]> {
        names.iter().filter_map(|name| self.bytes(name))
    }

    /// All names and values, in the order of the names.
    pub(crate) fn sorted(&self) -> Vec<(&[u8], &[u8])> {
        let pairs = self.0.iter().map(|(name, value)| (name.as_slice(), value.as_slice()));
        let mut pairs: Vec<_> = pairs.collect();
        pairs.sort_unstable();
        pairs
    }
}

/// Bytes that are not UTF-8 are Latin-1. A NUL, which PostgreSQL cannot keep, becomes what it would
/// be written as anyway.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    let text = match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
    };
    if text.contains('\0') { text.replace('\0', "\u{FFFD}").into() } else { text }
}

/// The members of a JSON object; `None` for anything else, and where a member is an array or an
/// object.
fn object(body: &[u8]) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let members: HashMap<String, &RawValue> = serde_json::from_slice(body).ok()?;
    let members = members.into_iter().map(|(name, value)| Some((name, member(value.get())?)));
    let members: Vec<_> = members.collect::<Option<_>>()?;
    let given = |(name, value): (String, Option<_>)| Some((name.into_bytes(), value?));
    Some(members.into_iter().filter_map(given).collect())
}

/// A member's value as it is hashed: a text as it is, a number by the very characters that were
/// sent, `null` as if it were not there.
fn member(value: &str) -> Option<Option<Vec<u8>>> {
    match value.as_bytes().first()? {
        b'"' => serde_json::from_str::<String>(value).ok().map(|text| Some(text.into_bytes())),
        b't' => Some(Some(b"1".to_vec())),
        b'f' => Some(Some(b"0".to_vec())),
        b'n' => Some(None),
        b'[' | b'{' => None,
        _ => Some(Some(value.as_bytes().to_vec())),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{CONTENT_TYPE, HeaderValue};

    use super::*;

    fn read(query: &str, media_type: &str, body: &[u8]) -> Result<Parameters, FormError> {
        let mut headers = HeaderMap::new();
        if !media_type.is_empty() {
            let value = HeaderValue::from_str(media_type).unwrap();
            headers.insert(CONTENT_TYPE, value);
        }
        Parameters::read(query, &headers, body)
    }

    fn check(query: &str, media_type: &str, body: &str, expected: &[(&str, &str)]) {
        let read = read(query, media_type, body.as_bytes()).unwrap();
        let expected: Vec<_> =
            expected.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
        assert_eq!(read.sorted(), expected, "{query} {media_type} {body}");
    }

    #[test]
    fn the_body_wins_over_the_query_and_the_last_over_the_first() {
        const FORM: &str = "application/x-www-form-urlencoded";
        check("", "", "", &[]);
        check("a=1&a=2&b=3", "", "", &[("a", "2"), ("b", "3")]);
        check("a=1&b=3", FORM, "a=2&c=&a=4", &[("a", "4"), ("b", "3"), ("c", "")]);
        check("a=1", "", "a=2", &[("a", "2")]);
        check("a=1", "text/plain", "a=2", &[("a", "2")]);
    }

    #[test]
    fn json_is_read_by_the_characters_that_were_sent() {
        let check = |body, expected| check("q=1", "application/json", body, expected);
        check(r#"{"q":"2"}"#, &[("q", "2")]);
        check(
            r#"{"a":1.50,"b":true,"c":false}"#,
            &[("a", "1.50"), ("b", "1"), ("c", "0"), ("q", "1")],
        );
        check(r#"{"a":1e3,"q":null}"#, &[("a", "1e3"), ("q", "1")]);
        check("{\"a\":\"\\u00e9\\n\"}", &[("a", "é\n"), ("q", "1")]);
        check(r#"{"a":"1","a":"2"}"#, &[("a", "2"), ("q", "1")]);
        for none in ["", "[]", "7", "\"a\"", "null", "{", r#"{"a":[]}"#, r#"{"a":{}}"#, "{} x"] {
            check(none, &[("q", "1")]);
        }
    }

    #[test]
    fn bytes_that_are_no_utf_8_are_latin_1() {
        let parameters = read("a=Caf%E9&b=Caf%C3%A9&c=x%00y&d=", "", b"").unwrap();
        assert_eq!(parameters.bytes("a"), Some(b"Caf\xE9".as_slice()));
        let texts = ["a", "b", "c", "d"].map(|name| parameters.text(name).map(Cow::into_owned));
        let expected = [Some("Café"), Some("Café"), Some("x\u{FFFD}y"), None];
        assert_eq!(texts, expected.map(|text| text.map(str::to_owned)));
    }

    #[test]
    fn a_bad_escape_anywhere_spoils_all() {
        assert_eq!(read("a=%zz", "", b""), Err(FormError::BadEscape));
        assert_eq!(read("a=1", "", b"b=%4"), Err(FormError::BadEscape));
    }
}
