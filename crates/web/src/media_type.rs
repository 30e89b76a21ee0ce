//! What a request says its body is.

use actix_web::http::header::{CONTENT_TYPE, HeaderMap};

const FORM: &str = "application/x-www-form-urlencoded";

/// The media type of a request's `Content-Type`, as far as our protocols tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// No `Content-Type` at all.
    Absent,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`.
    Json,
    /// Anything else: another type, a charset other than UTF-8 or US-ASCII, a header that cannot
    /// be read, or one that was given twice.
    Other,
}

impl MediaType {
    /// Reads the header. The type is compared without case; parameters but `charset` are ignored.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(CONTENT_TYPE);
        match (values.next(), values.next()) {
            (None, _) => Self::Absent,
            (Some(only), None) => only.to_str().map_or(Self::Other, Self::parse),
            (Some(_), Some(_)) => Self::Other,
        }
    }

    fn parse(value: &str) -> Self {
        // What nearly everybody sends, to the letter.
        if value == FORM {
            return Self::Form;
        }
        if !value.bytes().any(|byte| matches!(byte, b';' | b' ' | b'\t')) {
            return Self::of_essence(value);
        }
        let mut parts = split_unquoted(value);
        let essence = parts.next().unwrap_or_default().trim();
        if parts.all(is_readable) { Self::of_essence(essence) } else { Self::Other }
    }

    const fn of_essence(essence: &str) -> Self {
        if essence.eq_ignore_ascii_case(FORM) {
            Self::Form
        } else if essence.eq_ignore_ascii_case("application/json") {
            Self::Json
        } else {
            Self::Other
        }
    }
}

/// Whether this parameter leaves the body readable: it is no charset, or one that we read.
fn is_readable(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else {
        return true;
    };
    let charset = unquoted(value.trim());
    !name.trim().eq_ignore_ascii_case("charset")
        || charset.eq_ignore_ascii_case("utf-8")
        || charset.eq_ignore_ascii_case("utf8")
        || charset.eq_ignore_ascii_case("us-ascii")
}

fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value)
}

/// The parts between the semicolons that stand outside of quotes.
fn split_unquoted(value: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let mut escaped = false;
    value.split(move |letter| {
        let was_escaped = std::mem::take(&mut escaped);
        match letter {
            '"' if !was_escaped => quoted = !quoted,
            '\\' if quoted && !was_escaped => escaped = true,
            _ => {}
        }
        letter == ';' && !quoted
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn check(values: &[&[u8]], expected: MediaType) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CONTENT_TYPE, HeaderValue::from_bytes(value).unwrap());
        }
        let sent: Vec<_> = values.iter().map(|value| value.escape_ascii().to_string()).collect();
        assert_eq!(MediaType::of(&headers), expected, "{sent:?}");
    }

    #[test]
    fn a_media_type_is_told_by_its_name_and_its_charset() {
        use MediaType::{Absent, Form, Json, Other};
        check(&[], Absent);
        check(&[b"application/x-www-form-urlencoded"], Form);
        check(&[b" Application/X-WWW-Form-URLEncoded ; a=b"], Form);
        check(&[b"application/x-www-form-urlencoded;charset=UTF-8"], Form);
        check(&[b"application/x-www-form-urlencoded;charset=utf8"], Form);
        check(&[b"application/x-www-form-urlencoded; Charset=\"us-ascii\""], Form);
        check(&[b"application/x-www-form-urlencoded; charset"], Form);
        check(&[b"application/x-www-form-urlencoded;"], Form);
        check(&[b"application/x-www-form-urlencoded; a=\"x;charset=latin1\""], Form);
        check(&[b"application/x-www-form-urlencoded; a=\"x\\\";charset=latin1\""], Form);
        check(&[b"application/x-www-form-urlencoded; a=\"x\\\\\";charset=latin1"], Other);
        check(&[b"application/x-www-form-urlencoded; charset=iso-8859-1"], Other);
        check(&[b"application/x-www-form-urlencoded; charset="], Other);
        check(&[b"application/x-www-form-urlencoded; charset=utf-8; charset=latin1"], Other);
        check(&[b"application/x-www-form-urlencoded, application/json"], Other);
        check(&[b"application/json"], Json);
        check(&[b"APPLICATION/JSON; charset=\"utf-8\""], Json);
        check(&[b"application/json-patch+json"], Other);
        check(&[b"text/plain"], Other);
        check(&[b""], Other);
        check(&[b"application/json\xFF"], Other);
        check(&[b"application/json", b"application/json"], Other);
    }
}
