//! Bodies: a JSON object, an array of them, or a form with the same names.

use actix_web::http::header::HeaderMap;
use leaseline_web::{Form, MediaType};
use serde_json::{Map, Value};

use crate::reply::{Trouble, WrongField};

/// So many records at most come at once.
pub(crate) const MOST_RECORDS: usize = leaseline_hub::records::TakeInRecords::MOST;

/// What was sent.
#[derive(Debug)]
pub(crate) enum Body {
    /// One thing.
    One(Fields),
    /// Several; what is no object among them is none.
    Several(Vec<Option<Fields>>),
}

/// The fields of one thing. Those that nobody asks for do not matter.
#[derive(Debug)]
pub(crate) enum Fields {
    /// Of a JSON object.
    Json(Map<String, Value>),
    /// Of a form; an empty one counts as not sent.
    Form(Form),
}

const NOT_AN_OBJECT: &str = "the body is neither a JSON object nor a form";
const TOO_MANY: WrongField = WrongField { name: "body", what: "it has more than 1000 records" };

impl Body {
    /// Reads a body. What begins as JSON is JSON, whatever its Content-Type: some clients say of
    /// everything that it is a form.
    pub(crate) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, Trouble> {
        let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
        let is_json = matches!(first, Some(b'{' | b'['));
        if !is_json && MediaType::of(headers) == MediaType::Form && first.is_some() {
            let form = Form::parse(body).map_err(|_| Trouble::Unreadable("the form is broken"))?;
            return Ok(Self::One(Fields::Form(form)));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Self::One(Fields::Json(fields))),
            Ok(Value::Array(items)) if items.len() > MOST_RECORDS => Err(TOO_MANY.into()),
            Ok(Value::Array(items)) => Ok(Self::Several(items.into_iter().map(object).collect())),
            Ok(_) => Err(Trouble::Unreadable(NOT_AN_OBJECT)),
            Err(_) => Err(Trouble::Unreadable("the body is no JSON")),
        }
    }

    /// The one thing that it is.
    pub(crate) fn one(self) -> Result<Fields, Trouble> {
        match self {
            Self::One(fields) => Ok(fields),
            Self::Several(_) => Err(Trouble::Unreadable(NOT_AN_OBJECT)),
        }
    }
}

fn object(value: Value) -> Option<Fields> {
    match value {
        Value::Object(fields) => Some(Fields::Json(fields)),
        _ => None,
    }
}

type Read<T> = Result<T, WrongField>;

impl Fields {
    /// A text that may be missing.
    pub(crate) fn text(&self, name: &'static str) -> Read<Option<&str>> {
        match self {
            Self::Form(form) => Ok(form.get(name).filter(|text| !text.is_empty())),
            Self::Json(fields) => match fields.get(name) {
                None | Some(Value::Null) => Ok(None),
                Some(Value::String(text)) => Ok(Some(text)),
                Some(_) => Err(WrongField { name, what: "it is not a text" }),
            },
        }
    }

    /// A text that must be there, but may be empty.
    pub(crate) fn needed_text(&self, name: &'static str) -> Read<&str> {
        match self {
            Self::Form(form) => form.get(name).ok_or(missing(name)),
            Self::Json(_) => self.text(name)?.ok_or(missing(name)),
        }
    }

    /// A whole number that may be missing.
    pub(crate) fn integer(&self, name: &'static str) -> Read<Option<i64>> {
        const WHAT: &str = "it is not a whole number of 64 bits";
        let wrong = WrongField { name, what: WHAT };
        match self {
            Self::Form(_) => self.text(name)?.map(|text| digits(text).ok_or(wrong)).transpose(),
            Self::Json(fields) => match fields.get(name) {
                None | Some(Value::Null) => Ok(None),
                Some(Value::Number(number)) => number.as_i64().map(Some).ok_or(wrong),
                Some(_) => Err(wrong),
            },
        }
    }

    /// Yes or no, if it is said.
    pub(crate) fn boolean(&self, name: &'static str) -> Read<Option<bool>> {
        let wrong = WrongField { name, what: "it is neither true nor false" };
        match self {
            Self::Form(_) => match self.text(name)? {
                None => Ok(None),
                Some("1" | "true") => Ok(Some(true)),
                Some("0" | "false") => Ok(Some(false)),
                Some(_) => Err(wrong),
            },
            Self::Json(fields) => match fields.get(name) {
                None | Some(Value::Null) => Ok(None),
                Some(Value::Bool(said)) => Ok(Some(*said)),
                Some(_) => Err(wrong),
            },
        }
    }

    /// A text of a form that it has to have. Some switches send an empty one where they know nothing:
    /// then it is missing.
    pub(crate) fn read<T>(
        &self,
        name: &'static str,
        parse: impl Fn(&str) -> Option<T>,
        what: &'static str,
    ) -> Read<Option<T>> {
        let parsed = |text| parse(text).ok_or(WrongField { name, what });
        self.text(name)?.filter(|text| !text.is_empty()).map(parsed).transpose()
    }

    /// A text of such a form that must be there.
    pub(crate) fn need<T>(
        &self,
        name: &'static str,
        parse: impl Fn(&str) -> Option<T>,
        what: &'static str,
    ) -> Read<T> {
        let text = self.text(name)?.ok_or(missing(name))?;
        parse(text).ok_or(WrongField { name, what })
    }

    /// A whole number that must be there.
    pub(crate) fn need_integer(&self, name: &'static str) -> Read<i64> {
        self.integer(name)?.ok_or(missing(name))
    }
}

pub(crate) const fn missing(name: &'static str) -> WrongField {
    WrongField { name, what: "it is missing" }
}

/// Digits, with a minus before them or not.
fn digits(text: &str) -> Option<i64> {
    let plain = text.strip_prefix('-').unwrap_or(text);
    let sound = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit());
    sound.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{CONTENT_TYPE, HeaderValue};

    use super::*;

    fn read(media_type: &'static str, body: &str) -> Result<Body, Trouble> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        Body::read(&headers, body.as_bytes())
    }

    #[test]
    fn integers_are_whole_and_of_64_bits() {
        let check = |body: &str, expected: Result<Option<i64>, &str>| {
            let fields = read("application/json", body).unwrap().one().unwrap();
            let read = fields.integer("n").map_err(|wrong| wrong.to_string());
            assert_eq!(read, expected.map_err(str::to_owned), "{body}");
        };
        const WRONG: Result<Option<i64>, &str> = Err("n: it is not a whole number of 64 bits");
        check(r#"{"n":7}"#, Ok(Some(7)));
        check(r#"{"n":-9223372036854775808}"#, Ok(Some(i64::MIN)));
        check("{}", Ok(None));
        check(r#"{"n":null}"#, Ok(None));
        for wrong in ["1.0", "1e3", "9223372036854775808", "\"7\"", "true", "[]", "1e999999"] {
            if let Ok(Body::One(fields)) = read("application/json", &format!("{{\"n\":{wrong}}}")) {
                let read = fields.integer("n").map_err(|wrong| wrong.to_string());
                assert_eq!(read, WRONG.map_err(str::to_owned), "{wrong}");
            }
        }
    }

    #[test]
    fn what_begins_as_json_is_json() {
        const FORM: &str = "application/x-www-form-urlencoded";
        assert!(matches!(read(FORM, " {\"a\":1}"), Ok(Body::One(Fields::Json(_)))));
        assert!(matches!(read(FORM, "a=1"), Ok(Body::One(Fields::Form(_)))));
        assert!(
            matches!(read("text/plain", "[{}, 7]"), Ok(Body::Several(items)) if items.len() == 2)
        );
        for (media_type, body) in
            [("text/plain", "a=1"), (FORM, ""), (FORM, "a=%zz"), ("application/json", "7")]
        {
            assert!(matches!(read(media_type, body), Err(Trouble::Unreadable(_))), "{body}");
        }
        let many = format!("[{}]", vec!["{}"; MOST_RECORDS + 1].join(","));
        assert_eq!(read("application/json", &many).err(), Some(TOO_MANY.into()));
    }

    #[test]
    fn a_form_says_the_same_by_texts() {
        let form = read("application/x-www-form-urlencoded", "n=-5&b=1&e=&t=%2B60").unwrap();
        let form = form.one().unwrap();
        assert_eq!(form.integer("n"), Ok(Some(-5)));
        assert_eq!(form.boolean("b"), Ok(Some(true)));
        assert_eq!(form.text("e"), Ok(None));
        assert_eq!(form.needed_text("e"), Ok(""));
        assert_eq!(form.text("t"), Ok(Some("+60")));
        assert!(form.integer("t").is_err() && form.boolean("n").is_err());
    }
}
